"""What is counted of the list on screen, and how that is said."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from redox_tui.domain.bars import Histogram
from redox_tui.domain.census import TimeCensus

_LASTS: Final = timedelta(minutes=1)
"""How long a census stands while a list is followed: counting with every look would be a request each 80 ms."""


@dataclass(slots=True)
class Counting:
    """The counts of one window: asked of the server (`census`), or of its loaded rows (`histogram`).

    `epoch` is that of the window that they are shown with, -1 where nothing has been counted yet.
    """

    epoch: int = -1
    begun_at: datetime | None = None
    edges: tuple[datetime, ...] = ()
    census: TimeCensus | None = None
    is_of_rows: bool = False
    histogram: Histogram = field(default_factory=lambda: Histogram(()))
    _is_older: bool = False

    @property
    def histogram_now(self) -> Histogram:
        """What is known by now."""
        return self.census.histogram if self.census else self.histogram

    @property
    def shown(self) -> Histogram:
        """What is drawn; counts of a reading before the one on screen are said to be older."""
        found = self.histogram_now
        is_older = self._is_older and self.census and self.census.is_done and not self.census.trouble
        return replace(found, words=f"as of {self.begun_at:%H:%M:%S}") if is_older else found

    def goes_on(self, epoch: int, now: datetime) -> bool:
        """Whether these counts are still good for a newer reading of the same list; then they are its."""
        if self.census is None or self.begun_at is None or now - self.begun_at >= _LASTS:
            return False
        self.epoch, self._is_older = epoch, True
        return True
