"""The wire passes bytes on as they are, ends both sides together, and leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random

import pytest

from redox_tui.simulator.wire import wire

from .asked import ENVIRONMENTS, FAULTS
from .line import HEADERS_END, PATIENCE, Line, line_to, listening, serving

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Wired:
    """A wire before a scripted server."""

    address: tuple[str, int]
    left: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    """For each connection that the wire has ended, what the server had not read."""

    def line(self) -> AbstractAsyncContextManager[Line]:
        return line_to(self.address)

    async def ended(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self.left.get()


@asynccontextmanager
async def wired(script: Script) -> AsyncIterator[Wired]:
    """A server that plays a script on each connection, then waits until the wire ends it."""
    tasks: list[asyncio.Task[None]] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = b""
        try:
            await script(reader, writer)
            rest = await reader.read()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()
            given.left.put_nowait(rest)

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.create_task(served(reader, writer)))

    with listening() as front, listening() as behind:
        server = await asyncio.start_server(accepted, sock=behind)
        given = Wired(front.getsockname())
        async with wire(front, behind.getsockname()):
            yield given
        server.close()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*tasks)
    assert asyncio.all_tasks() == {asyncio.current_task()}


def says(*parts: bytes) -> Script:
    """A server that answers the requests with these bytes, one after the other."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            await reader.readuntil(HEADERS_END)
            writer.write(part)
            await writer.drain()

    return script


_ASK = b"GET / HTTP/1.1\r\n\r\n"
_MARKED = b"HTTP/1.1 200 OK\r\nX-Simulator-Wire: nothing\r\nContent-Length: 2\r\n\r\nok"
_UNMARKED = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_CHUNKS = b"5;x=y\r\nhello\r\nA\r\n0\r\n\r\n34567\r\n0\r\nEnd: yes\r\n\r\n"
_TRAILERS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" + _CHUNKS


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        _TRAILERS,
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 1\r\n\r\n!",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 500_000 + b"\r\nContent-Length: 3\r\n\r\n\r\n\r",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 1\r\n\r\n\xff",
    ],
    ids=["length", "no length", "chunks", "trailers", "204", "304", "100", "long head", "twice"],
)
async def test_an_answer_passes_unchanged_and_the_next_one_is_found_behind_it(answer: bytes) -> None:
    async with wired(says(answer, _MARKED)) as given, given.line() as line:
        await line.send(_ASK)
        assert await line.exactly(len(answer)) == answer
        await line.send(_ASK)
        assert await line.exactly(len(_UNMARKED)) == _UNMARKED


async def test_the_answer_to_a_head_has_no_body_where_the_mark_says_so() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n"
    async with wired(says(head + b"X-Simulator-Wire: bodiless\r\n\r\n", _MARKED)) as given, given.line() as line:
        await line.send(b"HEAD / HTTP/1.1\r\n\r\n")
        assert await line.until(HEADERS_END) == head + b"\r\n"
        await line.send(_ASK)
        assert await line.exactly(len(_UNMARKED)) == _UNMARKED


async def test_an_answer_that_comes_in_single_bytes_passes_unchanged() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (_TRAILERS, _MARKED):
            await reader.readuntil(HEADERS_END)
            for byte in answer:
                writer.write(bytes([byte]))
                await asyncio.sleep(0)

    async with wired(script) as given, given.line() as line:
        await line.send(_ASK + _ASK)
        assert await line.exactly(len(_TRAILERS + _UNMARKED)) == _TRAILERS + _UNMARKED


async def test_an_answer_without_length_ends_with_the_connection() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says(b"HTTP/1.0 200 OK\r\n\r\nas long as it is")(reader, writer)
        writer.write_eof()

    async with wired(script) as given, given.line() as line:
        await line.send(_ASK)
        assert await line.rest() == b"HTTP/1.0 200 OK\r\n\r\nas long as it is"


async def test_connections_that_stay_carry_a_megabyte_each_way_byte_for_byte() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(3):
            await reader.readuntil(HEADERS_END)
            body = await reader.readexactly(1 << 20)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + body)
            await writer.drain()

    async def talk(given: Wired, number: int) -> None:
        dice = Random(number)
        async with given.line() as line:
            for _ in range(3):
                body = dice.randbytes(1 << 20)
                await line.send(b"POST / HTTP/1.1\r\nContent-Length: 1048576\r\n\r\n" + body)
                await line.until(HEADERS_END)
                assert await line.exactly(1 << 20) == body

    async with wired(script) as given:
        await asyncio.gather(*(talk(given, number) for number in range(6)))
        assert [await given.ended() for _ in range(6)] == [b""] * 6


async def test_what_a_caller_says_passes_at_once_even_if_it_is_no_http() -> None:
    async with serving() as served, served.line() as line:
        await line.send(b"\x16\x03\x01\x02\x00 I speak TLS")
        assert (await line.until(b"\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_a_caller_that_leaves_while_it_waits_ends_the_servers_side() -> None:
    async with wired(says()) as given:
        async with given.line() as line:
            await line.send(_ASK)
        assert await given.ended() == _ASK


async def test_a_caller_that_leaves_amid_an_answer_ends_the_servers_side() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(endless)
        while True:
            writer.write(bytes(1 << 16))
            await writer.drain()

    async with wired(script) as given:
        async with given.line() as line:
            assert await line.until(HEADERS_END) == endless
        await given.ended()


async def test_a_caller_that_does_not_read_holds_the_server_back() -> None:
    written = 0
    is_held = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            writer.write(bytes(1 << 16))
            written += 1 << 16
            try:
                await asyncio.wait_for(asyncio.shield(held := asyncio.ensure_future(writer.drain())), 0.2)
            except TimeoutError:
                is_held.set()
                await held

    async with wired(script) as given, given.line():
        async with asyncio.timeout(PATIENCE):
            await is_held.wait()
    assert written < 64 << 20


async def test_a_server_that_does_not_read_holds_the_caller_back() -> None:
    end = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await end.wait()

    async with wired(script) as given, given.line() as line:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.send(bytes(64 << 20)), 0.5)
        end.set()


async def test_a_server_that_ends_the_connection_ends_the_callers_side_after_the_whole_answer() -> None:
    body = bytes(3 << 20)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3145728\r\nConnection: close\r\n\r\n"

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says(head + body)(reader, writer)
        writer.close()

    async with wired(script) as given, given.line() as line:
        await line.send(_ASK)
        assert await line.rest() == head + body


async def test_what_is_written_before_the_end_still_reaches_a_slow_caller() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 16777216\r\n"
    marked = head + b"X-Simulator-Wire: short\r\n\r\n" + bytes(16 << 20)
    async with wired(says(marked)) as given, given.line() as line:
        await line.send(_ASK)
        came = len(await line.until(HEADERS_END))
        while given.left.empty():
            came += len(await line.receive(1_000))
            await asyncio.sleep(0)
        assert came + len(await line.rest()) == len(head) + 2 + (8 << 20)


async def test_a_caller_is_let_go_where_there_is_no_server() -> None:
    with listening() as front:
        with listening() as gone:
            nowhere = gone.getsockname()
        async with wire(front, nowhere), line_to(front.getsockname()) as line:
            assert await line.rest() == b""
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_end_of_the_wire_ends_connections_that_wait_and_refuses_others() -> None:
    with listening() as front:
        address = front.getsockname()
        async with serving("stall", "silent") as served, line_to(address) as stalled, line_to(address) as silent:
            async with wire(front, served.address):
                await stalled.send(served.request(ENVIRONMENTS))
                await stalled.until(HEADERS_END)
                await silent.send(served.request(ENVIRONMENTS))
                while (await served.call(FAULTS)).json:
                    pass  # until both are played
            for line in (stalled, silent):
                with suppress(ConnectionResetError):
                    assert await line.rest() == b""
            with pytest.raises(ConnectionRefusedError):
                async with line_to(address):
                    pass
