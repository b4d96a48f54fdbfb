"""The calls that list subscriptions: of an environment (v1) and of an organization (v0) (platform-api.md §3.9)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from redox_tui.simulator import filter_records
from redox_tui.simulator.answers import raw
from redox_tui.simulator.compact import dump
from redox_tui.simulator.directory_routes import check_environment, check_organization
from redox_tui.simulator.filter_store import Subscription
from redox_tui.simulator.paging import listed
from redox_tui.simulator.world import World


def subscription_routes(world: World) -> list[Route]:
    """The routes of subscriptions."""
    calls = _Subscriptions(world)
    return [
        Route("/platform/v1/environments/{environment}/subscriptions", calls.of_environment, methods=["GET"]),
        Route("/platform/v0/organizations/{organization}/subscriptions", calls.of_organization, methods=["GET"]),
    ]


@dataclass(frozen=True, slots=True)
class _Subscriptions:
    world: World

    async def of_environment(self, request: Request) -> Response:
        environment = check_environment(self.world, request)
        every = self.world.filters.subscriptions.values() if environment is self.world.production else ()
        found = [filter_records.subscription(one) for one in every if _fits(one, request)]
        return listed(request, "subscriptions", found)

    async def of_organization(self, request: Request) -> Response:
        check_organization(self.world, request)
        every = self.world.filters.subscriptions.values()
        return raw(dump({"payload": {"subscriptions": [filter_records.subscription(one) for one in every]}}))


def _fits(one: Subscription, request: Request) -> bool:
    asked = request.query_params
    source, destination, model = one.key
    texts = (source, destination, one.source.name, one.destination.name)
    organizations = str(one.source.organization.id), str(one.destination.organization.id)
    return (
        asked.get("sourceId", source) == source
        and asked.get("destinationId", destination) == destination
        and asked.get("dataModel", model) == model
        and any(asked.get("searchTerm", "").casefold() in text.casefold() for text in texts)
        and asked.get("sourceOrganizationId", organizations[0]) == organizations[0]
        and asked.get("destinationOrganizationId", organizations[1]) == organizations[1]
        and asked.get("connectingOrganizationId", organizations[0]) in organizations
    )
