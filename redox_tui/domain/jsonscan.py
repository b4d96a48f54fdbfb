"""Reads a JSON text into an outline, step by step and without recursion.

What is usual, a member on a line of some hundred characters, is one match of a pattern; what is longer is read in
pieces, so that no step takes long. A parser would build every value, and lose how it was spelled.
"""

import re
from collections.abc import Generator, Iterator
from typing import Final

from redox_tui.domain.jsontext import JsonTextError
from redox_tui.domain.outline import ROOT, Outline

DEEPEST: Final = 250
"""Levels that can be shown. Messages have about ten; what has more than this is an attack or an accident."""

_BURST: Final = 512
_WINDOW: Final = 4_096
_PIECE: Final = 1 << 16

_BLANK = r"[ \t\n\r]*+"
_INSIDE = r'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+'
_SCALAR = r"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)"
_VALUE = rf'(?:(?:"{_INSIDE}"|{_SCALAR}){_BLANK}(?:(,)|(%s))|([\[{{]){_BLANK}([\]}}])?+)'

_COMMA, _CLOSED, _OPENED, _EMPTY = 2, 3, 4, 5
"""What a member ends with: the group of the pattern that matched last."""

_member = re.compile(rf'{_BLANK}("{_INSIDE}"){_BLANK}:{_BLANK}{_VALUE % "}"}').match
_element = re.compile(rf"{_BLANK}(){_VALUE % ']'}").match
_blank = re.compile(_BLANK).match
_inside = re.compile(_INSIDE).match
_scalar = re.compile(_SCALAR).match

_CLOSING: Final = {"{": "}", "[": "]"}


class TooDeep(JsonTextError):
    """A text with more levels than can be shown."""


def scan(outline: Outline) -> Iterator[None]:
    """Read the outline's text; rests after some hundred lines, or a long piece of one. Raises JsonTextError."""
    text, starts, depths = outline.text, outline.starts, outline.depths
    lines, opens, lasts = outline.node_lines, outline.node_opens, outline.node_lasts
    parents, positions = outline.node_parents, outline.node_positions
    stack: list[int] = []
    closing, match, position = "", _element, 0
    ending, at = yield from _carefully(outline, 0, 0, closing, is_first=False)
    opened_at = at - 1
    rest_at = _BURST
    while True:
        if ending == _OPENED:
            node = len(lines)
            opens.append(opened_at)
            lasts.append(0)
            parents.append(stack[-1] if stack else ROOT)
            positions.append(position)
            lines.append(len(starts) - 1)
            outline.deepest = max(outline.deepest, len(stack))
            stack.append(node)
            if len(stack) > DEEPEST:
                raise TooDeep(f"it is more than {DEEPEST} levels deep")
            closing = _CLOSING[text[opened_at]]
            match, position = _member if closing == "}" else _element, 0
        while ending in (_CLOSED, _EMPTY):
            if ending == _CLOSED:
                node = stack.pop()
                depths.append(len(stack))
                starts.append(at - 1)
                lasts[node] = len(starts) - 1
                position = positions[node]
                if stack:
                    closing = _CLOSING[text[opens[stack[-1]]]]
                    match = _member if closing == "}" else _element
            if not stack:
                at = yield from _skip(outline, at)
                if at < len(text):
                    raise JsonTextError(f"more than one value at character {at + 1:,}")
                outline.at, outline.is_complete = at, True
                return
            ending, at = yield from _separator(outline, at, closing)
        position += ending == _COMMA
        if len(starts) >= rest_at:
            rest_at = len(starts) + _BURST
            outline.at = at
            yield
        found = match(text, at, at + _WINDOW)
        if found:
            depths.append(len(stack))
            starts.append(found.start(1))
            ending, at = found.lastindex or 0, found.end()
            if ending == _OPENED:
                opened_at = found.start(_OPENED)
            elif ending == _EMPTY and text[at - 1] != _CLOSING[text[found.start(_OPENED)]]:
                raise _broken(text, at - 1)
        else:
            ending, at = yield from _carefully(outline, at, len(stack), closing, is_first=ending == _OPENED)
            opened_at = at - 1


def _carefully(
    outline: Outline, at: int, depth: int, closing: str, *, is_first: bool
) -> Generator[None, None, tuple[int, int]]:
    """Read one member of whatever length; what it ends with, and where that ends."""
    text = outline.text
    at = yield from _skip(outline, at)
    if is_first and text[at : at + 1] == closing:
        return _CLOSED, at + 1
    outline.depths.append(depth)
    outline.starts.append(at)
    if closing == "}":
        at = yield from _string(outline, at)
        at = yield from _skip(outline, at)
        if text[at : at + 1] != ":":
            raise _broken(text, at)
        at = yield from _skip(outline, at + 1)
    first = text[at : at + 1]
    if first in ("{", "["):
        after = yield from _skip(outline, at + 1)
        return (_EMPTY, after + 1) if text[after : after + 1] == _CLOSING[first] else (_OPENED, at + 1)
    if first == '"':
        at = yield from _string(outline, at)
    elif found := _scalar(text, at):
        at = found.end()
    else:
        raise _broken(text, at)
    if not closing:
        return _EMPTY, at
    return (yield from _separator(outline, at, closing))


def _separator(outline: Outline, at: int, closing: str) -> Generator[None, None, tuple[int, int]]:
    """Read what follows a value: a comma, or the bracket that closes its node."""
    text = outline.text
    if text[at : at + 1] not in (",", closing):
        at = yield from _skip(outline, at)
    if (mark := text[at : at + 1]) == ",":
        return _COMMA, at + 1
    if mark == closing:
        return _CLOSED, at + 1
    raise _broken(text, at)


def _string(outline: Outline, at: int) -> Generator[None, None, int]:
    text = outline.text
    if text[at : at + 1] != '"':
        raise _broken(text, at)
    at += 1
    while text[at : at + 1] != '"':
        found = _inside(text, at, at + _PIECE)
        if not found or found.end() == at:
            raise _broken(text, at)
        at = found.end()
        if text[at : at + 1] != '"':
            outline.at = at
            yield
    return at + 1


def _skip(outline: Outline, at: int) -> Generator[None, None, int]:
    text = outline.text
    while text[at : at + 1] in (" ", "\t", "\n", "\r"):
        found = _blank(text, at, at + _PIECE)
        at = found.end() if found else at
        if text[at : at + 1] in (" ", "\t", "\n", "\r"):
            outline.at = at
            yield
    return at


def _broken(text: str, at: int) -> JsonTextError:
    return JsonTextError("the text is cut off" if at >= len(text) else f"no JSON at character {at + 1:,}")
