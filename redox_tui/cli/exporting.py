"""`redox-tui logs --output FILE`: logs, with their messages where that is wanted, into a new private file."""

import argparse
import asyncio
import secrets
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redox_tui.cli.access import Access
from redox_tui.cli.confirming import confirm_messages
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.domain.query import LogQuery

if TYPE_CHECKING:
    from redox_tui.store.export import Export

_GO_ON: Final = "--resume goes on with it."
_BY_SUFFIX: Final = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json", ".csv": "csv", ".parquet": "parquet"}


def form(options: argparse.Namespace) -> str:
    """The format that was asked for, else the one that the file is named after, else a table."""
    return options.format or _BY_SUFFIX.get(Path(options.output or "").suffix.lower(), "table")


def is_wanted(options: argparse.Namespace) -> bool:
    """Whether logs are to be exported; CommandError for options that go with exports only."""
    is_file = options.output is not None and options.format != "table"
    needs = [name for name in ("payload", "mask", "resume") if getattr(options, name)]
    needs += ["format parquet"] if options.format == "parquet" else []
    if needs and not is_file:
        raise CommandError(f"--{needs[0]} needs --output FILE and a --format other than table.")
    if options.mask and options.resume:
        raise CommandError("--mask has new pseudonyms in each run, so --resume cannot go on with one of before.")
    return is_file


def run(access: Access, query: LogQuery, options: argparse.Namespace) -> int:
    """Export logs; the exit code."""
    from redox_tui.domain.masking import Mask
    from redox_tui.store import export

    path = Path(options.output)
    is_kept = not options.mask
    limit = None if options.all else options.limit
    rows = (options.format, options.payload, limit)
    plan = export.Plan(
        path,
        options.format,
        export.identity(access.connection, query, *rows) if is_kept else None,
        options.payload,
        Mask(secrets.token_bytes(32)) if options.mask else None,
    )
    if options.payload:
        confirm_messages(options, path, export.open_to_others(path))
    search = query.search(datetime.now(UTC))
    begun = export.resume(plan, search) if options.resume else export.begin(plan, search)
    if begun is None:
        say(f"{path} is complete.")
        return Exit.OK
    if options.resume:
        say(f"going on behind {begun.kept:,} rows" if begun.kept else "there was nothing to go on with")
    try:
        code = asyncio.run(_write(begun, access, query, limit))
    except BaseException:
        begun.close()
        say(begun.left(_GO_ON))
        raise
    begun.close()
    if code == Exit.OK:
        if begun.lack:
            say(f"{begun.rows:,} row{'' if begun.rows == 1 else 's'} exported. {begun.lack}")
        access.note_use()
    elif begun.kept:
        say(begun.left(_GO_ON))
    return code


async def _write(export: "Export", access: Access, query: LogQuery, limit: int | None) -> int:
    from redox_tui.api.errors import PlatformError

    try:
        async with aclosing(access.connect()) as client:
            client.hear = say
            left = None if limit is None else limit - export.rows
            wanted = client.every_log(
                export.search,
                wanted=lambda log: query.matches(log) and export.is_new(log),
                with_messages=export.plan.with_messages,
                one_by_one=limit is not None,
            )
            async with aclosing(wanted) as batches:
                async for batch in batches:
                    export.take(batch if left is None else replace(batch, rows=batch.rows[:left]))
                    if left is not None and (left := left - len(batch.rows)) <= 0:
                        break
            if client.clock_warning:
                say(client.clock_warning)
    except PlatformError as error:
        say(str(error))
        return error.exit_code
    export.finish()
    return Exit.OK
