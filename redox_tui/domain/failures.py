"""Failed logs in groups: which way between which two parties fails with which message, how often and since when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from redox_tui.domain.logs import Log, Party
from redox_tui.domain.query import LogQuery
from redox_tui.domain.terms import Term

_KEYS = ("status", "source", "dest", "model", "event")


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failed logs of one source, destination, data model and event type; any of these may be missing.

    `attempts` is the most that one of them has had. `newest` is the newest of them.
    """

    newest: Log
    count: int
    first: datetime | None
    last: datetime | None
    attempts: int | None

    def query(self, base: LogQuery) -> LogQuery:
        """The query for this group within another one. What is missing in the logs cannot be asked for."""
        log = self.newest
        found = (
            ("status", "failed"),
            ("source", log.source and log.source.id),
            ("dest", log.destination and log.destination.id),
            ("model", log.data_model),
            ("event", log.event_type),
        )
        terms = tuple(Term(key, (value,)) for key, value in found if value)
        return replace(base, terms=(*(term for term in base.terms if term.key not in _KEYS), *terms))


def grouped(logs: Iterable[Log]) -> tuple[FailureGroup, ...]:
    """The groups of failed logs, biggest first, then the one that failed last."""
    groups: dict[tuple[str | None, ...], FailureGroup] = {}
    for log in logs:
        key = (_name(log.source), _name(log.destination), log.data_model, log.event_type)
        at = log.created_at.instant if log.created_at else None
        group = groups.get(key)
        groups[key] = _with(group, log, at) if group else FailureGroup(log, 1, at, at, log.attempts)
    return tuple(sorted(groups.values(), key=lambda group: (-group.count, -(group.last or _EPOCH).timestamp())))


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _with(group: FailureGroup, log: Log, at: datetime | None) -> FailureGroup:
    newer = at is not None and (group.last is None or at > group.last)
    first = min((one for one in (group.first, at) if one), default=None)
    tries = max((one for one in (group.attempts, log.attempts) if one is not None), default=None)
    return replace(
        group,
        newest=log if newer else group.newest,
        count=group.count + 1,
        first=first,
        last=at if newer else group.last,
        attempts=tries,
    )


def _name(party: Party | None) -> str | None:
    return (party.id or party.name) if party else None
