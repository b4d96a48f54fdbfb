"""What is counted of the list on screen, and how that is said."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from redox_tui.api.errors import PlatformError
from redox_tui.domain.bars import Histogram
from redox_tui.domain.census import TimeCensus
from redox_tui.tui.services import Services

if TYPE_CHECKING:
    from redox_tui.api.census import Census

_PROGRESS: Final = 0.5
"""Seconds between two drawings of what is being counted (ux.md §8)."""

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


async def fill(services: Services, census: "Census", tell: Callable[[], object]) -> PlatformError | None:
    """Have the server fill a census; `tell` is called now and then. What comes of it is as for `api.census.fill`."""
    from redox_tui.api import census as server

    time = asyncio.get_running_loop().time
    told = time()

    def now_and_then() -> None:
        nonlocal told
        if time() - told >= _PROGRESS:
            told = time()
            tell()

    return await server.fill((await services.client()).logs, census, now_and_then)
