"""A caller who sees every byte: HTTP by hand over a plain socket, and servers behind a wire to be called."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import uvicorn

from redox_tui.simulator.app import simulator
from redox_tui.simulator.faults import Faults
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.wire import wire
from redox_tui.simulator.world import World

from .given import Clock, a_world

PATIENCE = 5
"""Seconds after which what should have happened never will."""
HEADERS_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; its headers are in lower case, and a header that came twice is there twice."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""

    def __getitem__(self, name: str) -> str:
        [value] = [value for key, value in self.headers if key == name]
        return value

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.headers)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """One connection, whose end or reset is seen only after all bytes that came before it."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._came = b""

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def receive(self, most: int = 1 << 20) -> bytes:
        """What comes next, as it comes; empty at the end."""
        if self._came:
            came, self._came = self._came, b""
            return came
        async with asyncio.timeout(PATIENCE):
            return await asyncio.get_running_loop().sock_recv(self._socket, most)

    async def until(self, end: bytes) -> bytes:
        came = b""
        while end not in came:
            data = await self.receive()
            assert data, came
            came += data
        found, _, self._came = came.partition(end)
        return found + end

    async def exactly(self, size: int) -> bytes:
        parts = []
        while size > 0:
            parts.append(await self.receive())
            assert parts[-1], b"".join(parts)[-200:]
            size -= len(parts[-1])
        came = b"".join(parts)
        came, self._came = came[: len(came) + size], came[len(came) + size :]
        return came

    async def rest(self) -> bytes:
        """All that comes until the end; a reset is a ConnectionResetError."""
        came = b""
        while data := await self.receive():
            came += data
        return came

    async def rest_until_reset(self) -> bytes:
        came = b""
        try:
            while data := await self.receive():
                came += data
        except ConnectionResetError:
            return came
        raise AssertionError("the connection ended in peace")

    async def head(self) -> Reply:
        status, *lines = (await self.until(HEADERS_END)).decode().removesuffix("\r\n\r\n").split("\r\n")
        pairs = (line.split(": ", 1) for line in lines)
        return Reply(int(status.split(" ")[1]), [(name.lower(), value) for name, value in pairs])

    async def reply(self) -> Reply:
        """An answer whose head tells the truth."""
        head = await self.head()
        size = int(head["content-length"]) if head.status != 204 else 0
        return Reply(head.status, head.headers, await self.exactly(size))


@asynccontextmanager
async def line_to(address: tuple[str, int]) -> AsyncIterator[Line]:
    with socket.socket() as sock:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, address)
        yield Line(sock)


def listening() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    return sock


@dataclass(frozen=True, slots=True)
class Served:
    """A simulator behind a wire."""

    address: tuple[str, int]
    world: World
    tokens: Tokens
    faults: Faults
    tasks: set[asyncio.Task[None]]
    """What the server works on."""

    def line(self) -> AbstractAsyncContextManager[Line]:
        return line_to(self.address)

    def request(self, path: str, method: str = "GET", body: object = None, *, token: str | None = None) -> bytes:
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/x-www-form-urlencoded" if path.startswith("/v2/auth") else "application/json"
        head = f"{method} {path} HTTP/1.1\r\nHost: simulator\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
        bearer = self.tokens.session() if token is None else token
        return f"{head}Authorization: Bearer {bearer}\r\n\r\n".encode() + data

    async def call(self, path: str, method: str = "GET", body: object = None, *, token: str | None = None) -> Reply:
        """An answer over a connection of its own."""
        async with line_to(self.address) as line:
            await line.send(self.request(path, method, body, token=token))
            return await line.reply()


@cache
def _world() -> World:
    return a_world()


@asynccontextmanager
async def serving(
    *texts: str, generation: Generation = "organization", world: World | None = None, tokens: Tokens | None = None
) -> AsyncIterator[Served]:
    """A simulator with these faults on; when the block ends, nothing of it may be left running."""
    world, tokens, faults = world or _world(), tokens or Tokens(clock=Clock()), Faults(texts, on_wire=True)
    app = simulator(world, tokens=tokens, generation=generation, faults=faults)
    config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off", ws="none", date_header=False)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with listening() as front, listening() as behind:
        # Without uvicorn's main loop, which looks ten times a second only whether it shall end.
        await server.startup(sockets=[behind])
        address = front.getsockname()
        async with wire(front, behind.getsockname()):
            yield Served(address, world, tokens, faults, server.server_state.tasks)
        for listener in server.servers:
            listener.close()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*server.server_state.tasks)
    assert asyncio.all_tasks() == {asyncio.current_task()}
