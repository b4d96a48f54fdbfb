"""One list out of several, newest first: by page numbers where all of them have totals, else growing at its end.

A row's rank in the whole is the sum of ranks in the lists, so page after page needs no search. For a jump, ranks are
guessed and then narrowed by the ages of the rows that are found there (`ranks`).
"""

import asyncio
import heapq
import itertools
from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeAlias

from redox_tui.api.errors import BadAnswer, NotFound
from redox_tui.api.halving import Read
from redox_tui.api.memory import keep
from redox_tui.api.ranks import Cut, Marks, bounds, guess
from redox_tui.api.strand import Rows, Strand
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, MergedRef, PageRef, Place
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange

_PAGES: Final = 32
"""Pages of all lists together that are kept for the rows that nobody has got yet."""

_LEAST_PAGES: Final = 4
_CUTS: Final = 1_000
_GUESSES: Final = 4
"""Guesses of a cut, after which every other one is the middle of what is left."""

_MOST_GUESSES: Final = 64
_MOST_UNSETTLED: Final = 3
"""How often a page is read again because its lists change under way: they may never stand still."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

_Head: TypeAlias = tuple[float, int, int, Rows]
"""The next row of a list: its age, the number of the list, its offset, and the page that has it."""


class Merged:
    """A search whose terms have several values. `number` is what its refs are known by.

    Each list is pinned by its own first answer, so that new traffic shifts none of them.
    """

    def __init__(self, number: int, search: LogSearch, count: int) -> None:
        self.number = number
        self._search = search
        self._size = count
        each = search.each
        kept = max(_LEAST_PAGES, _PAGES // len(each))
        self._strands = [Strand(one, count, kept) for one in each]
        self._has_begun = False
        self._has_totals = False
        self._cuts: dict[int, Cut] = {}
        self._reading = asyncio.Lock()
        self._waiting: Counter[PageRef] = Counter()

    async def page(self, read: Read, ref: PageRef) -> LogPage:
        """A page of the whole, by its number, or by the ref that the page before it gave."""
        self._waiting[ref] += 1
        try:
            # One by one: what a page leaves of its lists is where the next one begins.
            await self._reading.acquire()
        finally:
            self._waiting -= Counter({ref: 1})
        try:
            return await self._page(read, ref)
        finally:
            self._reading.release()

    async def _page(self, read: Read, ref: PageRef) -> LogPage:
        if not self._has_begun:
            await self._begin(read)
        if isinstance(ref, MergedRef):
            return await self._following(read, ref.places)
        if not self._has_totals:
            if ref != FIRST_PAGE:
                raise NotFound("This list is too old to be read on.", hint="Refresh it.")
            return await self._following(read, [Place(FIRST_PAGE) for _ in self._strands])
        number = ref if isinstance(ref, int) else FIRST_PAGE
        for _ in range(_MOST_UNSETTLED):
            try:
                return await self._numbered(read, number, self._totals)
            except _Changed:
                await self._count_again(read)
        return await self._numbered(read, number, None)

    async def _begin(self, read: Read) -> None:
        """Read the first page of each list: whether they have totals, how long pages are, what "now" is."""
        pages = await _together(read(strand.search, FIRST_PAGE, self._size) for strand in self._strands)
        self._has_totals = all(page.total is not None and not isinstance(page.next, str) for page in pages)
        if self._has_totals:
            sizes = [len(page.logs) for page in pages if len(page.logs) < (page.total or 0)]
            self._size = min(sizes, default=self._size) or self._size
        # A list that is empty now is bounded by what the others have.
        newest = sorted((log for page in pages for log in page.logs[:1]), key=_created, reverse=True)
        for strand, page in zip(self._strands, pages, strict=True):
            if not isinstance(page.next, str):
                strand.search = strand.search.pinned(page.logs or newest)
            strand.size = self._size
            strand.total = page.total if self._has_totals else None
            strand.gaps = page.gaps
            strand.put(FIRST_PAGE, page)
        self._has_begun = True

    async def _following(self, read: Read, places: Sequence[Place]) -> LogPage:
        logs, behind = await self._merge(read, places, self._size, None)
        is_over = all(place.ref is None for place in behind)
        return LogPage(logs, next=None if is_over else MergedRef(self.number, behind), gaps=self._gaps)

    async def _numbered(self, read: Read, number: int, totals: Cut | None) -> LogPage:
        begin = (number - 1) * self._size
        end = min(begin + self._size, sum(self._totals))
        logs: tuple[Log, ...] = ()
        if begin < end:
            cut = await self._cut(read, begin, totals)
            places = [strand.place(rank) for strand, rank in zip(self._strands, cut, strict=True)]
            behind_it = next(n for n in itertools.count() if not self._waiting[number + n + 1])
            logs, behind = await self._merge(read, places, end - begin, totals, ahead=behind_it * self._size)
            if not (after := self._ranks(behind)):
                # One of them became too slow and goes on in parts without totals.
                return LogPage(logs, next=MergedRef(self.number, behind), gaps=self._gaps)
            self._note(begin, cut)
            self._note(end, after)
        total = sum(self._totals)
        return LogPage(logs, total, self._size, number + 1 if number * self._size < total else None, gaps=self._gaps)

    async def _merge(
        self,
        read: Read,
        places: Sequence[Place],
        count: int,
        totals: Cut | None,
        *,
        ahead: int = 0,
        is_given: bool = True,
    ) -> tuple[tuple[Log, ...], tuple[Place, ...]]:
        """The rows from these places on, and where they end; what has been given once is read anew.

        So many rows `ahead` will be asked for next, so their share of a list is read with a page of it.
        """
        places = list(places)
        logs: list[Log] = []
        taken = 0
        while taken < count:
            if is_given:
                self._forget_given(places)
            await self._read_all(read, self._wanted(places, ahead), totals)
            heads = self._heads(places)
            if not heads:
                break
            while heads and taken < count:
                _, number, offset, rows = heads[0]
                log = rows.logs[offset]
                taken += 1
                if is_given:
                    rows.given.add(offset)
                    logs += [log] if log else []
                offset += 1
                if offset < len(rows.logs):
                    places[number] = Place(places[number].ref, offset, log.id if log else "")
                    heapq.heapreplace(heads, (rows.ages[offset], number, offset, rows))
                    continue
                places[number] = Place(rows.next)
                heapq.heappop(heads)
                if rows.next is not None:
                    break
        return tuple(logs), tuple(places)

    def _wanted(self, places: Sequence[Place], ahead: int) -> list[tuple[int, PageRef | None]]:
        """The pages that these places are in, and behind those that have to be read, pages that are wanted soon."""
        wanted = [(number, place.ref) for number, place in enumerate(places)]
        for number, ref in tuple(wanted):
            strand = self._strands[number]
            if ahead and isinstance(ref, int) and strand.total and not strand.has(ref):
                share = ahead * strand.total // sum(self._totals)
                wanted += [(number, after) for after in strand.behind(ref, share // self._size)]
        return wanted

    def _heads(self, places: list[Place]) -> list[_Head]:
        """The next row of each list, as a heap; none where a list has an empty page, behind which any may come next."""
        heads: list[_Head] = []
        is_stuck = False
        for number, (strand, place) in enumerate(zip(self._strands, places, strict=True)):
            if place.ref is None:
                continue
            rows = strand.rows(place.ref)
            places[number] = found = _found(place, rows)
            if found.offset < len(rows.logs):
                heads.append((rows.ages[found.offset], number, found.offset, rows))
            else:
                places[number] = Place(rows.next)
                is_stuck |= rows.next is not None
        heapq.heapify(heads)
        return [] if is_stuck else heads

    async def _cut(self, read: Read, rank: int, totals: Cut | None) -> Cut:
        """How many rows of each list are among the first ones of the whole."""
        low, high = self._nearest(rank)
        near = self._size * len(self._strands)
        end = -self._search.range.since.timestamp() if self._search.range.since else float("-inf")
        for tries in range(_MOST_GUESSES):
            lists = [Marks(n, strand.total or 0, strand.ages(), end) for n, strand in enumerate(self._strands)]
            low, high = bounds(lists, rank, low, high)
            if rank - sum(low) <= near:
                break
            middle = tuple((least + most) // 2 for least, most in zip(low, high, strict=True))
            likely = guess(lists, rank, low, high) if tries < _GUESSES or tries % 2 else middle
            if not (unseen := self._unseen(likely) or self._unseen(middle)):
                break
            await self._read_all(read, unseen, totals)
        if rank - sum(low) > 2 * near:
            raise BadAnswer("The times of these logs are in no order, so this page cannot be found.")
        places = [strand.place(least) for strand, least in zip(self._strands, low, strict=True)]
        _, places_there = await self._merge(read, places, rank - sum(low), totals, is_given=False)
        return self._ranks(places_there) or low

    def _nearest(self, rank: int) -> tuple[Cut, Cut]:
        """The cuts that are known, below and above."""
        below = max((known for known in self._cuts if known <= rank), default=None)
        above = min((known for known in self._cuts if known >= rank), default=None)
        low = tuple(0 for _ in self._strands) if below is None else self._cuts[below]
        return low, self._totals if above is None else self._cuts[above]

    def _unseen(self, cut: Cut) -> list[tuple[int, PageRef | None]]:
        """The pages at a cut that have not been read."""
        pages = [(n, strand.place(rank).ref) for n, (strand, rank) in enumerate(zip(self._strands, cut, strict=True))]
        return [(n, ref) for n, ref in pages if isinstance(ref, int) and not self._strands[n].has_seen(ref)]

    async def _read_all(self, read: Read, wanted: Iterable[tuple[int, PageRef | None]], totals: Cut | None) -> None:
        """Read those pages of lists that are not at hand; raises _Changed where the totals are not these any more."""
        missing = [(self._strands[n], ref) for n, ref in wanted if ref is not None and not self._strands[n].has(ref)]
        await _together(strand.read(read, ref) for strand, ref in missing)
        if totals is not None and totals != self._totals:
            raise _Changed

    def _forget_given(self, places: Sequence[Place]) -> None:
        for strand, place in zip(self._strands, places, strict=True):
            if place.ref is not None and strand.has(place.ref) and place.offset in strand.rows(place.ref).given:
                strand.forget(place.ref)

    async def _count_again(self, read: Read) -> None:
        """Forget what is known, since other rows may have the same ranks now."""
        self._cuts.clear()
        for strand in self._strands:
            strand.forget()
        await _together(strand.read(read, FIRST_PAGE) for strand in self._strands)

    def _note(self, rank: int, cut: Cut) -> None:
        keep(self._cuts, rank, cut, _CUTS)

    def _ranks(self, places: Sequence[Place]) -> Cut | None:
        ranks = [strand.rank(place) for strand, place in zip(self._strands, places, strict=True)]
        return tuple(rank for rank in ranks if rank is not None) if None not in ranks else None

    @property
    def _totals(self) -> Cut:
        return tuple(strand.total or 0 for strand in self._strands)

    @property
    def _gaps(self) -> tuple[TimeRange, ...]:
        return tuple(dict.fromkeys(gap for strand in self._strands for gap in strand.gaps))


def _found(place: Place, rows: Rows) -> Place:
    """The same place in a page that was read anew: behind the row that was last, wherever that is now."""
    ids = [log.id if log else "" for log in rows.logs]
    if not place.last or ids[place.offset - 1 : place.offset] == [place.last]:
        return place
    offset = ids.index(place.last) + 1 if place.last in ids else place.offset - 1
    return replace(place, offset=offset)


def _created(log: Log) -> datetime:
    return (log.created_at.instant if log.created_at else None) or _NEVER


async def _together(calls: Iterable[Awaitable[LogPage]]) -> list[LogPage]:
    """Make calls at once; the first error ends them all."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_one(call)) for call in calls]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def _one(call: Awaitable[LogPage]) -> LogPage:
    return await call


class _Changed(Exception):
    """A total is not what it was, so that rows may have other ranks."""
