"""Logs, pages and moments that the tests of the domain start from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from redox_tui.domain.logs import Log, Party
from redox_tui.domain.timerange import Timestamp, iso

NOW = datetime(2026, 11, 20, 15, 4, 5, 123_000, tzinfo=UTC)
EPIC = "0f4bd1d1-451d-4351-8cfd-b767d1b488d6"


def at(instant: datetime) -> Timestamp:
    """The server's own writing of an instant."""
    return Timestamp.read(iso(instant))


def a_log(name: str = "log", *, age: int = 0, **fields: Any) -> Log:
    """A log that was created `age` seconds ago; fields are those of `Log`."""
    return replace(Log(id=name, created_at=at(NOW - timedelta(seconds=age))), **fields)


def an_admission(**fields: Any) -> Log:
    """A log with every part that a query can ask for."""
    parts: dict[str, Any] = {
        "status": "failed",
        "type": "send",
        "data_model": "PatientAdmin",
        "event_type": "Arrival",
        "source": Party(EPIC, "Lakeside Epic"),
        "destination": Party("d-1", "CareCloud, Inc."),
    }
    return a_log("5a1f0c9e", **(parts | fields))


def some_logs(count: int) -> list[Log]:
    """Logs of one list, newest first, a second apart."""
    return [a_log(f"log-{number}", age=number) for number in range(count)]
