"""Exports that are one file of text: how NDJSON, JSON and CSV are framed, and which whole rows a torn file holds."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Final

from redox_tui.domain import records
from redox_tui.domain.logs import LogDetail
from redox_tui.domain.records import LONE_SURROGATE
from redox_tui.domain.timerange import Timestamp
from redox_tui.store.export_tail import Kept, Unreadable, mark_of

_CELLS: Final = re.compile(rb'("(?:[^"]|"")*"|[^,"\n]*),("(?:[^"]|"")*"|[^,"\n]*),')

_ESCAPED: Final = re.compile(r"'[=+\-@\t\r\n]")


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How rows become a file: what frames them, what stands between two, and how they are found in it again."""

    row: Callable[[LogDetail], bytes]
    read: Callable[[IO[bytes]], Iterator[Kept]]
    begin: bytes = b""
    between: bytes = b""
    end: bytes = b""

    def joined(self, rows: list[bytes], *, follows: bool) -> bytes:
        """Rows as they stand in the file; `follows` says that there is a row right before them."""
        return (self.between if follows else b"") + self.between.join(rows)


def text_format(name: str, *, with_messages: bool) -> TextFormat:
    """A format by its name: `ndjson`, `json` or `csv`."""
    if name == "csv":
        header = records.csv_header(with_message=with_messages)
        row = partial(records.csv_line, with_message=with_messages)
        return TextFormat(row, partial(_csv_rows, header), begin=header)
    record = partial(records.record, with_message=with_messages)
    if name == "json":
        return TextFormat(record, partial(_json_rows, b"[\n"), begin=b"[\n", between=b",\n", end=b"\n]\n")
    return TextFormat(lambda row: record(row) + b"\n", partial(_json_rows, b""))


def _json_rows(begin: bytes, file: IO[bytes]) -> Iterator[Kept]:
    """One record a line. In an array a whole line ends with a comma: the last row of a whole one is read again."""
    is_array = bool(begin)
    at = 0
    for number, line in enumerate(file):
        at += len(line)
        if number == 0 and is_array and line == begin:
            continue
        if not line.endswith(b",\n" if is_array else b"\n"):
            if line.endswith(b"\n") and not is_array:
                raise Unreadable(f"line {number + 1:,} was not written by an export")
            return
        row = line[:-2] if is_array else line
        try:
            found = json.loads(row.decode(errors="surrogateescape"))
        except (ValueError, RecursionError):
            raise Unreadable(f"line {number + 1:,} is no record") from None
        fields = found if isinstance(found, dict) else {}
        name, created = _text(fields.get("id")), _text(fields.get("createdAt"))
        yield Kept(name, Timestamp.read(created).instant, at, b"" if name else mark_of(row))


def _csv_rows(header: bytes, file: IO[bytes]) -> Iterator[Kept]:
    """A row ends with a line where no quote is open."""
    at, quotes, lines = 0, 0, []
    for number, line in enumerate(file):
        lines.append(line)
        quotes += line.count(b'"')
        if not line.endswith(b"\n") or quotes % 2:
            continue
        row = b"".join(lines)
        at += len(row)
        lines, quotes = [], 0
        if at == len(row):
            if row != header:
                raise Unreadable("its first line is another one")
            continue
        if not (cells := _CELLS.match(row)):
            raise Unreadable(f"line {number + 1:,} is no row")
        name, created = (_uncelled(found) for found in cells.groups())
        yield Kept(name, Timestamp.read(created).instant, at, b"" if name else mark_of(row))


def _uncelled(found: bytes) -> str:
    text = found.decode()
    if text.startswith('"'):
        text = text[1:-1].replace('""', '"')
    return text[1:] if _ESCAPED.match(text) else text


def _text(value: object) -> str:
    """As the wire is read: numbers count as texts, anything else is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return LONE_SURROGATE.sub("\ufffd", value) if isinstance(value, str) else ""
