"""`redox-tui filters`: filters as lists, files, plans and versions; each longer action has a module of its own."""

import argparse
import asyncio
import importlib
import json
import os
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.filter_options import CHANGING
from redox_tui.cli.output import Output
from redox_tui.domain import display
from redox_tui.domain.filter_diff import differences
from redox_tui.domain.filter_file import to_toml
from redox_tui.domain.filter_list import FilterSearch, newest_of_each
from redox_tui.domain.filters import Change, Filter

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient
    from redox_tui.cli.access import Access

_WIDTHS = (34, 9, 5, 7, 24, 20, 60)
_MODULES: Final = {
    "test": "filter_test",
    "pull": "filter_pull",
    "plan": "filter_plan",
    "apply": "filter_apply",
    "restore": "filter_changes",
    "delete": "filter_changes",
}


def run(options: argparse.Namespace) -> int:
    """Run an action; the exit code."""
    if options.action in _MODULES:
        code: int = importlib.import_module(f"redox_tui.cli.{_MODULES[options.action]}").run(options)
        return code
    return with_client(options, {"list": _list, "show": _show, "versions": _versions}[options.action])


def with_client(
    options: argparse.Namespace, work: Callable[["PlatformClient", argparse.Namespace], Awaitable[int]]
) -> int:
    """Connect and work; every error of the API is said and becomes its exit code."""
    from redox_tui.cli.asking import Secrets
    from redox_tui.cli.connecting import described

    access = described(options)
    if options.action in CHANGING and (why := _read_only(options, access)):
        raise CommandError(f"Nothing was changed: {why}.", Exit.REFUSED)
    access.unlock(Secrets(options.passphrase_fd))

    async def connected() -> int:
        from redox_tui.api.errors import PlatformError

        try:
            async with aclosing(access.connect()) as client:
                client.hear = say
                place = {"environment": access.connection.environment}
                return await work(client, argparse.Namespace(**{**vars(options), **place}))
        except PlatformError as error:
            say(str(error))
            return error.exit_code

    code = asyncio.run(connected())
    if code in (Exit.OK, Exit.CHANGES):
        access.note_use()
    return code


async def _list(client: "PlatformClient", options: argparse.Namespace) -> int:
    search = FilterSearch(options.name, options.model, options.source, options.dest, deleted=options.deleted)
    found = newest_of_each(await client.filters.every(search))
    with Output(None) as output:
        if options.format == "ndjson":
            for one in found:
                output.write(json.dumps(record(one), ensure_ascii=False) + "\n")
            return Exit.OK
        output.write(_columns("NAME", "ACTION", "RULES", "VERSION", "SAVED", "BY", "LINKED TO", "ID"))
        for one in found:
            output.write(
                _columns(
                    one.name,
                    "deleted" if one.deleted else one.action,
                    str(len(one.rules)),
                    str(one.filter_version or "–"),
                    *(_when_and_who(one.deleted or one.updated)),
                    "; ".join(link.words for link in one.live_links) or "–",
                    one.id,
                )
            )
    return Exit.OK


async def _show(client: "PlatformClient", options: argparse.Namespace) -> int:
    found = await client.filters.get(options.id, options.subscription)
    said = [
        f"saved {' by '.join(_when_and_who(found.updated))}",
        *(f"linked to {link.words}" for link in found.live_links),
    ]
    if found.deleted:
        said.append(f"deleted {' by '.join(_when_and_who(found.deleted))}")
    if found.problem:
        said.append(found.problem)
    with Output(None) as output:
        output.write("".join(f"# {display.line(text)}\n" for text in said) + to_toml(found))
    return Exit.OK


async def _versions(client: "PlatformClient", options: argparse.Namespace) -> int:
    versions = await client.filters.versions(options.id, options.subscription)
    with Output(None) as output:
        for place, one in enumerate(versions):
            words = " by ".join(_when_and_who(one.updated))
            deleted = f", deleted {' by '.join(_when_and_who(one.deleted))}" if one.deleted and place == 0 else ""
            output.write(f"version {one.filter_version}  {words}{deleted}\n")
            if place + 1 < len(versions):
                lines = differences(versions[place + 1], one) or ["the same content as the version before"]
                output.write("".join(f"    {display.line(line)}\n" for line in lines))
    return Exit.OK


def record(one: Filter) -> dict[str, object]:
    """A filter as one line of NDJSON: what a file has, and where it acts."""
    return {
        "id": one.id,
        "name": one.name,
        "action": one.action,
        "rules": [{"path": r.path, "values": list(r.values), "allowList": r.allow} for r in one.rules],
        "filterVersion": one.filter_version,
        "environmentId": one.environment,
        "subscriptionId": one.subscription,
        "updatedAt": one.updated.at.text if one.updated.at else None,
        "deletedAt": one.deleted.at.text if one.deleted and one.deleted.at else None,
        "links": [
            {
                "id": link.id,
                "sourceId": link.source.id if link.source else None,
                "destinationId": link.destination.id if link.destination else None,
                "dataModel": link.data_model,
                "eventType": link.event_type,
            }
            for link in one.live_links
        ],
    }


def _read_only(options: argparse.Namespace, access: "Access") -> str:
    """What says that nothing may be changed; empty where nothing does. BadSettings where settings.toml is wrong."""
    from redox_tui.store import paths, settings

    if options.read_only:
        return "--read-only"
    if settings.load(paths.locate(os.environ)).read_only:
        return "read_only in settings.toml"
    return f"the profile {access.name} is read-only" if access.read_only else ""


def _when_and_who(change: Change) -> tuple[str, str]:
    by = change.by
    return (change.at.text if change.at else "–"), ((by.name or by.id or "–") if by else "–")


def _columns(*cells: str) -> str:
    columns = [display.fit(cell, width) for cell, width in zip(cells, _WIDTHS, strict=False)]
    return "  ".join((*columns, display.line(cells[-1]))) + "\n"
