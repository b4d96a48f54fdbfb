"""What a screen is given besides values: the client, made off the loop when it is first wanted, and a clock."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from redox_tui.api.protocol import Client
from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Environment


@dataclass(slots=True)
class Services:
    """The services of one connection. `connect` loads the network stack, so it runs in a thread, once."""

    connect: Callable[[], Client]
    connection: Connection
    clock: Callable[[], datetime]
    title: str = ""
    _client: asyncio.Task[Client] | None = field(default=None, init=False)

    def place(self, environment: Environment | None) -> str:
        """Where the logs are from: organization and environment, by name where that is known."""
        named = (environment and environment.name) or self.connection.environment
        return "/".join(part for part in (self.title, self.connection.organization, named) if part)

    async def client(self) -> Client:
        """The client; every caller waits for the same one."""
        if self._client is None:
            self._client = asyncio.create_task(asyncio.to_thread(self.connect))
        return await asyncio.shield(self._client)

    async def close(self) -> None:
        """Close the client if there is one."""
        if self._client and self._client.done() and not self._client.cancelled() and not self._client.exception():
            await self._client.result().aclose()
