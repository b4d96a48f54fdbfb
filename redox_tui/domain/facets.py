"""What the logs of a query consist of: how many there are of each status, type, model, event, source or destination.

Statuses and types are closed sets. Of the others nobody knows all values, so those that are likely are counted, and
the rest is `other`: a null, a value that nobody has documented, one that did not turn up where it was looked for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from redox_tui.domain.census import MOST_PROBES, Probe
from redox_tui.domain.logs import STATUSES, TYPES, Log, Party
from redox_tui.domain.models import DATA_MODELS, bare, events_of
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.terms import Term

FACETS: Final = {
    "status": "Status",
    "type": "Type",
    "model": "Data model",
    "event": "Event type",
    "source": "Source",
    "dest": "Destination",
}
"""What is counted, by the keys of a query, with titles."""

_CLOSED: Final = {"status": STATUSES, "type": TYPES}
_TOTAL, _VALUE = 0, 1
_MOVING: Final = "pending"
"""The status that logs leave by themselves: it is counted first and last."""


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A value as a query takes it, what it is called, and how many logs have it."""

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a key, most frequent first. `other` is how many logs have none of them, None is not known yet."""

    key: str
    rows: tuple[FacetRow, ...] = ()
    other: int | None = None
    words: str = ""


class ValueCensus:
    """Counts of a search by the values of a key: by probes, until all of the total is accounted for.

    `names` are the likely values with their names, likeliest first; `most` is how many requests it may cost.
    """

    def __init__(self, search: LogSearch, key: str, names: Mapping[str, str], *, most: int = MOST_PROBES) -> None:
        self.key = key
        self.search = search
        self.is_done = False
        self.is_changed = False
        self.trouble = ""
        own = dict(search.terms).get(key)
        lists = len(search.each)
        each = lists if own is None else lists // len(own)
        wanted = list(own or names)
        # The whole is counted twice, and what moves is, too.
        self._values = wanted[: max(1, (most - 2 * lists - each) // each)]
        self._names = names
        self._total: int | None = None
        self._found: dict[int, int] = {}

    @property
    def first(self) -> Iterator[Probe]:
        """The whole, and what moves."""
        if self._total is None:
            yield Probe(self.search, _TOTAL, 0)
        yield from (self._probe(place) for place in self._moving if place not in self._found)

    @property
    def rest(self) -> Iterator[Probe]:
        """The other values, as long as logs are left that have none of those before."""
        for place in range(len(self._values)):
            if sum(self._found.values()) >= (self._total or 0):
                return
            if place not in self._found:
                yield self._probe(place)

    @property
    def again(self) -> Iterator[Probe]:
        """What was counted first, in case that it has changed under way."""
        if not self.trouble:
            yield Probe(self.search, _TOTAL, 0)
            yield from (self._probe(place) for place in self._moving)

    def put(self, probe: Probe, count: int) -> None:
        """Take an answer."""
        known = self._total if probe.part == _TOTAL else self._found.get(probe.place)
        self.is_changed |= known is not None and known != count
        if probe.part == _TOTAL:
            self._total = count
        else:
            self._found[probe.place] = count

    def split(self) -> None:
        """The whole is too much for the server."""
        self.trouble = "too slow for the server, t narrows it"

    @property
    def is_exact(self) -> bool:
        """Whether all was counted and held meanwhile."""
        return self.is_done and not self.trouble and not self.is_changed and (self._other or 0) >= 0

    @property
    def facet(self) -> Facet:
        """What is known by now."""
        found = ((self._values[place], count) for place, count in self._found.items() if count)
        rows = [FacetRow(value, self._names.get(value, value), count) for value, count in found]
        rows.sort(key=_biggest_first)
        return Facet(self.key, tuple(rows), max(0, self._other) if self._other is not None else None, self._words())

    def _words(self) -> str:
        total = "" if self._total is None else f" of {self._total:,}"
        if self.trouble:
            return f"not all counted{total}"
        if not self.is_done:
            return f"counting, {sum(self._found.values()):,}{total}"
        return f"exact, all{total}" if self.is_exact else f"changed while counted{total}"

    @property
    def _other(self) -> int | None:
        if self._total is None or not self.is_done or self.trouble:
            return None
        return self._total - sum(self._found.values())

    @property
    def _moving(self) -> list[int]:
        is_moving = self.key == "status" and _MOVING in self._values
        return [self._values.index(_MOVING)] if is_moving else []

    def _probe(self, place: int) -> Probe:
        return Probe(self.search.only(self.key, self._values[place]), _VALUE, place)


def value_of(log: Log, key: str) -> tuple[str, str] | None:
    """The value of a key that a log has, with its name; None is counted as other."""
    match key:
        case "status" | "type":
            value = log.status if key == "status" else log.type
            return (value, value) if value in _CLOSED[key] and value else None
        case "model" | "event":
            value = log.data_model if key == "model" else log.event_type
            return (value, value) if value else None
        case _:
            party = log.source if key == "source" else log.destination
            return (party.id, party.name or party.id) if party and party.id else None


def narrowed(query: LogQuery, key: str, value: str) -> LogQuery:
    """The query for this value of a key only."""
    kept = (term for term in query.terms if term.key != key or term.excluded)
    return replace(query, terms=(*kept, Term(key, (value,))))


def excluding(query: LogQuery, key: str, value: str) -> LogQuery:
    """The query without this value: taken out of what it asks for where that leaves some, else excluded."""
    asked = query.values(key)
    if value in asked and len(asked) > 1:
        left = tuple(one for one in asked if one != value)
        terms = (replace(term, values=left) if term.key == key and not term.excluded else term for term in query.terms)
        return replace(query, terms=tuple(terms))
    return replace(query, terms=(*query.terms, Term(key, (value,), excluded=True)))


def likely(key: str, logs: Iterable[Log], parties: Iterable[Party] = ()) -> dict[str, str]:
    """Values that logs may have, with names: those of these logs, most frequent first, then those that are known."""
    if key in _CLOSED:
        return {value: value for value in _CLOSED[key]}
    rows = tuple(logs)
    found = Counter(value for log in rows if (value := value_of(log, key)))
    names = dict(value for value, _ in found.most_common())
    if key == "model":
        # One model in two spellings would be counted twice.
        spelled = {bare(model): model for model in (*DATA_MODELS, *reversed(names))}
        names = {model: model for model in (*names, *DATA_MODELS) if spelled[bare(model)] == model}
    elif key == "event":
        models = dict.fromkeys(chain((log.data_model or "" for log in rows), DATA_MODELS))
        names |= {event: event for model in models for event in events_of(model) if event not in names}
    else:
        names |= {party.id: party.name or party.id for party in parties if party.id and party.id not in names}
    return names


def of_logs(logs: Iterable[Log], key: str) -> Facet:
    """The same of logs that were read."""
    names: dict[str, tuple[str, str]] = {}
    counts = Counter[str]()
    other = 0
    for log in logs:
        if value := value_of(log, key):
            same = bare(value[0]) if key == "model" else value[0]
            names.setdefault(same, value)
            counts[same] += 1
        else:
            other += 1
    rows = [FacetRow(*names[same], count) for same, count in counts.items()]
    return Facet(key, tuple(sorted(rows, key=_biggest_first)), other)


def _biggest_first(row: FacetRow) -> tuple[int, str]:
    return -row.count, row.name
