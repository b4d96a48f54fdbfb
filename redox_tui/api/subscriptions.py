"""Reading subscriptions, of an environment or of the whole organization (platform-api.md §3.9)."""

from redox_tui.api import endpoints, filter_wire
from redox_tui.api.errors import NotFound
from redox_tui.api.funnel import Call
from redox_tui.domain.connection import Connection
from redox_tui.domain.subscriptions import Subscription, SubscriptionPage, SubscriptionSearch

_PAGE_SIZE = 50


class SubscriptionCalls:
    """The subscriptions of the connection's environment; without one, those of the organization by the older call."""

    def __init__(self, call: Call, connection: Connection) -> None:
        self._call = call
        self._organization = connection.organization
        self._environment = connection.environment

    async def list(self, search: SubscriptionSearch, page: int = 1) -> SubscriptionPage:
        """One page. The older call has neither pages nor parameters: it answers all there are."""
        if not self._environment:
            return await self._of_organization()
        try:
            return await self._call(
                endpoints.SUBSCRIPTIONS,
                {"environment": self._environment},
                read=lambda body: filter_wire.read_subscriptions(body, page),
                query={endpoints.PAGE: page, endpoints.COUNT: _PAGE_SIZE, **endpoints.subscription_parameters(search)},
            )
        except NotFound as missing:
            if page > 1:
                raise
            try:
                return await self._of_organization()
            except NotFound:
                raise missing from None

    async def every(self, search: SubscriptionSearch) -> tuple[Subscription, ...]:
        """All pages together."""
        found: list[Subscription] = []
        page: int | None = 1
        while page:
            answer = await self.list(search, page)
            found += answer.subscriptions
            page = answer.next if answer.next and answer.next > page else None
        return tuple(found)

    async def _of_organization(self) -> SubscriptionPage:
        ids = {"organization": self._organization}
        return await self._call(endpoints.V0_SUBSCRIPTIONS, ids, read=filter_wire.read_subscriptions)
