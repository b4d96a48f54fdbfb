"""New logs as they come: the same short stretch of time is read again and again, and what was seen is left out."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

from redox_tui.api.errors import NotAuthorized, PlatformError
from redox_tui.api.protocol import Logs
from redox_tui.api.walk import walk
from redox_tui.domain.logs import Log
from redox_tui.domain.search import LogSearch

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

    A log is given once, as it stands when it is first listed. Where a status is asked for, a log may come to have it
    long after it was created, so it is looked for by the time of its last update. `pause` is awaited between two looks.
    A look that fails is said and made up for by the next one; NotAuthorized ends it, and a failure of the first look.
    """
    seen: dict[str | bytes, datetime] = {}
    latest: datetime | None = None
    by_update = any(key == "status" for key, _ in search.terms)
    time_of = _updated if by_update else _created
    begin = search.range.since or _EVER
    found = await _first(logs, search, newest)
    fresh = found[:newest]
    if by_update and (last := max(filter(None, map(time_of, found)), default=None)):
        found += await _all(logs, search.changed_from(last - OVERLAP))
    while True:
        if fresh:
            yield fresh[::-1]
        latest = max((time for time in (latest, *map(time_of, found)) if time), default=None)
        seen |= {_key(log): time_of(log) or latest or _EVER for log in found}
        if latest:
            seen = {key: time for key, time in seen.items() if time >= latest - 2 * OVERLAP}
        await pause()
        try:
            found = await _all(logs, _next(search, latest, by_update=by_update))
        except NotAuthorized:
            raise
        except PlatformError as error:
            say(str(error))
            found = []
        fresh = [log for log in found if _key(log) not in seen]
        if by_update:
            fresh = [log for log in fresh if (_created(log) or begin) >= begin]


def _next(search: LogSearch, latest: datetime | None, *, by_update: bool) -> LogSearch:
    if latest is None:
        return search
    return search.changed_from(latest - OVERLAP) if by_update else search.down_to(latest - OVERLAP)


async def _first(logs: Logs, search: LogSearch, newest: int) -> list[Log]:
    """The `newest` logs at least, and every log that the next look will find again."""
    found: list[Log] = []
    async with aclosing(walk(logs, search)) as batches:
        async for batch in batches:
            found += batch
            oldest = _created(found[-1]) if found else None
            latest = max(filter(None, map(_created, found)), default=None)
            if len(found) >= newest and oldest and latest and oldest < latest - OVERLAP:
                break
    return found


async def _all(logs: Logs, search: LogSearch) -> list[Log]:
    async with aclosing(walk(logs, search)) as batches:
        return [log async for batch in batches for log in batch]


def _created(log: Log) -> datetime | None:
    return log.created_at.instant if log.created_at else None


def _updated(log: Log) -> datetime | None:
    return log.updated_at.instant if log.updated_at else _created(log)


def _key(log: Log) -> str | bytes:
    """What tells a log from others, where it has no id its whole record."""
    return log.id or log.record
