"""Asking for counts: a few requests at once, of the lowest urgency, none of which brings more than one log.

Everything here is asked through the protocol, so that the app and the commands count alike.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from redox_tui.api.errors import PlatformError, TooSlow
from redox_tui.api.protocol import Logs, Urgency
from redox_tui.domain.census import Probe
from redox_tui.domain.logs import FIRST_PAGE
from redox_tui.domain.search import LogSearch

AT_ONCE: Final = 4
"""Probes in flight (issue 8)."""

_MOST_TOO_SLOW: Final = 3
"""Probes that may take the server too long, which is a minute each, before the rest is given up."""


class NoTotals(Exception):
    """The server does not say how many logs a list has, so nothing can be counted by asking."""

    def __init__(self) -> None:
        super().__init__("The server does not say how many logs there are.")


class Census(Protocol):
    """What is to be counted: the whole `first`, then the `rest`, and `again` what tells whether it has changed."""

    trouble: str
    is_done: bool

    @property
    def first(self) -> Iterator[Probe]:
        """What tells whether the server can count that much."""

    @property
    def rest(self) -> Iterator[Probe]:
        """What is not known yet."""

    @property
    def again(self) -> Iterator[Probe]:
        """What was counted first."""

    def split(self) -> None:
        """The whole is too much for the server."""

    def put(self, probe: Probe, count: int) -> None:
        """Take an answer."""


async def count(logs: Logs, search: LogSearch, urgency: Urgency = Urgency.COUNTING) -> int:
    """How many logs a search has, by a request for each of its lists; raises PlatformError, NoTotals."""
    total = 0
    for one in search.each:
        page = await logs.page(one, FIRST_PAGE, 1, urgency)
        if page.total is None:
            raise NoTotals
        total += page.total
    return total


async def fill(logs: Logs, census: Census, changed: Callable[[], None] = lambda: None) -> PlatformError | None:
    """Fill a census as far as the server answers; the error that ended it, where one did. Raises NoTotals.

    A census that has come to trouble can be filled again: only what is missing is asked for.
    """
    census.trouble, census.is_done = "", False
    failure: PlatformError | None = None
    try:
        try:
            failure = await _ask(logs, census, census.first, changed, most_too_slow=0)
        except TooSlow as error:
            census.split()
            failure = error if census.trouble else None
        for probes in ("rest", "again"):
            if not census.trouble:
                failure = await _ask(logs, census, getattr(census, probes), changed) or failure
    except PlatformError as error:
        failure, census.trouble = error, str(error)
    census.is_done = True
    return failure


async def _ask(
    logs: Logs,
    census: Census,
    probes: Iterator[Probe],
    changed: Callable[[], None] = lambda: None,
    *,
    most_too_slow: int = _MOST_TOO_SLOW,
) -> PlatformError | None:
    """Ask probes, a few at once. Those that take the server too long are left out, up to a number of them.

    Returns why, where any was. Raises PlatformError for the first other failure; NoTotals.
    """
    refused: list[PlatformError] = []

    async def work() -> None:
        for probe in probes:
            try:
                census.put(probe, await count(logs, probe.search))
            except TooSlow as error:
                refused.append(error)
                if len(refused) > most_too_slow:
                    raise
            changed()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    if refused:
        census.trouble = str(refused[0])
    return refused[0] if refused else None
