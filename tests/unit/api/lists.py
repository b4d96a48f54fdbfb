"""Several lists of logs in memory, one for each status, as a server that takes one status at a time."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from redox_tui.api.protocol import Urgency
from redox_tui.api.several import Several
from redox_tui.api.split import Searches
from redox_tui.domain.logs import FIRST_PAGE, LogDetail, LogPage, PageRef
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange, iso

from .listing import START, Listing


@dataclass
class Lists:
    """Lists by status, read as one. `told` is what is said to whoever waits."""

    by_status: dict[str, Listing]
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.searches = Searches(self.told.append, lambda: START)
        self.several = Several()

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        async def read(search: LogSearch, ref: PageRef, count: int) -> LogPage:
            [status] = dict(search.terms)["status"]
            # Whoever waits for one answer lets the others go on.
            await asyncio.sleep(0)
            return await self.by_status[status].read(search, ref, count)

        async def in_parts(search: LogSearch, ref: PageRef, count: int) -> LogPage:
            return await self.searches.page(read, search, ref, count)

        return await self.several.page(in_parts, search, ref, count)

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        raise NotImplementedError

    def search(self, bounds: TimeRange) -> LogSearch:
        """A search for all of them."""
        return LogSearch((("status", tuple(self.by_status)),), bounds)

    def found(self, search: LogSearch) -> list[str]:
        """The ids in order: by time as it is written, then list by list, each in the server's order."""
        rows = [
            (self._written(listing.rows[one]), one)
            for listing in self.by_status.values()
            for one in listing.found(search.each[0])
        ]
        return [one for _, one in sorted(rows, key=lambda row: row[0], reverse=True)]

    @property
    def requests(self) -> int:
        """How many requests there were."""
        return sum(len(listing.asked) for listing in self.by_status.values())

    def _written(self, at: datetime) -> str:
        return iso(at)


async def pages_of(lists: Lists, search: LogSearch, count: int = 10) -> list[LogPage]:
    """Every page, each by what the one before it calls the next, pinned as a reader pins it."""
    pages = [await lists.page(search, FIRST_PAGE, count)]
    pinned = search.pinned(pages[0].logs)
    while pages[-1].next is not None:
        pages.append(await lists.page(pinned, pages[-1].next, count))
        assert len(pages) < 500
    return pages


def ids(pages: Iterable[LogPage]) -> list[str]:
    return [log.id for page in pages for log in page.logs]
