"""The records of files as one sequence: where each stands is kept, what it says is read when somebody looks at it."""

import csv
import io
import json
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from redox_tui.domain.file_record import Record
from redox_tui.store.record_bytes import CHANGED, Bytes
from redox_tui.store.record_form import BOM, HEAD, Form, form_of
from redox_tui.store.record_scan import LONGEST, Span, elements, lines

_STEP: Final = 50_000
_STEP_BYTES: Final = 64 << 20
"""Records, and bytes of them, that are found before somebody else may have a turn."""

_AT_ONCE: Final = 8 << 20
"""Bytes of records that are in memory together, unless one record has more."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class RecordFile:
    """The records of one file. `scan` has to come to its end before all of them are known."""

    def __init__(self, name: str, source: Bytes) -> None:
        self.name = name
        self._source = source
        self._form = form_of(name, source.read([(0, HEAD)])[0])
        self._begin = len(BOM) if source.read([(0, len(BOM))])[0] == BOM else 0
        self._offsets, self._lengths = array("Q"), array("Q")
        self._columns: list[str] = []

    def __len__(self) -> int:
        return len(self._offsets)

    @property
    def has_changed(self) -> bool:
        """Whether the file is another one than when it was opened."""
        return self._source.has_changed

    def scan(self) -> Iterator[None]:
        """Find the records, a part at a time."""
        spans = self._spans()
        if self._form is Form.TABLE and (header := next(spans, None)):
            self._columns = _cells(self._source.read([header])[0])
        told = size = 0
        for offset, length in spans:
            self._offsets.append(offset)
            self._lengths.append(length)
            size += length
            if size > _STEP_BYTES or len(self) - told >= _STEP:
                told, size = len(self), 0
                yield
        yield

    def read(self, numbers: Sequence[int]) -> Iterator[Record]:
        """The records of these numbers, counted from 0, a few at a time; raises RecordFileError."""
        for some in self._portions(numbers):
            spans = [(self._offsets[number], self._lengths[number]) for number in some]
            texts = _read(self._source, [(offset, length if length <= LONGEST else 0) for offset, length in spans])
            for number, (_, length), text in zip(some, spans, texts, strict=True):
                yield self._record(number, length, text)

    def _portions(self, numbers: Sequence[int]) -> Iterator[Sequence[int]]:
        """The numbers in parts that may be in memory together."""
        begin = size = 0
        for index, number in enumerate(numbers):
            size += self._lengths[number]
            if size > _AT_ONCE and index > begin:
                yield numbers[begin:index]
                begin, size = index, self._lengths[number]
        yield numbers[begin:]

    def _spans(self) -> Iterator[Span]:
        match self._form:
            case Form.WHOLE:
                return iter([(self._begin, self._source.size - self._begin)])
            case Form.ARRAY:
                return elements(self._source, self._begin)
            case _:
                return lines(self._source, self._begin, quoted=self._form is Form.TABLE)

    def _record(self, number: int, length: int, text: bytes) -> Record:
        place = "" if self._form is Form.WHOLE else f"record {number + 1:,}"
        is_last = number + 1 == len(self) and self._offsets[number] + length == self._source.size
        if length > LONGEST:
            problem = f"longer than {LONGEST >> 20} MiB"
            return Record(b"", self.name, place, problem=problem)
        if len(text) < length:
            return Record(b"", self.name, place, problem=CHANGED)
        if self._form is Form.TABLE:
            text = _row(self._columns, text)
        return Record(text if self._form is Form.WHOLE else text.strip(), self.name, place, is_last)


class RecordFiles:
    """Several files, one after the other. `skipped` says which of a folder are none that can be shown, and why."""

    def __init__(self, files: Sequence[RecordFile], skipped: Sequence[str] = ()) -> None:
        self.skipped = tuple(skipped)
        self._files = files
        self._starts = array("Q", [0])
        """The number of the first record of each file, as far as they have been looked through."""

    def __len__(self) -> int:
        last = len(self._starts) - 1
        return self._starts[last] + (len(self._files[last]) if last < len(self._files) else 0)

    @property
    def count(self) -> int:
        """How many files there are."""
        return len(self._files)

    @property
    def has_changed(self) -> bool:
        """Whether a file is another one than when it was opened; of very many, only some are asked."""
        return any(file.has_changed for file in self._files[:100])

    def scan(self) -> Iterator[None]:
        """Find the records, a part at a time."""
        for file in self._files:
            yield from file.scan()
            self._starts.append(self._starts[-1] + len(file))

    def read(self, numbers: Sequence[int]) -> Iterator[Record]:
        """The records of these numbers, in their order, a few at a time; raises RecordFileError."""
        for index, wanted in groupby(numbers, lambda number: bisect_right(self._starts, number) - 1):
            start = self._starts[index]
            yield from self._files[index].read([number - start for number in wanted])


def _read(source: Bytes, spans: list[Span]) -> list[bytes]:
    """The bytes of records; of those that stand side by side, in one piece."""
    if len(spans) > 1 and spans == sorted(spans):
        begin, end = spans[0][0], sum(spans[-1])
        if end - begin <= _AT_ONCE:
            piece = source.read([(begin, end - begin)])[0]
            return [piece[offset - begin : offset - begin + length] for offset, length in spans]
    return source.read(spans)


def _cells(line: bytes) -> list[str]:
    text = line.decode("utf-8", errors="surrogateescape")
    csv.field_size_limit(LONGEST)  # a message may stand in a cell
    try:
        return next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return []


def _row(columns: Sequence[str], line: bytes) -> bytes:
    """A line of an exported CSV as a record of the API; what an export put before a formula is taken away again."""
    cells = dict(zip(columns, map(_bare, _cells(line)), strict=False))
    record: dict[str, Any] = {name: text for name, text in cells.items() if text and name not in _NESTED}
    for column, (outer, inner) in _NESTED.items():
        if text := cells.get(column):
            record.setdefault(outer, {})[inner] = text
    return json.dumps(record, ensure_ascii=False).encode("utf-8", errors="surrogateescape")


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


_NESTED: Final = {
    "sourceId": ("source", "id"),
    "source": ("source", "name"),
    "destinationId": ("destination", "id"),
    "destination": ("destination", "name"),
    "attempts": ("attempts", "total"),
}
"""Columns of an export that stand in an object of the record."""
