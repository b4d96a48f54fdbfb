"""Logs as text on stdout: table, NDJSON, CSV, JSON. Words never go there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from redox_tui.domain import display, records
from redox_tui.domain.logs import Log, LogDetail
from redox_tui.domain.timerange import Timestamp, iso

_WIDTHS = (24, 11, 8, 32, 48, 4)


@dataclass(frozen=True, slots=True)
class Format:
    """How a list of logs is written: each log, what frames the list and what stands between two."""

    log: Callable[[Log], str]
    begin: str = ""
    between: str = ""
    end: str = ""


def _record(log: Log) -> str:
    """The record as the server sent it."""
    return log.record.decode("utf-8", errors="surrogateescape")


def _table_line(log: Log) -> str:
    """For people: one log a line, in columns, the id last and whole."""
    names = " → ".join((party.name or party.id or "–") if party else "–" for party in (log.source, log.destination))
    return _columns(
        _time(log.created_at),
        log.status or "–",
        log.type or "–",
        " · ".join(part for part in (log.data_model, log.event_type) if part) or log.problem or "–",
        names,
        "–" if log.attempts is None else str(log.attempts),
        log.id or "–",
    )


def _columns(*cells: str) -> str:
    columns = [display.fit(cell, width) for cell, width in zip(cells, _WIDTHS, strict=False)]
    return "  ".join((*columns, display.line(cells[-1]))) + "\n"


def _time(timestamp: Timestamp | None) -> str:
    if timestamp is None:
        return "–"
    return iso(timestamp.instant) if timestamp.instant else timestamp.text


FORMATS: Final = {
    "table": Format(
        _table_line, _columns("CREATED", "STATUS", "TYPE", "MODEL · EVENT", "SOURCE → DESTINATION", "TRY", "ID")
    ),
    "ndjson": Format(lambda log: _record(log) + "\n"),
    "json": Format(_record, begin="[\n", between=",\n", end="\n]\n"),
    "csv": Format(lambda log: records.csv_line(LogDetail(log)).decode(), records.csv_header().decode()),
}
"""The formats by the names that `--format` takes."""
