"""A whole list for an export: every log of a search that is wanted, with its message where that is wanted too."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from redox_tui.api.errors import NotFound
from redox_tui.api.protocol import Logs, Urgency
from redox_tui.api.rate import AT_ONCE
from redox_tui.api.walk import walk
from redox_tui.domain.logs import Log, LogBatch, LogDetail, LogPage, PageRef
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange

_MESSAGES_AT_ONCE: Final = 4
"""Messages that are read together: each may have 40 MB (platform-api.md §2.6)."""


async def every(
    logs: Logs,
    search: LogSearch,
    *,
    wanted: Callable[[Log], bool],
    with_messages: bool = False,
    count: int = PAGE_SIZE,
    at_once: int = AT_ONCE,
    say: Callable[[str], None] = lambda words: None,
) -> AsyncGenerator[LogBatch, None]:
    """The wanted logs of a search, newest first, a batch for each page; raises PlatformError as `walk` does.

    A log whose message cannot be had, since it is gone or has no id, comes without one.
    """
    noting = _Noting(logs)
    async with aclosing(walk(noting, search, count, at_once=at_once, say=say)) as batches:
        async for batch in batches:
            found = [log for log in batch if wanted(log)]
            if not with_messages:
                yield LogBatch(tuple(map(LogDetail, found)), len(batch), tuple(noting.gaps))
                continue
            async for rows in with_messages_of(logs, found, search.data_mode):
                yield replace(rows, read=0, gaps=tuple(noting.gaps))
            yield LogBatch((), len(batch), tuple(noting.gaps))


async def with_messages_of(
    logs: Logs, found: Sequence[Log], data_mode: str | None = None
) -> AsyncGenerator[LogBatch, None]:
    """Logs with their messages, a few at a time; raises PlatformError."""
    for at in range(0, len(found), _MESSAGES_AT_ONCE):
        part = found[at : at + _MESSAGES_AT_ONCE]
        yield LogBatch(await _with_messages(logs, part, data_mode), len(part))


async def _with_messages(logs: Logs, found: Sequence[Log], data_mode: str | None) -> tuple[LogDetail, ...]:
    reading = [asyncio.create_task(_with_message(logs, log, data_mode)) for log in found]
    try:
        return tuple(await asyncio.gather(*reading))
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def _with_message(logs: Logs, log: Log, data_mode: str | None) -> LogDetail:
    if not log.id:
        return LogDetail(log)
    try:
        detail = await logs.get(log.id, log.data_mode or data_mode, Urgency.EXPORT)
    except NotFound:
        return LogDetail(log)
    return LogDetail(log, detail.payload)


class _Noting(Logs):
    """Reading logs, with a note of the ranges that could not be read: known before a row beyond them is handed on."""

    def __init__(self, logs: Logs) -> None:
        self.gaps: dict[TimeRange, None] = {}
        self._logs = logs

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        page = await self._logs.page(search, ref, count, urgency)
        self.gaps |= dict.fromkeys(page.gaps)
        return page

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        return await self._logs.get(log_id, data_mode, urgency)
