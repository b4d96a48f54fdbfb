"""What is known of a log, and of what ran in its latest attempt, as names and values."""

from collections.abc import Iterator

from redox_tui.domain.logs import Log, Operation, Party
from redox_tui.domain.timerange import Timestamp
from redox_tui.tui.widgets.fact_list import Fact
from redox_tui.tui.widgets.log_columns import SIGNS, status


def facts(log: Log) -> Iterator[Fact]:
    """What is known of a log, in the order in which a person asks."""
    yield Fact("Status", status(log), log.status or "")
    if log.problem:
        yield Fact("Record", f"! {log.problem}", "failed")
    yield Fact("Type", log.type)
    yield Fact("Model · event", " · ".join(part for part in (log.data_model, log.event_type) if part))
    yield Fact("Created", time_words(log.created_at))
    yield Fact("Updated", time_words(log.updated_at))
    yield from _party("Source", log.source)
    yield from _party("Destination", log.destination)
    if log.facility_code:
        yield Fact("Facility", log.facility_code)
    if log.data_mode:
        yield Fact("Data mode", log.data_mode)
    yield Fact("Log id", log.id)
    yield Fact("Attempts", "–" if log.attempts is None else str(log.attempts))
    if latest := log.latest_attempt:
        at = f" at {time_words(latest.attempt_at)}" if latest.attempt_at else ""
        yield Fact("Latest attempt", f"{latest.status or '–'}{at}")
        yield Fact("Attempt id", latest.id)


def attempt_facts(log: Log) -> Iterator[Fact]:
    """The attempts as far as the API tells of them: how many, and what ran in the latest, in order."""
    yield Fact("Attempts", "– (not in the record)" if log.attempts is None else f"{log.attempts:,}")
    latest = log.latest_attempt
    if latest is None:
        yield Fact("Latest attempt", "– (not in the record)")
        return
    if log.attempts is not None and log.attempts > 1:
        yield Fact("", "The API tells of the latest one only.")
    yield Fact("Latest attempt", f"{SIGNS.get(latest.status or '', '?')} {latest.status or '–'}", latest.status or "")
    yield Fact("At", time_words(latest.attempt_at))
    yield Fact("Attempt id", latest.id)
    if not latest.operations:
        yield Fact("Operations", "– (none in the record)")
    for number, operation in enumerate(latest.operations, 1):
        yield from _operation(number, operation)


def _party(title: str, party: Party | None) -> Iterator[Fact]:
    if party is None:
        yield Fact(title, "– (none in the record)")
        return
    yield Fact(title, party.name or "–")
    yield Fact("", party.id)
    if party.organization or party.organization_id:
        yield Fact("", f"of {party.organization or '–'} ({party.organization_id or '–'})")


def _operation(number: int, operation: Operation) -> Iterator[Fact]:
    parts = (
        operation.type or "–",
        f"version {operation.version}" if operation.version is not None else "",
        f"stage {operation.attempt_stage}" if operation.attempt_stage else "",
        f"order {operation.order}" if operation.order not in (None, number) else "",
    )
    yield Fact(f"Operation {number}", " · ".join(part for part in parts if part))
    if operation.start_time or operation.end_time:
        yield Fact("", f"{time_words(operation.start_time)}{_duration(operation)}")
    if operation.operation_id:
        yield Fact("", operation.operation_id)


def _duration(operation: Operation) -> str:
    """How long it took, where both times are there and make sense; else when it ended."""
    start, end = operation.start_time, operation.end_time
    if end is None:
        return ""
    if start and start.instant and end.instant and end.instant >= start.instant:
        seconds = (end.instant - start.instant).total_seconds()
        return f" · took {seconds * 1_000:,.0f} ms" if seconds < 1 else f" · took {seconds:,.3f} s"
    return f" to {time_words(end)}"


def time_words(timestamp: Timestamp | None) -> str:
    """A time to the millisecond in UTC; one that cannot be read as it was sent, and said to be none."""
    if timestamp is None:
        return "–"
    if timestamp.instant is None:
        return f"{timestamp.text} (not a time)"
    return f"{timestamp.instant:%Y-%m-%d %H:%M:%S}.{timestamp.instant.microsecond // 1000:03d}"
