"""`redox-tui log ID`: print one log as the server sent it, its message, its inspection, or why it is filtered."""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from redox_tui.cli.connecting import opened
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.output import Output

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient


def run(options: argparse.Namespace) -> int:
    """Print a log; the exit code."""
    if options.message and not options.why:
        raise CommandError("--message names the message that --why explains; it goes with --why only.")
    access = opened(options)
    code = asyncio.run(_run(access.connect, options))
    if code == Exit.OK:
        access.note_use()
    return code


async def _run(connect: Callable[[], "PlatformClient"], options: argparse.Namespace) -> int:
    from redox_tui.api.errors import PlatformError

    try:
        async with aclosing(connect()) as client:
            if options.inspect:
                from redox_tui.cli.log_inspect import inspect

                return await inspect(client, options.id, options.format, with_messages=options.payload)
            if options.why:
                from redox_tui.cli.log_why import explain

                return await explain(client, options.id, options.format, options.message, with_values=options.payload)
            return await _print(client, options.id, options.payload)
    except PlatformError as error:
        say(str(error))
        return error.exit_code


async def _print(client: "PlatformClient", log_id: str, with_payload: bool) -> int:
    detail = await client.logs.get(log_id)
    text = detail.payload if with_payload else detail.log.record.decode("utf-8", errors="surrogateescape")
    if text is None:
        say("the server sent no message with this log: its generation of the API has none, or your role may not see it")
        return Exit.NOT_FOUND
    with Output(None) as output:
        output.write(text if text.endswith("\n") else text + "\n")
    return Exit.OK
