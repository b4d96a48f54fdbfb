"""The log inspector: a dry run of one log with today's settings, which sends nothing (platform-api.md §3.6)."""

import json
from typing import Any, Final

from redox_tui.api import endpoints
from redox_tui.api.directory import DirectoryCalls
from redox_tui.api.errors import BadRequest
from redox_tui.api.funnel import Call
from redox_tui.api.inspection_wire import read_inspection
from redox_tui.domain.connection import Connection
from redox_tui.domain.inspection import Inspection
from redox_tui.domain.logs import Environment, Log

_MOST_ENVIRONMENTS: Final = 10
"""Environments whose sources and destinations are looked through for those of a log."""


class InspectorCalls:
    """Dry runs. Where the connection names no environment and the log neither, it is looked for once and kept."""

    def __init__(self, call: Call, connection: Connection, directory: DirectoryCalls) -> None:
        self._call = call
        self._environment = connection.environment
        self._directory = directory
        self._found: dict[str, str] = {}

    async def run(self, log: Log) -> Inspection:
        """Run a log's message through the operations as they are set up now; raises PlatformError."""
        environment = self._environment or _named_in(log) or await self._look_for(log)
        body: dict[str, Any] = {"environment": {"id": environment}}
        return await self._call(endpoints.INSPECTOR, {"log": log.id}, read=read_inspection, body=body)

    async def _look_for(self, log: Log) -> str:
        """The only environment, or that which has the log's source or destination."""
        ends = {party.id for party in (log.source, log.destination) if party and party.id}
        for end in ends & self._found.keys():
            return self._found[end]
        environments = (await self._directory.environments())[:_MOST_ENVIRONMENTS]
        if len(environments) == 1:
            return environments[0].id
        for environment in environments if ends else ():
            if own := await self._own(environment, ends):
                self._found[own] = environment.id
                return environment.id
        raise BadRequest(
            "The inspector has to be told the log's environment, and nothing says which it is.",
            hint="Name one with --environment ID, or in the profile.",
        )

    async def _own(self, environment: Environment, ends: set[str]) -> str | None:
        for read in (self._directory.destinations, self._directory.sources):
            if found := next((party.id for party in await read(environment.id) if party.id in ends), None):
                return found
        return None


def _named_in(log: Log) -> str | None:
    """The environment that the log's record names; that it does is inferred (platform-api.md §3.3)."""
    try:
        record = json.loads(log.record or b"{}")
    except (ValueError, RecursionError):
        return None
    match record:
        case {"environment": {"id": str(found)}} | {"environmentId": str(found)} if found:
            return found
    return None
