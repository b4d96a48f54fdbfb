"""The wire before the server: a proxy that passes bytes on, and plays what ASGI cannot say where an answer is marked.

Which answer is bad is decided behind it; the mark is a header that never leaves this machine's side of the wire.
"""

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redox_tui.simulator.wire_head import Head, read_head

_CHUNK = 65_536
_LONGEST_HEAD = 1 << 20
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@asynccontextmanager
async def wire(listener: socket.socket, server: tuple[str, int]) -> AsyncIterator[None]:
    """Pass every connection to a listening socket on to the server at this host and port, until the block ends.

    Then the socket is closed, and every connection with it.
    """
    connections: set[asyncio.Task[None]] = set()

    def accepted(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(_connected(reader, writer, server))
        connections.add(task)
        task.add_done_callback(connections.discard)
        task.add_done_callback(lambda _: writer.transport.abort())

    accepting = await asyncio.start_server(accepted, sock=listener)
    try:
        yield
    finally:
        accepting.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _connected(reader: StreamReader, caller: StreamWriter, address: tuple[str, int]) -> None:
    """One connection, until either side ends it; what has been written to the caller still leaves."""
    with suppress(OSError):
        answers, server = await asyncio.open_connection(*address, limit=_LONGEST_HEAD)
        ways = [asyncio.create_task(_requests(reader, server)), asyncio.create_task(_answers(answers, caller))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            server.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
    with suppress(OSError):
        caller.close()
        await caller.wait_closed()


async def _requests(reader: StreamReader, server: StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        server.write(data)
        await server.drain()


async def _answers(answers: StreamReader, caller: StreamWriter) -> None:
    """Pass answers on; over when the server ends the connection, or a fault does."""
    while True:
        head = read_head(await answers.readuntil(b"\r\n\r\n"))
        half = head.length // 2
        match head.mark:
            case b"close":
                return
            case b"wrong-length":
                caller.write(head.with_length(half).text)
                await _pass(head.length, answers, caller)
            case b"short" | b"reset":
                caller.write(head.text + await answers.readexactly(half))
                if head.mark == b"reset":
                    await caller.drain()
                    caller.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
                    caller.transport.abort()
                return
            case _:
                caller.write(head.text)
                await _pass_body(head, answers, caller)


async def _pass_body(head: Head, answers: StreamReader, caller: StreamWriter) -> None:
    if head.has_no_body:
        return
    if not head.is_chunked:
        await _pass(head.length, answers, caller)
        return
    while True:
        caller.write(line := await answers.readuntil(b"\r\n"))
        size = int(line.partition(b";")[0], 16)
        if not size:
            break
        await _pass(size + len(b"\r\n"), answers, caller)
    while line != b"\r\n":  # trailers, and the empty line behind them
        caller.write(line := await answers.readuntil(b"\r\n"))


async def _pass(size: int, answers: StreamReader, caller: StreamWriter) -> None:
    """Pass on this many bytes, or all up to the end."""
    while size and (data := await answers.read(min(size, _CHUNK))):
        caller.write(data)
        await caller.drain()
        size -= len(data)
