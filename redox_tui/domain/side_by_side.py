"""Two documents side by side: every place that either of them has, judged equal, changed, or there on one side only."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from redox_tui.domain.alignment import Alignment, Pairs
from redox_tui.domain.jsonnodes import JsonDocument, Stopped, Value

NAMES: Final = tuple(
    f'"{name}"' for name in ("ID", "Code", "id", "code", "IDType", "url", "fullUrl", "Key", "Name", "operationId")
)
"""Keys, as JSON text, of what tells elements of an array apart, the best first; these elements are aligned by them."""

LOOK_EVERY: Final = 0xFFF
"""Places between two looks whether to stop, less one."""

_CLOSING: Final = {"{": "}", "[": "]"}


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


_Pair: TypeAlias = tuple[str, int, Value | None, Value | None]
"""A place on both sides: its key, its place in an array, and what each side has there, None where that is nothing.

There may be millions of them, so they are plain tuples, which are made in a fifth of the time.
"""


class Entry(NamedTuple):
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


def of_documents(left: JsonDocument, right: JsonDocument, stopped: Callable[[], bool]) -> Iterator[Entry]:
    """Every place of two documents, containers that differ inside opened; raises Stopped where `stopped` says so."""
    return _Walk(left, right, stopped).entries()


def of_texts(ones: list[str], others: list[str], stopped: Callable[[], bool]) -> Iterator[Entry]:
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
            yield Entry(kind, 0, "", at if left is not None else to, left, right, number, None)
            at, to = at + (left is not None), to + (right is not None)
        if at < len(ones) and to < len(others):
            yield Entry(Kind.EQUAL, 0, "", at, ones[at], others[to], 0, None)
        at, to = end[0] + 1, end[1] + 1


class _Walk:
    """Goes through two documents side by side."""

    def __init__(self, left: JsonDocument, right: JsonDocument, stopped: Callable[[], bool]) -> None:
        self._left, self._right = left, right
        self._stopped = stopped
        self._alignment = Alignment()
        self._number = 0

    def entries(self) -> Iterator[Entry]:
        """Every pair with what is to be said of it, containers that differ inside opened."""
        opened: list[tuple[Iterator[_Pair], Entry | None]] = []
        pairs: Iterator[_Pair] = iter([("", -1, self._left.root, self._right.root)])
        around: Entry | None = None
        inside: Step | None = None
        same, other_same = self._left.same, self._right.same
        count = 0
        while True:
            count += 1
            if not count & LOOK_EVERY and self._stopped():
                raise Stopped
            pair = next(pairs, None)
            if pair is None:
                if around is None:
                    return
                closing = _CLOSING[around.bracket]
                yield Entry(Kind.EQUAL, around.depth, "", -1, None, None, 0, inside, closing)
                inside = around.inside
                pairs, around = opened.pop()
                continue
            key, place, left, right = pair
            depth = len(opened)
            if left is None or right is None:
                self._number += 1
                kind = Kind.RIGHT if left is None else Kind.LEFT
                yield Entry(kind, depth, key, place, left, right, self._number, inside)
                continue
            one = left if isinstance(left, str) else same[left]
            other = right if isinstance(right, str) else other_same[right]
            if one == other:
                yield Entry(Kind.EQUAL, depth, key, place, left, right, 0, inside)
            elif isinstance(one, str) and isinstance(other, str):
                self._number += 1
                yield Entry(Kind.CHANGED, depth, key, place, left, right, self._number, inside)
            elif self._are_alike(left, right):
                bracket = self._left.brackets(left)[0]
                entry = Entry(Kind.EQUAL, depth, key, place, left, right, 0, inside, bracket)
                yield entry
                opened.append((pairs, around))
                inside = Step(inside, key, place)
                pairs, around = iter(self._members(int(left), int(right))), entry
            else:
                self._number += 1
                yield Entry(Kind.LEFT, depth, key, place, left, None, self._number, inside)
                yield Entry(Kind.RIGHT, depth, key, place, None, right, self._number, inside)

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
        for name in NAMES:
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
