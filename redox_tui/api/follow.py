"""New logs as they come: the same short stretch of time is read again and again, and what was seen is left out."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

from redox_tui.api.errors import NotAuthorized, PlatformError
from redox_tui.api.protocol import Logs
from redox_tui.api.walk import walk
from redox_tui.domain.logs import Log
from redox_tui.domain.query import LogSearch

OVERLAP: Final = timedelta(minutes=10)
"""How much is read again each time: a log may be listed so long after it was created."""

_EVER: Final = datetime.min.replace(tzinfo=UTC)


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
    seen: dict[str | bytes, datetime] = {}
    latest: datetime | None = None
    found = await _first(logs, search, newest)
    fresh = found[:newest]
    while True:
        if fresh:
            yield fresh[::-1]
        latest = max((time for time in (latest, *map(_time, found)) if time), default=None)
        seen |= {_key(log): _time(log) or latest or _EVER for log in found}
        if latest:
            seen = {key: created for key, created in seen.items() if created >= latest - 2 * OVERLAP}
        await pause()
        try:
            found = await _all(logs, search.down_to(latest - OVERLAP) if latest else search)
        except NotAuthorized:
            raise
        except PlatformError as error:
            say(str(error))
            found = []
        fresh = [log for log in found if _key(log) not in seen]


async def _first(logs: Logs, search: LogSearch, newest: int) -> list[Log]:
    """The `newest` logs at least, and every log that the next look will find again."""
    found: list[Log] = []
    async with aclosing(walk(logs, search)) as batches:
        async for batch in batches:
            found += batch
            oldest, latest = _time(found[-1]) if found else None, max(filter(None, map(_time, found)), default=None)
            if len(found) >= newest and oldest and latest and oldest < latest - OVERLAP:
                break
    return found


async def _all(logs: Logs, search: LogSearch) -> list[Log]:
    async with aclosing(walk(logs, search)) as batches:
        return [log async for batch in batches for log in batch]


def _time(log: Log) -> datetime | None:
    return log.created_at.instant if log.created_at else None


def _key(log: Log) -> str | bytes:
    """What tells a log from others, where it has no id its whole record."""
    return log.id or log.record
