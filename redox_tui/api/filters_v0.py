"""Filters by the calls of v0: one of a subscription, created and changed by the same call (platform-api.md §3.7)."""

import asyncio
from dataclasses import replace

from redox_tui.api import endpoints, filter_wire, wire
from redox_tui.api.endpoints import Endpoint
from redox_tui.api.errors import BadAnswer, BadRequest, NotFound
from redox_tui.api.funnel import Call
from redox_tui.api.subscriptions import SubscriptionCalls
from redox_tui.domain.connection import Connection
from redox_tui.domain.filter_list import FilterPage, FilterSearch, Restored, newest_of_each, versions_of
from redox_tui.domain.filters import Filter, FilterLink
from redox_tui.domain.logs import Party
from redox_tui.domain.models import same_model
from redox_tui.domain.subscriptions import Subscription, SubscriptionSearch

_AT_ONCE = 8
"""Subscriptions that are asked for their filters at the same time."""

_NO_LINKS = "v0 has no calls for links: a filter belongs to its subscription as long as it lives."


class SubscriptionFilters:
    """The filters of all subscriptions, one call for each. Every method raises PlatformError."""

    def __init__(self, call: Call, connection: Connection, subscriptions: SubscriptionCalls) -> None:
        self._call = call
        self._connection = connection
        self._subscriptions = subscriptions
        self._known_places: dict[str, Subscription] = {}

    async def list(self, search: FilterSearch, page: int = 1) -> FilterPage:
        """The filters of a page of subscriptions, of which each has one living filter mostly: v0 lists no others."""
        answer = await self._subscriptions.list(SubscriptionSearch(), page)
        if answer.subscriptions and not any(one.id for one in answer.subscriptions):
            raise BadAnswer("Filters of subscriptions cannot be listed:", "the server gives its subscriptions no ids.")
        self._known_places |= {one.id: one for one in answer.subscriptions}
        room = asyncio.Semaphore(_AT_ONCE)

        async def read(place: Subscription) -> tuple[Filter, ...]:
            async with room:
                return await self.of(place.id, deleted=search.deleted)

        lists = await asyncio.gather(*(read(one) for one in answer.subscriptions if one.id and _fits(one, search)))
        wanted = (search.name or "").casefold()
        found = tuple(one for filters in lists for one in filters if wanted in one.name.casefold())
        more = answer.next if answer.next and answer.next > page else None
        return FilterPage(found, None if more or page > 1 else len(newest_of_each(found)), more)

    async def of(self, subscription: str, *, deleted: bool = False) -> tuple[Filter, ...]:
        """The filters of a subscription; with `deleted` older versions too.

        Their links have ids alone; names are those of the subscription, where that was listed.
        """
        query = {endpoints.SHOW_DELETED: "true"} if deleted else None
        page = await self._call(
            endpoints.FILTERS_OF_SUBSCRIPTION,
            {"subscription": subscription},
            read=lambda body: filter_wire.read_filters(body, subscription),
            query=query,
        )
        place = self._known_places.get(subscription)
        return tuple(_with_names(one, place) for one in page.filters) if place else page.filters

    async def get(self, filter_id: str, subscription: str | None = None) -> Filter:
        """One filter by its id, deleted or not; without its subscription all of them are asked."""
        found = await self._everywhere(subscription)
        # Where the server names no versions, there is one.
        for one in versions_of(filter_id, found) or (one for one in found if one.id == filter_id):
            return one
        raise _missing()

    async def versions(self, filter_id: str, subscription: str | None = None) -> tuple[Filter, ...]:
        """Every version of a filter that the server still has, newest first."""
        if versions := versions_of(filter_id, await self._everywhere(subscription)):
            return versions
        raise _missing()

    async def create(self, wanted: Filter, subscription: str | None = None) -> Filter:
        """A new filter of a subscription; it acts at once."""
        return await self._save(replace(wanted, id=""), subscription)

    async def update(self, wanted: Filter) -> Filter:
        """Replace name, action and rules; in force at once."""
        return await self._save(wanted, wanted.subscription)

    async def delete(self, wanted: Filter) -> None:
        """Take the filter from its subscription."""
        ids = {"subscription": self._known(wanted.subscription), "filter": wanted.id}
        await self._call(endpoints.DELETE_FILTER_OF_SUBSCRIPTION, ids, read=wire.read_nothing)

    async def restore(self, current: Filter, wanted: Filter, *, dry_run: bool) -> Restored:
        """Save the content of another version again; v0 has no call of its own for that."""
        again = replace(current, name=wanted.name, action=wanted.action, rules=wanted.rules)
        return Restored(current, again if dry_run else await self.update(again))

    async def link(self, filter_id: str, link: FilterLink) -> FilterLink:
        """Not possible in v0."""
        raise BadRequest(_NO_LINKS)

    async def get_link(self, link_id: str) -> FilterLink:
        """Not possible in v0."""
        raise BadRequest(_NO_LINKS)

    async def unlink(self, link_id: str) -> None:
        """Not possible in v0."""
        raise BadRequest(_NO_LINKS)

    async def _everywhere(self, subscription: str | None) -> tuple[Filter, ...]:
        if subscription:
            return await self.of(subscription, deleted=True)
        return await self._every(FilterSearch(deleted=True))

    async def _every(self, search: FilterSearch) -> tuple[Filter, ...]:
        found: tuple[Filter, ...] = ()
        page: int | None = 1
        while page:
            answer = await self.list(search, page)
            found += answer.filters
            page = answer.next
        return found

    async def _save(self, wanted: Filter, subscription: str | None) -> Filter:
        place = self._known(subscription)
        body = filter_wire.v0_body(replace(wanted, environment=wanted.environment or self._connection.environment))

        def read(answer: bytes) -> Filter:
            return filter_wire.read_filter(answer, place)

        async def sent(endpoint: Endpoint) -> Filter:
            return await self._call(endpoint, {"subscription": place}, read=read, body=body)

        try:
            return await sent(endpoints.SAVE_FILTER_OF_SUBSCRIPTION)
        except NotFound as missing:
            # The other method that the documents allow; the first one does not exist, so nothing was saved by it.
            try:
                return await sent(endpoints.PUT_FILTER_OF_SUBSCRIPTION)
            except NotFound:
                raise missing from None

    def _known(self, subscription: str | None) -> str:
        if not subscription:
            raise BadRequest("v0 speaks of the filter of a subscription.", hint="Say which with subscriptionId.")
        return subscription


def _missing() -> NotFound:
    return NotFound("The server does not have the filter.", "No subscription has one with this id.", "Check the id.")


def _with_names(one: Filter, place: Subscription) -> Filter:
    links = (
        replace(
            link,
            source=_named(link.source, place.source),
            destination=_named(link.destination, place.destination),
        )
        for link in one.links
    )
    return replace(one, links=tuple(links))


def _named(party: Party | None, known: Party | None) -> Party | None:
    return known if party and known and party.id == known.id and party.name is None else party


def _fits(place: Subscription, search: FilterSearch) -> bool:
    source = place.source.id if place.source else None
    destination = place.destination.id if place.destination else None
    return (
        (
            search.data_model is None
            or (place.data_model is not None and same_model(place.data_model, search.data_model))
        )
        and (search.source is None or search.source == source)
        and (search.destination is None or search.destination == destination)
        and (search.connection is None or search.connection in (source, destination))
    )
