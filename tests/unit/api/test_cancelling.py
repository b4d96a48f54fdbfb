"""A call that is cancelled ends, wherever it stands: no task and no connection of it is left."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from redox_tui.api import endpoints
from redox_tui.api.client import PlatformClient
from redox_tui.api.walk import walk
from redox_tui.domain.connection import Connection
from redox_tui.domain.search import LogSearch

from .faults import HEAD, PAGE
from .given import IDS, ORGANIZATION, client_of, ids_of, page_body, soon, with_a_key, with_the_token
from .server import HANG, Act, Request, Server, answer, dripping, stalling


async def cancelled(call: "asyncio.Task[object]") -> None:
    call.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await call


@asynccontextmanager
async def nothing_left(server: Server) -> AsyncIterator[None]:
    """What is done in here leaves no task behind, and no connection to the server."""
    before = asyncio.all_tasks()
    yield
    await server.until_left()
    async with asyncio.timeout(5):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    "said",
    [HANG, stalling(HEAD[:20]), stalling(HEAD), stalling(PAGE[:-5]), dripping(PAGE, len(HEAD), 0.01)],
    ids=["silence", "head", "after the head", "body", "drip"],
)
async def test_a_call_is_cancelled_while_its_answer_is_waited_for(said: bytes | Act) -> None:
    async with Server(said) as server, client_of(server) as client, nothing_left(server):
        call = asyncio.create_task(ids_of(client))
        await server.until_asked()
        await cancelled(call)
    assert len(server.requests) == 1


async def test_a_call_is_cancelled_while_its_answer_is_read() -> None:
    begun = asyncio.Event()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD[:-2] + b"x-more: 1\r\n\r\n" + b" " * 9)
        await writer.drain()
        begun.set()
        await reader.read()

    async with Server(begin) as server, client_of(server) as client, nothing_left(server):
        call = asyncio.create_task(ids_of(client))
        await soon(begun.wait())
        for _ in range(10):
            await asyncio.sleep(0)
        await cancelled(call)


async def test_a_call_is_cancelled_while_it_connects() -> None:
    """The server takes the connection and says nothing to the greeting of TLS."""
    async with Server() as server, client_of(f"https://{server.host}") as client, nothing_left(server):
        call = asyncio.create_task(ids_of(client))
        await server.until(lambda: server.connections == 1)
        await cancelled(call)
    assert server.connections == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_ht_03_a_call_is_cancelled_in_a_pause(status: int) -> None:
    async with Server(answer(b"", status, retry_after="50")) as server, client_of(server) as client:
        paused = asyncio.Event()
        client.hear = lambda words: paused.set()
        async with nothing_left(server):
            call = asyncio.create_task(ids_of(client))
            await soon(paused.wait())
            await cancelled(call)
    assert len(server.requests) == 1


async def test_a_call_is_cancelled_in_the_line_and_takes_no_turn() -> None:
    async with Server(HANG, repeats=True) as server, client_of(server) as client, nothing_left(server):
        calls = [asyncio.create_task(ids_of(client)) for _ in range(12)]
        await server.until_asked(8)
        await cancelled(calls.pop())
        for call in calls:
            await cancelled(call)
        server.answer_by(lambda _: PAGE)
        assert await asyncio.gather(*(ids_of(client) for _ in range(9))) == [["a"]] * 9
        assert len(server.requests) <= 11 + 9


async def test_a_call_is_cancelled_while_it_waits_for_the_rate() -> None:
    async with Server(PAGE, repeats=True) as server:
        client = PlatformClient(Connection(server.url, ORGANIZATION, rate=1), with_the_token)
        waits = asyncio.Event()
        client.hear = lambda words: waits.set()
        async with nothing_left(server):
            await ids_of(client)
            call = asyncio.create_task(ids_of(client))
            await soon(waits.wait())
            await cancelled(call)
        await client.aclose()
    assert len(server.requests) == 1


async def test_a_call_is_cancelled_while_a_large_answer_is_parsed() -> None:
    begun, go_on = threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    parsing = asyncio.Event()

    def read(body: bytes) -> None:
        begun.set()
        loop.call_soon_threadsafe(parsing.set)
        go_on.wait(10)

    async with Server(answer(b"a" * (2 << 20))) as server, client_of(server) as client, nothing_left(server):
        call = asyncio.create_task(client.call(endpoints.ENVIRONMENTS, IDS, read=read))
        await soon(parsing.wait())
        try:
            await cancelled(call)
        finally:
            go_on.set()


def slow_tokens(request: Request) -> bytes:
    return HANG if request.path == "/v2/auth/token" else PAGE


async def test_a_call_is_cancelled_while_it_waits_for_a_token() -> None:
    async with Server(by=slow_tokens) as server, client_of(server, tokens=with_a_key) as client:
        call = asyncio.create_task(ids_of(client))
        await server.until_asked()
        await cancelled(call)
    assert [request.path for request in server.requests] == ["/v2/auth/token"]


async def test_au_07_a_client_that_is_closed_leaves_no_request_for_a_token_behind() -> None:
    async with (
        Server(by=slow_tokens) as server,
        nothing_left(server),
        client_of(server, tokens=with_a_key) as client,
    ):
        call = asyncio.create_task(ids_of(client))
        await server.until_asked()
        await cancelled(call)


async def test_a_client_that_is_closed_keeps_no_connection_open() -> None:
    kept = PAGE.replace(b"connection: close", b"connection: keep-alive")
    async with Server(stalling(kept)) as server, nothing_left(server), client_of(server) as client:
        assert await ids_of(client) == ["a"]
        assert server.connections == 1


async def test_a_client_that_is_closed_lets_nobody_wait_in_its_line() -> None:
    async with Server(PAGE, repeats=True) as server:
        client = PlatformClient(Connection(server.url, ORGANIZATION, rate=1), with_the_token)
        waits = asyncio.Event()
        client.hear = lambda words: waits.set()
        async with nothing_left(server):
            await ids_of(client)
            call = asyncio.create_task(ids_of(client))
            await soon(waits.wait())
            await client.aclose()
            await soon(asyncio.wait({call}))
    assert len(server.requests) == 1


async def test_ht_05_a_walk_is_cancelled_in_the_middle_of_a_page_and_leaves_nothing() -> None:
    def script(request: Request) -> bytes:
        return HANG if request.query["_page"] != "1" else answer(page_body(["a"], totalRecords=40))

    async with Server(by=script) as server, client_of(server) as client, nothing_left(server):

        async def read_all() -> None:
            async for _ in walk(client.logs, LogSearch(), 1, at_once=8):
                pass

        call = asyncio.create_task(read_all())
        await server.until_asked(9)
        await cancelled(call)


async def test_a_client_works_on_after_a_call_was_cancelled() -> None:
    async with Server(HANG, PAGE) as server, client_of(server) as client:
        call = asyncio.create_task(ids_of(client))
        await server.until_asked()
        await cancelled(call)
        assert await ids_of(client) == ["a"]
