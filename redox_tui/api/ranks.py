"""Where a row of merged lists lies in each of them: what the rows that were read prove, and a guess where they do not.

A list is known by marks: the ages of rows at some of its ranks. A `cut` has one rank for each list; the rows before
its ranks are those before one row of the whole.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import isfinite
from typing import Final, TypeAlias

Cut: TypeAlias = tuple[int, ...]

Row: TypeAlias = tuple[float, int, int]
"""A row as the merged list sorts it: by its age, at the same age by its list, in that by its rank."""


_HALVINGS: Final = 48
"""A range of years comes down to less than a millisecond."""


class Marks:
    """What is known of one list: ages of rows, which grow with their ranks. `end` is the age at which it ends."""

    def __init__(self, number: int, total: int, ages: dict[int, float], end: float) -> None:
        ranks = sorted(rank for rank, age in ages.items() if isfinite(age))
        # A row that is listed below older ones is taken for as old as they are.
        grown = accumulate((ages[rank] for rank in ranks), max)
        self.rows: list[Row] = [(age, number, rank) for age, rank in zip(grown, ranks, strict=True)]
        self.total = total
        self._number = number
        self._nodes = [(age, float(rank)) for age, _, rank in self.rows]
        self.end = max([end, *(age for age, _, _ in self.rows[-1:])])
        self._nodes.append((self.end, float(total)))

    def certain(self, row: Row) -> tuple[int, int]:
        """At least and at most how many rows of this list come before a row of any list."""
        if row[1] == self._number:
            return row[2], row[2]
        index = bisect_left(self.rows, row)
        least = self.rows[index - 1][2] + 1 if index else 0
        return least, self.rows[index][2] if index < len(self.rows) else self.total

    def likely(self, age: float) -> float:
        """About how many rows are younger."""
        index = bisect_left(self._nodes, (age, 0.0))
        if index == 0:
            return 0.0
        if index == len(self._nodes):
            return float(self.total)
        (younger, low), (older, high) = self._nodes[index - 1], self._nodes[index]
        return low + (high - low) * (age - younger) / (older - younger)


def bounds(lists: Sequence[Marks], rank: int, low: Cut, high: Cut) -> tuple[Cut, Cut]:
    """The narrowest cuts, below and above, that are proved to have that of a rank of the whole between them.

    `low` and `high` are such cuts already.
    """
    rows = sorted(row for marks in lists for row in marks.rows)

    def least(row: Row) -> int:
        return sum(marks.certain(row)[0] for marks in lists)

    def most(row: Row) -> int:
        return sum(marks.certain(row)[1] for marks in lists)

    below, above = bisect_right(rows, rank, key=most) - 1, bisect_left(rows, rank, key=least)
    if below >= 0:
        low = tuple(max(one, marks.certain(rows[below])[0]) for one, marks in zip(low, lists, strict=True))
    if above < len(rows):
        high = tuple(min(one, marks.certain(rows[above])[1]) for one, marks in zip(high, lists, strict=True))
    # What the other lists have at most, this one has to make up for.
    lowest = tuple(max(one, rank - sum(high) + most_of) for one, most_of in zip(low, high, strict=True))
    highest = tuple(min(one, rank - sum(low) + least_of) for one, least_of in zip(high, low, strict=True))
    return lowest, highest


def guess(lists: Sequence[Marks], rank: int, low: Cut, high: Cut) -> Cut:
    """The likely cut: each list is taken to be even between its marks."""
    young = min((marks.rows[0][0] for marks in lists if marks.rows), default=0.0)
    old = max(marks.end for marks in lists)

    def cut(age: float) -> list[int]:
        return [
            round(min(max(marks.likely(age), least), most)) for marks, least, most in zip(lists, low, high, strict=True)
        ]

    for _ in range(_HALVINGS):
        middle = (young + old) / 2
        young, old = (middle, old) if sum(cut(middle)) < rank else (young, middle)
    return tuple(cut(old))
