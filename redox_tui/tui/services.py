"""What a screen is given besides values: the client, made off the loop when it is first wanted, and a clock."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from redox_tui.api.errors import NotAuthorized
from redox_tui.api.protocol import Client, Urgency
from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Environment, LogPage
from redox_tui.domain.window import PageRequest
from redox_tui.tui.access import Access


def _local_zone() -> tzinfo:
    zone = datetime.now().astimezone().tzinfo
    assert zone  # noqa: S101 - an aware time has one
    return zone


@dataclass(slots=True)
class Services:
    """The services of one connection. A client loads the network stack, so it is made in a thread, once.

    When they are locked, client and credential are dropped, and a call raises NotAuthorized until they are unlocked.
    """

    access: Access
    clock: Callable[[], datetime]
    hear: Callable[[str], None] = lambda words: None
    """Called with what the client is doing while somebody waits for it."""
    zone: tzinfo = field(default_factory=_local_zone)
    """The zone of whoever is in front of the app."""
    poll: float = 5.0
    """Seconds between two looks at what is new, while a list is followed."""
    read_only: bool = False
    """Whether nothing may be changed: dangerous commands do not exist then (ux.md §1)."""
    is_locked: bool = field(default=False, init=False)
    started: datetime = field(init=False)
    _client: asyncio.Task[Client] | None = field(default=None, init=False)
    _ahead: tuple[PageRequest, asyncio.Task[LogPage]] | None = field(default=None, init=False)
    _closing: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()
        self.read_only = self.read_only or self.access.read_only

    @property
    def connection(self) -> Connection:
        """Where logs are read."""
        return self.access.connection

    def place(self, environment: Environment | None, *, is_whole: bool = False) -> str:
        """Where logs are from: organization and environment, by name where that is known; or the organization whole."""
        named = (environment and environment.name) or (None if is_whole else self.connection.environment)
        return "/".join(part for part in (self.access.title, self.connection.organization, named) if part)

    async def client(self) -> Client:
        """The client; every caller waits for the same one."""
        if self.is_locked:
            raise NotAuthorized("The app is locked.", hint="Unlock it first.")
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

    def lock(self) -> None:
        """Drop the client and the credential, at once; what is under way ends without an answer."""
        self.is_locked = True
        self.access.lock()
        ahead, self._ahead = self._ahead, None
        if ahead:
            ahead[1].cancel()
        making, self._client = self._client, None
        if making:
            closing = asyncio.create_task(_closed(making))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def unlock(self) -> None:
        """Go on with the credential that `access` has got again."""
        self.is_locked = False

    async def close(self) -> None:
        """Drop all, and return when the connections are closed."""
        self.lock()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _read(self, request: PageRequest) -> LogPage:
        client = await self.client()
        urgency = Urgency.PREFETCH if request.is_ahead else Urgency.BROWSING
        return await client.logs.page(request.search, request.ref, request.count, urgency)

    async def _connect(self) -> Client:
        client = await asyncio.to_thread(self.access.connect)
        client.hear = self._pass_on
        return client

    def _pass_on(self, words: str) -> None:
        # By its name, since the app that listens is made after the client.
        self.hear(words)

    @property
    def _connected(self) -> Client | None:
        task = self._client
        return task.result() if task and task.done() and not task.cancelled() and not task.exception() else None


async def _closed(making: asyncio.Task[Client]) -> None:
    """Close a client, once it is made where it still has to be."""
    await asyncio.wait([making])
    if not making.cancelled() and not making.exception():
        await making.result().aclose()
