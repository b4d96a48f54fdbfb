"""One list out of the parts of a search, newest first: by page numbers where every part has a total, else in a row."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from redox_tui.api.errors import TooSlow
from redox_tui.api.halving import Halving, Part, Read
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, PageRef, PartRef
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange

_MOST_UNSETTLED = 3
"""How often a page is read again because its parts change under way: a list may never stand still."""


class Parts:
    """A search that the server answers in parts only. `number` is what its refs are known by.

    Bounds are inclusive, so what lies exactly on a border is in the parts on both sides; it is given with the newer.
    """

    def __init__(self, number: int, search: LogSearch, count: int, now: datetime, tell: Callable[[str], None]) -> None:
        self.gaps: tuple[TimeRange, ...] = ()
        """Ranges that the server could not answer."""
        self._number = number
        self._search = search
        self._count = count
        self._now = now
        self._tell = tell
        self._parts: list[Part] = []
        self._known: dict[int, Part] = {}
        self._size = count
        self._reading = asyncio.Lock()
        self._splitting = asyncio.Lock()

    async def begin(self, read: Read, *, is_refused: bool) -> None:
        """Find parts that the server can answer; `is_refused` says that the whole was too slow just now.

        Raises TooSlow where the server answers none.
        """
        self._parts = await self._split(read, self._search, is_refused=is_refused)
        if self._parts and isinstance(self._parts[0].total, int):
            newest = self._parts[0]
            newest.search = newest.search.pinned(newest.first.logs if newest.first else ())
        sizes = [
            len(part.first.logs) for part in self._parts if part.first and len(part.first.logs) < (part.total or 0)
        ]
        self._size = min(sizes, default=self._count) or self._count

    async def page(self, read: Read, ref: PageRef) -> LogPage:
        """A page of the whole, by its number, or by the ref that the page before it gave."""
        if isinstance(ref, PartRef):
            return await self._following(read, ref)
        if not self._parts:
            return LogPage(gaps=self.gaps)
        # By time of update the rows on a border are anywhere in a part, so that its rows cannot be counted through.
        if self._search.on == "updated" or any(part.total is None for part in self._parts):
            if ref != FIRST_PAGE:
                raise TooSlow("The server takes too long for this list now.", hint="Read anew, it comes in parts.")
            newest = self._first_of(0)
            return await self._following(read, newest) if newest else LogPage(gaps=self.gaps)
        number = ref if isinstance(ref, int) else FIRST_PAGE
        unsettled = 0
        while True:
            try:
                # One by one: an older answer that comes later would undo what a newer one says of a part's length.
                async with self._reading:
                    totals = [part.total for part in self._parts]
                    page = await self._numbered(read, number)
            except _PartTooSlow as slow:
                await self._replace(read, slow.part, slow.part.search)
                continue
            # Where a part has changed meanwhile, other rows than these have the numbers of this page.
            if totals == [part.total for part in self._parts] or unsettled > _MOST_UNSETTLED:
                return page
            unsettled += 1

    async def _numbered(self, read: Read, number: int) -> LogPage:
        rows: list[Log] = []
        begin = (number - 1) * self._size
        end = begin + self._size
        for part in tuple(self._parts):
            if end > 0 and begin < part.length:
                rows += await self._rows(read, part, max(begin, 0), min(end, part.length))
            begin, end = begin - part.length, end - part.length
        total = sum(part.length for part in self._parts)
        following = number + 1 if number * self._size < total else None
        return LogPage(tuple(rows), total, self._size, following, gaps=self.gaps)

    async def _rows(self, read: Read, part: Part, begin: int, end: int) -> tuple[Log, ...]:
        """Rows of a part, counted from its first one that no newer part has."""
        begin, end = begin + part.shared, end + part.shared
        first, last = begin // self._size, (end - 1) // self._size
        rows: list[Log] = []
        for number in range(first, last + 1):
            page = await self._page(read, part, number + 1)
            if page.total is not None:
                part.total = page.total
            rows += page.logs
        return tuple(rows[begin - first * self._size : end - first * self._size])

    async def _page(self, read: Read, part: Part, number: int) -> LogPage:
        kept, part.first = part.first, None
        is_current = kept is not None and kept.total == part.total
        if kept and is_current and number == FIRST_PAGE and len(kept.logs) >= min(self._size, part.total or 0):
            return replace(kept, logs=kept.logs[: self._size])
        try:
            return await read(part.search, number, self._size)
        except TooSlow:
            raise _PartTooSlow(part) from None

    async def _following(self, read: Read, ref: PartRef) -> LogPage:
        part, place = self._known[ref.part], ref.ref
        while part not in self._parts:
            if not part.instead:
                return LogPage(gaps=self.gaps)
            part, place = part.instead, FIRST_PAGE
        kept, part.first = part.first, None
        try:
            page = kept if kept and place == FIRST_PAGE else await read(part.search, place, self._count)
        except TooSlow:
            if part not in self._parts:
                return await self._following(read, ref)
            index = self._parts.index(part) + (place != FIRST_PAGE)
            await self._replace(read, part, part.rest(place), is_begun=place != FIRST_PAGE)
            follower = self._first_of(index)
            return await self._following(read, follower) if follower else LogPage(gaps=self.gaps)
        if part not in self._parts:
            # Another reader met its slowness meanwhile, and it was replaced.
            return await self._following(read, ref)
        part.note(page)
        following = PartRef(self._number, part.number, page.next) if isinstance(page.next, int | str) else None
        logs = tuple(log for log in page.logs if not part.is_shared(log))
        behind = self._first_of(self._parts.index(part) + 1)
        return LogPage(logs, None, page.size, following or behind, page.note, self.gaps)

    def _first_of(self, index: int) -> PartRef | None:
        """Where a part begins, None where there is no such part."""
        following = next((part for part in self._parts[index:] if part.total != 0), None)
        return PartRef(self._number, following.number, FIRST_PAGE) if following else None

    async def _replace(self, read: Read, part: Part, rest: LogSearch, *, is_begun: bool = False) -> None:
        """Put parts in the place of one that became too slow, or of what is left of it."""
        async with self._splitting:
            if part not in self._parts:
                return
            found = await self._split(read, rest, is_refused=rest == part.search)
            if found and found[0].search.range.until == part.search.range.until:
                found[0].border, found[0].shared = part.border, part.shared
            part.instead = found[0] if found else None
            index = self._parts.index(part)
            begin = part.search.range.since
            if (not found or found[-1].search.range.since != begin) and index + 1 < len(self._parts):
                # What lies on the border is in a gap now on the newer side.
                self._parts[index + 1].border, self._parts[index + 1].shared = None, 0
            self._parts[index + is_begun : index + 1] = found

    async def _split(self, read: Read, search: LogSearch, *, is_refused: bool) -> list[Part]:
        halving = Halving(self._count, self._now, self._tell)
        parts = await halving.parts(read, search, is_refused=is_refused)
        if not parts and halving.gaps:
            raise TooSlow("The server took too long, even for a second of logs.", hint="Try again later.")
        self.gaps += halving.gaps
        self._known |= {part.number: part for part in parts}
        for newer, older in pairwise(parts):
            if older.search.range.until == newer.search.range.since:
                older.border = older.search.range.until
                await self._count_shared(read, older)
        return parts

    async def _count_shared(self, read: Read, older: Part) -> None:
        """Count what lies exactly on the border; its first page shows all of it, unless that has nothing else."""
        if not older.total or not older.first or not older.border or self._search.on == "updated":
            return
        own = [index for index, log in enumerate(older.first.logs) if not older.is_shared(log)]
        if own or older.total <= len(older.first.logs):
            older.shared = own[0] if own else older.total
        else:
            page = await read(replace(older.search, range=TimeRange(older.border, older.border)), FIRST_PAGE, 1)
            older.shared = page.total or 0


class _PartTooSlow(Exception):
    """A part that was answered before takes too long now."""

    def __init__(self, part: Part) -> None:
        super().__init__("a part takes too long")
        self.part = part
