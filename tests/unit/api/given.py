"""What the tests of the client start from: records, bodies, and a client of a scripted server."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import pytest

from redox_tui.api import endpoints, log_wire
from redox_tui.api.auth import AssertionTokens, GivenToken, TokenSource, read_key
from redox_tui.api.client import PlatformClient
from redox_tui.api.endpoints import Endpoint
from redox_tui.api.errors import PlatformError
from redox_tui.api.policy import Patience
from redox_tui.domain.connection import Connection, Generation

from . import keys
from .server import Server

T = TypeVar("T")

TOKEN = "the-token-of-this-test"
ORGANIZATION = "12345"
ENVIRONMENT = "7b3d2a10-0000-4000-8000-000000000001"
LOGS_OF_ORGANIZATION = f"/platform/v1/organizations/{ORGANIZATION}/logs"
LOGS_OF_ENVIRONMENT = f"/platform/v1/environments/{ENVIRONMENT}/logs/search/metadata"
IDS: Final = {"organization": ORGANIZATION}

QUICK: Final = Patience(pause=0.0)
"""The client's own figures, but nothing is waited for before a call is tried again."""

HASTY: Final = Patience(pause=0.0, read=0.05)
"""For tests in which nothing comes at all."""

WAITING: Final = Patience(pause=0.0, read=0.5)
"""For tests in which nothing comes at first, then an answer."""

WRITE: Final = Endpoint("POST", "/platform/v1/things", "a new thing")
"""A call that changes something; the table has none yet."""


async def soon(awaited: Awaitable[T]) -> T:
    """What must come by itself; a test that waits in vain fails and does not hang."""
    return await asyncio.wait_for(awaited, 10)


def page_body(ids: Iterable[str] = (), **meta: Any) -> bytes:
    """A list of logs with these ids."""
    return json.dumps({"meta": meta, "payload": {"results": [{"id": one} for one in ids]}}).encode()


def connection_to(url: str, environment: str | None = None, generation: Generation | None = None) -> Connection:
    return Connection(url, ORGANIZATION, environment, generation)


def with_the_token(client: PlatformClient) -> TokenSource:
    return GivenToken(TOKEN)


def with_a_key(client: PlatformClient) -> TokenSource:
    """Tokens come from the server that the client speaks to."""
    key = read_key(keys.pem(keys.ec()))
    return AssertionTokens("client-1", "k-1", key, token_url=client.token_url, post=client.post_for_token)


@asynccontextmanager
async def client_of(
    server: Server | str,
    environment: str | None = None,
    generation: Generation | None = None,
    *,
    patience: Patience = QUICK,
    tokens: Callable[[PlatformClient], TokenSource] = with_the_token,
) -> AsyncIterator[PlatformClient]:
    """A client of a server that is up, or of an address."""
    url = server if isinstance(server, str) else server.url
    client = PlatformClient(connection_to(url, environment, generation), tokens, patience=patience)
    try:
        yield client
    finally:
        await client.aclose()


def read_ids(body: bytes) -> list[str]:
    """The ids of a list of logs."""
    return [log.id for log in log_wire.read_page(body, 1).logs]


async def ids_of(client: PlatformClient, endpoint: Endpoint = endpoints.LOGS_OF_ORGANIZATION) -> list[str]:
    """The ids of a list of logs that is asked for by a call of its own, so that no range is read in parts."""
    return await client.call(endpoint, IDS, read=read_ids)


async def failure_of(
    server: Server | str, endpoint: Endpoint = endpoints.LOGS_OF_ORGANIZATION, patience: Patience = QUICK
) -> PlatformError:
    """The error that a list of logs ends with."""
    async with client_of(server, patience=patience) as client:
        with pytest.raises(PlatformError) as caught:
            await ids_of(client, endpoint)
    return caught.value
