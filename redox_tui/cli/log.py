"""`redox-tui log ID`: print one log as the server sent it, or the message that it is about."""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from redox_tui.cli.connecting import opened
from redox_tui.cli.exits import Exit, say
from redox_tui.cli.output import Output

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient


def run(options: argparse.Namespace) -> int:
    """Print a log; the exit code."""
    access = opened(options)
    code = asyncio.run(_print(access.connect, options.id, options.payload))
    if code == Exit.OK:
        access.note_use()
    return code


async def _print(connect: Callable[[], "PlatformClient"], log_id: str, with_payload: bool) -> int:
    from redox_tui.api.errors import PlatformError

    try:
        async with aclosing(connect()) as client:
            detail = await client.logs.get(log_id)
    except PlatformError as error:
        say(str(error))
        return error.exit_code
    text = detail.payload if with_payload else detail.log.record.decode("utf-8", errors="surrogateescape")
    if text is None:
        say("the server sent no message with this log: its generation of the API has none, or your role may not see it")
        return Exit.NOT_FOUND
    with Output(None) as output:
        output.write(text if text.endswith("\n") else text + "\n")
    return Exit.OK
