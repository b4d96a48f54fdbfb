"""JSON texts as flat tables of nodes in which equal parts have equal numbers, so that two of them can be compared.

Scalars stay the text that the server sent; a parser would lose how numbers are spelt, and duplicate keys. Nothing here
recurses, so depth is no danger.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from redox_tui.domain.jsontext import JsonTextError

Value: TypeAlias = str | int
"""A scalar as its own text, or the number of a node of its document."""

_STRING: Final = r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'

# A key belongs to the match of its value, and so does the comma behind that: few matches take little time.
_TOKEN: Final = re.compile(
    rf"""[ \t\n\r]*+(?:({_STRING})[ \t\n\r]*+:[ \t\n\r]*+)?+(?:
        ({_STRING}|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)[ \t\n\r]*+(,)?
      | ([\[{{])
      | ([\]}}])[ \t\n\r]*+(,)?
      | ([^ \t\n\r])
      | \Z
    )""",
    re.VERBOSE,
)
_VALUE, _VALUE_COMMA, _OPENING, _CLOSING, _CLOSING_COMMA = 2, 3, 4, 5, 6
"""What a match is, by the last group that it has."""

_NOTHING, _ONE_MORE, _FIRST = range(3)
"""Whether a value may come next: not before an end, after a comma it must, at the beginning it may."""

_LOOK_EVERY: Final = 0x3FFF
"""Tokens between two looks whether to stop, less one."""


class Stopped(Exception):
    """Nobody wants the answer any more."""


class Sameness:
    """Numbers for containers: the same number for equal ones, whatever the order of keys, over several documents."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Value, ...], int] = {}
        self._shapes: dict[tuple[str, ...], tuple[int, tuple[int, ...] | None]] = {}
        self._sorted: dict[tuple[str, ...], int] = {}

    def of_array(self, values: list[Value]) -> int:
        """The number of an array of these values."""
        return self._numbers.setdefault((-1, *values), len(self._numbers))

    def of_object(self, keys: tuple[str, ...], values: list[Value]) -> int:
        """The number of an object with these keys and values; of a key that comes twice, the order counts."""
        shape = self._shapes.get(keys)
        if shape is None:
            order = tuple(sorted(range(len(keys)), key=keys.__getitem__))
            number = self._sorted.setdefault(tuple(keys[at] for at in order), len(self._sorted))
            shape = self._shapes[keys] = number, None if order == tuple(range(len(keys))) else order
        number, by_key = shape
        if by_key:
            values = [values[at] for at in by_key]
        return self._numbers.setdefault((number, *values), len(self._numbers))


class JsonDocument:
    """The nodes of one text, by number: `keys` (None for an array), `children`, and `lines` that they take.

    `same` are the numbers that a `Sameness` gave them. `root` is the whole. Raises JsonTextError for what is no JSON,
    and Stopped where `stopped` says so.
    """

    def __init__(self, text: str, sameness: Sameness, stopped: Callable[[], bool]) -> None:
        self.keys: list[tuple[str, ...] | None] = []
        self.children: list[tuple[Value, ...]] = []
        self.lines: list[int] = []
        self.same: list[int] = []
        self.root: Value = self._read(text, sameness, stopped)

    def sameness(self, value: Value) -> Value:
        """What equals that of every equal value, in any document of one `Sameness`."""
        return value if isinstance(value, str) else self.same[value]

    def size(self, value: Value) -> int:
        """Lines that a value takes when nothing of it is left out."""
        return 1 if isinstance(value, str) else self.lines[value]

    def brackets(self, value: Value) -> str:
        """Both brackets of a node; empty for a scalar."""
        return "" if isinstance(value, str) else "[]" if self.keys[value] is None else "{}"

    def member(self, value: Value, key: str) -> Value | None:
        """The first member of an object under a key, given as JSON text; None for anything else."""
        keys = None if isinstance(value, str) else self.keys[value]
        return self.children[int(value)][keys.index(key)] if keys and key in keys else None

    def _read(self, text: str, sameness: Sameness, stopped: Callable[[], bool]) -> Value:
        stack: list[tuple[list[Value], list[Value], list[str] | None, int]] = []
        texts: dict[str, str] = {}
        values: list[Value] = []
        sames: list[Value] = []
        keys: list[str] | None = None
        inner = 0
        due = _ONE_MORE
        for count, found in enumerate(_TOKEN.finditer(text)):
            if not count & _LOOK_EVERY and stopped():
                raise Stopped
            kind = found.lastindex
            if kind is None:
                break
            key = found[1]
            if kind <= _OPENING:
                if not due or (key is None) is not (keys is None) or kind < _VALUE:
                    raise _no_json(found)
                if keys is not None and key is not None:
                    keys.append(texts.setdefault(key, key))
                if kind == _OPENING:
                    stack.append((values, sames, keys, inner))
                    values, sames, inner, due = [], [], 0, _FIRST
                    keys = [] if found[_OPENING] == "{" else None
                else:
                    part = found[_VALUE]
                    part = texts.setdefault(part, part)
                    values.append(part)
                    sames.append(part)
                    due = _ONE_MORE if kind == _VALUE_COMMA else _NOTHING
                continue
            bracket = "]" if keys is None else "}"
            if kind > _CLOSING_COMMA or key is not None or not stack or due == _ONE_MORE or found[_CLOSING] != bracket:
                raise _no_json(found)
            number, lines = len(self.children), 2 + len(values) + inner if values else 1
            names = None if keys is None else tuple(keys)
            same = sameness.of_array(sames) if names is None else sameness.of_object(names, sames)
            self.keys.append(names)
            self.children.append(tuple(values))
            self.lines.append(lines)
            self.same.append(same)
            values, sames, keys, inner = stack.pop()
            values.append(number)
            sames.append(same)
            inner += lines - 1
            due = _ONE_MORE if kind == _CLOSING_COMMA else _NOTHING
        if stack or due or len(values) != 1:
            raise JsonTextError("the text is cut off")
        return values[0]


def _no_json(found: re.Match[str]) -> JsonTextError:
    return JsonTextError(f"no JSON at character {found.end():,}")
