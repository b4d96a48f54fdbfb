"""Reading what an organization consists of: environments, sources, destinations (platform-api.md §3.10, §3.11)."""

from collections.abc import Awaitable, Callable, Mapping

from redox_tui.api import endpoints, wire
from redox_tui.api.endpoints import Endpoint
from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Environment, Party


class DirectoryCalls:
    """The lists that have no paging."""

    def __init__(self, call: Callable[[Endpoint, Mapping[str, str]], Awaitable[bytes]], connection: Connection) -> None:
        self._call = call
        self._organization = connection.organization

    async def environments(self) -> tuple[Environment, ...]:
        """The environments that the caller is a member of."""
        ids = {"organization": self._organization}
        return wire.read_environments(await self._call(endpoints.ENVIRONMENTS, ids))

    async def sources(self, environment: str) -> tuple[Party, ...]:
        """The sources of an environment."""
        ids = {"environment": environment}
        return wire.read_parties(await self._call(endpoints.SOURCES, ids), "sources")

    async def destinations(self, environment: str) -> tuple[Party, ...]:
        """The destinations of an environment."""
        ids = {"environment": environment}
        return wire.read_parties(await self._call(endpoints.DESTINATIONS, ids), "destinations")
