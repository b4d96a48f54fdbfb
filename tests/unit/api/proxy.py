"""A real CONNECT proxy on a loopback port: it maps the names of the tests to local ports and counts its tunnels."""

import asyncio
import base64
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Self


class Proxy:
    """Opens a tunnel to each of `ways`, which are written as CONNECT writes them: `host:443` to a local `host:port`.

    `wants` is the NAME:PASSWORD without which it answers 407, `status` what it says instead of opening a tunnel, and
    with `tls` it is spoken to in TLS.
    """

    def __init__(
        self, ways: Mapping[str, str], *, wants: str = "", status: int = 200, tls: ssl.SSLContext | None = None
    ) -> None:
        self._ways = ways
        self._wants = f"Basic {base64.b64encode(wants.encode()).decode()}" if wants else ""
        self._status = status
        self._tls = tls
        self._handlers: set[asyncio.Task[None]] = set()
        self.tunnels: list[str] = []
        self.heads: list[str] = []
        """What came in clear, tunnel or not."""
        self.host = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
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

    def url(self, credential: str = "") -> str:
        return f"{'https' if self._tls else 'http'}://{credential}{'@' if credential else ''}{self.host}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.current_task()
        assert handler is not None
        self._handlers.add(handler)
        try:
            await self._tunnel(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._handlers.discard(handler)

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split(" ", 2)
        assert method == "CONNECT"
        self.heads.append(head)
        is_known = not self._wants or f"authorization: {self._wants}\r\n".lower() in head.lower()
        status = self._status if is_known else 407
        writer.write(f"HTTP/1.1 {status} Scripted\r\n\r\n".encode())
        if status != 200:
            return
        self.tunnels.append(target)
        host, port = self._ways[target].split(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        try:
            await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        finally:
            far_writer.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65_536):
        writer.write(some)
        await writer.drain()
    writer.close()
