"""A real server on a loopback port that answers with exactly the bytes that a test wrote."""

import asyncio
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

HANG: Final = b"HANG"
"""In place of an answer: the connection stays open and nothing comes."""


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


class Server:
    """Serves a script: answers that are given in this order, or one function that makes each answer.

    A request that comes after the last answer is told so, which fails the test that sent it.
    """

    def __init__(self, *script: bytes, by: Callable[[Request], bytes] | None = None) -> None:
        answers: Iterator[bytes] = iter(script)
        self._answer = by or (lambda request: next(answers, answer("the script has no more answers", 599)))
        self._handlers: set[asyncio.Task[None]] = set()
        self.tls: ssl.SSLContext | None = None
        self.requests: list[Request] = []
        self.host = ""

    def answer_by(self, script: Callable[[Request], bytes]) -> None:
        """Take another script, for one that needs to know the address."""
        self._answer = script

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}"

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
            request = await _read(reader)
            self.requests.append(request)
            said = self._answer(request)
            if said is HANG:
                await asyncio.Event().wait()
            writer.write(said)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._handlers.discard(handler)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.split(": ", 1) for line in lines)
    headers = {name.lower(): value for name, value in pairs}
    return Request(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))
