"""A client on the simulator in this process, in either generation, with what it asked."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.policy import Patience
from redox_tui.domain.connection import Connection
from redox_tui.simulator import network
from redox_tui.simulator.app import simulator
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World


@dataclass(slots=True)
class Asked(httpx.AsyncBaseTransport):
    """Passes calls on to the simulator, and answers a status where a path is refused."""

    inner: httpx.AsyncBaseTransport
    paths: list[str] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        if status := next((code for part, code in self.refused.items() if part in request.url.path), None):
            error = {"title": "No", "detail": "Out of order today."}
            body = json.dumps({"payload": {"errors": [error]}}).encode()
            return httpx.Response(status, stream=httpx.ByteStream(body))
        return await self.inner.handle_async_request(request)


@dataclass(frozen=True, slots=True)
class Simulated:
    """A client and what it has asked."""

    client: PlatformClient
    asked: Asked


@asynccontextmanager
async def simulated(
    world: World,
    generation: Generation = "organization",
    *,
    environment: str | None = network.PRODUCTION.id,
    refused: dict[str, int] | None = None,
) -> AsyncIterator[Simulated]:
    """A client that is signed in to a simulator over this world; parts of paths may be refused with a status."""
    tokens = Tokens()
    app = simulator(world, tokens=tokens, generation=generation)
    asked = Asked(httpx.ASGITransport(app, raise_app_exceptions=False), refused=refused or {})
    connection = Connection("http://127.0.0.1", str(network.OWN.id), environment, generation if environment else None)
    client = PlatformClient(
        connection, lambda _: GivenToken(tokens.session()), transport=asked, patience=Patience(tries=1, pause=0)
    )
    try:
        yield Simulated(client, asked)
    finally:
        await client.aclose()
