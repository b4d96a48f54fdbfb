"""What a screen is given besides values: the client, made off the loop when it is first wanted, and a clock."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from redox_tui.api.protocol import Client, Urgency
from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Environment, LogPage
from redox_tui.domain.window import PageRequest


@dataclass(slots=True)
class Services:
    """The services of one connection. `connect` loads the network stack, so it runs in a thread, once."""

    connect: Callable[[], Client]
    connection: Connection
    clock: Callable[[], datetime]
    title: str = ""
    hear: Callable[[str], None] = lambda words: None
    """Called with what the client is doing while somebody waits for it."""
    started: datetime = field(init=False)
    _client: asyncio.Task[Client] | None = field(default=None, init=False)
    _ahead: tuple[PageRequest, asyncio.Task[LogPage]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def place(self, environment: Environment | None, *, is_whole: bool = False) -> str:
        """Where logs are from: organization and environment, by name where that is known; or the organization whole."""
        named = (environment and environment.name) or (None if is_whole else self.connection.environment)
        return "/".join(part for part in (self.title, self.connection.organization, named) if part)

    async def client(self) -> Client:
        """The client; every caller waits for the same one."""
        if self._client is None:
            self._client = asyncio.create_task(self._connect())
        return await asyncio.shield(self._client)

    @property
    def clock_warning(self) -> str:
        """That this machine's clock is wrong, as far as is known."""
        client = self._connected
        return client.clock_warning if client else ""

    def ask_ahead(self, request: PageRequest) -> None:
        """Ask for a page before anybody waits for it: its answer travels while the app is still being loaded."""
        self._ahead = (request, asyncio.create_task(self._read(request)))

    async def page(self, request: PageRequest) -> LogPage:
        """The page that a window wants; raises PlatformError."""
        ahead, self._ahead = self._ahead, None
        return await (ahead[1] if ahead and ahead[0] == request else self._read(request))

    async def _read(self, request: PageRequest) -> LogPage:
        client = await self.client()
        urgency = Urgency.PREFETCH if request.is_ahead else Urgency.BROWSING
        return await client.logs.page(request.search, request.ref, request.count, urgency)

    async def close(self) -> None:
        """Close the client if there is one."""
        if client := self._connected:
            await client.aclose()

    async def _connect(self) -> Client:
        client = await asyncio.to_thread(self.connect)
        client.hear = self._pass_on
        return client

    def _pass_on(self, words: str) -> None:
        # By its name, since the app that listens is made after the client.
        self.hear(words)

    @property
    def _connected(self) -> Client | None:
        task = self._client
        return task.result() if task and task.done() and not task.cancelled() and not task.exception() else None
