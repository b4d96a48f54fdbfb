"""Subscriptions: which data model goes from which source to which destination, and how its queue does."""

from dataclasses import dataclass

from redox_tui.domain.filters import Extra
from redox_tui.domain.logs import Party
from redox_tui.domain.timerange import Timestamp


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription (platform-api.md §3.9).

    `queue` is what the server says of its queue, in the server's words; `environment_flags` are those of source and
    destination; `extra` are fields that this program does not know.
    """

    id: str
    source: Party | None = None
    destination: Party | None = None
    data_model: str | None = None
    queue: str | None = None
    environment_flags: tuple[str | None, str | None] = (None, None)
    deleted_at: Timestamp | None = None
    extra: Extra = ()


@dataclass(frozen=True, slots=True)
class SubscriptionSearch:
    """What to list: ids, a data model, a part of a name; None leaves it open."""

    source: str | None = None
    destination: str | None = None
    source_organization: str | None = None
    destination_organization: str | None = None
    connecting_organization: str | None = None
    data_model: str | None = None
    text: str | None = None
    order_by: str | None = None
    is_ascending: bool | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """One page of subscriptions; `total` where the server says it, `next` is None on the last page."""

    subscriptions: tuple[Subscription, ...]
    total: int | None = None
    next: int | None = None
