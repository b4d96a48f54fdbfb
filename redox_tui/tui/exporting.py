"""An export of the app: rows come over the network and go to the disk in threads, and how it stands is said."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from redox_tui.api.errors import PlatformError
from redox_tui.api.protocol import Client
from redox_tui.domain.logs import Log, LogBatch, LogDetail
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.problem import Problem
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import in_units
from redox_tui.store import export
from redox_tui.store.export import Export, Plan

GO_ON: Final = "X goes on with it."
_BETWEEN_WORDS: Final = 0.5
"""Seconds between two sentences on how it stands."""

Source: TypeAlias = Callable[[Export], AsyncGenerator[LogBatch, None]]
"""The rows that an export still needs."""


@dataclass(slots=True)
class Exporting:
    """One export. `total` is how many logs are looked at, None where nobody knows; `tell` is given words."""

    plan: Plan
    search: LogSearch
    total: int | None
    tell: Callable[[str], None]
    monotonic: Callable[[], float] = time.monotonic
    _export: Export | None = field(default=None, init=False)
    _began_at: float = field(default=0.0, init=False)
    _told_at: float = field(default=0.0, init=False)
    _read: int = field(default=0, init=False)

    async def run(self, source: Source, *, resumes: bool) -> str:
        """Write the file; what is there in the end, in words. Problem where it is not whole, with what there is."""
        try:
            await _in_thread(self._begin, resumes)
            if (begun := self._export) is None:
                return f"{self.plan.path} is complete."
            self._began_at = self._told_at = self.monotonic()
            async with aclosing(source(begun)) as batches:
                async for batch in batches:
                    await _in_thread(begun.take, batch)
                    self._note(batch, begun)
            await _in_thread(begun.finish)
            done = f"{begun.rows:,} row{'' if begun.rows == 1 else 's'} exported to {self.plan.path}."
            return f"{done} {begun.lack}".strip()
        except (PlatformError, Problem) as problem:
            raise Problem(str(problem), self.left()) from None
        finally:
            if self._export:
                self._export.close()

    def left(self) -> str:
        """What there is of an export that did not end."""
        return self._export.left(GO_ON) if self._export else ""

    def _begin(self, resumes: bool) -> None:
        self._export = export.resume(self.plan, self.search) if resumes else export.begin(self.plan, self.search)

    def _note(self, batch: LogBatch, begun: Export) -> None:
        self._read += batch.read
        now = self.monotonic()
        if now - self._told_at < _BETWEEN_WORDS:
            return
        self._told_at = now
        done = self._read + begun.begun_with
        speed = self._read / (now - self._began_at)
        known = self.total if self.total and self.total >= done else None
        parts = [
            f"exporting {done:,} of {known:,}" if known else f"exporting {begun.rows:,} rows",
            f"{speed:,.0f} rows/s",
            f"{in_units((known - done) / speed)} left" if known and speed else "",
            "esc stops",
        ]
        self.tell(" · ".join(part for part in parts if part))


def of_list(client: Callable[[], Awaitable[Client]], query: LogQuery, *, with_messages: bool) -> Source:
    """All rows of a list that match, as far as they are not written yet."""

    async def rows(begun: Export) -> AsyncGenerator[LogBatch, None]:
        found = (await client()).every_log(
            begun.search, wanted=lambda log: query.matches(log) and begun.is_new(log), with_messages=with_messages
        )
        async with aclosing(found) as batches:
            async for batch in batches:
                yield batch

    return rows


def of_logs(
    client: Callable[[], Awaitable[Client]], logs: Sequence[Log], data_mode: str | None, *, with_messages: bool
) -> Source:
    """Logs that are on hand, each read by itself where its message is wanted."""

    async def rows(begun: Export) -> AsyncGenerator[LogBatch, None]:
        if with_messages:
            async with aclosing((await client()).with_messages(logs, data_mode)) as batches:
                async for batch in batches:
                    yield batch
            return
        for at in range(0, len(logs), PAGE_SIZE):
            part = logs[at : at + PAGE_SIZE]
            yield LogBatch(tuple(map(LogDetail, part)), len(part))

    return rows


async def _in_thread(work: Callable[..., Any], *arguments: Any) -> None:
    """Do blocking work off the loop. Who is cancelled waits for its end, since a thread cannot be."""
    task = asyncio.create_task(asyncio.to_thread(work, *arguments))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
