"""The structural difference of two texts, as lines: of JSON by keys and elements, of anything else by its own lines.

Values are compared as they were sent: `1` and `1.0` differ, so do two spellings of one string; the order of keys does
not count. Nothing here recurses, and everything can be stopped.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from redox_tui.domain.alignment import Alignment, Pairs
from redox_tui.domain.jsonnodes import JsonDocument, Sameness, Stopped, Value
from redox_tui.domain.jsontext import JsonTextError

__all__ = ["DiffLine", "Difference", "Kind", "Stopped", "compare", "stacked"]

IDENTITIES: Final = ("ID", "Code", "id", "code", "IDType", "url", "fullUrl", "Key", "Name", "operationId")
"""Members that tell elements of an array apart, the best first; these elements are aligned by them."""

_LOOK_EVERY: Final = 0xFFF
_NAMES: Final = tuple(f'"{name}"' for name in IDENTITIES)
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_TAGS: Final = re.compile(r"(?<=>)\s*(?=<)")


class Kind(StrEnum):
    """What a line says: it is on both sides, on one only, another on each, or it stands for lines that are alike."""

    EQUAL = "equal"
    LEFT = "left"
    RIGHT = "right"
    CHANGED = "changed"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Step:
    """A container on the way from the root: its key as JSON text, or its place in an array."""

    above: "Step | None" = None
    key: str = ""
    place: int = -1


class DiffLine(NamedTuple):
    """One line. `key` is JSON text, empty in arrays and before closing brackets; `left` and `right` are its texts.

    Equal lines have the same text on both sides. `number` is that of the difference that it belongs to, 0 for none.
    `place` is the place in an array, of the side that has it (the left one where both do). Of a gap, `left` is empty
    and `place` says how many lines it stands for.
    """

    kind: Kind
    depth: int
    key: str
    left: str
    right: str
    number: int
    inside: Step | None
    place: int


_Pair: TypeAlias = tuple[str, int, Value | None, Value | None]
"""A place on both sides: its key, its place in an array, and what each side has there, None where that is nothing.

There may be millions of them, so they are plain tuples, which are made in a fifth of the time.
"""


class _Entry(NamedTuple):
    """A pair that was judged. `bracket` is that of a container which is opened or closed, as it differs inside."""

    kind: Kind
    depth: int
    key: str
    place: int
    left: Value | None
    right: Value | None
    number: int
    inside: Step | None
    bracket: str = ""


def compare(left: str, right: str, stopped: Callable[[], bool] = lambda: False) -> "Difference":
    """Compare two texts; raises Stopped where `stopped` says so. 10 MB take seconds, so this belongs into a thread."""
    sameness = Sameness()
    try:
        one, other = JsonDocument(left, sameness, stopped), JsonDocument(right, sameness, stopped)
    except JsonTextError:
        return Difference(None, None, list(_of_texts(_parts(left), _parts(right), stopped)))
    return Difference(one, other, list(_Walk(one, other, stopped).entries()))


def stacked(lines: Sequence[DiffLine]) -> list[DiffLine]:
    """The same lines for one column: what changed is a left line and a right line, each with both texts."""
    found: list[DiffLine] = []
    for line in lines:
        if line.kind is Kind.CHANGED:
            found += DiffLine(Kind.LEFT, *line[1:]), DiffLine(Kind.RIGHT, *line[1:])
        else:
            found.append(line)
    return found


class Difference:
    """What differs between two texts. `count` is the number of differences, 0 where both say the same."""

    def __init__(self, left: JsonDocument | None, right: JsonDocument | None, entries: Sequence[_Entry]) -> None:
        self._left, self._right = left, right
        self._entries = entries
        self.count = max((entry.number for entry in entries), default=0)

    @property
    def is_json(self) -> bool:
        """Whether both texts are JSON, so that lines have paths."""
        return self._left is not None

    def lines(self, *, everything: bool = False, stopped: Callable[[], bool] = lambda: False) -> list[DiffLine]:
        """The lines, all of them or the differences with what is next to them; raises Stopped."""
        found: list[DiffLine] = []
        run: list[_Entry] = []
        before: _Entry | None = None
        for count, entry in enumerate(self._entries):
            if not count & _LOOK_EVERY and stopped():
                raise Stopped
            if entry.kind is Kind.EQUAL and not entry.bracket and not everything:
                run.append(entry)
                continue
            if run:
                self._shorten(run, before, entry, found)
                run = []
            before = entry
            self._expand(entry, found, stopped)
        self._shorten(run, before, None, found)
        return found

    def path(self, line: DiffLine) -> str:
        """The JSON path of a line, `$.Visit.Insurances[0].Plan.ID`; of other texts the number of the line."""
        if not self.is_json:
            return f"line {line.place + 1:,}" if line.kind is not Kind.GAP else ""
        parts = []
        step: Step | None = line.inside if line.kind is Kind.GAP else Step(line.inside, line.key, line.place)
        while step:
            parts.append(_member(step.key) if step.key else f"[{step.place}]" if step.place >= 0 else "")
            step = step.above
        return "$" + "".join(reversed(parts))

    def _shorten(self, run: list[_Entry], before: _Entry | None, after: _Entry | None, found: list[DiffLine]) -> None:
        """What is left of equal neighbours: scalars next to a difference, and what tells elements apart."""
        left_out: list[_Entry] = []
        for at, entry in enumerate(run):
            is_next = (at == 0 and _differs(before)) or (at == len(run) - 1 and _differs(after))
            if self._size(entry) == 1 and (is_next or entry.key in _NAMES):
                self._leave_out(left_out, found)
                left_out = []
                self._expand(entry, found)
            else:
                left_out.append(entry)
        self._leave_out(left_out, found)

    def _leave_out(self, entries: list[_Entry], found: list[DiffLine]) -> None:
        lines = sum(map(self._size, entries))
        if lines == 1:
            self._expand(entries[0], found)
        elif lines:
            first = entries[0]
            found.append(DiffLine(Kind.GAP, first.depth, "", "", "", 0, first.inside, lines))

    def _size(self, entry: _Entry) -> int:
        return self._left.size(entry.left) if self._left and entry.left is not None else 1

    def _expand(self, entry: _Entry, found: list[DiffLine], stopped: Callable[[], bool] = lambda: False) -> None:
        """The lines of an entry; a container that is not opened has all of its own."""
        kind, depth, key, place, left, right, number, inside, bracket = entry
        if bracket:
            found.append(DiffLine(kind, depth, key, bracket, bracket, number, inside, place))
        elif isinstance(left, int) and self._left:
            found.extend(_whole(self._left, left, entry, stopped))
        elif isinstance(right, int) and self._right:
            found.extend(_whole(self._right, right, entry, stopped))
        else:
            one, other = (text if isinstance(text, str) else "" for text in (left, right))
            found.append(DiffLine(kind, depth, key, one, other, number, inside, place))


class _Walk:
    """Goes through two documents side by side."""

    def __init__(self, left: JsonDocument, right: JsonDocument, stopped: Callable[[], bool]) -> None:
        self._left, self._right = left, right
        self._stopped = stopped
        self._alignment = Alignment()
        self._number = 0

    def entries(self) -> Iterator[_Entry]:
        """Every pair with what is to be said of it, containers that differ inside opened."""
        opened: list[tuple[Iterator[_Pair], _Entry | None]] = []
        pairs: Iterator[_Pair] = iter([("", -1, self._left.root, self._right.root)])
        around: _Entry | None = None
        inside: Step | None = None
        same, other_same = self._left.same, self._right.same
        count = 0
        while True:
            count += 1
            if not count & _LOOK_EVERY and self._stopped():
                raise Stopped
            pair = next(pairs, None)
            if pair is None:
                if around is None:
                    return
                closing = _CLOSING[around.bracket]
                yield _Entry(Kind.EQUAL, around.depth, "", -1, None, None, 0, inside, closing)
                inside = around.inside
                pairs, around = opened.pop()
                continue
            key, place, left, right = pair
            depth = len(opened)
            if left is None or right is None:
                self._number += 1
                kind = Kind.RIGHT if left is None else Kind.LEFT
                yield _Entry(kind, depth, key, place, left, right, self._number, inside)
                continue
            one = left if isinstance(left, str) else same[left]
            other = right if isinstance(right, str) else other_same[right]
            if one == other:
                yield _Entry(Kind.EQUAL, depth, key, place, left, right, 0, inside)
            elif isinstance(one, str) and isinstance(other, str):
                self._number += 1
                yield _Entry(Kind.CHANGED, depth, key, place, left, right, self._number, inside)
            elif self._are_alike(left, right):
                bracket = self._left.brackets(left)[0]
                entry = _Entry(Kind.EQUAL, depth, key, place, left, right, 0, inside, bracket)
                yield entry
                opened.append((pairs, around))
                inside = Step(inside, key, place)
                pairs, around = iter(self._members(int(left), int(right))), entry
            else:
                self._number += 1
                yield _Entry(Kind.LEFT, depth, key, place, left, None, self._number, inside)
                yield _Entry(Kind.RIGHT, depth, key, place, None, right, self._number, inside)

    def _are_alike(self, left: Value, right: Value) -> bool:
        """Whether both are containers of one kind, and neither is empty."""
        if isinstance(left, str) or isinstance(right, str):
            return False
        return self._left.brackets(left) == self._right.brackets(right) and bool(
            self._left.children[left] and self._right.children[right]
        )

    def _members(self, left: int, right: int) -> Iterator[_Pair]:
        ones, others = self._left.children[left], self._right.children[right]
        keys, other_keys = self._left.keys[left], self._right.keys[right]
        if keys is None or other_keys is None:
            return self._elements(ones, others)
        if keys == other_keys:
            return ((key, -1, one, other) for key, one, other in zip(keys, ones, others, strict=True))
        return _by_key(keys, ones, other_keys, others)

    def _elements(self, ones: tuple[Value, ...], others: tuple[Value, ...]) -> Iterator[_Pair]:
        identified = self._identities(ones, others)
        if identified:
            matched = self._alignment.equal(*identified)
        else:
            sames = [self._left.sameness(one) for one in ones], [self._right.sameness(other) for other in others]
            matched = self._alignment.equal(*sames)
        at = to = 0
        for end in (*matched, (len(ones), len(others))):
            gap = end[0] - at, end[1] - to
            # What has another identity is another thing, unless each has just one in the other's place.
            both = 0 if identified and gap[0] != gap[1] else min(gap)
            for number in range(both):
                yield ("", at + number, ones[at + number], others[to + number])
            for number in range(at + both, end[0]):
                yield ("", number, ones[number], None)
            for number in range(to + both, end[1]):
                yield ("", number, None, others[number])
            if end[0] < len(ones) and end[1] < len(others):
                yield ("", end[0], ones[end[0]], others[end[1]])
            at, to = end[0] + 1, end[1] + 1

    def _identities(self, ones: tuple[Value, ...], others: tuple[Value, ...]) -> tuple[list[Value], list[Value]] | None:
        """What tells all elements apart on either side, where there is such a thing and the sides share some of it."""
        for name in _NAMES:
            if self._left.member(ones[0], name) is None:
                continue
            found = [self._left.member(one, name) for one in ones], [self._right.member(one, name) for one in others]
            named = tuple([one for one in side if isinstance(one, str) and one not in ("null", '""')] for side in found)
            if [len(side) for side in named] != [len(ones), len(others)]:
                continue
            sets = [set(side) for side in named]
            if [len(side) for side in sets] == [len(ones), len(others)] and sets[0] & sets[1]:
                return [*named[0]], [*named[1]]
        return None


def _by_key(
    keys: Sequence[str], ones: Sequence[Value], other_keys: Sequence[str], others: Sequence[Value]
) -> Iterator[_Pair]:
    """Members of two objects in the order of the left one; what is only right stands behind what it follows there."""
    places: dict[tuple[str, int], int] = {}
    counts: dict[str, int] = {}
    for to, key in enumerate(other_keys):
        places[key, counts.get(key, 0)] = to
        counts[key] = counts.get(key, 0) + 1
    counts.clear()
    matched: list[int] = []
    for key in keys:
        matched.append(places.pop((key, counts.get(key, 0)), -1))
        counts[key] = counts.get(key, 0) + 1
    alone = set(places.values())

    def only_right(to: int) -> Iterator[_Pair]:
        while to in alone:
            yield (other_keys[to], -1, None, others[to])
            to += 1

    yield from only_right(0)
    for at, to in enumerate(matched):
        yield (keys[at], -1, ones[at], others[to] if to >= 0 else None)
        if to >= 0:
            yield from only_right(to + 1)


def _of_texts(ones: list[str], others: list[str], stopped: Callable[[], bool]) -> Iterator[_Entry]:
    """Two texts that are no JSON, line by line."""
    if stopped():
        raise Stopped
    matched: Pairs = Alignment().equal(ones, others)
    number = at = to = 0
    for end in (*matched, (len(ones), len(others))):
        while at < end[0] or to < end[1]:
            number += 1
            left = ones[at] if at < end[0] else None
            right = others[to] if to < end[1] else None
            kind = Kind.RIGHT if left is None else Kind.LEFT if right is None else Kind.CHANGED
            yield _Entry(kind, 0, "", at if left is not None else to, left, right, number, None)
            at, to = at + (left is not None), to + (right is not None)
        if at < len(ones) and to < len(others):
            yield _Entry(Kind.EQUAL, 0, "", at, ones[at], others[to], 0, None)
        at, to = end[0] + 1, end[1] + 1


def _parts(text: str) -> list[str]:
    """The lines of a text, the segments of HL7 v2, or the tags of XML."""
    parts = _BREAK.split(text)
    return [tag for part in parts for tag in _TAGS.split(part)] if text.lstrip()[:1] == "<" else parts


def _whole(document: JsonDocument, value: int, entry: _Entry, stopped: Callable[[], bool]) -> Iterator[DiffLine]:
    """Every line of a container that is on one side only, or equal on both."""
    kind, depth, key, place, _, _, number, inside, _ = entry
    count = 0

    def line(depth: int, key: str, text: str, inside: Step | None, place: int) -> DiffLine:
        left, right = "" if kind is Kind.RIGHT else text, "" if kind is Kind.LEFT else text
        return DiffLine(kind, depth, key, left, right, number, inside, place)

    stack: list[tuple[Iterator[tuple[str, int, Value]], str, Step | None]] = []
    members: Iterator[tuple[str, int, Value]] = iter([(key, place, value)])
    closing = ""
    while True:
        count += 1
        if not count & _LOOK_EVERY and stopped():
            raise Stopped
        found = next(members, None)
        if found is None:
            if not stack:
                return
            yield line(depth + len(stack) - 1, "", closing, inside, -1)
            members, closing, inside = stack.pop()
            continue
        key, place, child = found
        if isinstance(child, str):
            yield line(depth + len(stack), key, child, inside, place)
            continue
        brackets = document.brackets(child)
        if not document.children[child]:
            yield line(depth + len(stack), key, brackets, inside, place)
            continue
        yield line(depth + len(stack), key, brackets[0], inside, place)
        stack.append((members, closing, inside))
        inside = Step(inside, key, place)
        closing = brackets[1]
        names = document.keys[child]
        children = document.children[child]
        members = (
            ((name, -1, one) for name, one in zip(names, children, strict=True))
            if names is not None
            else (("", number, one) for number, one in enumerate(children))
        )


_CLOSING: Final = {"{": "}", "[": "]"}


def _differs(entry: _Entry | None) -> bool:
    return entry is not None and entry.number > 0


def _member(key: str) -> str:
    name = key[1:-1]
    return f".{name}" if name.isidentifier() and name.isascii() else f"[{key}]"
