"""Exports as Parquet: a folder of part files, each whole, that DuckDB, Spark and Trino read as one table.

Needs pyarrow (extra `parquet`), which is imported here only, and only when such an export is made.
"""

import contextlib
import importlib.util
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from redox_tui.domain import records
from redox_tui.domain.logs import Log, LogDetail, Party
from redox_tui.domain.records import MESSAGE, readable
from redox_tui.domain.timerange import Timestamp
from redox_tui.store import secure_file
from redox_tui.store.errors import NotSaved, StoreError
from redox_tui.store.export_file import lock
from redox_tui.store.export_tail import Kept, Tail, Unreadable, mark_of, tail_of

PART_ROWS: Final = 10_000
PART_BYTES: Final = 256 << 20
GROUP_ROWS: Final = 1_000
GROUP_BYTES: Final = 16 << 20
"""A row group is in memory before it is written: so many rows, or so many bytes of records and messages."""

COLUMNS: Final = (*records.CSV_COLUMNS, "updatedAt", "dataMode", "facilityCode", "record", MESSAGE)
"""The columns: those of CSV, typed, the record as the server sent it, and its message where that was wanted."""

_NAME: Final = "part-{:05}.parquet"
_LAST: Final = b"redox_tui.last"
"""Stands in the part file that an export ended with: it may be shorter than the others."""

_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST: Final = 1 << 63


def is_available() -> bool:
    """Whether pyarrow is installed."""
    return importlib.util.find_spec("pyarrow") is not None


class ParquetFolder:
    """The folder while it is written, under the name `part`. Rows of a part file that is not whole do not stay."""

    def __init__(self, path: Path, part: Path, *, with_messages: bool, is_new: bool) -> None:
        if not is_available():
            raise StoreError("Parquet needs pyarrow, which is not installed.", hint="pip install 'redox-tui[parquet]'")
        self.rows = 0
        self.kept = 0
        self._path = path
        self._part = part
        self._with_messages = with_messages
        self._schema = _schema(with_messages=with_messages)
        self._folder = _open(part, is_new=is_new)
        self._parts = 0
        self._group: list[LogDetail] = []
        self._group_bytes = 0
        self._part_rows = 0
        self._part_bytes = 0
        self._file: IO[bytes] | None = None
        self._writer: Any = None

    def mark(self, row: LogDetail) -> bytes:
        """What a row without an id is known by."""
        return _record(row.log).encode()

    def cut(self, *, by_creation: bool, before: datetime | None) -> Tail:
        """Remove part files that are not whole, or hold a row not later than `before`; say what is left."""
        lengths = self._whole_parts()
        if before:
            found = tail_of(lambda: self._read(len(lengths)), by_creation=by_creation, before=before)
            while sum(lengths) > found.rows:
                os.unlink(_NAME.format(len(lengths) - 1), dir_fd=self._folder)
                lengths.pop()
        tail = tail_of(lambda: self._read(len(lengths)), by_creation=by_creation)
        self._parts = len(lengths)
        self.rows = self.kept = tail.rows
        return tail

    def append(self, rows: Sequence[LogDetail]) -> None:
        """Take rows in, and write them when there are enough; NotSaved where that fails."""
        for row in rows:
            size = len(row.log.record) + len(row.payload or "")
            self._group.append(row)
            self._group_bytes += size
            self._part_bytes += size
            self.rows += 1
            if len(self._group) >= GROUP_ROWS or self._group_bytes >= GROUP_BYTES:
                self._write_group()
                if self._part_rows >= PART_ROWS or self._part_bytes >= PART_BYTES:
                    self._end_part(is_last=False)

    def complete(self) -> None:
        """Write what is left and give the folder its name; NotSaved where something has that name by now."""
        if self._group or self._file or not self._parts:
            self._write_group()
            self._end_part(is_last=True)
        try:
            os.fsync(self._folder)
            if os.path.lexists(self._path):
                raise FileExistsError
            os.rename(self._part, self._path)
        except (FileExistsError, NotADirectoryError):
            raise NotSaved(f"{self._path} appeared meanwhile; the data is in {self._part}.") from None
        except OSError as error:
            raise NotSaved(f"{self._part} could not be completed: {error.strerror}.") from None

    def close(self) -> None:
        """Write no more; a folder without a whole part file does not stay."""
        self._forget_part()
        os.close(self._folder)
        if not self.kept:
            with contextlib.suppress(OSError):
                self._part.rmdir()

    def _whole_parts(self) -> list[int]:
        """The number of rows of each part file that stays."""
        names = sorted(os.listdir(self._folder))
        for name in [name for name in names if name.startswith(".part-") and name.endswith(".tmp")]:
            os.unlink(name, dir_fd=self._folder)
            names.remove(name)
        if names != [_NAME.format(number) for number in range(len(names))]:
            raise Unreadable("there are other files in it")
        lengths = []
        for number in range(len(names)):
            with self._opened(number) as file:
                length, is_last = _length(file, self._schema)
            if is_last:
                if number < len(names) - 1:
                    raise Unreadable(f"{_NAME.format(number)} was the last one")
                os.unlink(_NAME.format(number), dir_fd=self._folder)
            else:
                lengths.append(length)
        return lengths

    def _read(self, parts: int) -> Iterator[Kept]:
        at = 0
        for number in range(parts):
            with self._opened(number) as file:
                for kept in _rows(file, at):
                    at = kept.end
                    yield kept

    def _opened(self, number: int) -> IO[bytes]:
        name = _NAME.format(number)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=self._folder)
        secure_file.check_file(self._part / name, os.fstat(descriptor))
        return open(descriptor, "rb")

    def _write_group(self) -> None:
        with self._told():
            if self._file is None:
                self._begin_part()
            if self._group:
                self._writer.write_table(_table(self._group, self._schema))
        self._part_rows += len(self._group)
        self._group, self._group_bytes = [], 0

    def _begin_part(self) -> None:
        import pyarrow.parquet as pq

        descriptor = os.open(self._temporary, _NEW, secure_file.FILE_MODE, dir_fd=self._folder)
        os.fchmod(descriptor, secure_file.FILE_MODE)
        self._file = open(descriptor, "wb")  # noqa: SIM115 - it stays open until the part is whole
        self._writer = pq.ParquetWriter(self._file, self._schema, compression="zstd")

    def _end_part(self, *, is_last: bool) -> None:
        with self._told():
            assert self._file  # noqa: S101 - for the type checker
            if is_last:
                self._writer.add_key_value_metadata({_LAST: b"1"})
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            name = _NAME.format(self._parts)
            os.rename(self._temporary, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        self._parts += 1
        self.kept += self._part_rows
        self._file = self._writer = None
        self._part_rows = self._part_bytes = 0

    def _forget_part(self) -> None:
        """Drop what is not whole."""
        with contextlib.suppress(OSError, ValueError):
            if self._writer:
                self._writer.close()
        with contextlib.suppress(OSError):
            if self._file:
                self._file.close()
                os.unlink(self._temporary, dir_fd=self._folder)
        self._file = self._writer = None

    @property
    def _temporary(self) -> str:
        return f".{_NAME.format(self._parts)}.tmp"

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """An error of the disk in words."""
        try:
            yield
        except OSError as error:
            words = os.strerror(error.errno) if error.errno else "the disk refuses"
            raise NotSaved(f"Writing {self._part} failed: {words}.") from None


def _schema(*, with_messages: bool) -> Any:
    import pyarrow as pa

    time = pa.timestamp("us", tz="UTC")
    types = {"createdAt": time, "updatedAt": time, "attempts": pa.int64()}
    names = COLUMNS if with_messages else COLUMNS[:-1]
    return pa.schema([(name, types.get(name, pa.string())) for name in names])


def _table(rows: Sequence[LogDetail], schema: Any) -> Any:
    import pyarrow as pa

    columns = zip(*(_cells(row) for row in rows), strict=True)
    named = dict(zip(COLUMNS, columns, strict=True))
    return pa.table({name: named[name] for name in schema.names}, schema=schema)


def _cells(row: LogDetail) -> tuple[Any, ...]:
    log = row.log
    source, destination = log.source or Party(), log.destination or Party()
    return (
        readable(log.id),
        _instant(log.created_at),
        _readable(log.status),
        _readable(log.type),
        _readable(log.data_model),
        _readable(log.event_type),
        _readable(source.id),
        _readable(source.name),
        _readable(destination.id),
        _readable(destination.name),
        log.attempts if log.attempts is None or -_MOST <= log.attempts < _MOST else None,
        _instant(log.updated_at),
        _readable(log.data_mode),
        _readable(log.facility_code),
        _record(log),
        _readable(row.payload),
    )


def _readable(text: str | None) -> str | None:
    return None if text is None else readable(text)


def _record(log: Log) -> str:
    return log.record.decode(errors="replace")


def _instant(timestamp: Timestamp | None) -> datetime | None:
    return timestamp.instant if timestamp else None


def _length(file: IO[bytes], schema: Any) -> tuple[int, bool]:
    """The rows of a part file, and whether it was the last one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.ParquetFile(file)
        if not found.schema_arrow.equals(schema):
            raise Unreadable("a part file has other columns")
        return found.metadata.num_rows, _LAST in (found.metadata.metadata or {})
    except pa.ArrowException as error:
        raise Unreadable("a part file is damaged") from error


def _rows(file: IO[bytes], at: int) -> Iterator[Kept]:
    import pyarrow.parquet as pq

    found = pq.ParquetFile(file)
    for group in range(found.num_row_groups):
        table = found.read_row_group(group, columns=["id", "createdAt"]).to_pydict()
        marks: list[str] = []
        if "" in table["id"]:
            marks = found.read_row_group(group, columns=["record"]).to_pydict()["record"]
        for place, (name, created) in enumerate(zip(table["id"], table["createdAt"], strict=True)):
            at += 1
            yield Kept(name, created, at, b"" if name else mark_of(marks[place].encode()))


def _open(part: Path, *, is_new: bool) -> int:
    try:
        if is_new:
            os.mkdir(part, secure_file.FOLDER_MODE)
            os.chmod(part, secure_file.FOLDER_MODE)
        descriptor = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileExistsError:
        raise NotSaved(f"{part} is left from an earlier run.", hint="Resume it, or look at it and remove it.") from None
    except OSError as error:
        raise NotSaved(f"{part} cannot be {'created' if is_new else 'opened'}: {error.strerror}.") from None
    try:
        secure_file.check_private_folder(part)
        lock(descriptor, part)
    except StoreError:
        os.close(descriptor)
        raise
    return descriptor
