"""A list of logs as it is read: its window, a newer reading that may take its place, and what is looked for in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from redox_tui.domain.logs import LogPage
from redox_tui.domain.query import LogQuery
from redox_tui.domain.sieve import Sieve
from redox_tui.domain.window import LogWindow, PageRequest, Viewport
from redox_tui.tui.finding import Landing
from redox_tui.tui.following import Following

_IN_FLIGHT = 4
"""Pages asked for at once: enough to hide latency, few enough that a held page key leaves little behind."""


class Change(Enum):
    """What an answer, or that there is none, has changed of what is to be shown."""

    NOTHING = "nothing"
    ROWS = "rows of the window"
    WINDOW = "the newer window has come, or will not"


@dataclass(slots=True)
class Reading:
    """The state of reading one list. `query` is asked with ids for names; it is read anew when another one runs."""

    query: LogQuery
    window: LogWindow
    following: Following = field(default_factory=Following)
    sieve: Sieve | None = None
    landing: Landing | None = None

    @property
    def only(self) -> Sequence[int] | None:
        """The only rows of the window that are shown, None where all are."""
        return self.sieve.rows if self.sieve else None

    def requests(self, view: Viewport) -> Iterator[PageRequest]:
        """What is to be asked for now: what is in view first, then what the sieve wants to look at."""
        window, beside = self.window, self.sieve.wants(self.window) if self.sieve else None
        while len(window.in_flight) < _IN_FLIGHT and (request := window.next_request(view, beside)):
            yield request

    @property
    def is_waiting(self) -> bool:
        """Whether something is on its way that somebody waits for."""
        return bool(self.window.in_flight) or self.following.is_wanted

    def look(self, now: datetime, *, is_wanted: bool = False) -> PageRequest | None:
        """What is to be asked for to see what is new, None while that is under way."""
        return self.following.look(self.query, self.window.epoch + 1, now, is_wanted=is_wanted)

    def put(self, request: PageRequest, page: LogPage) -> Change:
        """Take an answer in."""
        if newer := self.following.take(request, page, self.window):
            self._show(newer)
            return Change.WINDOW
        if not self.window.put(request, page):
            return Change.NOTHING
        self._sift()
        return Change.ROWS

    def fail(self, request: PageRequest, reason: str) -> Change:
        """Note that there is no answer."""
        if self.following.fail(request):
            return Change.WINDOW
        return Change.ROWS if self.window.fail(request, reason) else Change.NOTHING

    def stop(self, reason: str) -> bool:
        """Wait for nothing any more; False where nobody has waited."""
        was_waiting = self.is_waiting
        self.following.give_up()
        self.window.stop(reason)
        return was_waiting

    def take_newer(self) -> bool:
        """Take the newer reading, where there is one."""
        newer = self.following.shown()
        if newer:
            self._show(newer)
        return newer is not None

    def look_for_matches(self) -> bool:
        """Look which rows match, or look at more of them; False where all have been looked at."""
        if self.sieve is None:
            self.sieve = Sieve(self.query)
        elif self.sieve.may_go_on(self.window):
            self.sieve.go_on()
        else:
            return False
        self._sift()
        return True

    def _show(self, newer: LogWindow) -> None:
        self.window, self.landing = newer, None
        self.sieve = Sieve(self.query) if self.sieve else None
        self._sift()

    def _sift(self) -> None:
        if self.sieve:
            self.sieve.take(self.window)
