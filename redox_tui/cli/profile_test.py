"""`redox-tui profiles test`: which steps of connecting work, and what the key may do."""

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime

from redox_tui.cli.access import Access
from redox_tui.cli.connecting import REFINING, chosen_profile, opened
from redox_tui.cli.exits import CommandError, Exit
from redox_tui.cli.output import Output
from redox_tui.cli.probing import probe
from redox_tui.domain.probe import Step


def run(options: argparse.Namespace) -> int:
    """Test a profile; the exit code is that of the first step that failed."""
    found = chosen_profile(options.name)
    if found is None:
        raise CommandError("No profile is named and there is no default.", Exit.NOT_FOUND)
    nothing = dict.fromkeys(("base_url", "client_id", "key_file", "token_fd", *REFINING))
    access = opened(argparse.Namespace(**{**nothing, **vars(options), "profile": found[0]}))
    code = first_failure(tried(access))
    if code == Exit.OK:
        access.note_use()
    return code


def tried(access: Access) -> list[Step]:
    """Try a credential out and print each step as it ends."""
    return asyncio.run(_print(probe(access, datetime.now(UTC))))


def first_failure(steps: list[Step]) -> int:
    """The exit code of the first step that failed, 0 where none did."""
    return next((step.code for step in steps if step.code), Exit.OK)


async def _print(steps: AsyncGenerator[Step, None]) -> list[Step]:
    done = [Step("key", "can be read")]
    with Output(None) as output:
        output.write(_line(done[0]))
        async with aclosing(steps):
            async for step in steps:
                output.write(_line(step))
                done.append(step)
    return done


def _line(step: Step) -> str:
    return f"{'failed' if step.code else 'ok':6}  {step.what:12}  {step.words}\n"
