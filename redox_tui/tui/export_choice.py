"""What of a list can be exported, in the words of the dialog, and what is planned by the answer that it gets."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Log
from redox_tui.domain.masking import Mask
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.query import LogQuery
from redox_tui.domain.window import LogWindow
from redox_tui.store import export
from redox_tui.store.export import Plan
from redox_tui.store.export_parquet import is_available
from redox_tui.tui.dialogs.export import Choice, Offer

_FORMATS: Final = (
    ("ndjson", "NDJSON: a record a line, as the server sent it"),
    ("csv", "CSV: eleven columns"),
    ("json", "JSON: one array"),
)
_PARQUET: Final = ("parquet", "Parquet: a folder of part files")
_ALL, _ROW, _MARKED, _LOADED = "all", "row", "marked", "loaded"
_WORDS: Final = {_ROW: "this log", _MARKED: "{:,} marked", _LOADED: "{:,} loaded that match"}


def scopes(
    window: LogWindow, query: LogQuery, row: Log | None, marked: Sequence[Log] | None
) -> dict[str, tuple[Log, ...]]:
    """The logs on hand that can be exported, by scope; without `marked` it is about one log only."""
    found: dict[str, tuple[Log, ...]] = {_ROW: (row,) if row else ()}
    if marked is not None:
        found[_MARKED] = tuple(marked)
        found[_LOADED] = tuple(log for log in window.loaded if query.matches(log))
    return found


def offer(window: LogWindow, query: LogQuery, on_hand: Mapping[str, Sequence[Log]], now: datetime) -> Offer:
    """What the dialog offers: the scopes that have logs, and the whole list where it is about that."""
    offered = [(name, _WORDS[name].format(len(logs))) for name, logs in on_hand.items() if logs]
    if _LOADED in on_hand:
        offered.append((_ALL, _all_in_words(window, query)))
    formats = (*_FORMATS, _PARQUET) if is_available() else _FORMATS
    return Offer(offered, formats, f"logs-{now:%Y-%m-%dT%H%M}")


def plan(choice: Choice, connection: Connection, query: LogQuery) -> Plan:
    """What is to be written where. Only the whole list can be gone on with, and only where no name was made up."""
    can_go_on = choice.scope == _ALL and not choice.is_masked
    rows = (choice.format, choice.with_messages, None)
    return Plan(
        Path(choice.file).expanduser(),
        choice.format,
        export.identity(connection, query, *rows) if can_go_on else None,
        choice.with_messages,
        Mask(secrets.token_bytes(32)) if choice.is_masked else None,
    )


def question(plan: Plan, messages: int | None) -> str:
    """What has to be agreed to before so many messages go into a file (PH-12). It looks at the folder."""
    many = "Each is read by itself" if messages is None or messages == 1 else f"Up to {messages:,} are read one by one"
    about = f"Payloads are patient data. They go into {plan.path}, for you alone. {many}."
    return "\n".join(part for part in (about, export.open_to_others(plan.path)) if part)


def _all_in_words(window: LogWindow, query: LogQuery) -> str:
    """How much has to be fetched for all rows: exact where the server gives totals."""
    total = window.total
    if total is None or window.is_growing:
        return "all that match (nobody knows how many pages)"
    pages = -(-total // PAGE_SIZE)
    which = f"all that match of {total:,}" if query.local else f"all {total:,}"
    return f"{which} (will fetch {pages:,} page{'' if pages == 1 else 's'})"
