"""Environments, sources and destinations over a real connection."""

import pytest

from redox_tui.api.errors import BadRequest, NotAuthorized
from redox_tui.domain.logs import Environment, Party

from .given import client_of
from .server import Server, answer


async def test_the_environments_of_the_organization_are_read() -> None:
    body = {"payload": {"environments": [{"id": "e-1", "name": "Staging", "environmentFlag": "Staging"}]}}
    async with Server(answer(body)) as server, client_of(server) as client:
        assert await client.directory.environments() == (Environment("e-1", "Staging", "Staging"),)
    [request] = server.requests
    assert (request.method, request.target) == ("GET", "/platform/v1/organizations/12345/environments")


async def test_the_sources_of_an_environment_are_read() -> None:
    body = {"payload": {"sources": [{"id": "s-1", "name": "EHR"}]}}
    async with Server(answer(body)) as server, client_of(server) as client:
        assert await client.directory.sources("e-1") == (Party("s-1", "EHR"),)
    assert server.requests[0].target == "/platform/v1/environments/e-1/sources"


async def test_the_destinations_of_an_environment_are_read() -> None:
    body = {"payload": {"destinations": [{"id": "d-1"}]}}
    async with Server(answer(body)) as server, client_of(server) as client:
        assert await client.directory.destinations("e-1") == (Party("d-1"),)
    assert server.requests[0].target == "/platform/v1/environments/e-1/destinations"


async def test_a_missing_right_names_what_may_not_be_read() -> None:
    async with Server(answer(b"", 403)) as server, client_of(server) as client:
        with pytest.raises(NotAuthorized, match="may not read sources"):
            await client.directory.sources("e-1")


async def test_an_environment_that_would_change_the_path_is_refused() -> None:
    async with Server() as server, client_of(server) as client:
        with pytest.raises(BadRequest, match="is no environment id"):
            await client.directory.sources("..")
    assert server.requests == []
