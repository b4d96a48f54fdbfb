"""What is known of each record of files, in columns of numbers: a million of them take less memory than their ids.

Logs repeat themselves in all but their times and ids, so what a search asks for is decided once for each kind of log.
"""

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final, Protocol

from redox_tui.api import log_wire, records
from redox_tui.api.log_kinds import LogKinds
from redox_tui.api.memory import keep
from redox_tui.domain.file_record import Record
from redox_tui.domain.logs import Party
from redox_tui.domain.problem import Problem
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange, Timestamp

_STEP: Final = 4_000
_STEP_BYTES: Final = 16 << 20
"""Records, and bytes of them, that are read before somebody else may have a turn."""

_MOST_FOUND: Final = 8
"""Searches whose rows are remembered."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NEVER: Final = -(1 << 62)
_HAS_TIME, _IS_REPEATED = 1, 2


class Records(Protocol):
    """Records one after the other. What waits for files raises Problem."""

    @property
    def count(self) -> int:
        """How many files they are in."""

    @property
    def skipped(self) -> tuple[str, ...]:
        """What could not be opened, in words."""

    @property
    def has_changed(self) -> bool:
        """Whether a file is another one than when it was opened."""

    def __len__(self) -> int: ...

    def scan(self) -> Iterator[None]:
        """Find the records, a part at a time."""

    def read(self, numbers: Sequence[int]) -> Iterator[Record]:
        """The records of these numbers, as few in memory as may be."""


class LocalIndex:
    """The columns. `step` fills them, in threads, one at a time; from `is_complete` on nothing changes any more."""

    def __init__(self, source: Records) -> None:
        self.source = source
        self.is_scanned = False
        self.is_complete = False
        self.is_newest_first = True
        """Whether the files have their records in that order, as far as they have been read."""
        self.unreadable = 0
        """Records that are no log and no message."""
        self.repeated = 0
        """Records with the id of one before."""
        self._scan = source.scan()
        self._failure: Problem | None = None
        self._one_at_a_time = Lock()
        self._created, self._updated = array("q"), array("q")
        self._ids = array("q")
        self._kind_of, self._flags = array("I"), bytearray()
        self._kinds = LogKinds()
        self._known: set[int] = set()
        self._last: int | None = None
        self._timed = 0
        self._order: Sequence[int] = ()
        self._found: dict[tuple[Any, ...], Sequence[int]] = {}

    def __len__(self) -> int:
        """Records that have been looked at."""
        return len(self._flags)

    def step(self) -> None:
        """Look at some more records; raises Problem where they cannot be read, and from then on again."""
        with self._one_at_a_time:
            if self._failure:
                raise self._failure
            try:
                self._look_at_some()
            except Problem as problem:
                self._failure = problem
                raise

    def _look_at_some(self) -> None:
        if not self.is_scanned:
            self.is_scanned = next(self._scan, self) is self
        elif len(self) < len(self.source):
            begin, size = len(self), 0
            for record in self.source.read(range(begin, min(begin + _STEP, len(self.source)))):
                self._take(record)
                if (size := size + len(record.text)) > _STEP_BYTES:
                    break
        elif not self.is_complete:
            self._complete()

    def parties(self, key: str) -> tuple[Party, ...]:
        """Every source, or every destination, each once."""
        ends = ((log.source if key == "source" else log.destination) for log in self._kinds.examples)
        return tuple(dict.fromkeys(party for party in ends if party))

    def find(self, search: LogSearch) -> Sequence[int]:
        """The numbers of all records that a search finds, newest first; only when complete."""
        rows = self._with_terms(search)
        if search.pin:
            rows = self._between(rows, None, search.pin)
        if search.range == TimeRange():
            return rows
        low, high = _bounds(search.range.since, search.range.until)
        if search.on == "updated":
            return array("I", (n for n in rows if self._updated[n] > _NEVER and low <= self._updated[n] <= high))
        rows = self._between(rows, search.range.since, search.range.until)
        return rows if self._timed == len(self) else array("I", (n for n in rows if self._flags[n] & _HAS_TIME))

    def candidates(self, log_id: str) -> Iterator[int]:
        """The numbers of records that may have this id, as far as they have been looked at."""
        wanted, at = _hash(log_id), 0
        while True:
            try:
                at = self._ids.index(wanted, at) if at else self._ids.index(wanted)
            except ValueError:
                return
            yield at
            at += 1

    def is_repeated(self, number: int) -> bool:
        """Whether a record has the id of one before it."""
        return number < len(self) and bool(self._flags[number] & _IS_REPEATED)

    def _take(self, record: Record) -> None:
        fields = _fields(record)
        kind = self._kinds.of_fields(fields) if fields else None
        if fields and kind is not None:
            log_id, created, updated = fields.get("id"), fields.get("createdAt"), fields.get("updatedAt")
            # Nearly all are like this, and it takes a fifth of the time.
            if type(log_id) is type(created) is type(updated) is str and log_id:
                self._put(kind, log_id, Timestamp.read(created), Timestamp.read(updated))
                return
        log = log_wire.read_facts(fields) if fields else records.read(record).log
        self._put(self._kinds.of_log(log), log.id, log.created_at, log.updated_at)
        # A message as text says nothing of a log, and is none the worse for it.
        self.unreadable += log.problem is not None and not log.id

    def _put(self, kind: int, log_id: str, created_at: Timestamp | None, updated_at: Timestamp | None) -> None:
        created = _microseconds(created_at.instant if created_at else None)
        if created is not None:
            if self._last is None:
                self._created = array("q", [created]) * len(self)
            elif created > self._last:
                self.is_newest_first = False
            self._last = created
            self._timed += 1
        # What has no time stays beside the record before it.
        self._created.append(_NEVER if self._last is None else self._last)
        updated = _microseconds(updated_at.instant if updated_at else None)
        self._updated.append(_NEVER if updated is None else updated)
        self._kind_of.append(kind)
        self._flags.append((created is not None) * _HAS_TIME | self._note_id(log_id) * _IS_REPEATED)

    def _note_id(self, log_id: str) -> bool:
        """Keep the hash of an id; whether it was there before."""
        known = _hash(log_id) if log_id else 0
        self._ids.append(known)
        if not log_id:
            return False
        before = len(self._known)
        self._known.add(known)
        is_repeated = len(self._known) == before
        self.repeated += is_repeated
        return is_repeated

    def _complete(self) -> None:
        every = range(len(self))
        self._order = every if self.is_newest_first else array("I", sorted(every, key=lambda n: -self._created[n]))
        self._known.clear()
        self._kinds.forget_numbers()
        self.is_complete = True

    def _with_terms(self, search: LogSearch) -> Sequence[int]:
        if not search.terms:
            return self._order
        with self._one_at_a_time:
            if (found := self._found.get(search.terms)) is None:
                fits = [search.fits(example) for example in self._kinds.examples]
                kind_of = self._kind_of
                found = array("I", [number for number in self._order if fits[kind_of[number]]])
                keep(self._found, search.terms, found, _MOST_FOUND)
            return found

    def _between(self, rows: Sequence[int], since: datetime | None, until: datetime | None) -> Sequence[int]:
        low, high = _bounds(since, until)
        begin = bisect_left(rows, -high, key=lambda number: -self._created[number])
        end = bisect_right(rows, -low, key=lambda number: -self._created[number])
        return rows[begin:end]


def _fields(record: Record) -> dict[str, Any] | None:
    """The fields of a log, None where the record is something else."""
    try:
        fields = json.loads(record.text.decode("utf-8", errors="surrogateescape"))
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) and not records.is_message(fields) else None


def _bounds(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    low, high = _microseconds(since), _microseconds(until)
    return (_NEVER if low is None else low, -_NEVER if high is None else high)


def _microseconds(instant: datetime | None) -> int | None:
    return None if instant is None else (instant - _EPOCH) // _MICROSECOND


def _hash(log_id: str) -> int:
    """A number for an id; two ids may have the same, so a record is looked at before it is believed."""
    return hash(log_id.casefold())
