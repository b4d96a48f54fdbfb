"""What the tests of the app start from: the app on a server, a person who presses keys, and what that person sees."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

import httpx
from rich.segment import Segment
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.policy import Patience
from redox_tui.cli.access import Access
from redox_tui.cli.asking import Secrets
from redox_tui.cli.credentials import TokenMaker
from redox_tui.cli.wiring import UserCredentials
from redox_tui.domain.connection import Connection, FilterVersion, Generation
from redox_tui.domain.query import LogQuery
from redox_tui.simulator import network
from redox_tui.simulator.world import World
from redox_tui.store.queries import StoredQueries
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.completion_list import CompletionList
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.log_table import LogTable
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.query_bar import QueryBar
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.time_picker import TimePicker
from tests.tui.server import Server

NOW = datetime(2026, 11, 20, 15, 0, 0, 123_000, tzinfo=UTC)
ORGANIZATION = str(network.OWN.id)
PRODUCTION = network.PRODUCTION.id

_TURNS = 6
"""How often a message is handed on, from a widget over its parents to a screen and back, before all is drawn."""

PATIENCE = 30.0
"""Seconds until a test gives up; none of them is spent where all is well."""

_AGAIN_AFTER = 0.005
"""Seconds between two looks, in which the threads that are waited for can work."""
_EDITOR = ("save", "load", "samples", "values", "changes", "leave", "model")
_ASKING = frozenset(
    {"query.saved", "logs.export", "logs.facets", "filters.change", "filters.choice", "versions.change"}
    | {f"editor.{group}" for group in _EDITOR}
)
"""Groups of workers that may wait for a person."""

_Shown = TypeVar("_Shown", bound=Widget)


def clock() -> datetime:
    """A clock that stands still."""
    return NOW


@cache
def a_world(logs: int = 5_000) -> World:
    """Traffic that never changes."""
    return World(logs, now=NOW, clock=clock)


def an_app(
    server: Server,
    query: str = "",
    *,
    environment: str | None = None,
    generation: Generation | None = None,
    title: str = "demo",
    tries: int = 1,
    queries: StoredQueries | None = None,
    filters: FilterVersion | None = None,
    read_only: bool = False,
    monotonic: Callable[[], float] = time.monotonic,
) -> RedoxApp:
    """The app, connected to a server in this process."""
    connection = Connection("http://127.0.0.1", ORGANIZATION, environment, generation, filters=filters)

    def connect(target: Connection, tokens: TokenMaker) -> PlatformClient:
        transport = httpx.ASGITransport(server, raise_app_exceptions=False)
        return PlatformClient(target, tokens, transport=transport, patience=Patience(tries=tries, pause=0))

    access = Access(
        connection, lambda asker: lambda client: GivenToken(server.token), title=title, client=connect, queries=queries
    )
    access.unlock(Secrets(None))
    services = Services(access, clock, read_only=read_only)
    return RedoxApp(services, LogQuery.parse(query), no_credentials(), clock, monotonic=monotonic)


def no_credentials() -> UserCredentials:
    """The store of a user who has none yet, and no demo."""

    def no_demo() -> Access:
        raise AssertionError

    return UserCredentials(no_demo)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in front of the app. Lists of lines are from top to bottom, without what scrolls them."""

    pilot: Pilot[None]
    app: RedoxApp

    @property
    def services(self) -> Services:
        """What the app's screens are given."""
        assert self.app._services
        return self.app._services

    async def press(self, *keys: str) -> None:
        """Press keys, each when all that followed from the one before has been drawn."""
        for key in keys:
            self.strike(key)
            await self.wait()

    async def write(self, text: str) -> None:
        """Type a text."""
        for char in text:
            self.strike(char)
        await self.look()

    def strike(self, key: str) -> None:
        """Press a key without waiting for anything; a key is named as Textual does, or is its character."""
        char = key if len(key) == 1 else None
        self.app.post_message(Key(_character_to_key(key) if char else key, char))

    async def wait(self) -> None:
        """Return when no call is under way and what came of the last one has been drawn.

        A call may begin and end within one look, with its answer still to be taken: the last look must change nothing.
        """
        await self.look()
        before = None
        while before != self.screen:
            running = [worker for worker in self.app.workers if not worker.is_finished]
            asking = [worker for worker in running if worker.group in _ASKING]
            if running != asking:
                await self.app.workers.wait_for_complete([worker for worker in running if worker not in asking])
            elif asking:
                # What it waits for may be an answer of ours; until it asks, it works.
                running = [] if isinstance(self.app.screen, Dialog) else asking
                await asyncio.sleep(0.005 if running else 0)
            before = None if running else self.screen
            await self.look()

    async def tap(self, *keys: str) -> None:
        """Press keys where the app may ask something back, so that what was begun need not have ended."""
        for key in keys:
            self.strike(key)
            await self.look()

    async def paste(self, text: str) -> None:
        """Paste a text as a terminal does that marks it as pasted."""
        self.app.post_message(Paste(text))
        await self.look()

    async def until(self, wanted: str | Callable[[], bool]) -> None:
        """Return when a text, or what a function wants, is on the screen; a thread may have work to do before."""
        until = time.monotonic() + PATIENCE
        while not (wanted in self.text if isinstance(wanted, str) else wanted()):
            assert time.monotonic() < until, f"never saw {wanted!r} on\n{self.text}"
            await asyncio.sleep(_AGAIN_AFTER)
            await self.look()

    async def look(self) -> None:
        """Return when all that can happen has happened while the server keeps the app waiting."""
        for _ in range(_TURNS):
            await self.pilot.pause(0)

    def find(self, kind: type[_Shown]) -> _Shown:
        """The widget of a kind on the screen that is on top."""
        return self.app.screen.query_one(kind)

    @property
    def screen(self) -> list[str]:
        """Every line of the terminal."""
        return [strip.text for strip in self.strips()]

    @property
    def text(self) -> str:
        """The whole terminal."""
        return "\n".join(self.screen)

    @property
    def place(self) -> str:
        """The line at the top."""
        return self.lines(PlaceLine)[0]

    @property
    def status(self) -> str:
        """The sentence above the key hints."""
        return " ".join(line.strip() for line in self.lines(StatusLine))

    @property
    def hints(self) -> str:
        """The line at the bottom."""
        return self.lines(KeyHints)[0]

    @property
    def query(self) -> list[str]:
        """The query bar, with its reason where there is one."""
        return [line.strip() for line in self.lines(QueryBar)]

    @property
    def completions(self) -> list[str]:
        """The completions that are listed, with the marker of the one that would be taken."""
        return [line.rstrip() for line in self.lines(CompletionList)]

    @property
    def time_field(self) -> list[str]:
        """The time field, with its reason where there is one."""
        return [line.strip() for line in self.lines(TimePicker)]

    @property
    def rows(self) -> list[str]:
        """The list of logs without its header; empty lines at its end are left out."""
        return self._filled(LogTable)[1:]

    @property
    def facts(self) -> list[str]:
        """The overview of one log, without the column of the cursor's marker."""
        return [line[1:] for line in self._filled(FactList)]

    @property
    def payload(self) -> list[str]:
        """The payload of one log, without the column of the cursor's marker."""
        return [line[1:] for line in self._filled(JsonView)]

    @property
    def cursor(self) -> int:
        """The row that is marked in the list on screen, counted from 0."""
        lists = self.app.screen.query("LineList")
        return next(shown.cursor for shown in lists if isinstance(shown, LineList) and shown.display)

    def lines(self, kind: type[Widget]) -> list[str]:
        """What a widget shows; nothing where it is hidden."""
        return ["".join(segment.text for segment in segments).rstrip() for segments in self.segments(kind)]

    def segments(self, kind: type[Widget]) -> list[list[Segment]]:
        """What a widget shows, with styles."""
        widget = self.find(kind)
        if not widget.display:
            return []
        area = widget.region
        right = area.x + widget.scrollable_content_region.width if isinstance(widget, LineList) else area.right
        return [list(strip.crop(area.x, right)) for strip in self.strips()[area.y : area.bottom]]

    def strips(self) -> list[Strip]:
        """The lines of the terminal as the driver is given them, after every line filter."""
        return self.app.screen._compositor.render_strips()

    def _filled(self, kind: type[Widget]) -> list[str]:
        lines = self.lines(kind)
        while lines and not lines[-1].strip():
            lines.pop()
        return lines


@asynccontextmanager
async def opened(
    server: Server,
    query: str = "",
    *,
    size: tuple[int, int] = (80, 24),
    environment: str | None = None,
    generation: Generation | None = None,
    title: str = "demo",
    wait: bool = True,
    tries: int = 1,
    queries: StoredQueries | None = None,
    filters: FilterVersion | None = None,
    read_only: bool = False,
    hook: Callable[[Message], None] | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Person, None]:
    """The app on a server, with its first rows drawn unless the server is to keep it waiting."""
    app = an_app(
        server,
        query,
        environment=environment,
        generation=generation,
        title=title,
        tries=tries,
        queries=queries,
        filters=filters,
        read_only=read_only,
        monotonic=monotonic,
    )
    async with app.run_test(size=size, notifications=True, message_hook=hook) as pilot:
        person = Person(pilot, app)
        await (person.wait() if wait else person.look())
        yield person


def texts_in(style: str, segments: list[Segment]) -> Iterator[str]:
    """The texts that are drawn in a style, `underline` or `bold`."""
    return (segment.text for segment in segments if segment.style and getattr(segment.style, style))
