"""`redox-tui filters plan DIR`: what applying a folder would do, with a digest by which exactly that can be applied."""

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from redox_tui.cli import filter_files
from redox_tui.cli.exits import CommandError, Exit
from redox_tui.cli.filter_files import FilterFile
from redox_tui.cli.filters import record, with_client
from redox_tui.cli.output import Output
from redox_tui.domain import display, samples
from redox_tui.domain.filter_diff import differences, rule_line
from redox_tui.domain.filter_list import FilterSearch, newest_of_each
from redox_tui.domain.filters import Filter, FilterLink
from redox_tui.domain.impact import impact
from redox_tui.store import sample_files

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient

_NOT_TARGETED = "without links or subscriptionId it does nothing until it is linked"


@dataclass(frozen=True, slots=True)
class Step:
    """One change: `current` is in force, `wanted` is what the file says. A create has no current, a delete no file."""

    kind: Literal["create", "update", "delete"]
    file: FilterFile | None = None
    current: Filter | None = None
    wanted: Filter | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes that a folder asks for; deletes are done with `--prune` only."""

    steps: tuple[Step, ...]
    digest: str

    def to_do(self, *, prune: bool) -> tuple[Step, ...]:
        """The changes that are meant."""
        return tuple(step for step in self.steps if prune or step.kind != "delete")


def run(options: argparse.Namespace) -> int:
    """Print the plan; 10 where there is something to do."""
    return with_client(options, _plan)


async def _plan(client: "PlatformClient", options: argparse.Namespace) -> int:
    plan = await make(client, options)
    with Output(None) as output:
        for step in plan.steps:
            output.write("".join(f"{display.line(line)}\n" for line in lines(step, options)))
        to_do = plan.to_do(prune=options.prune)
        output.write(f"digest {plan.digest}\n" if plan.steps else "nothing to do\n")
    return Exit.CHANGES if to_do else Exit.OK


async def make(client: "PlatformClient", options: argparse.Namespace) -> Plan:
    """Compare the folder with what is in force; CommandError where a file cannot be meant as it stands."""
    files = filter_files.load_folder(Path(options.folder))
    alive = {one.id: one for one in newest_of_each(await client.filters.every(FilterSearch())) if not one.deleted}
    environment = options.environment
    steps = [step for file in files if (step := _step(file, alive, environment))]
    with_file = {file.filter.id for file in files}
    steps += [Step("delete", current=one) for one in alive.values() if one.id not in with_file]
    return Plan(tuple(steps), _digest(steps, [client.token_url, environment]))


def lines(step: Step, options: argparse.Namespace) -> Iterator[str]:
    """A change in words: what, the differences, where it acts, and its impact on samples."""
    named = step.wanted or step.current or Filter("")
    place = f"  {step.file.path.name}" if step.file else ""
    yield f"{step.kind} “{named.name}”{place}{_versions(step)}"
    if step.kind == "create" and step.wanted:
        yield f"    action {step.wanted.action}"
        yield from (f"    + rule {number} {rule_line(rule)}" for number, rule in enumerate(step.wanted.rules, 1))
        if not step.wanted.links and not step.wanted.subscription:
            yield f"    {_NOT_TARGETED}"
    elif step.kind == "update" and step.current and step.wanted:
        yield from (f"    {line}" for line in differences(step.current, step.wanted))
        yield from _overtaken(step.current, step.wanted)
    elif not options.prune:
        yield "    it has no file; it stays unless --prune is given"
    acting = (step.current or named).live_links
    yield from (f"    acts on {link.words}" for link in acting)
    if getattr(options, "samples", None):
        yield f"    {_impact(step, options.samples)}"


def _step(file: FilterFile, alive: dict[str, Filter], environment: str | None) -> Step | None:
    filter_, path = file.filter, file.path
    if filter_.environment and environment and filter_.environment != environment:
        raise CommandError(f"{path} is of environment {filter_.environment}, and this is {environment}.", Exit.REFUSED)
    if not filter_.id:
        if same := next((one for one in alive.values() if one.name == filter_.name), None):
            words = (
                f"{path} has no id, and there is a filter of this name: {same.id}. Write that id into it, or rename it."
            )
            raise CommandError(words, Exit.REFUSED)
        if taken := next((one for one in alive.values() if _meet(filter_, one)), None):
            words = f"{path}: a subscription takes one filter, and this one has “{taken.name}” already."
            raise CommandError(words, Exit.REFUSED)
        return Step("create", file, None, replace(filter_, environment=filter_.environment or environment))
    current = alive.get(filter_.id)
    if current is None:
        words = f"{path}: the filter {filter_.id} was deleted meanwhile, or is of another environment."
        raise CommandError(f"{words} Take id and filterVersion out of it to create it anew.", Exit.REFUSED)
    if filter_.links and _targets(filter_.links) != _targets(current.live_links):
        raise CommandError(f"{path} names other links than the filter has; a file does not change links.", Exit.REFUSED)
    wanted = replace(current, name=filter_.name, action=filter_.action, rules=filter_.rules)
    if not differences(current, wanted):
        return None
    return Step("update", file, current, replace(wanted, filter_version=filter_.filter_version))


def _meet(new: Filter, other: Filter) -> bool:
    """Whether a new filter would go where another one acts."""
    is_same_subscription = new.subscription is not None and new.subscription == other.subscription
    return is_same_subscription or bool(_targets(new.links) & _targets(other.live_links))


def _targets(links: Iterable[FilterLink]) -> set[tuple[str | None, ...]]:
    return {
        (link.source.id if link.source else None, link.destination.id if link.destination else None, link.data_model)
        for link in links
    }


def _versions(step: Step) -> str:
    if step.current is None or step.current.filter_version is None:
        return ""
    version = step.current.filter_version
    return f"  version {version} → {version + 1}" if step.kind == "update" else f"  version {version}"


def _overtaken(current: Filter, wanted: Filter) -> Iterator[str]:
    """That the file was made from an older version: applying it undoes what was saved since."""
    if wanted.filter_version and current.filter_version and wanted.filter_version < current.filter_version:
        who = current.updated.by
        by = f" by {who.name or who.id}" if who else ""
        at = f" at {current.updated.at.text}" if current.updated.at else ""
        yield f"    the file is of version {wanted.filter_version}; what was saved since{by}{at} would be undone"


def _impact(step: Step, paths: list[str]) -> str:
    models = {link.data_model for link in (step.current or step.wanted or Filter("")).links if link.data_model}
    messages = (one.message for one in sample_files.read(paths) if samples.is_of(one.message, models))
    found = impact(step.current, step.wanted, messages)
    of_rules = (f"rule {rule.number} stops {rule.stops:,}" for rule in found.rules if rule.stops)
    why = f" ({', '.join(of_rules)})" if found.rules else ""
    return (
        f"impact on {found.messages:,} samples: delivered {found.delivered_now:,} → {found.delivered_proposed:,}, "
        f"filtered {found.filtered_now:,} → {found.filtered_proposed:,}{why}"
    )


def _digest(steps: Iterable[Step], place: list[str | None]) -> str:
    """The same for the same changes of the same versions at the same place, and for no others."""
    said = [
        [step.kind, step.file and step.file.path.name, step.current and record(step.current), _wanted(step.wanted)]
        for step in steps
    ]
    text = json.dumps([place, said], sort_keys=True)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _wanted(wanted: Filter | None) -> object:
    return wanted and [record(wanted), [repr(link) for link in wanted.links]]
