"""What the tests of the client start from: records, bodies, and a client of a scripted server."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.domain.connection import Connection, Generation

from .server import Server

TOKEN = "the-token-of-this-test"
ORGANIZATION = "12345"
ENVIRONMENT = "7b3d2a10-0000-4000-8000-000000000001"
LOGS_OF_ORGANIZATION = f"/platform/v1/organizations/{ORGANIZATION}/logs"
LOGS_OF_ENVIRONMENT = f"/platform/v1/environments/{ENVIRONMENT}/logs/search/metadata"


def page_body(ids: Iterable[str] = (), **meta: Any) -> bytes:
    """A list of logs with these ids."""
    return json.dumps({"meta": meta, "payload": {"results": [{"id": one} for one in ids]}}).encode()


def connection_to(url: str, environment: str | None = None, generation: Generation | None = None) -> Connection:
    return Connection(url, ORGANIZATION, environment, generation)


@asynccontextmanager
async def client_of(
    server: Server, environment: str | None = None, generation: Generation | None = None
) -> AsyncIterator[PlatformClient]:
    """A client with a given token, of a server that is up."""
    client = PlatformClient(connection_to(server.url, environment, generation), lambda _: GivenToken(TOKEN))
    try:
        yield client
    finally:
        await client.aclose()
