"""`redox-tui filters restore` and `delete`: one filter, said and confirmed before it acts."""

import argparse
from typing import TYPE_CHECKING

from redox_tui.cli.confirming import confirm_filter
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.filters import with_client
from redox_tui.cli.output import Output
from redox_tui.domain import display
from redox_tui.domain.filter_diff import differences
from redox_tui.domain.filters import Filter

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient
    from redox_tui.api.safe_write import Saved


def run(options: argparse.Namespace) -> int:
    """Restore or delete; the exit code."""
    return with_client(options, _restore if options.action == "restore" else _delete)


async def _restore(client: "PlatformClient", options: argparse.Namespace) -> int:
    from redox_tui.api import safe_write

    versions = await client.filters.versions(options.id, options.subscription)
    current = versions[0]
    _check_alive(current)
    wanted = next((one for one in versions if one.filter_version == options.version), None)
    if wanted is None:
        known = ", ".join(str(one.filter_version) for one in versions)
        raise CommandError(f"The filter has no version {options.version}; there are {known}.", Exit.NOT_FOUND)
    if options.dry_run:
        tried = await client.filters.restore(current, wanted, dry_run=True)
        _print(differences(tried.previous, tried.current or wanted))
        say("nothing was changed: --dry-run")
        return Exit.OK
    changes = differences(current, wanted)
    if not changes:
        say(f"version {options.version} has the content that is in force")
        return Exit.OK
    _print(changes)
    what = f"Restoring version {options.version} of “{current.name}” acts at once{_where(current)}."
    await _confirm(client, options, current, what)
    saved = await safe_write.restore(client.filters, current, wanted)
    say(f"restored: “{saved.filter.name}” is version {saved.filter.filter_version}")
    return _ended(saved)


async def _delete(client: "PlatformClient", options: argparse.Namespace) -> int:
    from redox_tui.api import safe_write

    current = await client.filters.get(options.id, options.subscription)
    _check_alive(current)
    what = f"Deleting “{current.name}” removes its link first: everything is delivered then{_where(current)}."
    await _confirm(client, options, current, what if current.live_links else f"Deleting “{current.name}”.")
    saved = await safe_write.delete_with_links(
        client.filters, current, lambda link: say(f"unlinked “{current.name}” from {link.words}")
    )
    say(f"deleted “{current.name}”")
    return _ended(saved)


async def _confirm(client: "PlatformClient", options: argparse.Namespace, current: Filter, what: str) -> None:
    if notice := await client.filters.notice():
        say(notice)
    environment = current.environment or options.environment
    await confirm_filter(client, options, environment, current.name, current.id, what)


def _check_alive(current: Filter) -> None:
    if current.deleted:
        raise CommandError(f"The filter “{current.name}” is deleted.", Exit.NOT_FOUND)


def _where(current: Filter) -> str:
    places = "; ".join(link.words for link in current.live_links)
    return f" on {places}" if places else ""


def _print(lines: list[str]) -> None:
    with Output(None) as output:
        output.write("".join(f"{display.line(line)}\n" for line in lines))


def _ended(saved: "Saved") -> int:
    if saved.words:
        say(saved.words)
    return Exit.REFUSED if saved.between else Exit.OK
