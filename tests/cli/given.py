"""What the tests of the headless commands start from: a served simulator, a scripted server, a run of the program."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from redox_tui.simulator.app import simulator
from redox_tui.simulator.faults import Faults
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World
from tests.unit.api.server import Server, answer

NOW = datetime(2026, 11, 20, 15, 0, 0, 123_000, tzinfo=UTC)
WEEK = "since:2026-11-13T15:00"
ORGANIZATION = "12345"
TOKEN = "the-token-of-this-test"

NASTY = "\x1b]0;owned\x07\x1b[31mred\u202egnp\u200b\u2066\x9b31m\x00\x7f\U000e0041"
"""Text that would set a title, colour, reverse and hide, were it printed as it is."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run of the program ended, and what it wrote."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


Run = Callable[..., Ran]


def to(url: str, *more: str) -> list[str]:
    """The options of a connection to this address."""
    return ["--base-url", url, "--organization", ORGANIZATION, *more]


@dataclass(frozen=True, slots=True)
class Served:
    """A simulator that listens."""

    url: str
    tokens: Tokens
    world: World


def serving(generation: Generation, logs: int = 1_000) -> AbstractContextManager[Served]:
    """A simulator whose clock stands still at `NOW`, but that of its tokens goes on."""
    return serving_world(World(logs, now=NOW, clock=lambda: NOW), generation)


@contextmanager
def serving_world(
    world: World,
    generation: Generation = "organization",
    wrapped: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    *,
    faults: Sequence[str] = (),
) -> Iterator[Served]:
    """A simulator over uvicorn in a thread; `wrapped` may put something before it."""
    tokens = Tokens()
    app = wrapped(simulator(world, tokens=tokens, generation=generation, faults=Faults(faults)))
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", date_header=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", tokens, world)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def scripted(*script: bytes, server: Server | None = None) -> Iterator[Server]:
    """A scripted server whose loop runs in a thread, since the program has a loop of its own."""
    server = server or Server(*script)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def descriptor(data: bytes) -> Iterator[str]:
    """The number of an open file descriptor that holds this."""
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    try:
        yield str(reader)
    finally:
        os.close(reader)


def logs_answer(*records: dict[str, Any], **meta: Any) -> bytes:
    """A page of these records."""
    return answer({"meta": meta, "payload": {"results": list(records)}})


def program(*arguments: str) -> list[str]:
    """The command line of a real process."""
    return [sys.executable, "-m", "redox_tui", *arguments]


def environment(**more: str) -> dict[str, str]:
    """The environment of a real process, without what would change how Python writes."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**inherited, "REDOX_TUI_TOKEN": TOKEN, **more}
