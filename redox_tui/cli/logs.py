"""`redox-tui logs`: print the logs that a query finds, newest first."""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from redox_tui.cli import exporting
from redox_tui.cli.connecting import opened
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.output import Output
from redox_tui.cli.querying import read_query
from redox_tui.cli.records import FORMATS
from redox_tui.domain.logs import Log
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.query import LogQuery

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient


def run(options: argparse.Namespace) -> int:
    """Print logs; the exit code."""
    query = read_query(options)
    options.format = exporting.form(options)
    if options.follow:
        _check_follow(query, options)
    is_export = exporting.is_wanted(options)
    access = opened(options)
    if not query.has_range:
        say("no range was given, so these are the last 24 h (--since, --until)")
    if is_export:
        return exporting.run(access, query, options)
    with Output(options.output) as output:
        code = asyncio.run(_print(access.connect, query, options, output))
        output.finish(complete=code == Exit.OK)
    if code == Exit.OK:
        access.note_use()
    return code


async def _print(
    connect: Callable[[], "PlatformClient"], query: LogQuery, options: argparse.Namespace, output: Output
) -> int:
    from redox_tui.api.errors import PlatformError

    if options.follow:
        return await _follow(connect, query, options, output)
    form = FORMATS[options.format]
    limit = None if options.all else options.limit
    printed = 0
    try:
        async with aclosing(connect()) as client, aclosing(_found(client, query, limit)) as found:
            client.hear = say
            async for batch in found:
                output.write((form.between if printed else form.begin) + form.between.join(map(form.log, batch)))
                printed += len(batch)
            if client.clock_warning:
                say(client.clock_warning)
    except PlatformError as error:
        say(f"{error} Logs printed before that: {printed:,}." if printed else str(error))
        return error.exit_code
    output.write(form.end if printed else form.begin + form.end)
    return Exit.OK


def _check_follow(query: LogQuery, options: argparse.Namespace) -> None:
    if query.value("until"):
        raise CommandError("--follow goes on for ever, so the range can have no end: leave until: out.")
    for name in ("all", "output"):
        if getattr(options, name):
            raise CommandError(f"--follow goes on for ever, so it does not go with --{name}.")
    if options.format == "json":
        raise CommandError("--follow goes on for ever, and a JSON array has an end; take --format ndjson.")
    if query.value("on") == "updated":
        raise CommandError("--follow reads by the time of creation; leave on:updated out.")


async def _follow(
    connect: Callable[[], "PlatformClient"], query: LogQuery, options: argparse.Namespace, output: Output
) -> int:
    """Print what is there, then what comes, oldest first; until it is interrupted."""
    from redox_tui.api.errors import PlatformError
    from redox_tui.api.follow import follow

    form = FORMATS[options.format]
    search = query.search(datetime.now(UTC))

    async def pause() -> None:
        await asyncio.sleep(options.interval)

    output.write(form.begin)
    try:
        async with aclosing(connect()) as client:
            client.hear = say
            async with aclosing(follow(client.logs, search, options.limit, pause=pause, say=say)) as found:
                async for batch in found:
                    output.write("".join(form.log(log) for log in batch if query.matches(log)))
    except PlatformError as error:
        say(str(error))
        return error.exit_code
    return Exit.OK


async def _found(client: "PlatformClient", query: LogQuery, limit: int | None) -> AsyncGenerator[list[Log], None]:
    from redox_tui.api.rate import AT_ONCE
    from redox_tui.api.walk import walk

    search = query.search(datetime.now(UTC))
    count = PAGE_SIZE if limit is None or query.local else min(limit, PAGE_SIZE)
    # A limit is mostly reached with the first pages, so nothing is read ahead for it.
    at_once = AT_ONCE if limit is None else 1
    async with aclosing(walk(client.logs, search, count, at_once=at_once, say=say)) as batches:
        async for batch in batches:
            found = [log for log in batch if query.matches(log)][:limit]
            if found:
                yield found
            if limit is not None:
                limit -= len(found)
                if limit <= 0:
                    return
