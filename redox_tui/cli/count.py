"""`redox-tui count`: how many logs a query finds, by time or by a value; the server counts where it can."""

import argparse
import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from redox_tui.cli.connecting import opened
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.output import Output
from redox_tui.cli.querying import read_query
from redox_tui.domain import bars, display, facets, records
from redox_tui.domain.bars import Histogram
from redox_tui.domain.census import TimeCensus, bounds, most_bars
from redox_tui.domain.facets import Facet, ValueCensus
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, Party
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import iso, to_the_second

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient

_MOST_PROBES: Final = 1_000
"""Requests of one count: a tenth of what an address may ask in five minutes (platform-api.md §2.6)."""

_CHANGED = "the logs changed while they were counted, so these numbers are not exact"


@dataclass(frozen=True, slots=True)
class _Row:
    """A line: a value, what it is called where that is something else, and its count."""

    value: str
    count: int
    name: str | None = None


def run(options: argparse.Namespace) -> int:
    """Print counts; the exit code."""
    query = read_query(options)
    key = options.by[0] if options.by else ""
    if key == "time" and query.search(datetime.now(UTC)).range.since is None:
        raise CommandError("Buckets of time need a beginning: give since: or --since.")
    access = opened(options)
    if not query.has_range:
        say("no range was given, so these are the last 24 h (--since, --until)")
    code = asyncio.run(_print(access.connect, query, options))
    if code == Exit.OK:
        access.note_use()
    return code


async def _print(connect: Callable[[], "PlatformClient"], query: LogQuery, options: argparse.Namespace) -> int:
    from redox_tui.api.errors import PlatformError

    key = options.by[0] if options.by else ""
    try:
        async with aclosing(connect()) as client:
            client.hear = say
            rows = await _counted(client, query, options)
            if client.clock_warning:
                say(client.clock_warning)
    except PlatformError as error:
        say(str(error))
        return error.exit_code
    with Output(None) as output:
        output.write(_FORMATS[options.format](key, rows))
    return Exit.OK


async def _counted(client: "PlatformClient", query: LogQuery, options: argparse.Namespace) -> list[_Row]:
    """Counts by the server, or of logs that are read, where it has no totals or cannot evaluate the query."""
    from redox_tui.api.errors import TimedOut

    now = datetime.now(UTC)
    search = query.search(now)
    if query.local:
        return await _read_and_counted(client, query, search, options, now)
    page = await client.logs.page(search, FIRST_PAGE, PAGE_SIZE)
    if page.note:
        say(page.note)
    if page.total is None:
        return await _read_and_counted(client, query, search, options, now)
    if page.gaps:
        raise TimedOut(f"The server took too long for {', '.join(map(to_the_second, page.gaps))}.", hint="Try later.")
    search = search.pinned(page.logs)
    if not options.by:
        return [_Row("", page.total)]
    key, buckets = options.by
    if key == "time":
        return await _by_time(client, search, page.total, buckets, now)
    return await _by_value(client, search, key, page)


async def _by_time(client: "PlatformClient", search: LogSearch, total: int, buckets: int, now: datetime) -> list[_Row]:
    from redox_tui.api.census import fill

    most = most_bars(search, with_failed=False, most=_MOST_PROBES, bars=buckets)
    census = TimeCensus(search, _edges(search, now, most), with_failed=False, expected=total)
    if failure := await fill(client.logs, census):
        raise failure
    if not census.is_exact:
        say(_CHANGED)
    return _of_bars(census.histogram)


async def _by_value(client: "PlatformClient", search: LogSearch, key: str, page: LogPage) -> list[_Row]:
    from redox_tui.api.census import fill

    names = facets.likely(key, page.logs, await _parties(client, key))
    census = ValueCensus(search, key, names, most=_MOST_PROBES)
    if failure := await fill(client.logs, census):
        raise failure
    if not census.is_exact:
        say(_CHANGED)
    return _of_facet(census.facet)


async def _parties(client: "PlatformClient", key: str) -> list[Party]:
    """The sources or destinations of the organization, as far as this credential may list them."""
    from redox_tui.api.errors import PlatformError

    found: list[Party] = []
    if key in ("source", "dest"):
        read = client.directory.sources if key == "source" else client.directory.destinations
        try:
            for environment in await client.directory.environments():
                found += await read(environment.id)
        except PlatformError as error:
            say(f"sources and destinations could not be listed, so more of them are in “other”: {error}")
    return found


async def _read_and_counted(
    client: "PlatformClient", query: LogQuery, search: LogSearch, options: argparse.Namespace, now: datetime
) -> list[_Row]:
    from redox_tui.api.walk import walk

    looked_at, is_whole = 0, True
    found: list[Log] = []
    async with aclosing(walk(client.logs, search, PAGE_SIZE, say=say)) as batches:
        async for batch in batches:
            looked = batch[: options.limit - looked_at]
            looked_at += len(looked)
            found += [_slim(log) for log in looked if query.matches(log)]
            is_whole = len(looked) == len(batch)
            if not is_whole:
                break
    which = "all there are" if is_whole else "the newest; --limit reads more"
    say(f"{len(found):,} of {looked_at:,} read, {which}")
    if not options.by:
        return [_Row("", len(found))]
    key, buckets = options.by
    if key != "time":
        return _of_facet(facets.of_logs(found, key))
    edges = _edges(search, now, buckets)
    times = [log.updated_at if search.on == "updated" else log.created_at for log in found]
    if undated := sum(1 for at in times if at is None or at.instant is None):
        say(f"{undated:,} of them have no {search.on} time that can be read, so they are in no bucket")
    histogram = bars.of_rows(found, edges, search.on, fits=lambda log: True, is_whole=is_whole)
    return _of_bars(histogram)


def _slim(log: Log) -> Log:
    """A log without the record that it was read from, so that ten thousand need little memory."""
    from dataclasses import replace

    return replace(log, record=b"", latest_attempt=None)


def _edges(search: LogSearch, now: datetime, most: int) -> tuple[datetime, ...]:
    ends = bounds(search, now)
    assert ends  # noqa: S101 - a range without a beginning was refused
    return bars.edges(*ends, most=most)


def _of_bars(histogram: Histogram) -> list[_Row]:
    """Bars as rows; those before the oldest log that was read are left out, since nobody knows of them."""
    return [_Row(iso(bar.begin), bar.count) for bar in histogram.bars if bar.count is not None]


def _of_facet(facet: Facet) -> list[_Row]:
    is_named = facet.key in ("source", "dest")
    rows = [_Row(row.value, row.count, row.name if is_named else None) for row in facet.rows]
    return [*rows, _Row("other", facet.other, "" if is_named else None)] if facet.other else rows


def _table(key: str, rows: list[_Row]) -> str:
    """For people: names where there are some, and the total below."""
    if not key:
        return "".join(f"{row.count:,}\n" for row in rows)
    lines = [(display.line(row.name or row.value), f"{row.count:,}") for row in rows]
    lines.append(("total", f"{sum(row.count for row in rows):,}"))
    width = min(48, max(len(name) for name, _ in lines))
    return "".join(f"{display.fit(name, width)}  {count:>11}\n" for name, count in lines)


def _ndjson(key: str, rows: list[_Row]) -> str:
    def record(row: _Row) -> dict[str, str | int]:
        value = {key: row.value} if key else {}
        return {**value, **({} if row.name is None else {"name": row.name}), "count": row.count}

    return "".join(json.dumps(record(row), ensure_ascii=False) + "\n" for row in rows)


def _csv(key: str, rows: list[_Row]) -> str:
    def cells(value: str, name: str | None, count: str) -> tuple[str, ...]:
        return (*((value,) if key else ()), *(() if name is None else (name,)), count)

    title = "name" if key in ("source", "dest") else None
    lines = [cells(key, title, "count"), *(cells(row.value, row.name, str(row.count)) for row in rows)]
    return "".join(",".join(map(records.cell, line)) + "\n" for line in lines)


_FORMATS: Final = {"table": _table, "ndjson": _ndjson, "csv": _csv}
