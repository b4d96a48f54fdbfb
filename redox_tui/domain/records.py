"""A log as a row of a file: the record as the server sent it, with its message where that is wanted, or CSV cells."""

import json
import re
from typing import Final, NoReturn

from redox_tui.domain.jsontext import on_one_line
from redox_tui.domain.logs import Log, LogDetail, Party

CSV_COLUMNS: Final = (
    "id",
    "createdAt",
    "status",
    "type",
    "dataModel",
    "eventType",
    "sourceId",
    "source",
    "destinationId",
    "destination",
    "attempts",
)
MESSAGE: Final = "payload"
"""Under which name a message stands in a record, and the CSV and Parquet column that holds it."""

CONSENT: Final = "patient data"
"""What has to be typed before messages are written to a file (PH-12)."""

LONE_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
"""Halves of characters, which JSON may hold as an escape and no UTF-8 can."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')


def record(row: LogDetail, *, with_message: bool = False) -> bytes:
    """The record's own bytes, on one line; its message as the last member where that is wanted, null where it is none.

    A message that is JSON stands there as it was sent, any other text as a string.
    """
    own = row.log.record
    if not with_message or not own.startswith(b"{"):
        return own
    comma = b"" if own[1:-1].strip() == b"" else b","
    message = b"null" if row.payload is None else _message(row.payload)
    return b'%b%b"%b":%b}' % (own[:-1], comma, MESSAGE.encode(), message)


def csv_line(row: LogDetail, *, with_message: bool = False) -> bytes:
    """A line of CSV with the columns of `CSV_COLUMNS`; what a spreadsheet would take for a formula is text (PH-12)."""
    log = row.log
    source, destination = log.source or Party(), log.destination or Party()
    cells = [
        log.id,
        log.created_at.text if log.created_at else "",
        log.status,
        log.type,
        log.data_model,
        log.event_type,
        source.id,
        source.name,
        destination.id,
        destination.name,
        "" if log.attempts is None else str(log.attempts),
    ]
    if with_message:
        cells.append(row.payload)
    return (",".join([cell(text) if text else "" for text in cells]) + "\n").encode()


def csv_header(*, with_message: bool = False) -> bytes:
    """The first line of a CSV file."""
    return (",".join((*CSV_COLUMNS, *([MESSAGE] if with_message else ()))) + "\n").encode()


def cell(text: str) -> str:
    """A cell of CSV; one that a spreadsheet would calculate begins with an apostrophe."""
    text = readable(text)
    if text.startswith(_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def readable(text: str) -> str:
    """The same text with a sign for each half of a character, so that it can be written as UTF-8."""
    return text if text.isascii() else LONE_SURROGATE.sub("\ufffd", text)


def name_of(log: Log) -> str:
    """The id of a log as it stands in any file."""
    return readable(log.id)


def _message(text: str) -> bytes:
    if text.lstrip()[:1] in ("{", "["):
        try:
            json.loads(text, parse_constant=_no_constant)
            return on_one_line(text).strip().encode(errors="surrogateescape")
        except (ValueError, RecursionError):
            pass
    return json.dumps(text).encode()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
