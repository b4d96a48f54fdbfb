"""Reading logs: a page of a search, and one log by its id."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from redox_tui.api import curl, endpoints, log_wire
from redox_tui.api.endpoints import Endpoint
from redox_tui.api.errors import BadRequest, NotFound
from redox_tui.api.funnel import Call
from redox_tui.api.protocol import Urgency
from redox_tui.api.several import Several
from redox_tui.api.split import Searches
from redox_tui.domain.connection import Connection, Generation
from redox_tui.domain.logs import FIRST_PAGE, LogDetail, LogPage, PageRef
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.search import LogSearch

_WHOLE_ORGANIZATION = "not of this environment: logs of the whole organization"


class LogCalls:
    """Reading logs over either generation of the API. Where the connection names none, the first answer decides."""

    def __init__(
        self,
        call: Call,
        connection: Connection,
        *,
        tell: Callable[[str], None] = lambda words: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._call = call
        self._searches = Searches(tell, clock)
        self._several = Several()
        self._base_url = connection.base_url
        self._organization = connection.organization
        self._environment = connection.environment
        self._generation: Generation | None = connection.generation

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        """One page of a search, newest first (platform-api.md §3.1, §3.4)."""
        if self._generation:
            return await self._page(self._generation, search, ref, count, urgency)
        likely = self._likely
        try:
            page = await self._page(likely, search, ref, count, urgency)
        except NotFound as error:
            if likely == "organization":
                raise
            likely = "organization"
            page = await self._page_instead(error, search, ref, count, urgency)
        self._generation = likely
        return page

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        """One log. Without a data mode realtime is searched, then backfill, as the server looks at one only (§3.3)."""
        ids = {"organization": self._organization, "log": log_id}
        asked = [{endpoints.DATA_MODE: data_mode}] if data_mode else [{}, {endpoints.DATA_MODE: "backfill"}]
        missing: NotFound | None = None
        for query in asked:
            try:
                return await self._call(endpoints.LOG, ids, read=log_wire.read_detail, query=query, urgency=urgency)
            except NotFound as error:
                missing = missing or error
            except BadRequest:
                if not missing:
                    raise
        raise NotFound(
            f"No log has the id {log_id}.", missing.detail if missing else "", "Check the id and the organization."
        )

    def get_as_curl(self, log_id: str, data_mode: str | None = None) -> str:
        """The request of `get` for a shell; of two that may be needed the first."""
        url = self._url(endpoints.LOG, {"organization": self._organization, "log": log_id})
        return curl.as_curl("GET", url, query={endpoints.DATA_MODE: data_mode} if data_mode else None)

    def page_as_curl(self, search: LogSearch, count: int = PAGE_SIZE) -> str:
        """The requests of the first page of a search for a shell, a line for each list that it is made of."""
        return "\n".join(self._as_curl(self._generation or self._likely, one, count) for one in search.each)

    def _as_curl(self, generation: Generation, search: LogSearch, count: int) -> str:
        if "patient" in dict(search.terms):
            search = search.only("patient", curl.PATIENT)
        endpoint, ids, query, body = self._request(generation, search, FIRST_PAGE, count)
        return curl.as_curl(endpoint.method, self._url(endpoint, ids), query=query, body=body)

    def _url(self, endpoint: Endpoint, ids: Mapping[str, str]) -> str:
        return self._base_url.rstrip("/") + endpoint.url_path(**ids)

    @property
    def _likely(self) -> Generation:
        return "environment" if self._environment else "organization"

    async def _page_instead(
        self, error: NotFound, search: LogSearch, ref: PageRef, count: int, urgency: Urgency
    ) -> LogPage:
        """A page of the organization's list where the environment's was not found; else that is the error."""
        try:
            return await self._page("organization", search, ref, count, urgency)
        except NotFound:
            raise error from None

    async def _page(
        self, generation: Generation, search: LogSearch, ref: PageRef, count: int, urgency: Urgency
    ) -> LogPage:
        async def read(search: LogSearch, ref: PageRef, count: int) -> LogPage:
            return await self._read(generation, search, ref, count, urgency)

        async def read_in_parts(search: LogSearch, ref: PageRef, count: int) -> LogPage:
            return await self._searches.page(read, search, ref, count)

        # Who counts asks for less where a range is too slow; parts would cost more requests than counting may.
        way = read if urgency is Urgency.COUNTING else read_in_parts
        page = await self._several.page(way, search, ref, count)
        is_elsewhere = self._environment and generation == "organization"
        return replace(page, note=_WHOLE_ORGANIZATION) if is_elsewhere else page

    async def _read(
        self, generation: Generation, search: LogSearch, ref: PageRef, count: int, urgency: Urgency
    ) -> LogPage:
        endpoint, ids, query, body = self._request(generation, search, ref, count)
        page = await self._call(
            endpoint, ids, read=lambda body: log_wire.read_page(body, ref), query=query, body=body, urgency=urgency
        )
        is_full = len(page.logs) >= min(count, page.size or count)
        if generation == "organization" and isinstance(ref, int) and page.next is page.total is None and is_full:
            # Nothing says that more follow, but a full page is no proof of the end; the next one may be empty.
            return replace(page, next=ref + 1)
        return page

    def _request(
        self, generation: Generation, search: LogSearch, ref: PageRef, count: int
    ) -> tuple[Endpoint, dict[str, str], dict[str, Any], dict[str, Any] | None]:
        """The call of a page, what its path names, its query and its body."""
        endpoint = endpoints.list_endpoint(generation, search)
        asked = endpoints.list_parameters(generation, search)
        ids = {"organization": self._organization} | ({"environment": self._environment} if self._environment else {})
        paging: dict[str, Any] = {endpoints.COUNT: count}
        if isinstance(ref, str):
            paging[endpoints.CURSOR] = ref
        elif isinstance(ref, int) and (generation == "organization" or ref != FIRST_PAGE):
            paging[endpoints.PAGE] = ref
        return (endpoint, ids, paging | asked, None) if endpoint.method == "GET" else (endpoint, ids, paging, asked)
