"""What a screen may ask of a client. It imports no httpx, so a screen is painted before the network stack is loaded."""

from collections.abc import AsyncGenerator, Callable, Sequence
from enum import IntEnum
from typing import Protocol, runtime_checkable

from redox_tui.domain.connection import FilterVersion
from redox_tui.domain.filter_list import FilterPage, FilterSearch, Restored
from redox_tui.domain.filters import Filter, FilterLink
from redox_tui.domain.inspection import Inspection
from redox_tui.domain.logs import Environment, Log, LogBatch, LogDetail, LogPage, PageRef, Party
from redox_tui.domain.search import LogSearch
from redox_tui.domain.subscriptions import Subscription, SubscriptionPage, SubscriptionSearch


class Urgency(IntEnum):
    """Who waits for an answer; the lower goes first where requests are scarce."""

    BROWSING = 0
    PREFETCH = 1
    COUNTING = 2
    EXPORT = 3


class Logs(Protocol):
    """Reading logs. Every method raises PlatformError."""

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        """One page of a search, newest first, of at most `count` logs.

        A range that is too slow is read in parts, but raises TooSlow where it is only counted (`Urgency.COUNTING`).
        """

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        """One log by its id, with its message where the API gives it."""


@runtime_checkable
class AsCurl(Protocol):
    """Telling how logs are asked for, for whoever wants to try it in a shell."""

    def get_as_curl(self, log_id: str, data_mode: str | None = None) -> str:
        """The request for one log, without the token."""

    def page_as_curl(self, search: LogSearch) -> str:
        """The requests for the first page of a search, a line each, without token and patient."""


class Directory(Protocol):
    """Reading what an organization consists of. Every method raises PlatformError."""

    async def environments(self) -> tuple[Environment, ...]:
        """The environments that the caller is a member of."""

    async def sources(self, environment: str) -> tuple[Party, ...]:
        """The sources of an environment."""

    async def destinations(self, environment: str) -> tuple[Party, ...]:
        """The destinations of an environment."""


class Filters(Protocol):
    """Reading and changing filters, by v1 or v0 of the API. Every method raises PlatformError.

    A change is sent once; `api.safe_write` adds what keeps other people's changes safe.
    """

    async def version(self) -> FilterVersion:
        """Which calls are in use."""

    async def notice(self) -> str:
        """What has to be said before something is written; empty where there is nothing."""

    async def list(self, search: FilterSearch, page: int = 1) -> FilterPage:
        """One page of filters."""

    async def every(self, search: FilterSearch) -> tuple[Filter, ...]:
        """All pages of a list together."""

    async def of_subscription(self, subscription: str, *, deleted: bool = False) -> tuple[Filter, ...]:
        """The filters of one subscription."""

    async def get(self, filter_id: str, subscription: str | None = None) -> Filter:
        """One filter as it is in force now."""

    async def versions(self, filter_id: str, subscription: str | None = None) -> tuple[Filter, ...]:
        """Every version of a filter, newest first."""

    async def create(self, wanted: Filter) -> Filter:
        """A new filter."""

    async def update(self, wanted: Filter) -> Filter:
        """Replace name, action and rules of a filter."""

    async def delete(self, wanted: Filter) -> None:
        """Delete a filter."""

    async def restore(self, current: Filter, wanted: Filter, *, dry_run: bool) -> Restored:
        """Bring back the content of another version, or only see what that would do."""

    async def link(self, filter_id: str, link: FilterLink) -> FilterLink:
        """Let a filter act on a subscription."""

    async def get_link(self, link_id: str) -> FilterLink:
        """One link by its id."""

    async def unlink(self, link_id: str) -> None:
        """Let the filter of a link stop acting."""


class Subscriptions(Protocol):
    """Reading subscriptions. Every method raises PlatformError."""

    async def list(self, search: SubscriptionSearch, page: int = 1) -> SubscriptionPage:
        """One page of subscriptions."""

    async def every(self, search: SubscriptionSearch) -> tuple[Subscription, ...]:
        """All pages together."""


class Inspector(Protocol):
    """Dry runs of logs, which change and send nothing. Every method raises PlatformError."""

    async def run(self, log: Log) -> Inspection:
        """What today's operations do to a log's message."""


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

    @property
    def filters(self) -> Filters:
        """Reading and changing filters."""

    @property
    def subscriptions(self) -> Subscriptions:
        """Reading subscriptions."""

    def filters_of(self, environment: str | None) -> Filters:
        """The filters of an environment of the organization; None is the connection's."""

    def subscriptions_of(self, environment: str | None) -> Subscriptions:
        """The subscriptions of an environment of the organization; None is the connection's."""

    @property
    def inspector(self) -> Inspector:
        """Dry runs of logs."""

    def every_log(
        self, search: LogSearch, *, wanted: Callable[[Log], bool], with_messages: bool = False, one_by_one: bool = False
    ) -> AsyncGenerator[LogBatch, None]:
        """Every log of a search that is wanted, newest first, a batch at a time; raises PlatformError.

        Pages are read ahead, unless `one_by_one` says that the first few may be enough.
        """

    def with_messages(self, found: Sequence[Log], data_mode: str | None) -> AsyncGenerator[LogBatch, None]:
        """Logs with their messages, a few at a time; raises PlatformError."""

    async def aclose(self) -> None:
        """Close the connections; calls after that fail."""
