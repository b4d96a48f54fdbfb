"""Finding a log that the list has not loaded: the server is asked for it, and for how many logs are newer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from redox_tui.api.protocol import Client, Urgency
from redox_tui.domain.logs import FIRST_PAGE, Log
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange
from redox_tui.domain.window import LogWindow

FAILED = "failed"
SUCCEEDED = "succeeded"

_BACK = timedelta(days=1), timedelta(days=30)
"""How far before a log a good one is looked for; the second where the first has none."""

_FEW = 10
"""Logs that are asked for where one is wanted: some of them may be the log itself, or of another kind."""

_PAGES = 20
"""Pages of failures that are looked through for one that fits the local terms of a query."""


@dataclass(slots=True)
class Landing:
    """A log that the cursor is to be put on as soon as it is loaded."""

    log: Log
    _pages_left: int = _PAGES

    def may_read_on(self, window: LogWindow) -> bool:
        """Whether a growing list is to be read further for it; each answer counts."""
        self._pages_left -= 1
        return window.is_growing and not window.total and self._pages_left >= 0


async def failure_below(client: Client, search: LogSearch, log: Log, fits: Callable[[Log], bool]) -> Log | None:
    """The newest failed log that was created before this one, or with it, and that fits; None where there is none."""
    if not (log.created_at and log.created_at.instant):
        return None
    older = search.only("status", FAILED).up_to(log.created_at.instant + timedelta(milliseconds=1))
    page = await client.logs.page(older, FIRST_PAGE, PAGE_SIZE)
    for _ in range(_PAGES):
        if found := next((one for one in page.logs if fits(one)), None):
            return found
        if page.next is None:
            return None
        page = await client.logs.page(older, page.next, PAGE_SIZE)
    return None


async def failure_above(client: Client, search: LogSearch, log: Log, fits: Callable[[Log], bool]) -> Log | None:
    """The oldest failed log that was created after this one, or with it, and that fits.

    Lists are newest first, so it stands on the last page; only lists with totals tell which that is. None without them.
    """
    if search.on != "created" or not (log.created_at and log.created_at.instant):
        return None
    newer = search.only("status", FAILED).down_to(log.created_at.instant)
    page = await client.logs.page(newer, FIRST_PAGE, PAGE_SIZE)
    total, size = page.total, page.size or PAGE_SIZE
    if total is None:
        return None
    last = -(-total // size)
    for number in range(last, max(last - _PAGES, 0), -1):
        if number != FIRST_PAGE:
            page = await client.logs.page(newer, number, PAGE_SIZE)
        if found := next((one for one in reversed(page.logs) if fits(one)), None):
            return found
    return None


async def last_good(client: Client, log: Log, data_mode: str | None) -> Log | None:
    """The last log before this one with the same ends, model and event that succeeded; None in a month before it.

    The day before it is asked first, since a month may be too much for the server. Raises PlatformError.
    """
    if not (log.created_at and log.created_at.instant):
        return None
    terms = [("status", SUCCEEDED), ("source", log.source and log.source.id), ("model", log.data_model)]
    terms += [("dest", log.destination and log.destination.id), ("event", log.event_type)]
    if data_mode == "backfill":
        terms.append(("mode", data_mode))
    asked = tuple((key, (value,)) for key, value in terms if value)
    until = log.created_at.instant
    for back in _BACK:
        page = await client.logs.page(LogSearch(asked, TimeRange(until - back, until)), FIRST_PAGE, _FEW)
        if found := next((one for one in page.logs if _is_before(one, log)), None):
            return found
    return None


def _is_before(one: Log, log: Log) -> bool:
    """Whether a log is of the same kind and another one; what the server could not be asked for is looked at here."""
    return _kind(one) == _kind(log) and one.status == SUCCEEDED and one.id != log.id


def _kind(log: Log) -> tuple[str | None, ...]:
    ends = ((party.id or party.name) if party else None for party in (log.source, log.destination))
    return (*ends, log.data_model, log.event_type)


async def row_at(client: Client, search: LogSearch, instant: datetime) -> int | None:
    """The row of the first log from an instant on, the newest row where all are older; None in lists without totals."""
    if search.pin and instant > search.pin:
        return 0
    page = await client.logs.page(search.down_to(instant), FIRST_PAGE, 1, Urgency.BROWSING)
    return None if page.total is None else max(0, page.total - 1)


async def rank(client: Client, search: LogSearch, log: Log) -> int | None:
    """The row of a log in a list with totals, give or take logs of the same millisecond; None where it is not in it."""
    if search.on != "created" or not (log.created_at and log.created_at.instant):
        return None
    instant, bounds = log.created_at.instant, search.range
    if (bounds.since and instant < bounds.since) or (bounds.until and instant > bounds.until):
        return None
    page = await client.logs.page(search.down_to(instant), FIRST_PAGE, 1, Urgency.BROWSING)
    return page.total - 1 if page.total else None
