"""Which elements of two lists belong together: as many equal ones as possible in their order, at a bounded cost."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final, TypeAlias

Pairs: TypeAlias = list[tuple[int, int]]
"""Places in both lists, ascending in both."""

_MOST_CELLS: Final = 250_000
"""Comparisons that one gap may cost; a longer one is aligned by position."""

_ALL_CELLS: Final = 4_000_000
"""Comparisons that all gaps may cost together: about half a second."""


class Alignment:
    """Aligns lists, one after the other; what they may cost together is bounded."""

    def __init__(self, cells: int = _ALL_CELLS) -> None:
        self._cells = cells

    def equal(self, left: Sequence[Hashable], right: Sequence[Hashable]) -> Pairs:
        """Places of equal elements: first what both begin and end with, then what is there once, then what is left."""
        begin, shorter = 0, min(len(left), len(right))
        while begin < shorter and left[begin] == right[begin]:
            begin += 1
        end = 0
        while end < shorter - begin and left[-1 - end] == right[-1 - end]:
            end += 1
        pairs = [(at, at) for at in range(begin)]
        last = (len(left) - end, len(right) - end)
        at, other = begin, begin
        for anchor in (*_anchors(left, right, begin, last), last):
            pairs += self._in_gap(left, right, (at, other), anchor)
            if anchor != last:
                pairs.append(anchor)
            at, other = anchor[0] + 1, anchor[1] + 1
        return pairs + [(last[0] + number, last[1] + number) for number in range(end)]

    def _in_gap(
        self, left: Sequence[Hashable], right: Sequence[Hashable], begin: tuple[int, int], end: tuple[int, int]
    ) -> Pairs:
        one, other = left[begin[0] : end[0]], right[begin[1] : end[1]]
        cells = len(one) * len(other)
        if not cells:
            return []
        if cells > min(_MOST_CELLS, self._cells):
            found = [at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a == b]
            return [(begin[0] + at, begin[1] + at) for at in found]
        self._cells -= cells
        return [(begin[0] + at, begin[1] + to) for at, to in _longest(one, other)]


def ascending(pairs: Pairs) -> Pairs:
    """The most of these pairs that ascend in both lists; they are sorted by the first."""
    ends: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for number, (_, to) in enumerate(pairs):
        at = bisect_left(ends, to)
        before.append(heads[at - 1] if at else -1)
        ends[at : at + 1] = [to]
        heads[at : at + 1] = [number]
    found: Pairs = []
    number = heads[-1] if heads else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _anchors(left: Sequence[Hashable], right: Sequence[Hashable], begin: int, end: tuple[int, int]) -> Pairs:
    """Elements that are in both lists once, as far as they have the same order."""
    once, other = Counter(left[begin : end[0]]), Counter(right[begin : end[1]])
    places = {right[to]: to for to in range(begin, end[1]) if other[right[to]] == 1}
    unique = [(at, places[left[at]]) for at in range(begin, end[0]) if once[left[at]] == 1 and left[at] in places]
    return ascending(unique)


def _longest(left: Sequence[Hashable], right: Sequence[Hashable]) -> Pairs:
    """A longest common subsequence."""
    width = len(right)
    rows = [[0] * (width + 1)]
    for one in reversed(left):
        below, row = rows[-1], [0] * (width + 1)
        for to in range(width - 1, -1, -1):
            row[to] = below[to + 1] + 1 if one == right[to] else max(row[to + 1], below[to])
        rows.append(row)
    rows.reverse()
    pairs: Pairs = []
    at = to = 0
    while at < len(left) and to < width:
        if left[at] == right[to]:
            pairs.append((at, to))
            at, to = at + 1, to + 1
        elif rows[at + 1][to] >= rows[at][to + 1]:
            at += 1
        else:
            to += 1
    return pairs
