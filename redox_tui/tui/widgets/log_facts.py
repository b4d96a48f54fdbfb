"""What is known of a log, as names and values."""

from collections.abc import Iterator

from redox_tui.domain.logs import Log, Operation, Party
from redox_tui.domain.timerange import Timestamp
from redox_tui.tui.widgets.fact_list import Fact
from redox_tui.tui.widgets.log_columns import status


def facts(log: Log) -> Iterator[Fact]:
    """What is known of a log, in the order in which a person asks."""
    yield Fact("Status", status(log), log.status or "")
    if log.problem:
        yield Fact("Record", f"! {log.problem}", "failed")
    yield Fact("Type", log.type)
    yield Fact("Model · event", " · ".join(part for part in (log.data_model, log.event_type) if part))
    yield Fact("Created", _time(log.created_at))
    yield Fact("Updated", _time(log.updated_at))
    yield from _party("Source", log.source)
    yield from _party("Destination", log.destination)
    if log.facility_code:
        yield Fact("Facility", log.facility_code)
    if log.data_mode:
        yield Fact("Data mode", log.data_mode)
    yield Fact("Log id", log.id)
    yield Fact("Attempts", "–" if log.attempts is None else str(log.attempts))
    if latest := log.latest_attempt:
        yield Fact("Latest attempt", f"{latest.status or '–'} at {_time(latest.attempt_at)}")
        yield Fact("Attempt id", latest.id)
        for operation in latest.operations:
            yield Fact("Operation", _operation(operation))
            yield Fact("", operation.operation_id)


def _party(title: str, party: Party | None) -> Iterator[Fact]:
    if party is None:
        yield Fact(title, "– (none in the record)")
        return
    yield Fact(title, party.name or "–")
    yield Fact("", party.id)
    if party.organization or party.organization_id:
        yield Fact("", f"of {party.organization or '–'} ({party.organization_id or '–'})")


def _operation(operation: Operation) -> str:
    parts = [
        f"{operation.order}." if operation.order is not None else "",
        operation.type or "–",
        f"v{operation.version}" if operation.version is not None else "",
        operation.attempt_stage or "",
        _time(operation.start_time) if operation.start_time else "",
    ]
    return " ".join(part for part in parts if part)


def _time(timestamp: Timestamp | None) -> str:
    if timestamp is None:
        return "–"
    if timestamp.instant is None:
        return f"{timestamp.text} (not a time)"
    return f"{timestamp.instant:%Y-%m-%d %H:%M:%S}.{timestamp.instant.microsecond // 1000:03d}"
