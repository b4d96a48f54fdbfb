"""The records of the Platform API as values: a log, its parties and attempts, and one page of a list of logs."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from redox_tui.domain.timerange import TimeRange, Timestamp

STATUSES: Final = ("succeeded", "failed", "filtered", "pending")
"""The documented statuses of a log and of an attempt (platform-api.md §4.1); others are kept as they come."""

TYPES: Final = ("send", "receive", "request", "respond", "unknown")
"""The documented types of a log, lower case as the API writes them (platform-api.md §3.3)."""


@dataclass(frozen=True, slots=True)
class PartRef:
    """A page of one part of a list that is read in parts: which list, which part of it, and the page of that."""

    of: int
    part: int
    ref: int | str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list is read on: behind `offset` rows of a page, the last of which has the id `last`.

    `ref` is None at the end of the list.
    """

    ref: "PageRef | None"
    offset: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True)
class MergedRef:
    """A page of several lists that are read as one: which they are, and where each of them is read on."""

    of: int
    places: tuple[Place, ...]


PageRef: TypeAlias = int | str | PartRef | MergedRef
"""Which page of a list: a `_page` number, an opaque `_cursor`, a page of a part, or of several lists."""

FIRST_PAGE: Final = 1
"""The first page of any list, however its pages are named."""


@dataclass(frozen=True, slots=True)
class Party:
    """A source or a destination, with the organization that it belongs to; any part may be missing."""

    id: str | None = None
    name: str | None = None
    organization_id: str | None = None
    organization: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What ran in an attempt: a filter, config modifier, … with the version in force (platform-api.md §3.3).

    That there is an `end_time` is inferred.
    """

    type: str | None = None
    operation_id: str | None = None
    version: int | None = None
    order: int | None = None
    attempt_stage: str | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at delivering the message; its id is the `AttemptID` in a delivered message's `Meta.Logs[]`."""

    id: str | None = None
    attempt_at: Timestamp | None = None
    status: str | None = None
    operations: tuple[Operation, ...] = ()


@dataclass(frozen=True, slots=True)
class Log:
    """One attempted message (platform-api.md §3.3). What the server left out is None; `problem` marks a bad record.

    `record` is the JSON text exactly as the server sent it, in UTF-8 and on one line.
    """

    id: str
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    status: str | None = None
    type: str | None = None
    data_model: str | None = None
    event_type: str | None = None
    source: Party | None = None
    destination: Party | None = None
    attempts: int | None = None
    latest_attempt: Attempt | None = None
    data_mode: str | None = None
    facility_code: str | None = None
    problem: str | None = None
    record: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of a list of logs, newest first as the server sorts.

    `total` is the number of logs of the whole query where the answer carries it; `size` is the page size that the
    server used; `next` is None on the last page; `note` is what the reader should know of where the logs are from;
    `gaps` are ranges of the query that the server could not answer, so that nobody knows what they hold.
    """

    logs: tuple[Log, ...] = ()
    total: int | None = None
    size: int | None = None
    next: PageRef | None = None
    note: str = ""
    gaps: tuple[TimeRange, ...] = ()


@dataclass(frozen=True, slots=True)
class LogDetail:
    """A log read by its id. `payload` is the message's own text (JSON mostly), None where the API gives none.

    `log.record` leaves the message out. `is_metadata` says that the answer is of the generation that never has a
    message (platform-api.md §3.3).
    """

    log: Log
    payload: str | None = field(default=None, repr=False)
    is_metadata: bool = False


@dataclass(frozen=True, slots=True)
class LogBatch:
    """Rows of a list that is read to its end: those that were wanted, of so many that were `read`.

    `gaps` are ranges, as far as is known by then, that the server could not answer.
    """

    rows: tuple[LogDetail, ...] = ()
    read: int = 0
    gaps: tuple[TimeRange, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of the organization; `flag` is Production, Staging or Development (platform-api.md §3.10).

    `is_live` is False for files, in which nothing is sent or received any more.
    """

    id: str
    name: str | None = None
    flag: str | None = None
    is_live: bool = True


FILES: Final = Environment("", is_live=False)
"""What stands for an environment where logs are read from files."""
