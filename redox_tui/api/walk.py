"""A whole search, page after page: no row lost and none twice while the list changes under the reader."""

from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final

from redox_tui.api.errors import BadAnswer
from redox_tui.api.protocol import Logs
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, PageRef
from redox_tui.domain.query import LogSearch
from redox_tui.domain.window import PAGE_SIZE

_REMEMBERED: Final = 20_000
"""Ids held against doubles: as far as rows are expected to shift while they are read."""

_PAGES_WITHOUT_NEWS: Final = 3
"""Pages in a row without a new row, each with a next one, after which the server is taken to go in circles."""


async def walk(
    logs: Logs, search: LogSearch, count: int = PAGE_SIZE, *, say: Callable[[str], None] | None = None
) -> AsyncGenerator[tuple[Log, ...], None]:
    """The logs of a search, newest first, in batches of at most a page; raises PlatformError.

    Numbered pages shift when rows come or go. The first answer bounds the search against newer traffic; where a later
    total differs, the pages before are read again until they meet what has been seen.
    """
    seen = _Seen()
    ref: PageRef | None = FIRST_PAGE
    refs: set[PageRef] = set()
    total: int | None = None
    read = empty = 0
    while ref is not None:
        refs.add(ref)
        page = await logs.page(search, ref, count)
        if ref == FIRST_PAGE:
            total = page.total
            search = search if isinstance(page.next, str) else search.pinned(page.logs)
            if say and page.note:
                say(page.note)
        elif isinstance(ref, int) and page.total != total:
            total = page.total
            async for batch in _missed(logs, search, ref, count, seen):
                yield batch
        read += len(page.logs)
        fresh = seen.new(page)
        yield fresh
        empty = 0 if fresh else empty + 1
        ref = page.next or (ref + 1 if isinstance(ref, int) and page.logs and total and read < total else None)
        if ref in refs or (ref is not None and empty >= _PAGES_WITHOUT_NEWS):
            raise BadAnswer("The server repeats itself, so the list cannot be read to its end.", hint="Try again.")


async def _missed(
    logs: Logs, search: LogSearch, ref: int, count: int, seen: "_Seen"
) -> AsyncGenerator[tuple[Log, ...], None]:
    """Rows that moved from page `ref` to pages before it since those were read, oldest page last."""
    pages: list[LogPage] = []
    for number in range(ref - 1, 0, -1):
        pages.append(await logs.page(search, number, count))
        if pages[-1].logs and seen.has(pages[-1].logs[0]):
            break
    for page in reversed(pages):
        yield seen.new(page)


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
