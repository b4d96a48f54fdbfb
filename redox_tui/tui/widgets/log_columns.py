"""Which columns a list of logs has at a width, and what stands in them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from rich.cells import cell_len, set_cell_size

from redox_tui.domain import display
from redox_tui.domain.logs import Log, Party
from redox_tui.domain.timerange import TimeRange, Timestamp

SIGNS: Final = {"succeeded": "✓", "failed": "✗", "filtered": "⊘", "pending": "…"}
"""The sign before each documented status; colour never carries the meaning alone (ux.md §2)."""

_ARROW: Final = " → "
_WIDE, _WIDEST = 118, 158
"""Widths from which types, facilities and ids fit: a terminal of 120 or 160 less marker and scrollbar."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its width in cells."""

    title: str
    width: int
    text: Callable[[Log], str]

    def cell(self, log: Log) -> str:
        """What stands in this column, in exactly its width."""
        return set_cell_size(_clipped(self.text(log), self.width), self.width)


TIME: Final = "%H:%M:%S"
"""How times are written where the time of day tells rows apart; `DATE` and `YEAR` are for longer and older ranges."""

DATE: Final = "%m-%d %H:%M:%S"
YEAR: Final = "%Y-%m-%d %H:%M"
_TIME_WIDTHS = {TIME: 8, DATE: 14, YEAR: 16}
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)
_ONE_DAY: Final = timedelta(days=1, minutes=1)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a list is drawn: how times are written and in which zone, and which columns somebody wants or does not."""

    time_format: str = TIME
    zone: tzinfo = UTC
    wanted: tuple[tuple[str, bool], ...] = ()

    def has(self, name: str, width: int) -> bool:
        """Whether an optional column is shown at a width."""
        return dict(self.wanted).get(name, name == "try" or width >= _WIDE)

    def over(self, bounds: TimeRange, now: datetime) -> "Layout":
        """The same layout for logs of a range, of whose times no more is written than tells them apart."""
        begin, end = bounds.since or _LONG_AGO, bounds.until or now
        form = YEAR if begin.year != now.year else DATE if end - begin > _ONE_DAY else TIME
        return replace(self, time_format=form)


OPTIONAL: Final = {"type": "Type", "try": "Attempts", "facility": "Facility", "id": "Log id", "updated": "Updated"}
"""The columns that can be left out, by name, with their titles."""


@lru_cache(maxsize=8)
def columns(width: int, layout: Layout) -> tuple[Column, ...]:
    """The columns of a list that is `width` cells wide; the second is always the status."""
    form, zone = layout.time_format, layout.zone
    time = Column("TIME", _TIME_WIDTHS[form], lambda log: _time(log.created_at, form, zone))
    fixed = [time, Column("STATUS", 11, status)]
    if layout.has("type", width):
        fixed.append(Column("TYPE", 8, lambda log: display.or_dash(log.type)))
    last = [Column("TRY", 3, _tries)] if layout.has("try", width) else []
    if dict(layout.wanted).get("updated"):
        last.append(Column("UPDATED", _TIME_WIDTHS[form], lambda log: _time(log.updated_at, form, zone)))
    if layout.has("facility", width):
        last.append(Column("FACILITY", 12, lambda log: display.or_dash(log.facility_code)))
    if layout.has("id", width):
        last.append(Column("ID", 36, _id) if width >= _WIDEST else Column("ID", 8, lambda log: _id(log)[:8]))
    gaps = 2 * (len(fixed) + len(last) + 1)
    room = width - gaps - sum(column.width for column in (*fixed, *last))
    model = max(8, room * 3 // 7)
    route = max(8, room - model)
    flexible = [
        Column("MODEL · EVENT", model, _model),
        Column("SOURCE → DESTINATION", route, lambda log: _route(log, route)),
    ]
    return (*fixed, *flexible, *last)


def status(log: Log) -> str:
    """A sign and the word."""
    return f"{SIGNS.get(log.status or '', '?')} {display.or_dash(log.status)}"


def _time(timestamp: Timestamp | None, form: str, zone: tzinfo) -> str:
    if timestamp is None:
        return "–"
    instant = timestamp.instant
    return instant.astimezone(zone).strftime(form) if instant else display.line(timestamp.text)


def _model(log: Log) -> str:
    if log.problem and not log.data_model:
        return f"! {display.line(log.problem)}"
    return "·".join(display.line(part) for part in (log.data_model, log.event_type) if part) or "–"


def _route(log: Log, width: int) -> str:
    """Both ends; where there is no room for both, each keeps half of it, or what the other one leaves."""
    source, destination = _party(log.source), _party(log.destination)
    room = width - len(_ARROW)
    source = _clipped(source, max(room // 2, room - cell_len(destination)))
    return f"{source}{_ARROW}{_clipped(destination, max(0, room - cell_len(source)))}"


def _clipped(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, max(0, width - 1)) + "…"


def _party(party: Party | None) -> str:
    return display.or_dash(party.name or party.id) if party else "–"


def _id(log: Log) -> str:
    return display.or_dash(log.id)


def _tries(log: Log) -> str:
    return f"{'–' if log.attempts is None else log.attempts:>3}"
