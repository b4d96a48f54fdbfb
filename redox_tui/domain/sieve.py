"""The rows of a list that match what the server could not be asked: found by looking at one row after the other."""

from dataclasses import dataclass, field
from typing import Final

from redox_tui.domain.logs import Log
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.query import LogQuery
from redox_tui.domain.window import Blank, LogWindow, Viewport

LOOK: Final = 1_000
"""Rows that are looked at before somebody has to ask for more."""


@dataclass(slots=True)
class Sieve:
    """The matching rows of a window, as far as it was looked at."""

    query: LogQuery
    rows: list[int] = field(default_factory=list)
    looked_at: int = 0
    _limit: int = LOOK
    _total: int | None = None

    def take(self, window: LogWindow) -> None:
        """Look at what is loaded behind the last row that was looked at; all anew where the list has changed."""
        if window.total != self._total:
            self._total = window.total
            self.rows.clear()
            self.looked_at = 0
        while self.looked_at < min(self._limit, window.known):
            found = window[self.looked_at]
            if found in (Blank.WAITING, Blank.FAILED):
                return
            if isinstance(found, Log) and self.query.matches(found):
                self.rows.append(self.looked_at)
            self.looked_at += 1

    def wants(self, window: LogWindow) -> Viewport | None:
        """The rows that are to be looked at next, None where it may not look further."""
        end = self._limit if window.is_growing else min(self._limit, window.known)
        if self.looked_at >= end:
            return None
        return Viewport(self.looked_at, min(self.looked_at + PAGE_SIZE, end) - 1, 1)

    def may_go_on(self, window: LogWindow) -> bool:
        """Whether there are more rows than it may look at."""
        return self._limit < window.known or (window.is_growing and self.looked_at >= self._limit)

    def go_on(self) -> None:
        """Look at more."""
        self._limit += LOOK
