"""Trying a credential out in steps, so that it is known which one failed: token, organization, environments, logs."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING

from redox_tui.api.errors import NotAuthorized, PlatformError
from redox_tui.cli.access import Access
from redox_tui.domain.logs import FIRST_PAGE, Environment
from redox_tui.domain.probe import Step
from redox_tui.domain.query import LogQuery

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient


async def probe(access: Access, now: datetime) -> AsyncGenerator[Step, None]:
    """Try a credential out; the steps as they end, up to the first that the others need."""
    target = access.connection
    try:
        platform = await asyncio.to_thread(access.connect)  # this loads the network
    except PlatformError as error:
        yield _failed("token", error)
        return
    async with aclosing(platform):
        try:
            await platform.sign_in()
        except PlatformError as error:
            yield _failed("token", error)
            return
        yield Step("token", "is given")
        try:
            environments = await platform.directory.environments()
        except PlatformError as error:
            yield _failed("organization", error)
            if not isinstance(error, NotAuthorized):
                return
        else:
            yield Step("organization", f"{target.organization} is known to this key")
            yield _environments(environments, target.environment)
        yield await _logs(platform, now)


def _environments(found: tuple[Environment, ...], wanted: str | None) -> Step:
    named = ", ".join(f"{one.name or one.id} ({one.flag or 'unknown, so taken for Production'})" for one in found)
    words = f"{len(found)}: {named}" if found else "none that this key is a member of"
    if wanted is None:
        return Step("environments", words, environments=found)
    chosen = next((one for one in found if one.id == wanted), None)
    if chosen is None:
        return Step("environments", f"{wanted} is none of the {words}", code=8, environments=found)
    return Step("environments", words, flag=chosen.flag, environments=found)


async def _logs(platform: "PlatformClient", now: datetime) -> Step:
    search = LogQuery.parse("since:15m").search(now)
    try:
        page = await platform.logs.page(search, FIRST_PAGE, 1)
    except PlatformError as error:
        return _failed("logs", error)
    return Step("logs", "may be read" + (f" ({page.note})" if page.note else ""))


def _failed(what: str, error: PlatformError) -> Step:
    return Step(what, str(error), error.exit_code)
