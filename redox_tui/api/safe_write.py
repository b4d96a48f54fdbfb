"""Changing a filter so that nobody's work is lost unseen: the API has no compare-and-set (architecture.md §4.7).

Before a change the filter is read again; after it the version has to be the next one; after a lost answer what is in
force is read back. A command and a screen use the same.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from redox_tui.api.errors import BadRequest, Conflict, NotFound, OutcomeUnknown, PlatformError, ServerTrouble
from redox_tui.api.protocol import Filters
from redox_tui.domain.filter_list import FilterSearch, newest_of_each
from redox_tui.domain.filters import Filter, FilterLink, Rule

T = TypeVar("T")


class FilterConflict(Conflict):
    """Somebody else changed the filter since it was read. `theirs` is what is in force, None where it was deleted."""

    def __init__(self, base: Filter, theirs: Filter | None) -> None:
        if theirs is None:
            super().__init__(f"The filter “{base.name}” was deleted meanwhile.", "Nothing was changed.")
        else:
            now, before = theirs.filter_version, base.filter_version
            super().__init__(
                f"Somebody saved the filter “{base.name}” meanwhile.",
                f"It was read as version {before} and is version {now} now. Nothing was changed.",
                "Look at their change, then decide again.",
            )
        self.base = base
        self.theirs = theirs


class NotMade(ServerTrouble):
    """The answer to a change was lost, and the change is not in force."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A filter as it is in force after a change.

    `between` is how many versions of somebody else came in between the one that was read and this one; None where the
    server names no versions. `was_lost` says that the answer was lost, and that what is in force was read back.
    """

    filter: Filter
    between: int | None = 0
    was_lost: bool = False

    @property
    def words(self) -> str:
        """What has to be said of it; empty where all went as it should."""
        said = "The answer was lost, but the change is in force. " if self.was_lost else ""
        if self.between:
            said += (
                f"Somebody saved in between: this is version {self.filter.filter_version}, and the "
                f"{'version' if self.between == 1 else f'{self.between} versions'} before it is not yours. Look at it."
            )
        if self.between is None:
            said += "The server does not say which version this is, so nobody knows whether somebody saved in between."
        return said.strip()


async def save(calls: Filters, base: Filter, wanted: Filter) -> Saved:
    """Save name, action and rules of `wanted` over the filter that was read as `base`.

    Raises FilterConflict where it is not the same any more, NotMade after a lost answer where nothing was changed.
    """
    theirs = await unchanged(calls, base)
    sent = replace(theirs, name=wanted.name, action=wanted.action, rules=_with_unknown(wanted.rules, theirs.rules))
    try:
        written = await calls.update(sent)
    except OutcomeUnknown as unknown:
        return await _read_back(calls, theirs, sent, unknown)
    return await _judged(calls, theirs, written)


async def restore(calls: Filters, base: Filter, wanted: Filter) -> Saved:
    """Bring back the content of the version `wanted` of the filter that was read as `base`; raises as `save`.

    Whether the server counts a restore as a new version is not documented, so the content decides here.
    """
    theirs = await unchanged(calls, base)
    try:
        restored = await calls.restore(theirs, wanted, dry_run=False)
    except OutcomeUnknown as unknown:
        return await _read_back(calls, theirs, wanted, unknown)
    now = restored.current or await calls.get(theirs.id, theirs.subscription)
    if now.meaning != wanted.meaning:
        raise FilterConflict(theirs, now)
    return Saved(now)


async def create(calls: Filters, wanted: Filter) -> Saved:
    """Create a filter; after a lost answer one with the same content that was not there before is taken for it."""
    before = {one.id for one in await calls.every(FilterSearch(name=wanted.name))}
    try:
        return Saved(await calls.create(wanted))
    except OutcomeUnknown as unknown:
        after = newest_of_each(await _again(calls.every(FilterSearch(name=wanted.name)), unknown))
        new = [one for one in after if one.id not in before and one.meaning == wanted.meaning]
        if not new:
            raise _not_made(wanted) from None
        return Saved(new[0], was_lost=True)


async def delete(calls: Filters, base: Filter) -> Saved:
    """Delete the filter that was read as `base`; raises as `save`."""
    theirs = await unchanged(calls, base, is_replaced=False)
    try:
        await calls.delete(theirs)
    except OutcomeUnknown as unknown:
        try:
            now = await _again(calls.get(theirs.id, theirs.subscription), unknown)
        except NotFound:
            return Saved(theirs, was_lost=True)
        if now.deleted is None:
            raise _not_made(theirs) from None
        return Saved(theirs, was_lost=True)
    return Saved(theirs)


async def delete_with_links(calls: Filters, base: Filter, tell: Callable[[FilterLink], None]) -> Saved:
    """Unlink and delete the filter that was read as `base`; v0 does both at once (platform-api.md §3.7, §3.8).

    `tell` is called with each link that is gone, since what follows may fail; raises as `save`.
    """
    if await calls.version() == "v1":
        for one in base.live_links:
            base = (await unlink(calls, base, one.id)).filter
            tell(one)
    return await delete(calls, base)


async def link(calls: Filters, base: Filter, wanted: FilterLink) -> Saved:
    """Link the filter that was read as `base`; raises as `save`. The result has the link."""
    theirs = await unchanged(calls, base, is_replaced=False)
    try:
        await calls.link(theirs.id, wanted)
        return Saved(await calls.get(theirs.id, theirs.subscription))
    except OutcomeUnknown as unknown:
        now = await _again(calls.get(theirs.id, theirs.subscription), unknown)
        if not now.live_links:
            raise _not_made(theirs) from None
        return Saved(now, was_lost=True)


async def unlink(calls: Filters, base: Filter, link_id: str) -> Saved:
    """Take a link from the filter that was read as `base`; raises as `save`. The result has it no more."""
    theirs = await unchanged(calls, base, is_replaced=False)
    try:
        await calls.unlink(link_id)
        return Saved(await calls.get(theirs.id, theirs.subscription))
    except OutcomeUnknown as unknown:
        now = await _again(calls.get(theirs.id, theirs.subscription), unknown)
        if any(one.id == link_id for one in now.live_links):
            raise _not_made(theirs) from None
        return Saved(now, was_lost=True)


async def unchanged(calls: Filters, base: Filter, *, is_replaced: bool = True) -> Filter:
    """The filter as it is in force, if that is what was read as `base`; raises FilterConflict.

    A filter with something in it that could not be read is not replaced, since that would be lost: BadRequest.
    """
    try:
        theirs = await calls.get(base.id, base.subscription)
    except NotFound:
        raise FilterConflict(base, None) from None
    if theirs.deleted:
        raise FilterConflict(base, None)
    is_same = theirs.meaning == base.meaning if base.filter_version is None else True
    if theirs.filter_version != base.filter_version or not is_same:
        raise FilterConflict(base, theirs)
    if theirs.problem and is_replaced:
        raise BadRequest("The filter was not changed:", f"{theirs.problem}; a save would lose that.")
    return theirs


async def _judged(calls: Filters, theirs: Filter, written: Filter) -> Saved:
    """How many saves of somebody else came before ours; an answer that names no version is read back."""
    if written.filter_version is None:
        written = await calls.get(theirs.id, theirs.subscription)
    if written.filter_version is None or theirs.filter_version is None:
        return Saved(written, between=None)
    return Saved(written, between=max(0, written.filter_version - theirs.filter_version - 1))


async def _read_back(calls: Filters, theirs: Filter, sent: Filter, unknown: OutcomeUnknown) -> Saved:
    """What is in force after a lost answer: ours, theirs as it was, or something else of somebody."""
    now = await _again(calls.get(theirs.id, theirs.subscription), unknown)
    if now.filter_version == theirs.filter_version and now.meaning == theirs.meaning != sent.meaning:
        raise _not_made(theirs) from None
    if now.meaning != sent.meaning:
        raise FilterConflict(theirs, now) from None
    return replace(await _judged(calls, theirs, now), was_lost=True)


async def _again(asked: Awaitable[T], unknown: OutcomeUnknown) -> T:
    """What a read finds out after a lost answer; where it fails too, nobody knows."""
    try:
        return await asked
    except NotFound:
        raise
    except PlatformError as error:
        unknown.detail = f"{unknown.detail} Reading it back failed too: {error.title}".strip()
        raise unknown from None


def _not_made(filter_: Filter) -> NotMade:
    return NotMade(f"The answer was lost, and the change of “{filter_.name}” is not in force.", hint="Try again.")


def _with_unknown(wanted: tuple[Rule, ...], theirs: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Rules with the unknown fields of those that they were made from: in order those with the same path."""
    unknown: dict[str, list[Rule]] = {}
    for rule in theirs:
        unknown.setdefault(rule.path, []).append(rule)
    found = []
    for rule in wanted:
        same = unknown.get(rule.path)
        origin = same.pop(0) if same else rule
        found.append(rule if rule.extra else replace(rule, extra=origin.extra))
    return tuple(found)
