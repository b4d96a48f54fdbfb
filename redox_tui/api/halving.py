"""Ranges of time that the server can answer, found by halving one that takes it too long (security.md HT-04)."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from redox_tui.api.errors import TooSlow
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, PageRef
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange, in_units

Read: TypeAlias = Callable[[LogSearch, PageRef, int], Awaitable[LogPage]]
"""Reads a page of a search from the server."""

BEGIN: Final = datetime(2014, 1, 1, tzinfo=UTC)
"""Redox is not older, so no log is: where a range without a beginning is taken to begin."""

SHORTEST: Final = timedelta(seconds=1)
"""A range that is not halved any more."""

_MILLISECOND = timedelta(milliseconds=1)
_AT_ONCE: Final = 4
_MOST_IN_VAIN: Final = 48
"""Answers that came too late, after which no range is halved any more."""
_MOST_REQUESTS: Final = 2_000
_TRIES_OF_A_WIDTH: Final = 2
"""A width that was refused so often, and never answered, is not asked for any more."""


@dataclass(eq=False, slots=True)
class Part:
    """A part of a search that the server answered. `first` is its first page until that has been given out.

    `border` is its end where a newer part begins there, and `shared` the number of rows that lie on it. `instead` is
    what has taken its place when it became too slow.
    """

    search: LogSearch
    total: int | None
    first: LogPage | None
    number: int = field(default_factory=itertools.count().__next__)
    border: datetime | None = None
    shared: int = 0
    instead: "Part | None" = None
    _reached: dict[int | str, datetime] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Rows that no newer part has."""
        return max(0, (self.total or 0) - self.shared)

    def is_shared(self, log: Log) -> bool:
        """Whether a row of this part lies on the border."""
        at = log.updated_at if self.search.on == "updated" else log.created_at
        return at is not None and at.instant is not None and at.instant == self.border

    def note(self, page: LogPage) -> None:
        """Remember how far a page has come."""
        if isinstance(page.next, int | str) and (oldest := oldest_in(page)):
            self._reached[page.next] = oldest

    def rest(self, ref: int | str) -> LogSearch:
        """What is left of this part from a page on; all of it where that is not known."""
        return replace(self.search, pin=self._reached.get(ref, self.search.pin))


def oldest_in(page: LogPage) -> datetime | None:
    """A bound on the creation of all that follows a page; rows on it are in the page too."""
    oldest = page.logs[-1].created_at if page.logs else None
    # Times are written to the millisecond, and may be held finer.
    return oldest.instant + _MILLISECOND if oldest and oldest.instant else None


class Halving:
    """Halves what is too slow, newest first; the first answer tells which width to ask for, four at once from then on.

    `gaps` are ranges that were not answered even when they could be halved no more, newest first.
    """

    def __init__(self, count: int, now: datetime, tell: Callable[[str], None]) -> None:
        self.gaps: tuple[TimeRange, ...] = ()
        self._count = count
        self._now = now
        self._tell = tell
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._requests = 0
        self._is_at_the_bottom = False
        self._refused: Counter[int] = Counter()
        self._answered: Counter[int] = Counter()

    async def parts(self, read: Read, search: LogSearch, *, is_refused: bool) -> list[Part]:
        """The parts of a search, newest first; `is_refused` says that the whole was too slow just now.

        Parts that are known to be empty are left out.
        """
        return await (self._refusal if is_refused else self._part)(read, search, 0)

    async def _refusal(self, read: Read, search: LogSearch, level: int) -> list[Part]:
        if not self._refused[level]:
            self._tell(f"the server takes too long: asking for {in_units(self._span(search) / 2)} at a time")
        self._refused[level] += 1
        self._is_at_the_bottom |= self._span(search) <= SHORTEST
        return await self._halves(read, search, level)

    async def _halves(self, read: Read, search: LogSearch, level: int) -> list[Part]:
        span = self._span(search)
        if span <= SHORTEST or self._is_enough:
            self._note_gap(search.range)
            return []
        middle = (search.range.since or BEGIN) + span / 2
        middle -= timedelta(microseconds=middle.microsecond % 1000)
        newer = replace(search, range=TimeRange(middle, search.range.until))
        older = replace(search, range=TimeRange(search.range.since, middle))
        if not self._answered:
            parts = await self._part(read, newer, level + 1)
            return parts + await self._part(read, older, level + 1)
        try:
            async with asyncio.TaskGroup() as group:
                both = [group.create_task(self._part(read, half, level + 1)) for half in (newer, older)]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return both[0].result() + both[1].result()

    def _span(self, search: LogSearch) -> timedelta:
        """How long the range of a search is; one without an end ends now."""
        ends = (search.range.until or self._now, search.pin if search.on == "created" else None)
        return min(end for end in ends if end) - (search.range.since or BEGIN)

    async def _part(self, read: Read, search: LogSearch, level: int) -> list[Part]:
        is_known = self._refused[level] >= _TRIES_OF_A_WIDTH and not self._answered[level]
        # Where even seconds are refused it is not the width that is too much, so every part is asked for.
        if is_known and not self._is_at_the_bottom and not self._is_enough:
            return await self._halves(read, search, level)
        try:
            async with self._slots:
                self._requests += 1
                page = await read(search, FIRST_PAGE, self._count)
        except TooSlow:
            return await self._refusal(read, search, level)
        self._answered[level] += 1
        is_over = not page.logs and page.next is None and page.total is None
        return [] if is_over else [Part(search, page.total, page)]

    @property
    def _is_enough(self) -> bool:
        return self._refused.total() > _MOST_IN_VAIN or self._requests > _MOST_REQUESTS

    def _note_gap(self, gap: TimeRange) -> None:
        """Add a gap; those that touch are one."""
        found = sorted((*self.gaps, gap), key=lambda one: one.since or BEGIN, reverse=True)
        merged = found[:1]
        for older in found[1:]:
            if older.until == merged[-1].since:
                merged[-1] = TimeRange(older.since, merged[-1].until)
            else:
                merged.append(older)
        self.gaps = tuple(merged)
