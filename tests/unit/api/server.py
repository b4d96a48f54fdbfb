"""A real server on a loopback port that answers with exactly the bytes that a test wrote."""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self, TypeAlias
from urllib.parse import parse_qsl, urlsplit

HANG: Final = b"HANG"
"""In place of an answer: the connection stays open and nothing comes."""

Act: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""In place of an answer: what is done with the connection before it is closed."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def answer(body: bytes | str | dict[str, Any] = b"", status: int = 200, **headers: str) -> bytes:
    """A whole HTTP answer; a dict becomes JSON."""
    if isinstance(body, dict):
        body = json.dumps(body)
    content = body.encode() if isinstance(body, str) else body
    fields = {"content_type": "application/json", "content_length": str(len(content))} | headers
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode() + content


def dripping(said: bytes, whole: int, pause: float = 0.01) -> Act:
    """Says the first `whole` bytes at once and the others one by one."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said[:whole])
        for one in said[whole:]:
            await writer.drain()
            await asyncio.sleep(pause)
            writer.write(bytes([one]))

    return act


def stalling(said: bytes) -> Act:
    """Says this and nothing more, until the client has gone."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await reader.read()

    return act


def resetting(said: bytes = b"") -> Act:
    """Says this, then the connection is reset, as by a firewall."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        raw: socket.socket = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return act


class Server:
    """Serves a script: answers that are given in this order, or one function that makes each answer.

    A request that comes after the last answer is told so, which fails the test that sent it; with `repeats` it gets
    the last one again.
    """

    def __init__(
        self, *script: bytes | Act, by: Callable[[Request], bytes | Act] | None = None, repeats: bool = False
    ) -> None:
        answers: Iterator[bytes | Act] = iter(script)
        after = script[-1] if repeats else answer("the script has no more answers", 599)
        self._answer = by or (lambda request: next(answers, after))
        self._handlers: set[asyncio.Task[None]] = set()
        self._news = asyncio.Condition()
        self.tls: ssl.SSLContext | None = None
        self.connections = 0
        self.requests: list[Request] = []
        self.host = ""

    def answer_by(self, script: Callable[[Request], bytes | Act]) -> None:
        """Take another script, for one that needs to know the address."""
        self._answer = script

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}"

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until this is so; it is asked when a connection is made or closed, and when a request has come."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(happened)

    async def until_asked(self, number: int = 1) -> None:
        """Wait until so many requests have come."""
        await self.until(lambda: len(self.requests) >= number)

    async def until_left(self) -> None:
        """Wait until every connection is closed."""
        await self.until(lambda: not self._handlers)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        host, port = self._server.sockets[0].getsockname()
        self.host = f"{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for handler in self._handlers:
            handler.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.current_task()
        assert handler is not None
        self._handlers.add(handler)
        try:
            self.connections += 1
            await self._tell()
            request = await _read(reader)
            self.requests.append(request)
            await self._tell()
            said = self._answer(request)
            if callable(said):
                await said(reader, writer)
            elif said is HANG:
                await reader.read()
            else:
                writer.write(said)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._handlers.discard(handler)
        await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.split(": ", 1) for line in lines)
    headers = {name.lower(): value for name, value in pairs}
    return Request(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))
