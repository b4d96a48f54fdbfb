"""Moments as the simulator counts them, whole epoch milliseconds, and as the API writes them."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Without a zone, since a page has hundreds of timestamps and writing a zone doubles the cost of each.
_PLAIN_EPOCH = _EPOCH.replace(tzinfo=None)


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """An aware moment as whole epoch milliseconds, rounded down."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def timestamp(time: int) -> str:
    """Epoch milliseconds as the API writes them, `2026-11-20T14:59:58.123Z` (platform-api.md §2.4)."""
    return (_PLAIN_EPOCH + timedelta(milliseconds=time)).isoformat(timespec="milliseconds") + "Z"
