"""The calls that list what there is: environments, sources and destinations (platform-api.md §3.10, §3.11)."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from redox_tui.simulator import network
from redox_tui.simulator.answers import Refused, wrapped
from redox_tui.simulator.compact import dump
from redox_tui.simulator.network import Environment, Party
from redox_tui.simulator.parameters import REGION
from redox_tui.simulator.world import World


def directory_routes(world: World) -> list[Route]:
    """The routes of the directory, the same in every generation."""
    directory = _Directory(world)
    of_environment = "/platform/v1/environments/{environment}"
    return [
        Route("/platform/v1/organizations/{organization}/environments", directory.environments, methods=["GET"]),
        Route(of_environment + "/sources", directory.sources, methods=["GET"]),
        Route(of_environment + "/destinations", directory.destinations, methods=["GET"]),
    ]


def check_organization(world: World, request: Request) -> None:
    """Refuse with 404 a path with another organization than the world's."""
    if request.path_params["organization"] != str(world.organization.id):
        raise Refused(404, "This organization does not exist, or you are not a member of it.")


def check_environment(world: World, request: Request) -> Environment:
    """The environment of the path; refused with 404 if there is none."""
    for environment in world.environments:
        if environment.id == request.path_params["environment"]:
            return environment
    raise Refused(404, "This environment does not exist, or you are not a member of it.")


@dataclass(frozen=True, slots=True)
class _Directory:
    world: World

    async def environments(self, request: Request) -> Response:
        check_organization(self.world, request)
        listed = [
            {
                "id": environment.id,
                "name": environment.name,
                "environmentFlag": environment.flag,
                "organization": {"id": self.world.organization.id},
            }
            for environment in self.world.environments
        ]
        return wrapped(dump({"environments": listed}))

    async def sources(self, request: Request) -> Response:
        return self._parties(request, "sources", network.SOURCES)

    async def destinations(self, request: Request) -> Response:
        return self._parties(request, "destinations", network.DESTINATIONS)

    def _parties(self, request: Request, name: str, parties: Sequence[Party]) -> Response:
        """The parties that the organization owns; those of partners are in environments of theirs."""
        environment = check_environment(self.world, request)
        listed = [
            {
                "id": party.id,
                "name": party.name,
                "environment": {"id": environment.id, "environmentFlag": environment.flag},
                "serviceRegion": REGION,
            }
            for party in parties
            if party.organization is self.world.organization and environment is self.world.production
        ]
        return wrapped(dump({name: listed}))
