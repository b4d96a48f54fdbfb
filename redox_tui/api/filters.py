"""Filters by whichever calls the server has: v1, or v0 where it has no other (platform-api.md §3.7, §3.8).

A change is sent once. Whether it was made when its answer is lost, and whether somebody else saved meanwhile, is for
`safe_write` to find out.
"""

from typing import Final, TypeAlias

from redox_tui.api.errors import BadRequest, NotFound
from redox_tui.api.filters_v0 import SubscriptionFilters
from redox_tui.api.filters_v1 import EnvironmentFilters
from redox_tui.api.funnel import Call
from redox_tui.api.subscriptions import SubscriptionCalls
from redox_tui.domain.connection import Connection, FilterVersion
from redox_tui.domain.filter_list import FilterPage, FilterSearch, Restored
from redox_tui.domain.filters import Filter, FilterLink

V0_NOTICE: Final = "this change goes through v0 of the API, which may be switched off at 30 days' notice"
"""What is said where something is written through v0 (platform-api.md §1.1)."""

_Calls: TypeAlias = EnvironmentFilters | SubscriptionFilters


class FilterCalls:
    """The filters of a connection. Every method raises PlatformError.

    Where the connection does not say which calls to use, the first list decides: v1, and v0 where that is not found.
    """

    def __init__(self, call: Call, connection: Connection, subscriptions: SubscriptionCalls) -> None:
        self._v1 = EnvironmentFilters(call, connection)
        self._v0 = SubscriptionFilters(call, connection, subscriptions)
        self._version: FilterVersion | None = connection.filters
        self._can_try = bool(connection.environment)

    async def version(self) -> FilterVersion:
        """Which calls are in use; asks the server for a list where that is not known yet."""
        if self._version is None and self._can_try:
            await self.list(FilterSearch())
        return self._version or "v1"

    async def notice(self) -> str:
        """What has to be said before something is written; empty for v1."""
        return V0_NOTICE if await self.version() == "v0" else ""

    async def list(self, search: FilterSearch, page: int = 1) -> FilterPage:
        """One page of filters; with `deleted` there are older versions and deleted ones among them."""
        if self._version:
            return await self._calls.list(search, page)
        try:
            found = await self._v1.list(search, page)
            self._version = "v1"
        except NotFound as missing:
            try:
                found = await self._v0.list(search, page)
            except (NotFound, BadRequest):
                raise missing from None
            self._version = "v0"
        return found

    async def every(self, search: FilterSearch) -> tuple[Filter, ...]:
        """All pages of a list together."""
        found: list[Filter] = []
        page: int | None = 1
        while page:
            answer = await self.list(search, page)
            found += answer.filters
            page = answer.next if answer.next and answer.next > page else None
        return tuple(found)

    async def of_subscription(self, subscription: str, *, deleted: bool = False) -> tuple[Filter, ...]:
        """The filters of one subscription, by v0 whatever is in use else."""
        return await self._v0.of(subscription, deleted=deleted)

    async def get(self, filter_id: str, subscription: str | None = None) -> Filter:
        """One filter as it is in force now."""
        await self.version()
        return await self._calls.get(filter_id, subscription)

    async def versions(self, filter_id: str, subscription: str | None = None) -> tuple[Filter, ...]:
        """Every version of a filter that the server still has, newest first."""
        await self.version()
        return await self._calls.versions(filter_id, subscription)

    async def create(self, wanted: Filter) -> Filter:
        """A new filter; through v1 it does nothing until it is linked, through v0 it acts at once."""
        await self.version()
        return await self._calls.create(wanted, wanted.subscription)

    async def update(self, wanted: Filter) -> Filter:
        """Replace name, action and rules of the filter with this id."""
        await self.version()
        return await self._calls.update(wanted)

    async def delete(self, wanted: Filter) -> None:
        """Delete a filter; through v1 only without links."""
        await self.version()
        await self._calls.delete(wanted)

    async def restore(self, current: Filter, wanted: Filter, *, dry_run: bool) -> Restored:
        """Bring back the content of another version of a filter, or only see what that would do."""
        await self.version()
        return await self._calls.restore(current, wanted, dry_run=dry_run)

    async def link(self, filter_id: str, link: FilterLink) -> FilterLink:
        """Let a filter act on a subscription: source, destination and data model."""
        await self.version()
        return await self._calls.link(filter_id, link)

    async def get_link(self, link_id: str) -> FilterLink:
        """One link by its id."""
        await self.version()
        return await self._calls.get_link(link_id)

    async def unlink(self, link_id: str) -> None:
        """Let the filter of a link stop acting."""
        await self.version()
        await self._calls.unlink(link_id)

    @property
    def _calls(self) -> _Calls:
        return self._v0 if self._version == "v0" else self._v1
