"""Reading what an organization consists of: environments, sources, destinations (platform-api.md §3.10, §3.11)."""

from redox_tui.api import directory_wire, endpoints
from redox_tui.api.funnel import Call
from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Environment, Party


class DirectoryCalls:
    """The lists that have no paging."""

    def __init__(self, call: Call, connection: Connection) -> None:
        self._call = call
        self._organization = connection.organization

    async def environments(self) -> tuple[Environment, ...]:
        """The environments that the caller is a member of."""
        ids = {"organization": self._organization}
        return await self._call(endpoints.ENVIRONMENTS, ids, read=directory_wire.read_environments)

    async def sources(self, environment: str) -> tuple[Party, ...]:
        """The sources of an environment."""
        ids = {"environment": environment}
        return await self._call(endpoints.SOURCES, ids, read=lambda body: directory_wire.read_parties(body, "sources"))

    async def destinations(self, environment: str) -> tuple[Party, ...]:
        """The destinations of an environment."""
        ids = {"environment": environment}
        return await self._call(
            endpoints.DESTINATIONS, ids, read=lambda body: directory_wire.read_parties(body, "destinations")
        )
