"""A newer reading of a list, kept beside the one on screen: it takes its place when nobody moves, or when asked for."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from redox_tui.domain.logs import LogPage
from redox_tui.domain.news import News, news
from redox_tui.domain.query import LogQuery
from redox_tui.domain.window import LogWindow, PageRequest, Viewport


class Follow(Enum):
    """Whether a list follows its newest logs."""

    OFF = "not followed"
    ON = "following"
    PAUSED = "paused"


@dataclass(slots=True)
class Following:
    """The state of following one list. `news` is what the newer reading has and the list on screen has not.

    `is_wanted` while somebody waits for a newer reading, to see it whatever it has.
    """

    state: Follow = Follow.OFF
    news: News = field(default_factory=News)
    newer: LogWindow | None = None
    looked_at: datetime | None = None
    is_wanted: bool = False
    _asked: tuple[LogWindow, PageRequest] | None = None
    _asked_at: datetime | None = None

    def pause(self) -> None:
        """Somebody looks at other rows than the newest; what comes meanwhile is counted."""
        if self.state is Follow.ON:
            self.state = Follow.PAUSED

    def look(self, query: LogQuery, epoch: int, now: datetime, *, is_wanted: bool) -> PageRequest | None:
        """The first page of a newer reading, None while the one before is under way."""
        self.is_wanted |= is_wanted
        if self._asked:
            return None
        window = LogWindow(query.search(now), epoch=epoch)
        request = window.next_request(Viewport(0, 0))
        if request:
            self._asked = (window, request)
            self._asked_at = now
        return request

    def take(self, request: PageRequest, page: LogPage, shown: LogWindow) -> LogWindow | None:
        """Take a newer reading in; it is returned where it is to be shown instead: while following, or where wanted."""
        if not self._asked or self._asked[1] is not request:
            return None
        window, self._asked = self._asked[0], None
        window.put(request, page)
        self.looked_at = self._asked_at
        self.news = news(shown, window)
        self.newer = window
        was_wanted, self.is_wanted = self.is_wanted, False
        if was_wanted or (self.state is Follow.ON and self.news.changed):
            return self.shown()
        return None

    def shown(self) -> LogWindow | None:
        """The newer reading, which is on screen from now on; None where there is none."""
        window, self.newer, self.news = self.newer, None, News()
        return window

    def fail(self, request: PageRequest) -> bool:
        """A look has failed; the next one may not. False where nobody has waited for it."""
        return self._asked is not None and self._asked[1] is request and self.give_up()

    def give_up(self) -> bool:
        """Nobody waits for a look any more; False where nobody has."""
        was_wanted, self._asked, self.is_wanted = self.is_wanted, None, False
        return was_wanted

    def words(self) -> str:
        """How it stands, for the status line."""
        if self.state is Follow.OFF:
            return ""
        if self.state is Follow.ON:
            return f"following, as of {self.looked_at:%H:%M:%S}" if self.looked_at else "following"
        return f"paused · {self.news} (f goes on)" if self.news.count else "paused (f goes on)"
