"""What the lines of a JSON text are: keys, values, brackets, where they stand in the text, and their paths."""

import json
import re
from dataclasses import dataclass, field
from typing import Final

from redox_tui.domain.outline import Outline
from redox_tui.domain.textscan import text_line

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?+', re.DOTALL)
_COLON = re.compile(r"[ \t\n\r]*+:?+[ \t\n\r]*+")
_HIGH = r"[dD][89abAB][0-9a-fA-F]{2}"
_WHOLE = re.compile(rf'(?:[^"\\]++|\\u(?!{_HIGH}).{{4}}|\\u{_HIGH}(?:\\u.{{4}}|(?=[^\\]|\\[^u]))|\\[^u])++')
"""Letters and escapes that can be decoded without what follows: the two halves of a pair stay together."""

_PIECE: Final = 1 << 18
_BLANK: Final = " \t\n\r"
_TAIL: Final = 256


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One line: a scalar with its key, or a bracket. What it holds is said as places in the text, begin and end.

    `key` is empty (begin is end) in arrays; `node` is what the line opens; `is_cut` says that the value goes on, but
    has not been read further.
    """

    depth: int
    key: tuple[int, int]
    value: tuple[int, int]
    has_comma: bool = False
    node: int | None = None
    is_cut: bool = False


def json_line(outline: Outline, number: int) -> JsonLine:
    """A line of an outline of a JSON text."""
    text, start, end = outline.text, outline.starts[number], outline.end(number)
    depth, is_cut = outline.depths[number], outline.is_open_ended(number)
    if text[start] in "}]":
        return JsonLine(depth, (start, start), (start, start + 1), _has_comma(text, start + 1, end))
    around, node = outline.node_around(number), outline.node_of(number)
    key = (start, start)
    if around is not None and text[outline.node_opens[around]] == "{":
        found = _STRING.match(text, start, end)
        key = (start, found.end() if found else start)
    if node is not None:
        opens = outline.node_opens[node]
        return JsonLine(depth, key, (opens, opens + 1), node=node)
    colon = _COLON.match(text, key[1], end) if key[1] > start else None
    begin = colon.end() if colon else start
    if is_cut:
        return JsonLine(depth, key, (begin, max(begin, end)), is_cut=True)
    end = _stripped(text, begin, end)
    has_comma = number > 0 and text[end - 1 : end] == ","
    return JsonLine(depth, key, (begin, _stripped(text, begin, end - has_comma)), has_comma)


def json_path(outline: Outline, number: int) -> str:
    """The JSON path of a line, `$.Visit.Insurances[0].Plan.ID`; both brackets of a node have its path."""
    parts: list[str] = []
    node = outline.node_at(number)
    line = outline.node_lines[node] if node is not None else number
    while (around := outline.node_around(line)) is not None:
        if outline.text[outline.node_opens[around]] == "{":
            begin, end = json_line(outline, line).key
            parts.append(_step(outline.text[begin:end]))
        else:
            parts.append(f"[{outline.position(around, line)}]")
        line = outline.node_lines[around]
    return "$" + "".join(reversed(parts))


@dataclass(frozen=True, slots=True)
class Node:
    """What is in a line: a member with all that is in it, or a line of a text that is no JSON. Read when asked for.

    It holds patient data: keep it only while that is shown.
    """

    _outline: Outline = field(repr=False)
    _number: int = field(repr=False)
    _is_json: bool = True

    @property
    def path(self) -> str:
        """Its JSON path, as the keys were sent: `$.Patient["Odd key"]`; empty in a text that is no JSON."""
        return json_path(self._outline, self._number) if self._is_json else ""

    @property
    def key(self) -> str:
        """Its key, decoded; empty for elements of arrays and the whole."""
        begin, end = self._opening.key if self._is_json else (0, 0)
        return _decoded(self._outline.text[begin:end]) if begin < end else ""

    @property
    def value(self) -> str:
        """A string decoded, another scalar as it was sent; empty for objects and arrays."""
        text = self.subtree
        if not self._is_json:
            return text
        if text[:1] == '"':
            return _decoded(text)
        return "" if text[:1] in ("{", "[") else text

    @property
    def subtree(self) -> str:
        """The text of the value as it was sent, with all that is in it."""
        begin, end = self.span
        return self._outline.text[begin:end]

    @property
    def span(self) -> tuple[int, int]:
        """Where the value stands in the text."""
        if not self._is_json:
            return text_line(self._outline, self._number)
        begin, end = self._opening.value
        node = self._outline.node_at(self._number)
        if node is not None:
            last = self._outline.node_lasts[node]
            end = self._outline.starts[last] + 1 if last else self._outline.at
        return begin, end

    @property
    def is_scalar(self) -> bool:
        """Whether it is neither an object nor an array."""
        begin, _ = self.span
        return not self._is_json or self._outline.text[begin : begin + 1] not in ("{", "[")

    @property
    def _opening(self) -> JsonLine:
        node = self._outline.node_at(self._number)
        return json_line(self._outline, self._number if node is None else self._outline.node_lines[node])


def _step(key: str) -> str:
    name = key[1:-1]
    return f".{name}" if name.isidentifier() and name.isascii() else f"[{key}]"


def _decoded(text: str) -> str:
    """The meaning of a JSON string, decoded in pieces: one call for all of it would keep other threads waiting."""
    if len(text) <= _PIECE:
        return str(json.loads(text))
    parts, at, end = [], 1, len(text) - 1
    while at < end:
        found = _WHOLE.match(text, at, min(at + _PIECE, len(text)))
        after = found.end() if found else end
        parts.append(json.loads(f'"{text[at:after]}"'))
        at = after
    return "".join(parts)


def _has_comma(text: str, begin: int, end: int) -> bool:
    return text.find(",", begin, end) >= 0


def _stripped(text: str, begin: int, end: int) -> int:
    """Where a part ends without the white space at its end."""
    while end > begin and text[end - 1] in _BLANK:
        end = max(begin, end - _TAIL) + len(text[max(begin, end - _TAIL) : end].rstrip(_BLANK))
    return end
