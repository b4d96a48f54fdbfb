"""A short JSON text on many lines, each part as it was sent: for records, which no one folds or searches."""

from redox_tui.domain.jsontext import JsonTextError, tokens

_INDENT = "  "


def indented(text: str) -> list[str]:
    """The lines of a JSON text, a member a line; a text that is no JSON keeps its own lines."""
    try:
        return _lines(text)
    except JsonTextError:
        return text.splitlines() or [""]


def _lines(text: str) -> list[str]:
    lines = [""]
    depth, before = 0, ""
    for kind, start, end in tokens(text):
        if kind in "}]":
            depth -= 1
            if before not in ("{", "["):
                lines.append(_INDENT * depth)
        elif before in ("{", "[", ","):
            lines.append(_INDENT * depth)
        lines[-1] += ": " if kind == ":" else text[start:end]
        depth += kind in ("{", "[")
        before = kind
    return lines
