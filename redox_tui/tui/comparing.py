"""What of two logs is compared, and what is said of it: their records and, where both have one, their messages."""

from typing import Final

from redox_tui.domain import display
from redox_tui.domain.logs import Log, LogDetail
from redox_tui.tui.messages import Compared
from redox_tui.tui.widgets.diff_view import Section
from redox_tui.tui.widgets.log_columns import status

METADATA: Final = "metadata"
PAYLOAD: Final = "payload"


def texts_of(left: LogDetail, right: LogDetail) -> dict[str, tuple[str, str]]:
    """The texts to compare, by section; payloads only where both logs have one."""
    found = {METADATA: (_record(left.log), _record(right.log))}
    if left.payload is not None and right.payload is not None:
        found[PAYLOAD] = left.payload, right.payload
    return found


def no_payload(left: LogDetail, right: LogDetail) -> str:
    """Why payloads cannot be compared."""
    missing = [side for side, one in (("left", left), ("right", right)) if one.payload is None]
    who = "Neither log has a payload" if len(missing) == 2 else f"The {missing[0]} log has no payload"
    return f"{who}: this generation of the API gives none, or your role may not see it"


def compared_section(done: Compared) -> Section:
    """A section that has been compared, with how much differs in its title."""
    found = done.difference
    count = f"{found.count:,} difference{'s' if found.count != 1 else ''}" if found.count else "the same"
    notice = "" if found.count else "Both say the same." if found.is_json else "Both are the same text."
    return Section(f"{done.section.upper()}  {count}", notice, found, done.lines, done.stacked)


def summary(log: Log | None) -> str:
    """A log in one line: when, how it went, what it is about and its id."""
    if log is None:
        return "…"
    instant = log.created_at.instant if log.created_at else None
    time = f"{instant:%Y-%m-%d %H:%M:%S}" if instant else "–"
    what = "·".join(part for part in (log.data_model, log.event_type) if part)
    return f"{time}  {status(log)}  {display.line(what, 60)}  {display.line(log.id)}"


def _record(log: Log) -> str:
    return log.record.decode("utf-8", errors="surrogateescape")
