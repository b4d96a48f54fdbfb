"""Filters by the calls of v1: of an environment, with links of their own (platform-api.md §3.8)."""

from redox_tui.api import endpoints, filter_wire, wire
from redox_tui.api.errors import BadRequest, NotFound
from redox_tui.api.funnel import Call
from redox_tui.domain.connection import Connection
from redox_tui.domain.filter_list import FilterPage, FilterSearch, Restored, versions_of
from redox_tui.domain.filters import Filter, FilterLink

PAGE_SIZE = 50
"""The most that a page may hold (platform-api.md §2.2)."""


class EnvironmentFilters:
    """The filters of the connection's environment. Every method raises PlatformError; none changes anything twice."""

    def __init__(self, call: Call, connection: Connection) -> None:
        self._call = call
        self._connection = connection

    async def list(self, search: FilterSearch, page: int = 1) -> FilterPage:
        """One page of filters; with `deleted` there are older versions among them."""
        paging = {endpoints.PAGE: page, endpoints.COUNT: PAGE_SIZE}
        query = paging | endpoints.filter_parameters(search)
        ids = {"environment": self._environment()}
        return await self._call(
            endpoints.FILTERS_OF_ENVIRONMENT,
            ids,
            read=lambda body: filter_wire.read_filters(body, page=page),
            query=query,
        )

    async def get(self, filter_id: str, subscription: str | None = None) -> Filter:
        """One filter by its id, with its links."""
        return await self._call(endpoints.FILTER, {"filter": filter_id}, read=filter_wire.read_filter)

    async def versions(self, filter_id: str, subscription: str | None = None) -> tuple[Filter, ...]:
        """Every version that the list has, newest first; the one in force always."""
        found: list[Filter] = []
        deleted = NotFound("The server does not have the filter with a version.")
        try:
            found.append(await self.get(filter_id))
        except NotFound as missing:
            deleted = missing
        page: int | None = 1
        while page:
            answer = await self.list(FilterSearch(deleted=True), page)
            found += answer.filters
            page = answer.next if answer.next and answer.next > page else None
        if versions := versions_of(filter_id, found):
            return versions
        raise deleted

    async def create(self, wanted: Filter, subscription: str | None = None) -> Filter:
        """A new filter; it does nothing until it is linked."""
        body = filter_wire.v1_create_body(wanted)
        try:
            return await self._call(endpoints.CREATE_FILTER, {}, read=filter_wire.read_filter, body=body)
        except NotFound as missing:
            # The other path that the documents allow; the first one does not exist, so nothing was created by it.
            ids = {"environment": wanted.environment or self._environment()}
            try:
                there = endpoints.CREATE_FILTER_OF_ENVIRONMENT
                return await self._call(there, ids, read=filter_wire.read_filter, body=body)
            except NotFound:
                raise missing from None

    async def update(self, wanted: Filter) -> Filter:
        """Replace name, action and rules; in force at once wherever it is linked."""
        body = filter_wire.body_of(wanted)
        return await self._call(endpoints.UPDATE_FILTER, {"filter": wanted.id}, read=filter_wire.read_filter, body=body)

    async def delete(self, wanted: Filter) -> None:
        """Delete a filter that has no link any more."""
        await self._call(endpoints.DELETE_FILTER, {"filter": wanted.id}, read=wire.read_nothing)

    async def restore(self, current: Filter, wanted: Filter, *, dry_run: bool) -> Restored:
        """Bring the content of another version back, or only see what that would do."""
        return await self._call(
            endpoints.TRY_RESTORE if dry_run else endpoints.RESTORE_FILTER,
            {"filter": current.id},
            read=filter_wire.read_restored,
            query={endpoints.DRY_RUN: "true" if dry_run else "false"},
            body={"version": wanted.filter_version},
        )

    async def link(self, filter_id: str, link: FilterLink) -> FilterLink:
        """Let a filter act on a subscription, at once."""
        body = filter_wire.link_body(link)
        return await self._call(endpoints.CREATE_LINK, {"filter": filter_id}, read=filter_wire.read_link, body=body)

    async def get_link(self, link_id: str) -> FilterLink:
        """One link by its id."""
        return await self._call(endpoints.LINK, {"link": link_id}, read=filter_wire.read_link)

    async def unlink(self, link_id: str) -> None:
        """The filter stops acting on the subscription, at once."""
        await self._call(endpoints.DELETE_LINK, {"link": link_id}, read=wire.read_nothing)

    def _environment(self) -> str:
        if not self._connection.environment:
            raise BadRequest("Filters are listed by environment.", hint="Name one with --environment ID.")
        return self._connection.environment
