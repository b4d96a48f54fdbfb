"""What a screen may ask of a client. It imports no httpx, so a screen is painted before the network stack is loaded."""

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol

from redox_tui.domain.logs import Environment, LogDetail, LogPage, PageRef, Party
from redox_tui.domain.query import LogSearch


class Urgency(IntEnum):
    """Who waits for an answer; the lower goes first where requests are scarce."""

    BROWSING = 0
    PREFETCH = 1
    COUNTING = 2
    EXPORT = 3


class Logs(Protocol):
    """Reading logs. Every method raises PlatformError."""

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        """One page of a search, newest first, of at most `count` logs."""

    async def get(self, log_id: str, data_mode: str | None = None) -> LogDetail:
        """One log by its id, with its message where the API gives it."""


class Directory(Protocol):
    """Reading what an organization consists of. Every method raises PlatformError."""

    async def environments(self) -> tuple[Environment, ...]:
        """The environments that the caller is a member of."""

    async def sources(self, environment: str) -> tuple[Party, ...]:
        """The sources of an environment."""

    async def destinations(self, environment: str) -> tuple[Party, ...]:
        """The destinations of an environment."""


class Client(Protocol):
    """One connection to the Platform API.

    `hear` is called with what the client is doing while somebody waits for it: a pause, a range read in parts.
    """

    hear: Callable[[str], None]

    @property
    def clock_warning(self) -> str:
        """That this machine's clock is wrong, in words; empty where it is not, as far as is known."""

    @property
    def logs(self) -> Logs:
        """Reading logs."""

    @property
    def directory(self) -> Directory:
        """Reading environments, sources and destinations."""

    async def aclose(self) -> None:
        """Close the connections; calls after that fail."""
