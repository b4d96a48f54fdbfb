"""`redox-tui filters apply DIR --plan DIGEST`: do exactly what a plan said, or nothing."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from redox_tui.cli import filter_files, filter_plan
from redox_tui.cli.confirming import confirm_plan
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.filter_files import FilterFile
from redox_tui.cli.filter_plan import Step
from redox_tui.cli.filters import with_client
from redox_tui.domain.filters import Filter, FilterLink
from redox_tui.domain.subscriptions import Subscription, SubscriptionSearch

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient
    from redox_tui.api.safe_write import Saved


def run(options: argparse.Namespace) -> int:
    """Apply; 9 where files or filters are not what the plan saw, or somebody saved in between."""
    return with_client(options, _apply)


async def _apply(client: "PlatformClient", options: argparse.Namespace) -> int:
    from redox_tui.api.errors import PlatformError

    plan = await filter_plan.make(client, options)
    if plan.digest != options.plan:
        raise CommandError(
            f"The files or the filters are not what the plan {options.plan} saw. Nothing was changed; plan again.",
            Exit.REFUSED,
        )
    steps = plan.to_do(prune=options.prune)
    if not steps:
        say("nothing to do")
        return Exit.OK
    if notice := await client.filters.notice():
        say(notice)
    count = f"{len(steps)} {'change' if len(steps) == 1 else 'changes'} of filters, which act at once."
    await confirm_plan(client, options, options.environment, count)
    code = Exit.OK
    for done, step in enumerate(steps):
        try:
            saved = await _do(client, step)
        except PlatformError:
            say(f"{done} of {len(steps)} changes were made before this one: {_name(step)}")
            raise
        say(f"{step.kind}d “{_name(step)}”")
        if saved.words:
            say(saved.words)
        code = Exit.REFUSED if saved.between else code
    return code


async def _do(client: "PlatformClient", step: Step) -> "Saved":
    from redox_tui.api import safe_write

    match step:
        case Step("delete", current=Filter() as current):
            return await safe_write.delete_with_links(
                client.filters, current, lambda link: say(f"unlinked “{current.name}” from {link.words}")
            )
        case Step("update", FilterFile() as file, Filter() as current, Filter() as wanted):
            saved = await safe_write.save(client.filters, current, wanted)
            filter_files.note_saved(file, saved.filter)
            return saved
        case Step("create", FilterFile() as file, wanted=Filter() as wanted):
            return await _create(client, file, wanted)
    raise AssertionError(step.kind)


async def _create(client: "PlatformClient", file: FilterFile, wanted: Filter) -> "Saved":
    """Create a filter and link it where its file says; the file has its id before anything else can fail."""
    from redox_tui.api import safe_write

    place = await _place(client, wanted)
    is_v0 = await client.filters.version() == "v0"
    told = replace(wanted, subscription=place.id) if is_v0 and place else wanted
    saved = await safe_write.create(client.filters, told)
    filter_files.note_saved(file, saved.filter)
    if is_v0:
        return saved
    if place is None:
        say(f"“{wanted.name}” does nothing until it is linked")
        return saved
    link = FilterLink(source=place.source, destination=place.destination, data_model=place.data_model)
    return await safe_write.link(client.filters, saved.filter, link)


async def _place(client: "PlatformClient", wanted: Filter) -> Subscription | None:
    """The subscription that a file names by its id or by its link; None where it names none."""
    link = next(iter(wanted.links), None)
    if not link and not wanted.subscription:
        return None
    for one in await client.subscriptions.every(SubscriptionSearch()):
        if one.id == wanted.subscription or (link and _ends(one) == _ends(link)):
            return one
    raise CommandError(f"“{wanted.name}” names a subscription that there is not. It was not created.", Exit.NOT_FOUND)


def _ends(place: Subscription | FilterLink) -> tuple[str | None, str | None, str | None]:
    source, destination = place.source, place.destination
    return source.id if source else None, destination.id if destination else None, place.data_model


def _name(step: Step) -> str:
    return (step.wanted or step.current or Filter("")).name
