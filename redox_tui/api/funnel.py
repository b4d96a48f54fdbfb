"""What the modules of calls know of the client: that a call can be made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from redox_tui.api.endpoints import Endpoint
from redox_tui.api.protocol import Urgency

T = TypeVar("T")


class Call(Protocol):
    """The client's funnel."""

    def __call__(
        self,
        endpoint: Endpoint,
        ids: Mapping[str, str],
        *,
        read: Callable[[bytes], T],
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        urgency: Urgency = Urgency.BROWSING,
    ) -> Awaitable[T]:
        """Make a call and return what `read` makes of its answer; raises PlatformError for anything else."""
