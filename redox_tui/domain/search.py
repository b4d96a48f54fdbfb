"""What a list of logs asks of the server, and what a record has to be like for that."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from redox_tui.domain.logs import Log, Party
from redox_tui.domain.models import same_model
from redox_tui.domain.timerange import TimeRange, Timestamp


@dataclass(frozen=True, slots=True)
class LogSearch:
    """What a list of logs asks of the server: values by key, and an absolute range over one of two times.

    The server takes one value of a key (platform-api.md §3.4), so several are several lists: `each`. `pin` is a second
    upper bound, always on the time of creation: traffic that comes later cannot shift the pages.
    """

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    range: TimeRange = field(default_factory=TimeRange)
    on: str = "created"
    pin: datetime | None = None

    @property
    def each(self) -> "tuple[LogSearch, ...]":
        """The searches with single values that this one is made of, each once."""
        singles = itertools.product(*([(key, (value,)) for value in values] for key, values in self.terms))
        return tuple(replace(self, terms=terms) for terms in dict.fromkeys(singles))

    def pinned(self, logs: Iterable[Log]) -> "LogSearch":
        """The same search over what had been created when these newest logs were read, the newest first.

        The server may store finer time than it writes, so the bound is the end of the newest millisecond. A bound or
        a pin of the search's own that is earlier stays. Where the first log is not the newest, the server sorts
        otherwise (platform-api.md §3.4 infers its order), and newer ones may follow: there is no pin then.
        """
        logs = tuple(logs)
        created = [_instant(log.created_at) for log in logs]
        updated = [_instant(log.updated_at) for log in logs] if self.on == "updated" else []
        # What is listed by its update may be of any age, but nothing was created after it was updated.
        newest = max((instant for instant in (*created, *updated) if instant), default=None)
        if newest is None or not (_is_newest_first(created) or _is_newest_first(updated)):
            return self
        pin = newest + timedelta(milliseconds=1)
        bounds = (self.pin, self.range.until if self.on == "created" else None)
        return self if any(bound and bound <= pin for bound in bounds) else replace(self, pin=pin)

    def up_to(self, instant: datetime) -> "LogSearch":
        """The same search over what was created at an instant or before it."""
        return replace(self, pin=min(instant, self.pin) if self.pin else instant)

    def down_to(self, instant: datetime) -> "LogSearch":
        """The same search over what was created at an instant or after it; only where its range is of that time."""
        begin = max(instant, self.range.since) if self.range.since else instant
        return replace(self, range=TimeRange(begin, max(begin, self.range.until) if self.range.until else None))

    def changed_from(self, instant: datetime) -> "LogSearch":
        """The same search over what was last updated at an instant or after it, whenever it was created."""
        return replace(self, on="updated", range=TimeRange(instant))

    def only(self, key: str, value: str) -> "LogSearch":
        """The same search for one value of a key."""
        return replace(self, terms=(*(term for term in self.terms if term[0] != key), (key, (value,))))

    def fits(self, log: Log) -> bool:
        """Whether a log has a wanted value of every key, as a server would decide it; times are not looked at."""
        return all(any(has_value(key, value, log) for value in values) for key, values in self.terms)

    @property
    def data_mode(self) -> str | None:
        """`realtime`, `backfill`, or None where the query does not say."""
        return dict(self.terms).get("mode", (None,))[0]


def has_value(key: str, value: str, log: Log) -> bool:
    """Whether a record has a value of a key of the query language; of a free word, whether it is somewhere in it."""
    match key:
        case "status":
            return _same(log.status, value)
        case "type":
            return _same(log.type, value)
        case "event":
            return _same(log.event_type, value)
        case "model":
            return log.data_model is not None and same_model(log.data_model, value)
        case "source":
            return _is_party(log.source, value)
        case "dest":
            return _is_party(log.destination, value)
        case "facility":
            return _same(log.facility_code, value)
        case "mode":
            return _same(log.data_mode, value)
        case _:
            return any(value.casefold() in text.casefold() for text in _words(log))


def _same(found: str | None, wanted: str) -> bool:
    return found is not None and found.casefold() == wanted.casefold()


def _is_party(party: Party | None, wanted: str) -> bool:
    return party is not None and (_same(party.id, wanted) or _same(party.name, wanted))


def _words(log: Log) -> Iterator[str]:
    names = (party.name for party in (log.source, log.destination) if party)
    yield from (text for text in (log.id, *names, log.data_model, log.event_type) if text)


def _instant(stamp: Timestamp | None) -> datetime | None:
    return stamp.instant if stamp else None


def _is_newest_first(instants: list[datetime | None]) -> bool:
    return bool(instants) and instants[0] is not None and instants[0] == max(filter(None, instants))
