"""Finding the filter of a log through subscriptions and links, and the version that decided on it, in few requests.

Nothing here knows a screen: the log's tab, the filter editor and the headless command ask the same.
"""

from typing import Final

from redox_tui.api.errors import BadRequest, NotAuthorized, NotFound
from redox_tui.api.protocol import Client
from redox_tui.domain.filter_list import FilterSearch, versions_of
from redox_tui.domain.filters import Filter
from redox_tui.domain.in_force import Decided, InForce, acts_on, deciding_operation, links_to, why_never
from redox_tui.domain.logs import Log
from redox_tui.domain.models import same_model
from redox_tui.domain.subscriptions import Subscription, SubscriptionSearch

_MOST_PAGES: Final = 10
"""Pages of a list that are looked through; lists are asked for one source and one destination, so one is usual."""

_MOST: Final = _MOST_PAGES * 50
"""What stands on so many pages (platform-api.md §2.2)."""


async def filter_of(client: Client, log: Log) -> InForce:
    """The filter that acts on a log's subscription now, or why there is none; raises PlatformError.

    By v1 it takes a page of subscriptions and a page of filters; by v0 a list of the organization's subscriptions too,
    and one of the filters of each that fits.
    """
    if why := why_never(log):
        return InForce(why_none=why)
    subscription = None
    try:
        subscription, is_whole = await _subscription(client, log)
        if subscription is None:
            where = "There is no subscription" if is_whole else f"Among the first {_MOST} there is no subscription"
            return InForce(why_none=f"{where} of {_route(log)} now.")
        candidates, is_whole = await _filters(client, log, subscription)
    except NotAuthorized as error:
        return InForce(subscription, why_none=str(error), is_refused=True)
    except (BadRequest, NotFound) as error:
        return InForce(subscription, why_none=str(error))
    if found := next((one for one in candidates if acts_on(one, log)), None):
        return InForce(subscription, found)
    if not is_whole:
        return InForce(
            subscription, why_none=f"None of the first {_MOST} filters acts on it; the others were not read."
        )
    return InForce(subscription, why_none=_why_none(candidates, log))


async def decided_by(client: Client, log: Log, now: InForce) -> Decided | None:
    """The filter that ran in the log's latest attempt, as it was then; None where none ran as far as is known.

    Raises PlatformError.
    """
    operation = deciding_operation(log)
    if operation is None or not operation.operation_id:
        return None
    current = now.filter
    if current and current.id == operation.operation_id and current.filter_version == operation.version:
        return Decided(operation, current, is_now=True)
    if operation.version is None:
        return Decided(operation, why_none="The log does not say in which version it ran.")
    try:
        versions, is_whole = await _versions(client, log, operation.operation_id)
    except NotAuthorized as error:
        return Decided(operation, why_none=str(error))
    except (NotFound, BadRequest):
        versions, is_whole = (), True
    then = next((one for one in versions if one.filter_version == operation.version), None)
    if then:
        return Decided(operation, then)
    if not is_whole:
        return Decided(operation, why_none=f"Version {operation.version} of it is not among those that could be read.")
    return Decided(operation, why_none=f"The server does not have version {operation.version} of it any more.")


async def _subscription(client: Client, log: Log) -> tuple[Subscription | None, bool]:
    """The subscription of a log; and whether all have been looked through where there is none."""
    search = SubscriptionSearch(*_ends(log))
    page = 1
    for _ in range(_MOST_PAGES):
        answer = await client.subscriptions.list(search, page)
        if found := next((one for one in answer.subscriptions if _is_of(one, log)), None):
            return found, True
        if not answer.next or answer.next <= page:
            return None, True
        page = answer.next
    return None, False


async def _filters(client: Client, log: Log, subscription: Subscription) -> tuple[tuple[Filter, ...], bool]:
    """The filters that may act: those of the list by source and destination, or those of the subscription by v0."""
    try:
        return await _listed(client, log, deleted=False)
    except (BadRequest, NotFound) as missing:
        # v1 lists by environment only; without one, v0 is asked about the subscription itself.
        if not subscription.id:
            raise
        try:
            return await client.filters.of_subscription(subscription.id), True
        except NotFound:
            raise missing from None


async def _listed(client: Client, log: Log, *, deleted: bool) -> tuple[tuple[Filter, ...], bool]:
    """Filters that are linked to a log's source and destination; and whether these are all of them."""
    source, destination = _ends(log)
    search = FilterSearch(source=source, destination=destination, deleted=deleted)
    found: list[Filter] = []
    page = 1
    for _ in range(_MOST_PAGES):
        answer = await client.filters.list(search, page)
        found += answer.filters
        if not answer.next or answer.next <= page:
            return tuple(found), True
        page = answer.next
    return tuple(found), False


async def _versions(client: Client, log: Log, filter_id: str) -> tuple[tuple[Filter, ...], bool]:
    """The versions of a filter among those that are or were linked here, else all that there are.

    And whether that are all; without an environment only the one in force can be read by its id.
    """
    try:
        listed, is_whole = await _listed(client, log, deleted=True)
    except (BadRequest, NotFound):
        subscription, is_whole = await _subscription(client, log)
        listed = await client.filters.of_subscription(subscription.id, deleted=True) if subscription else ()
    if here := versions_of(filter_id, listed):
        return here, is_whole
    try:
        # It may have been linked elsewhere since.
        return await client.filters.versions(filter_id), True
    except BadRequest:
        return (await client.filters.get(filter_id),), False


def _ends(log: Log) -> tuple[str | None, str | None]:
    return log.source.id if log.source else None, log.destination.id if log.destination else None


def _is_of(one: Subscription, log: Log) -> bool:
    ends = (one.source.id if one.source else None, one.destination.id if one.destination else None)
    return ends == _ends(log) and not one.deleted_at and same_model(one.data_model or "", log.data_model or "")


def _why_none(candidates: tuple[Filter, ...], log: Log) -> str:
    for one in candidates:
        if not one.deleted and (links := links_to(one, log)):
            events = ", ".join(sorted({link.event_type or "" for link in links}))
            return f"The filter “{one.name}” of this subscription acts on {events} only."
    sent = " It was sent; filters act on what an organization receives." if log.type == "send" else ""
    return f"No filter is linked to this subscription now, so nothing stops its messages.{sent}"


def _route(log: Log) -> str:
    names = [(party.name or party.id or "–") if party else "–" for party in (log.source, log.destination)]
    return f"{names[0]} → {names[1]} · {log.data_model}"
