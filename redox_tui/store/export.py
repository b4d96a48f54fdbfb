"""An export: rows become a new private file that is `.part` until it is whole, and can be gone on with.

What has been written is found in the file itself; the note beside it (`.part.json`) says which query it is of.
"""

import contextlib
import os
import stat
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Log, LogBatch, LogDetail
from redox_tui.domain.masking import Mask
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.store import export_note, secure_file
from redox_tui.store.errors import NotSaved, Refused, StoreError
from redox_tui.store.export_file import TextFile, is_same
from redox_tui.store.export_note import Note
from redox_tui.store.export_tail import Tail, Unreadable
from redox_tui.store.export_text import text_format

FORMATS: Final = ("ndjson", "json", "csv", "parquet")
"""The formats of files."""

_READABLE_BY_OTHERS: Final = 0o055


@dataclass(frozen=True, slots=True)
class Plan:
    """What is exported to where.

    `query` is a digest of all that decides which rows there are; None where the export cannot be gone on with.
    """

    path: Path
    format: str
    query: str | None = None
    with_messages: bool = False
    mask: Mask | None = None

    @property
    def part(self) -> Path:
        """The name while it is written."""
        return self.path.with_name(self.path.name + ".part")

    @property
    def note(self) -> Path:
        """The name of the note."""
        return self.path.with_name(self.path.name + ".part.json")


class _Sink(Protocol):
    """What rows are written to: one file, or a folder of part files."""

    rows: int

    @property
    def kept(self) -> int: ...

    def mark(self, row: LogDetail) -> bytes: ...

    def cut(self, *, by_creation: bool, before: datetime | None) -> Tail: ...

    def append(self, rows: "tuple[LogDetail, ...]") -> None: ...

    def complete(self) -> None: ...

    def close(self) -> None: ...


class Export:
    """An export under way; all its methods write to the disk, and raise StoreError where that fails."""

    def __init__(self, plan: Plan, search: LogSearch, sink: _Sink, note: Note | None, tail: Tail) -> None:
        self.plan = plan
        self.search = search
        """What the server is to be asked: behind the rows that are there."""
        self.begun_with = tail.rows
        """Rows of an earlier run."""
        self._asked = search
        self._without_message = 0
        self._sink = sink
        self._note = note
        self._tail = tail

    @property
    def rows(self) -> int:
        """Rows that have been taken in."""
        return self._sink.rows

    @property
    def kept(self) -> int:
        """Rows that stay when nothing more is written."""
        return self._sink.kept

    @property
    def can_go_on(self) -> bool:
        """Whether another run can go on with it."""
        return self.plan.query is not None and self.kept > 0

    @property
    def lack(self) -> str:
        """How many rows of this run have no message though messages are wanted, in words; empty where none lacks it."""
        missing = self._without_message
        return f"{missing:,} of them {'has' if missing == 1 else 'have'} no payload." if missing else ""

    def is_new(self, log: Log) -> bool:
        """Whether a log is not there yet."""
        return self._tail.is_new(log, self._sink.mark)

    def take(self, batch: LogBatch) -> None:
        """Write the rows of a batch."""
        self._note_down(batch)
        if self.plan.with_messages:
            self._without_message += sum(row.payload is None for row in batch.rows)
        mask = self.plan.mask
        self._sink.append(tuple(map(mask.row, batch.rows)) if mask else batch.rows)

    def finish(self) -> None:
        """Every row is there: the file gets its name."""
        self._sink.complete()
        self._drop_note()

    def close(self) -> None:
        """Write no more. What has no name yet stays a part; where nothing was written, nothing stays."""
        self._sink.close()
        if not self.kept and not os.path.lexists(self.plan.part):
            self._drop_note()

    def left(self, how_to_go_on: str) -> str:
        """What there is of an export that was not finished, in words."""
        if not self.kept:
            return "Nothing was kept."
        rows = f"{self.kept:,} rows are" if self.kept > 1 else "1 row is"
        return f"{rows} in {self.plan.part}. {how_to_go_on if self.can_go_on else 'It cannot go on.'}"

    def _note_down(self, batch: LogBatch) -> None:
        """Keep what another run has to know, before the rows that it is about are written."""
        if self.plan.query is None or not batch.rows:
            return
        note = self._note
        if note is None:
            bounds = self._asked.range
            pin = self._asked.pinned([row.log for row in batch.rows]).pin
            note = Note(self.plan.query, bounds.since, bounds.until, pin)
        if batch.gaps:
            note = note.with_gaps(batch.gaps)
        if note != self._note:
            note.save(self.plan.note)
            self._note = note

    def _drop_note(self) -> None:
        folder, name = self.plan.note.parent, self.plan.note.name
        with contextlib.suppress(OSError):
            self.plan.note.unlink(missing_ok=True)
            for stray in os.listdir(folder):
                if stray.startswith(f".{name}.") and stray.endswith(".tmp"):
                    (folder / stray).unlink()


def identity(connection: Connection, query: LogQuery, *more: object) -> str | None:
    """What a plan's rows depend on, as a digest. None for the logs of one patient: a digest of an id can be guessed."""
    if query.value("patient"):
        return None
    place = (connection.base_url, connection.organization, connection.environment, connection.generation)
    return export_note.digest(*place, query, *more)


def begin(plan: Plan, search: LogSearch) -> Export:
    """Begin an export; NotSaved where something is in its place, UnsafeFile where others could replace it."""
    _check_place(plan)
    return Export(plan, search, _sink(plan, is_new=True), None, Tail())


def resume(plan: Plan, search: LogSearch) -> Export | None:
    """Go on with an export, from the start where there is nothing of it; None where it is complete.

    Refused where what is there is of something else.
    """
    if plan.query is None:
        raise Refused(
            "This cannot be gone on with: pseudonyms are new in each run, and neither picked rows nor whose logs are"
            " looked for are kept.",
            hint="Remove what is there and begin anew.",
        )
    if _is_complete(plan):
        return None
    _check_place(plan)
    if not os.path.lexists(plan.part):
        return begin(plan, search)
    note = export_note.load(plan.note)
    sink = _sink(plan, is_new=False)
    try:
        return _resumed(plan, search, sink, note)
    except Unreadable as error:
        sink.close()
        raise Refused(f"{plan.part} is not as an export has left it: {error}.", "Nothing was changed.") from None
    except BaseException:
        sink.close()
        raise


def open_to_others(path: Path) -> str:
    """In words, that others can look into the folder where a file is to be; empty where they cannot (PH-12)."""
    folder = path.absolute().parent
    try:
        mode = stat.S_IMODE(os.stat(folder).st_mode)
    except OSError:
        return ""
    return f"Others can look into the folder {folder} (mode {mode:04o})." if mode & _READABLE_BY_OTHERS else ""


def _resumed(plan: Plan, search: LogSearch, sink: _Sink, note: Note | None) -> Export:
    if note is None:
        tail = Tail() if _is_empty(plan.part) else None
        if tail is None:
            raise Refused(f"Nobody knows which query {plan.part} is of: {plan.note.name} is missing.")
        return Export(plan, search, sink, None, tail)
    if note.query != plan.query:
        raise Refused(
            f"{plan.part} is of another query, connection or format.",
            "Nothing was changed.",
            "Resume it with what it was begun with, or name a new file.",
        )
    search = note.search(search)
    tail = sink.cut(by_creation=search.on == "created", before=note.gap)
    if note.gap:
        note = replace(note, gap=None)
        note.save(plan.note)
    return Export(plan, search.up_to(tail.bound) if tail.bound else search, sink, note, tail)


def _is_complete(plan: Plan) -> bool:
    """Whether a run was ended when all but tidying up was done; that is done now."""
    if is_same(plan.path, plan.part):
        plan.part.unlink()
    if not os.path.lexists(plan.path) or os.path.lexists(plan.part) or not os.path.lexists(plan.note):
        return False
    with contextlib.suppress(OSError):
        plan.note.unlink()
    return True


def _is_empty(part: Path) -> bool:
    return not os.listdir(part) if part.is_dir() else not part.stat().st_size


def _check_place(plan: Plan) -> None:
    if "\0" in str(plan.path):
        raise StoreError("A path that holds a NUL character leads nowhere.")
    if not plan.path.name:
        raise NotSaved(f"{plan.path} is a folder; name a file in it.")
    if os.path.lexists(plan.path):
        raise NotSaved(f"{plan.path} exists already; nothing was written.", hint="Name a new file.")
    secure_file.check_way(plan.path)


def _sink(plan: Plan, *, is_new: bool) -> _Sink:
    if plan.format == "parquet":
        from redox_tui.store.export_parquet import ParquetFolder

        return ParquetFolder(plan.path, plan.part, with_messages=plan.with_messages, is_new=is_new)
    return TextFile(plan.path, plan.part, text_format(plan.format, with_messages=plan.with_messages), is_new=is_new)
