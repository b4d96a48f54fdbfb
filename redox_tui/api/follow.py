"""New logs as they come: the same short stretch of time is read again and again, and what was seen is left out."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from redox_tui.api.errors import NotAuthorized, PlatformError
from redox_tui.api.protocol import Logs
from redox_tui.api.walk import walk
from redox_tui.domain.logs import Log
from redox_tui.domain.query import LogSearch
from redox_tui.domain.window import PAGE_SIZE

OVERLAP: Final = timedelta(minutes=10)
"""How much is read again each time: a log may be listed so long after it was created."""


async def follow(
    logs: Logs,
    search: LogSearch,
    newest: int,
    *,
    pause: Callable[[], Awaitable[None]],
    say: Callable[[str], None],
) -> AsyncGenerator[list[Log], None]:
    """The `newest` logs of a search, then each one that comes later, oldest first; it never ends by itself.

    A log is given once, as it stands when it is first listed. `pause` is awaited between two looks. A look that fails
    is said and made up for by the next one; NotAuthorized ends it, and so does a failure of the first look.
    """
    seen: dict[str, datetime] = {}
    found = await _read(logs, search, newest)
    while True:
        fresh = [log for log in found if log.id not in seen]
        if fresh:
            yield fresh[::-1]
        seen |= {log.id: log.created_at.instant for log in fresh if log.created_at and log.created_at.instant}
        latest = max(seen.values(), default=None)
        if latest:
            seen = {log_id: created for log_id, created in seen.items() if created >= latest - 2 * OVERLAP}
        await pause()
        try:
            found = await _read(logs, search.down_to(latest - OVERLAP) if latest else search, None)
        except NotAuthorized:
            raise
        except PlatformError as error:
            say(str(error))
            found = []


async def _read(logs: Logs, search: LogSearch, limit: int | None) -> list[Log]:
    found: list[Log] = []
    count = PAGE_SIZE if limit is None else min(limit, PAGE_SIZE)
    async with aclosing(walk(logs, search, count)) as batches:
        async for batch in batches:
            found += batch
            if limit is not None and len(found) >= limit:
                return found[:limit]
    return found
