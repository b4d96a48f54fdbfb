"""A whole search, page after page: no row lost and none twice while the list changes under the reader."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final

from redox_tui.api.errors import BadAnswer, TimedOut
from redox_tui.api.protocol import Logs, Urgency
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, PageRef, PartRef
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange, to_the_second

_REMEMBERED: Final = 20_000
"""Ids held against doubles: as far as rows are expected to shift while they are read."""

_PAGES_WITHOUT_NEWS: Final = 3
"""Pages in a row without a new row, each with a next one, after which the server is taken to go in circles."""

_ORDERED_PAGES_WITHOUT_NEWS: Final = 100
"""The same where the server does not say what comes next: rows that came late may have pushed back known ones."""

_MOST_PAGES: Final = 1_000_000
_BEGUN_AGAIN: Final = 3
"""How often a reading back is begun again because the list changes under way."""


async def walk(
    logs: Logs,
    search: LogSearch,
    count: int = PAGE_SIZE,
    *,
    at_once: int = 1,
    say: Callable[[str], None] | None = None,
) -> AsyncGenerator[tuple[Log, ...], None]:
    """The logs of a search, newest first, in batches of at most a page; raises PlatformError.

    Numbered pages shift when rows come or go. The first answer bounds the search against newer traffic; where a later
    total differs, the pages before are read again until they meet what has been seen. Up to `at_once` pages are asked
    for ahead where their numbers are known; cursors are followed one by one. Ranges that the server could not answer
    are an error at the end.
    """
    seen = _Seen()
    ahead = _Ahead(logs, count, at_once)
    gaps: dict[TimeRange, None] = {}
    ref: PageRef | None = FIRST_PAGE
    refs: set[PageRef] = set()
    total: int | None = None
    read = empty = repeats = 0
    try:
        while ref is not None:
            page = await ahead.page(search, ref)
            if ref == FIRST_PAGE:
                total = page.total
                search = search if isinstance(page.next, str) else search.pinned(page.logs)
                if say and page.note:
                    say(page.note)
            elif isinstance(ref, int) and page.total != total:
                # What was asked for ahead may be older than what has been read since.
                page = await ahead.afresh(search, ref) or page
                if page.total != total:
                    *before, page = await _settled(logs, search, ref, page, count, seen)
                    total = page.total
                    for other in before:
                        yield seen.new(other)
            if isinstance(ref, int) and total:
                ahead.last = -(-total // (page.size or len(page.logs) or count))
            for gap in page.gaps:
                if say and gap not in gaps:
                    say(f"not read: {to_the_second(gap)}, the server took too long")
            gaps |= dict.fromkeys(page.gaps)
            read += len(page.logs)
            fresh = seen.new(page)
            yield fresh
            refs.add(ref)
            empty = 0 if fresh else empty + 1
            # An empty page in the middle is no end, but a total may promise pages that nobody has.
            is_within = isinstance(ref, int) and ref < ahead.last and empty < _PAGES_WITHOUT_NEWS
            is_more = read < (total or 0) and (bool(page.logs) or is_within)
            ref = _following(page, ref, is_more=is_more)
            repeats += ref in refs
            is_ordered = isinstance(ref, PartRef) or (isinstance(ref, int) and ref <= ahead.last)
            without_news = _ORDERED_PAGES_WITHOUT_NEWS if is_ordered else _PAGES_WITHOUT_NEWS
            if ref is not None and (repeats > 1 or empty >= without_news or len(refs) >= _MOST_PAGES):
                raise BadAnswer("The server repeats itself, so the list cannot be read to its end.", hint="Try again.")
    finally:
        await ahead.forget()
    if gaps:
        raise TimedOut(
            f"The server took too long for a part of the range: {', '.join(map(to_the_second, gaps))}.",
            "Logs of that time are missing.",
            "Try again later.",
        )
    if say and total is not None and read < total:
        say(f"the server gave {read:,} logs of the {total:,} that it says there are")


def _following(page: LogPage, ref: PageRef, *, is_more: bool) -> PageRef | None:
    """The page to read next: numbers are counted, whatever a link says, as long as more rows are known to exist."""
    return ref + 1 if isinstance(ref, int) and (is_more or isinstance(page.next, int)) else page.next


class _Ahead:
    """Reads numbered pages before they are wanted; `last` is the number of the last one, as far as is known.

    A change of the list makes it go page by page again, since what is read ahead of a change is read in vain.
    """

    def __init__(self, logs: Logs, count: int, at_once: int) -> None:
        self.last = 0
        self._logs = logs
        self._count = count
        self._most = at_once
        self._at_once = at_once
        self._asked: dict[int, asyncio.Task[LogPage]] = {}

    async def page(self, search: LogSearch, ref: PageRef) -> LogPage:
        """A page, and those after it are asked for."""
        if not isinstance(ref, int) or ref > self.last:
            return await self._read(search, ref)
        self._at_once = min(self._at_once + 1, self._most)
        for number in range(ref, min(ref + self._at_once, self.last + 1)):
            if number not in self._asked:
                self._asked[number] = asyncio.create_task(self._read(search, number))
        return await self._asked.pop(ref)

    async def afresh(self, search: LogSearch, ref: int) -> LogPage | None:
        """The page as it is now, None where it was not asked for ahead; what was is forgotten."""
        if self._at_once < 2:
            return None
        self._at_once = 0
        await self.forget()
        return await self._read(search, ref)

    async def forget(self) -> None:
        """Stop asking; leave no task behind."""
        asked = [*self._asked.values()]
        self._asked.clear()
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    async def _read(self, search: LogSearch, ref: PageRef) -> LogPage:
        return await self._logs.page(search, ref, self._count, Urgency.EXPORT)


async def _settled(logs: Logs, search: LogSearch, ref: int, page: LogPage, count: int, seen: "_Seen") -> list[LogPage]:
    """Page `ref` behind those before it, back to one that begins with a seen row: rows may have moved there.

    Should the list change again meanwhile, it is begun again, a few times.
    """
    pages = [page]
    for _ in range(_BEGUN_AGAIN):
        for number in range(ref - 1, 0, -1):
            pages.append(await logs.page(search, number, count, Urgency.EXPORT))
            if pages[-1].total != page.total or (pages[-1].logs and seen.has(pages[-1].logs[0])):
                break
        if pages[-1].total == page.total:
            break
        page = await logs.page(search, ref, count, Urgency.EXPORT)
        pages = [page]
    return pages[::-1]


class _Seen:
    """The ids of the last rows."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._order: deque[str] = deque()

    def has(self, log: Log) -> bool:
        return log.id in self._ids

    def new(self, page: LogPage) -> tuple[Log, ...]:
        """The logs of a page that have not been seen, remembered from now on; a record without an id is always new."""
        fresh: list[Log] = []
        for log in page.logs:
            if log.id and log.id in self._ids:
                continue
            fresh.append(log)
            if log.id:
                self._ids.add(log.id)
                self._order.append(log.id)
        while len(self._order) > _REMEMBERED:
            self._ids.discard(self._order.popleft())
        return tuple(fresh)
