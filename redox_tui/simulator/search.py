"""Searching a stream: the result is a short list of index ranges, with exact totals and cheap access to any page.

A log is pending until its delay has passed, then it shows its final status and its `updatedAt` moves to that
moment. So what fits depends on the delay class, and each class fits in its own ranges of the stream.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

from redox_tui.simulator.deck import Bucket, Matching, Terms
from redox_tui.simulator.stream import Stream
from redox_tui.simulator.traffic import DELAYS, LATE, STATUSES

Mode = Literal["realtime", "backfill"]
_LONG_AGO = -(1 << 62)
_FAR_AHEAD = 1 << 62


@dataclass(frozen=True, slots=True)
class Search:
    """What a caller looks for. Times are epoch milliseconds, both ends inclusive (platform-api.md §3.4)."""

    terms: Terms = field(default_factory=Terms)
    status: str | None = None
    created_after: int | None = None
    created_before: int | None = None
    updated_after: int | None = None
    updated_before: int | None = None
    mode: Mode = "realtime"


@dataclass(frozen=True, slots=True)
class _Range:
    """Logs from `low` up to but not including `high`; `rank` logs before `low` would fit, `count` logs do."""

    low: int
    high: int
    matching: Matching
    rank: int
    count: int


class Matches:
    """The logs of a stream that fit a search at a `moment` (epoch milliseconds), newest first.

    Where saved filters decide, the newest part was looked at log by log: `tail` is what fits of it, newest first, and
    the rest lies `below` an index.
    """

    def __init__(
        self,
        stream: Stream,
        search: Search,
        moment: int,
        lateness: int = 0,
        *,
        tail: Sequence[int] = (),
        below: int = _FAR_AHEAD,
    ) -> None:
        self.moment = moment
        self._tail = tail
        self._ranges = tuple(_ranges(stream, search, moment, lateness, below))

    @cached_property
    def total(self) -> int:
        """How many logs fit."""
        return len(self._tail) + sum(part.count for part in self._ranges)

    def page(self, offset: int, count: int) -> list[int]:
        """The indexes of up to `count` logs after skipping `offset` of the newest."""
        indexes = list(self._tail[offset : offset + count])
        offset = max(0, offset - len(self._tail))
        for part in self._ranges:
            newest = part.count - offset
            offset = max(0, -newest)
            for rank in range(newest - 1, max(newest - 1 - count + len(indexes), -1), -1):
                indexes.append(part.matching.nth(part.rank + rank))
        return indexes

    def older_than(self, index: int, count: int) -> list[int]:
        """The indexes of up to `count` of the newest logs that are older than a log."""
        newer = sum(one >= index for one in self._tail)
        for part in self._ranges:
            if index < part.high:
                older = max(0, part.matching.before(index) - part.rank) if index > part.low else 0
                newer += part.count - older
        return self.page(newer, count)


def _ranges(stream: Stream, search: Search, moment: int, lateness: int, below: int) -> Iterator[_Range]:
    """Newest first, empty ones left out."""
    found_spans = _spans(stream, search, moment, lateness)
    every = ((low, min(high, below), buckets) for low, high, buckets in found_spans)
    spans = [(low, high, buckets) for low, high, buckets in every if low < high]
    starts = {stretch.start: stretch.deck for stretch in stream.stretches}
    edges = sorted({edge for low, high, _ in spans for edge in (low, high)} | set(starts))
    found: list[_Range] = []
    deck = stream.stretches[0].deck
    for low, high in pairwise(edges):
        deck = starts.get(low, deck)
        buckets = frozenset[Bucket]().union(*(b for first, end, b in spans if first <= low and high <= end))
        if buckets:
            matching = deck.matching(search.terms, buckets)
            rank = matching.before(low)
            if count := matching.before(high) - rank:
                found.append(_Range(low, high, matching, rank, count))
    return reversed(found)


def _spans(stream: Stream, search: Search, moment: int, lateness: int) -> Iterator[tuple[int, int, frozenset[Bucket]]]:
    """For each delay class, the index ranges in which it fits: once with settled logs, once with logs in flight.

    The class `LATE` is listed `lateness` milliseconds after it was created.
    """
    created_after = _LONG_AGO if search.created_after is None else search.created_after
    created_before = _FAR_AHEAD if search.created_before is None else search.created_before
    updated_after = _LONG_AGO if search.updated_after is None else search.updated_after
    updated_before = _FAR_AHEAD if search.updated_before is None else search.updated_before

    def span(after: int, before: int) -> tuple[int, int]:
        low = stream.count_until(after - 1) if after > _LONG_AGO else 0
        return low, stream.count_until(before)

    for delay, milliseconds in enumerate(DELAYS):
        every = frozenset((delay, status) for status in STATUSES)
        listed_before = moment - lateness if delay == LATE else moment
        settled = every if search.status is None else frozenset({(delay, search.status)})
        low, high = span(
            max(created_after, updated_after - milliseconds),
            min(created_before, updated_before - milliseconds, moment - milliseconds, listed_before),
        )
        yield low, high, settled
        if search.status in (None, "pending"):
            low, high = span(
                max(created_after, updated_after, moment - milliseconds + 1),
                min(created_before, updated_before, listed_before),
            )
            yield low, high, every
