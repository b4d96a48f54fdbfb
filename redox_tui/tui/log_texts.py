"""What can be copied of a log: its ids, its row, its record."""

from redox_tui.domain import display
from redox_tui.domain.logs import Log, Party
from redox_tui.domain.timerange import Timestamp, iso


def texts(log: Log) -> list[tuple[str, str]]:
    """Titles and texts; what a log does not have is left out. Ids and cells are harmless where they are pasted."""
    latest = log.latest_attempt
    ids = (
        ("Log id", log.id),
        ("Attempt id", latest.id if latest else None),
        ("Source id", log.source.id if log.source else None),
        ("Destination id", log.destination.id if log.destination else None),
    )
    found = [(f"{title}  {display.line(id_)}", display.line(id_)) for title, id_ in ids if id_]
    record = log.record.decode("utf-8", errors="replace")
    return [*found, ("Row, tab-separated", _row(log)), *([("Log as JSON", record)] if record else [])]


def _row(log: Log) -> str:
    """Time, status, type, model, event, both ends, attempts and id, with tabs in between."""
    cells = (
        _time(log.created_at),
        log.status,
        log.type,
        log.data_model,
        log.event_type,
        _name(log.source),
        _name(log.destination),
        "" if log.attempts is None else str(log.attempts),
        log.id,
    )
    return "\t".join(display.line(cell) for cell in cells)


def _time(timestamp: Timestamp | None) -> str:
    if timestamp is None:
        return ""
    return iso(timestamp.instant) if timestamp.instant else timestamp.text


def _name(party: Party | None) -> str | None:
    return (party.name or party.id) if party else None
