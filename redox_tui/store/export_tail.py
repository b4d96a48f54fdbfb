"""What an unfinished export holds: how many rows, and from where on the server has to be asked again."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from redox_tui.domain.logs import Log, LogDetail
from redox_tui.domain.records import name_of
from redox_tui.store.errors import StoreError

_MILLISECOND: Final = timedelta(milliseconds=1)
"""A server may store finer time than it writes, so a bound is the end of a millisecond."""


class Unreadable(StoreError):
    """A part of a file that no export has written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of an unfinished file. `end` is where it ends, `nameless` the row itself where it has no id."""

    name: str
    created: datetime | None
    end: int
    nameless: bytes = b""


@dataclass(slots=True)
class Tail:
    """The rows that the server may send again: those created at `bound` or before it, all of them where it is None."""

    rows: int = 0
    end: int = 0
    bound: datetime | None = None
    is_ordered: bool = True
    _kept: list[Kept] = field(default_factory=list)
    _latest: datetime | None = None
    _names: set[str] = field(default_factory=set)
    _nameless: Counter[bytes] = field(default_factory=Counter)

    def is_new(self, log: Log, row: Callable[[LogDetail], bytes]) -> bool:
        """Whether a log is not in the file; `row` makes a row of it."""
        if log.id:
            return not self._names or name_of(log) not in self._names
        mark = mark_of(row(LogDetail(log)))
        if self._nameless[mark]:
            self._nameless[mark] -= 1
            return False
        return True

    def _add(self, kept: Kept, *, keeps_all: bool) -> None:
        self.rows += 1
        self.end = kept.end
        created = kept.created
        if created:
            bound = created + _MILLISECOND
            if self.bound and bound > self.bound:
                self.is_ordered = False
            self.bound = bound
            if not keeps_all and self._latest and self._latest > bound:
                self._kept = [one for one in self._kept if one.created is None or one.created <= bound]
                self._latest = None
            self._latest = max(created, self._latest or created)
        self._kept.append(kept)

    def _settle(self) -> "Tail":
        for kept in self._kept:
            if kept.name:
                self._names.add(kept.name)
            else:
                self._nameless[kept.nameless] += 1
        self._kept.clear()
        return self


def tail_of(rows: Callable[[], Iterable[Kept]], *, by_creation: bool, before: datetime | None = None) -> Tail:
    """Look through a file. Where its rows are not by the time of creation, newest first, all of them are kept in mind.

    With `before` it ends at the first row that is not later: nobody knows what lies between. That needs the order.
    """
    found = _read(rows(), keeps_all=not by_creation, before=before)
    if by_creation and found.is_ordered:
        return found._settle()
    if before:
        return Tail()
    if by_creation:
        found = _read(rows(), keeps_all=True, before=None)
    found.bound = None
    return found._settle()


def mark_of(row: bytes) -> bytes:
    """What a row without an id is known by."""
    return sha256(row.rstrip(b"\n")).digest()


def _read(rows: Iterable[Kept], *, keeps_all: bool, before: datetime | None) -> Tail:
    tail = Tail()
    for kept in rows:
        if before and kept.created and kept.created <= before + _MILLISECOND:
            break
        tail._add(kept, keeps_all=keeps_all)
    return tail
