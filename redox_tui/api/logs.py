"""Reading logs: a page of a search, and one log by its id."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from redox_tui.api import endpoints, wire
from redox_tui.api.errors import BadRequest, NotFound
from redox_tui.api.funnel import Call
from redox_tui.api.protocol import Urgency
from redox_tui.api.several import Several
from redox_tui.api.split import Searches
from redox_tui.domain.connection import Connection, Generation
from redox_tui.domain.logs import FIRST_PAGE, LogDetail, LogPage, PageRef
from redox_tui.domain.query import LogSearch

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
        self._organization = connection.organization
        self._environment = connection.environment
        self._generation: Generation | None = connection.generation

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        """One page of a search, newest first (platform-api.md §3.1, §3.4)."""
        if self._generation:
            return await self._page(self._generation, search, ref, count, urgency)
        likely: Generation = "environment" if self._environment else "organization"
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
                return await self._call(endpoints.LOG, ids, read=wire.read_detail, query=query, urgency=urgency)
            except NotFound as error:
                missing = missing or error
            except BadRequest:
                if not missing:
                    raise
        raise NotFound(
            f"No log has the id {log_id}.", missing.detail if missing else "", "Check the id and the organization."
        )

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

        page = await self._several.page(read_in_parts, search, ref, count)
        is_elsewhere = self._environment and generation == "organization"
        return replace(page, note=_WHOLE_ORGANIZATION) if is_elsewhere else page

    async def _read(
        self, generation: Generation, search: LogSearch, ref: PageRef, count: int, urgency: Urgency
    ) -> LogPage:
        endpoint = endpoints.list_endpoint(generation, search)
        asked = endpoints.list_parameters(generation, search)
        ids = {"organization": self._organization} | ({"environment": self._environment} if self._environment else {})
        paging: dict[str, str | int] = {endpoints.COUNT: count}
        if isinstance(ref, str):
            paging[endpoints.CURSOR] = ref
        elif isinstance(ref, int) and (generation == "organization" or ref != FIRST_PAGE):
            paging[endpoints.PAGE] = ref
        is_get = endpoint.method == "GET"
        page = await self._call(
            endpoint,
            ids,
            read=lambda body: wire.read_page(body, ref),
            query=paging | asked if is_get else paging,
            body=None if is_get else asked,
            urgency=urgency,
        )
        is_full = len(page.logs) >= min(count, page.size or count)
        if generation == "organization" and isinstance(ref, int) and page.next is page.total is None and is_full:
            # Nothing says that more follow, but a full page is no proof of the end; the next one may be empty.
            return replace(page, next=ref + 1)
        return page
