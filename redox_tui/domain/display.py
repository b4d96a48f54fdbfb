"""The only door from data to a screen: what comes from a server, a file or a user is made harmless (security.md TS-01).

A terminal obeys escape sequences, bidirectional controls and invisible characters wherever they come from; they are
shown as visible signs instead, so that nothing is hidden and nothing is obeyed.
"""

import re
import unicodedata
from typing import Final

MAX_LINE: Final = 4_000
"""Characters of one line that are shown; the rest is counted (TS-05)."""

_ROOM_FOR_COUNT = 24
_CHARS_OF_CELL = 5  # a letter and the marks that are left on it
_SAFE = re.compile(r"[\x20-\x7e\t\n]*")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
_COMBINING = r"[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
_PILED_MARKS = re.compile(rf"({_COMBINING}{{4}}){_COMBINING}+")


class _Visible(dict[int, str]):
    """A translation table that fills itself with the characters that it meets."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        shown = f"⟨U+{code:04X}⟩" if unicodedata.category(char) in _HIDDEN_CATEGORIES else char
        self[code] = shown
        return shown


_ONE_LINE = _Visible(_PICTURES)
_TEXT = _Visible(_PICTURES | {0x09: "\t", 0x0A: "\n"})


def line(text: str | None, limit: int = MAX_LINE) -> str:
    """One line of harmless text: every control character is a sign, a longer text ends with how much is missing."""
    if not text:
        return ""
    shown = _harmless(text[:limit])
    if len(text) <= limit and len(shown) <= limit:
        return shown
    kept = max(limit - _ROOM_FOR_COUNT, 1)
    return f"{shown[:kept]} … {max(len(text), len(shown)) - kept:,} more"


def lines(text: str) -> list[str]:
    """The lines of a text, each harmless; LF, CRLF, and the lone CR that HL7 v2 ends its segments with, end a line."""
    return [line(part.expandtabs(4)) for part in re.split(r"\r\n|\r|\n", text)]


def clip(text: str, width: int) -> str:
    """One harmless line in at most `width` cells of a terminal; an ellipsis stands for what is left out."""
    looked_at = text[: _CHARS_OF_CELL * width + 1]
    shown = _harmless(looked_at)
    if looked_at == text and _cells(shown) <= width:
        return shown
    kept, used = "", 0
    for char in shown:
        used += _cells(char)
        if used > width - 1:
            break
        kept += char
    return kept + "…"


def fit(text: str, width: int) -> str:
    """As `clip`, filled up to exactly `width` cells."""
    shown = clip(text, width)
    return shown + " " * (width - _cells(shown))


def fitting(text: str, begin: int, end: int, width: int) -> int:
    """How many characters of a part of a text, shown, surely fit into `width` cells; at least one."""
    count = min(end - begin, width)
    while count > 1 and _cells(_harmless(text[begin : begin + count])) > width:
        count = (count + 1) // 2
    return max(count, 1)


def printable(text: str) -> str:
    """Text of any length for a terminal, line feeds and tabs kept; for headless output."""
    return text if _SAFE.fullmatch(text) else text.translate(_TEXT)


def or_dash(text: str | None, limit: int = MAX_LINE) -> str:
    """As `line`, with a dash where there is nothing."""
    return line(text, limit) or "–"


def _harmless(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return _PILED_MARKS.sub(r"\1", text.translate(_ONE_LINE))


def _cells(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
