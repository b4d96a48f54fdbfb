"""`LogWindow`: the loaded part of one query. It says which page to ask for next and what stands in each row.

Where answers carry totals any row can be reached at once; where they carry a cursor the window grows at its end. It
never asks for a page twice while the first answer is out, keeps a bounded number of rows, and knows nothing of time,
network or screen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from redox_tui.domain.logs import Log, LogPage, PageRef
from redox_tui.domain.paging import Growing, Numbered
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange

CAPACITY: Final = 10_000
"""Rows kept; least recently seen pages go first."""

_PAGES_AHEAD = 2
"""Pages asked for beyond the viewport, in the direction of movement: a held page key finds its rows ready."""

_REREADS = 2
"""How often a page in view is read again while nobody moves: a list may never stand still."""

_CHANGED = "the list changed on the server and was read again"
_STUCK = "the server repeats itself: the list may go on beyond its end"


class Blank(Enum):
    """Why there is no log in a row."""

    WAITING = "on its way"
    FAILED = "could not be read"
    ABSENT = "not sent, or listed twice, by the server"


@dataclass(frozen=True, slots=True)
class Viewport:
    """The rows on screen, both ends included, and where they are moving: -1 up, 1 down, 0 nowhere."""

    first: int
    last: int
    direction: int = 0


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page that the window wants; the answer comes back with it to `put` or `fail`.

    `is_ahead` says that nobody looks at it yet.
    """

    index: int
    ref: PageRef
    count: int
    search: LogSearch
    is_ahead: bool = False


@dataclass(slots=True)
class _Page:
    rows: list[Log | None]
    stale: bool = False


class LogWindow:
    """Sparse pages of one search. `epoch` tells it from the windows before it."""

    def __init__(self, search: LogSearch, *, epoch: int = 0, capacity: int = CAPACITY) -> None:
        self.search = search
        self.epoch = epoch
        self.answered = False
        self.origin = ""
        """What the server's first answer says of where the logs are from, nothing where that is as asked."""
        self.missing: tuple[TimeRange, ...] = ()
        """Ranges that the server could not answer: what they hold is in no row and in no total."""
        self._trouble = ""
        self._capacity = capacity
        self._paging: Numbered | Growing = Numbered()
        self._pages: dict[int, _Page] = {}
        self._page_of: dict[str, int] = {}
        self._asked: dict[int, PageRequest] = {}
        self._gaps: dict[int, str] = {}
        self._reads: dict[int, int] = {}
        self._view = Viewport(0, 0)

    def __len__(self) -> int:
        """Rows that can be scrolled to; a growing list has one more, in which the next page will appear."""
        return self._paging.rows

    def __getitem__(self, row: int) -> Log | Blank:
        """What stands in a row."""
        index = self._paging.index(row)
        if page := self._pages.get(index):
            offset = row - self._paging.start(index)
            return (page.rows[offset] if offset < len(page.rows) else None) or Blank.ABSENT
        return Blank.FAILED if index in self._gaps else Blank.WAITING

    @property
    def total(self) -> int | None:
        """How many rows the server says that there are, None where it does not."""
        return self._paging.total

    @property
    def is_growing(self) -> bool:
        """Whether more rows may exist than the window can tell."""
        return bool(self.missing) or self._paging.is_growing

    @property
    def known(self) -> int:
        """Rows that are known to exist."""
        return self._paging.known

    @property
    def held(self) -> int:
        """Rows in memory."""
        return sum(len(page.rows) for page in self._pages.values())

    @property
    def in_flight(self) -> tuple[PageRequest, ...]:
        """What has been asked for and not answered."""
        return tuple(self._asked.values())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know of the list, most lasting first."""
        return tuple(note for note in (self.origin, self._trouble) if note)

    def row_of(self, log_id: str) -> int | None:
        """The row of a loaded log, None where it is not loaded."""
        index = self._page_of.get(log_id)
        if index is None:
            return None
        rows = enumerate(self._pages[index].rows)
        return next((self._paging.start(index) + offset for offset, log in rows if log and log.id == log_id), None)

    def row_since(self, instant: datetime) -> int | None:
        """Of a list that grows: the row of the first log from an instant on; None where it was not read that far."""
        row = 0
        for number in range(self.known):
            log = self[number]
            if isinstance(log, Log) and log.created_at and log.created_at.instant:
                if log.created_at.instant < instant:
                    return row
                row = number
        return None if self.is_growing else row

    @property
    def loaded(self) -> tuple[Log, ...]:
        """Every log in memory, in the order of its rows."""
        return tuple(log for index in sorted(self._pages) for log in self._pages[index].rows if log)

    @property
    def newest(self) -> tuple[Log, ...]:
        """The logs of the first page, nothing where it is not loaded."""
        page = self._pages.get(0)
        return tuple(log for log in page.rows if log) if page else ()

    def is_waiting_for(self, view: Viewport) -> bool:
        """Whether a row in view is on its way."""
        return any(self[row] is Blank.WAITING for row in range(view.first, min(view.last + 1, len(self))))

    @property
    def gaps(self) -> int:
        """Pages that could not be read."""
        return len(self._gaps)

    def gap_in(self, view: Viewport) -> str | None:
        """Why a row in view is missing, None where none is; before the first answer, why there is none."""
        if not self.answered:
            return self._gaps.get(0)
        rows = range(view.first, min(view.last + 1, len(self)))
        return next((self._gaps[self._paging.index(row)] for row in rows if self[row] is Blank.FAILED), None)

    def page_span(self, row: int) -> range:
        """The rows of the page that holds `row`; a jump that stays inside costs one request."""
        index = self._paging.index(row)
        start = self._paging.start(index)
        return range(start, max(start + 1, self._paging.end(index)))

    def next_request(self, view: Viewport, beside: Viewport | None = None) -> PageRequest | None:
        """The page to ask for now, None where nothing is missing: what is in view first, then what lies ahead.

        After that come the rows `beside` the view, which somebody wants to know though they are not on screen.
        """
        if self._first_row(view) != self._first_row(self._view):
            self._reads.clear()
            self._trouble = "" if self._trouble == _CHANGED else self._trouble
        self._view = view
        for index in self._in(view):
            if page := self._pages.pop(index, None):
                self._pages[index] = page
        for rows in (view, beside) if beside else (view,):
            for is_ahead, indexes in ((False, self._in(rows)), (True, self._ahead_of(rows))):
                if (found := next(filter(self._is_wanted, indexes), None)) is not None:
                    ref = self._paging.ref(found)
                    request = PageRequest(found, ref, self._paging.size, self.search, is_ahead)
                    self._asked[found] = request
                    return request
        return None

    def put(self, request: PageRequest, page: LogPage) -> bool:
        """Take an answer in; False where it is stale or was not asked for."""
        if not self._take_back(request):
            return False
        self._reads[request.index] = self._reads.get(request.index, 0) + 1
        if not self.answered:
            self._learn(page)
        self.missing = tuple(dict.fromkeys((*self.missing, *page.gaps)))
        if isinstance(self._paging, Growing):
            self._put_growing(self._paging, request.index, page)
        else:
            self._put_numbered(self._paging, request.index, page)
        self._evict()
        return True

    def fail(self, request: PageRequest, reason: str) -> bool:
        """Note that a page could not be read; it stays a gap until `retry`. False where the request is stale."""
        if not self._take_back(request):
            return False
        self._gaps[request.index] = reason
        return True

    def stop(self, reason: str) -> None:
        """Give up what is on its way; it stays a gap until `retry`."""
        self._gaps |= dict.fromkeys(self._asked, reason)
        self._asked.clear()

    def retry(self) -> bool:
        """Ask again for what failed; False where nothing has."""
        failed = bool(self._gaps)
        self._gaps.clear()
        self._reads.clear()
        return failed

    def _first_row(self, view: Viewport) -> int:
        """The first row of a viewport; the end of a list that became shorter pushes it back, which is no movement."""
        return max(0, min(view.first, len(self) - 1 - view.last + view.first))

    def _take_back(self, request: PageRequest) -> bool:
        if self._asked.get(request.index) is not request:
            return False
        del self._asked[request.index]
        return True

    def _learn(self, page: LogPage) -> None:
        """The first answer tells how the list is paged, how long a page is, and what "now" is on the server."""
        self.answered = True
        self.origin = page.note
        if page.total is None or isinstance(page.next, str):
            self._paging = Growing(page.total)
        else:
            sent, size = len(page.logs), self._paging.size
            if sent > size or page.total > sent > 0:
                size = page.size if page.size and page.size >= sent else sent
            self._paging = Numbered(page.total, size)
        if not isinstance(page.next, str):
            self.search = self.search.pinned(page.logs)

    def _put_numbered(self, paging: Numbered, index: int, page: LogPage) -> None:
        if page.total is not None and page.total != paging.total:
            paging.total = page.total
            self._trouble = _CHANGED
            for other in self._pages.values():
                other.stale = True
            for beyond in [n for n in (*self._pages, *self._gaps) if paging.start(n) >= page.total]:
                self._drop(beyond)
                self._gaps.pop(beyond, None)
        self._drop(index)
        rows: list[Log | None] = []
        for log in page.logs[: paging.size]:
            other_index = self._page_of.get(log.id) if log.id else None
            if other_index is not None and other_index != index:
                self._move_out(log.id, other_index)
            rows.append(None if other_index == index else log)
            if log.id:
                self._page_of[log.id] = index
        self._pages[index] = _Page(rows)

    def _move_out(self, log_id: str, index: int) -> None:
        """A log that another page held has turned up elsewhere: the newer answer is right, the older page is stale."""
        page = self._pages[index]
        page.rows = [None if log and log.id == log_id else log for log in page.rows]
        page.stale = True
        self._trouble = _CHANGED

    def _put_growing(self, paging: Growing, index: int, page: LogPage) -> None:
        self._drop(index)
        rows: list[Log | None] = []
        for log in page.logs:
            if log.id and (kept := self._page_of.get(log.id)) is not None:
                target = rows if kept == index else self._pages[kept].rows
                target[:] = [log if old and old.id == log.id else old for old in target]
                continue
            rows.append(log)
            if log.id:
                self._page_of[log.id] = index
        self._pages[index] = _Page(rows)
        if not paging.put(index, len(rows), page.next):
            self._trouble = _STUCK

    def _drop(self, index: int) -> None:
        if page := self._pages.pop(index, None):
            for log in page.rows:
                if log and log.id and self._page_of.get(log.id) == index:
                    del self._page_of[log.id]

    def _evict(self) -> None:
        excess = self.held - self._capacity
        wanted = {*self._in(self._view), *self._ahead_of(self._view)}
        for index in [n for n in self._pages if n not in wanted]:
            if excess <= 0:
                return
            excess -= len(self._pages[index].rows)
            self._drop(index)

    def _is_wanted(self, index: int) -> bool:
        if index in self._asked or index in self._gaps:
            return False
        page = self._pages.get(index)
        return (not page or page.stale) and self._reads.get(index, 0) <= _REREADS

    def _in(self, view: Viewport) -> Iterator[int]:
        if not self.answered:
            yield 0
        elif len(self):
            last = self._paging.index(min(view.last, len(self) - 1))
            first = self._paging.index(min(max(view.first, 0), len(self) - 1))
            yield from range(last, first - 1, -1) if view.direction < 0 else range(first, last + 1)

    def _ahead_of(self, view: Viewport) -> Iterator[int]:
        if self.answered and view.direction and len(self):
            edge = view.last if view.direction > 0 else view.first
            index = self._paging.index(min(max(edge, 0), len(self) - 1))
            for _ in range(_PAGES_AHEAD):
                index += view.direction
                if 0 <= index < self._paging.pages:
                    yield index
