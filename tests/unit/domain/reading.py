"""A server that lists logs, and a screen that reads the list through a window."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from redox_tui.domain.logs import Log, LogPage, PageRef
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.window import CAPACITY, Blank, LogWindow, PageRequest, Viewport

from .logs import NOW

Paging = Literal["totals", "numbers", "cursors"]

SEARCH = LogQuery.parse("since:3h").search(NOW)
PATIENCE = 500
"""Answers after which a screen that still asks is taken to ask for ever."""


@dataclass
class Server:
    """Logs, newest first: in numbered pages with totals, in numbered pages without, or behind cursors."""

    logs: list[Log]
    paging: Paging = "totals"
    cap: int = 50
    says_size: bool = True

    def answer(self, request: PageRequest) -> LogPage:
        """The page as it is now, of what had been created at the pin."""
        size = min(request.count, self.cap)
        assert isinstance(request.ref, int | str)
        start = int(request.ref.partition(" ")[2]) if isinstance(request.ref, str) else (request.ref - 1) * size
        listed = [log for log in self.logs if is_created(log, request.search)]
        following: PageRef = f"after {start + size}" if self.paging == "cursors" else start // size + 2
        return LogPage(
            logs=tuple(listed[start : start + size]),
            total=len(listed) if self.paging == "totals" else None,
            size=size if self.says_size else None,
            next=following if start + size < len(listed) else None,
        )


def is_created(log: Log, search: LogSearch) -> bool:
    """Whether a log is older than the pin of a search, where it has one."""
    created = log.created_at and log.created_at.instant
    return not search.pin or not created or created <= search.pin


@dataclass
class Call:
    """A request on its way, with its answer once the server has made it."""

    request: PageRequest
    page: LogPage | None = None


class Screen:
    """Asks for all that the window wants, and lets the test say what is answered when."""

    def __init__(self, server: Server, *, capacity: int = CAPACITY, search: LogSearch = SEARCH) -> None:
        self.server = server
        self.window = LogWindow(search, capacity=capacity)
        self.view = Viewport(0, 19)
        self.calls: list[Call] = []
        self.asked: list[PageRequest] = []

    def look(self, first: int, height: int = 20, direction: int = 0) -> None:
        """Move the viewport."""
        self.view = Viewport(first, first + height - 1, direction)
        self.ask()

    def ask(self) -> None:
        """Ask for all that is wanted now."""
        while request := self.window.next_request(self.view):
            assert request.index not in {call.request.index for call in self.calls}, "asked for twice"
            self.calls.append(Call(request))
            self.asked.append(request)
            assert len(self.calls) < PATIENCE, "asks for ever"

    def answer(self, number: int = 0) -> None:
        """One call is answered, and the screen asks for what it wants then."""
        call = self.calls.pop(number)
        assert self.window.put(call.request, call.page or self.server.answer(call.request))
        self.ask()

    def fail(self, number: int = 0, reason: str = "Timed out after 60 s.") -> None:
        """One call fails."""
        assert self.window.fail(self.calls.pop(number).request, reason)
        self.ask()

    def stop(self) -> None:
        """Whatever is on its way is given up."""
        self.window.stop("Stopped.")
        self.calls.clear()

    def settle(self) -> None:
        """Everything that is asked for is answered."""
        self.ask()
        for _ in range(PATIENCE):
            if not self.calls:
                return
            self.answer()
        raise AssertionError("asks for ever")

    def see(self, first: int, height: int = 20, direction: int = 0) -> list[Log | Blank]:
        """Move there and wait until nothing is missing."""
        self.look(first, height, direction)
        self.settle()
        return self.shown

    @property
    def shown(self) -> list[Log | Blank]:
        """The rows in view."""
        last = min(self.view.last + 1, self.window.known)
        return [self.window[row] for row in range(min(self.view.first, last), last)]

    @property
    def pages_asked(self) -> list[PageRef]:
        """Every page that was ever asked for."""
        return [request.ref for request in self.asked]


def logs_in(window: LogWindow) -> dict[int, Log]:
    """The logs in memory by row."""
    rows = ((row, window[row]) for row in range(len(window)))
    return {row: log for row, log in rows if isinstance(log, Log)}


def ids(rows: Iterable[Log | Blank]) -> list[str | Blank]:
    """What stands in rows, by id."""
    return [row.id if isinstance(row, Log) else row for row in rows]
