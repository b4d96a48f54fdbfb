"""The language of the query bar (ux.md §2): parsed into a value, printed back, split into what the server can answer.

A query is `key:value` terms and free words, all of which must hold. A term goes to the server where the API has a
parameter for it; the rest (exclusions, words, names) is evaluated here, on the records. Several values of a term are
several lists of the server.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain
from typing import Final

from redox_tui.domain.logs import STATUSES, TYPES, Log, Party
from redox_tui.domain.models import DATA_MODELS, same_model
from redox_tui.domain.parties import PARTY_KEYS, KnownParties
from redox_tui.domain.timerange import DEFAULT_SINCE, TimeError, TimeRange, describe, iso, parse_since, parse_until

KEYS: Final = (
    "status",
    "type",
    "model",
    "event",
    "source",
    "dest",
    "facility",
    "mode",
    "region",
    "since",
    "until",
    "on",
    "patient",
)
"""Every key of the language."""

MOST_LISTS: Final = 16
"""Lists that one query may be made of; a term whose values would make more of them is evaluated on the records."""
SINGLE_KEYS: Final = frozenset({"facility", "mode", "region", "since", "until", "on", "patient"})
"""Keys that take one value, and cannot be excluded."""

_CLOSED: Final = {"mode": ("realtime", "backfill"), "on": ("created", "updated")}
_KNOWN: Final = {"status": STATUSES, "type": TYPES}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BARE = re.compile(r'[^\s,:"]+')
_BARE_TIME = re.compile(r'[^\s,"]+')
_KEY = re.compile(r"-?([A-Za-z]+):")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


class QueryError(ValueError):
    """A query that cannot be understood: a sentence for the user and the part of the text that it is about."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = max(end, start + 1)


@dataclass(frozen=True, slots=True)
class Term:
    """One term: a key with its values (any of which may hold), or a free word where `key` is empty."""

    key: str
    values: tuple[str, ...]
    excluded: bool = False

    def __str__(self) -> str:
        prefix = ("-" if self.excluded else "") + (f"{self.key}:" if self.key else "")
        return prefix + ",".join(_quote(value, self.key) for value in self.values)

    @property
    def is_local(self) -> bool:
        """Whether the server has no parameter for this term, so that it is evaluated on the records."""
        if not self.key or self.excluded:
            return True
        return self.key in ("source", "dest") and not all(map(_UUID.fullmatch, self.values))

    def resolved(self, parties: KnownParties) -> "Term":
        """The same term with ids for names of parties, where all of them are known; an exclusion stays as it is."""
        if self.key not in PARTY_KEYS or self.excluded:
            return self
        ids = [(value,) if _UUID.fullmatch(value) else parties.ids(self.key, value) for value in self.values]
        return replace(self, values=tuple(dict.fromkeys(chain.from_iterable(ids)))) if all(ids) else self

    def matches(self, log: Log) -> bool:
        """Whether a record fits a term that can be evaluated locally."""
        return any(_fits(self.key, value, log) for value in self.values) is not self.excluded


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
        """The same search over what had been created when these newest logs were read.

        The server may store finer time than it writes, so the bound is the end of the newest millisecond. A bound or
        a pin of the search's own that is earlier stays.
        """
        instants = [log.created_at.instant for log in logs if log.created_at and log.created_at.instant]
        if not instants:
            return self
        pin = max(instants) + timedelta(milliseconds=1)
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
        return all(any(_fits(key, value, log) for value in values) for key, values in self.terms)

    @property
    def data_mode(self) -> str | None:
        """`realtime`, `backfill`, or None where the query does not say."""
        return dict(self.terms).get("mode", (None,))[0]


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A parsed query; `str()` gives a text that parses to the same value.

    `since_by_default` is where its range begins when it names none; None is all time, as for files.
    """

    terms: tuple[Term, ...] = ()
    since_by_default: str | None = DEFAULT_SINCE

    @classmethod
    def parse(cls, text: str) -> "LogQuery":
        """Read a query; raises QueryError with the position of what is wrong."""
        terms: list[Term] = []
        for term, start, end in _terms(text):
            if term.key and not term.excluded and any(term.key == t.key and not t.excluded for t in terms):
                hint = "." if term.key in SINGLE_KEYS else f"; several values take commas: {term.key}:a,b."
                raise QueryError(f"{term.key}: is given twice{hint}", start, end)
            terms.append(term)
        return cls(tuple(terms))

    @classmethod
    def kept(cls, text: object, now: datetime) -> "LogQuery":
        """A query that was kept in a file; an empty one where there is none, or where it makes no sense any more.

        A range that has come to end before it begins, as time went on, is left out.
        """
        try:
            query = cls.parse(text) if isinstance(text, str) else cls()
        except QueryError:
            return cls()
        try:
            query.search(now)
        except TimeError:
            return query.within(None, None)
        return query

    def rewritten(self, text: str) -> "LogQuery":
        """Another query in the place of this one; raises QueryError."""
        return replace(self, terms=LogQuery.parse(text).terms)

    def __str__(self) -> str:
        return " ".join(str(term) for term in self.terms)

    @property
    def local(self) -> tuple[Term, ...]:
        """The terms that the server cannot answer, or only in too many lists."""
        asked = self._asked()
        return tuple(term for term in self.terms if term not in asked)

    def resolved(self, parties: KnownParties) -> "LogQuery":
        """The same query with ids for the names of parties that are known, so that the server can answer these terms.

        A name that several parties have becomes all their ids.
        """
        return replace(self, terms=tuple(term.resolved(parties) for term in self.terms))

    def matches(self, log: Log) -> bool:
        """Whether a record that the server sent fits the local terms too."""
        return all(term.matches(log) for term in self.local)

    def value(self, key: str) -> str | None:
        """The first value of a key, None where the query does not have it."""
        return next((term.values[0] for term in self.terms if term.key == key and not term.excluded), None)

    def values(self, key: str) -> tuple[str, ...]:
        """Every value of a key, none where the query does not have it."""
        return next((term.values for term in self.terms if term.key == key and not term.excluded), ())

    def shifted(self, lengths: int, now: datetime) -> "LogQuery":
        """The same query over the range that lies so many of its own lengths later, or earlier where that is negative.

        A range that would reach into the future ends now; TimeError where it has no beginning.
        """
        bounds = self.search(now).range
        if bounds.since is None:
            raise TimeError("A range without a beginning cannot be shifted.")
        end = min(bounds.until or now, now)
        if lengths > 0 and end >= now:
            raise TimeError("This range ends now, and nothing is later.")
        # Both bounds are inclusive: without the millisecond a log at the border would be in both ranges.
        step = (end - bounds.since + timedelta(milliseconds=1)) * lengths
        if end + step > now:
            step = now - end
        return self.within(iso(bounds.since + step), iso(end + step))

    def without(self, key: str) -> "LogQuery":
        """The same query without the terms of a key."""
        return replace(self, terms=tuple(term for term in self.terms if term.key != key))

    def within(self, since: str | None, until: str | None) -> "LogQuery":
        """The same query over another range of time; None leaves that end open."""
        kept = tuple(term for term in self.terms if term.key not in ("since", "until"))
        bounds = (("since", since), ("until", until))
        return replace(self, terms=kept + tuple(Term(key, (text,)) for key, text in bounds if text))

    @property
    def has_range(self) -> bool:
        """Whether the query names any end of its range."""
        return bool(self.value("since") or self.value("until"))

    def search(self, now: datetime) -> LogSearch:
        """What the server is asked; without a range of its own it is the default one before `now`.

        Raises TimeError for a range that ends before it begins.
        """
        since, until = self._bounds()
        bounds = TimeRange(parse_since(since, now) if since else None, parse_until(until, now) if until else None)
        skipped = ("since", "until", "on")
        asked = tuple((term.key, _distinct(term)) for term in self._asked() if term.key not in skipped)
        return LogSearch(asked, bounds, self.value("on") or "created")

    def range_in_words(self, now: datetime, zone: tzinfo = UTC) -> str:
        """The range for the place line, its times in a zone."""
        return describe(*self._bounds(), now, zone)

    def _asked(self) -> tuple[Term, ...]:
        """The terms that go to the server: those that fit into as many lists as it may be asked for."""
        asked, lists = [], 1
        for term in self.terms:
            if not term.is_local and lists * len(_distinct(term)) <= MOST_LISTS:
                asked.append(term)
                lists *= len(_distinct(term))
        return tuple(asked)

    def _bounds(self) -> tuple[str | None, str | None]:
        since, until = self.value("since"), self.value("until")
        return (since, until) if since or until else (self.since_by_default, None)


def _distinct(term: Term) -> tuple[str, ...]:
    """The values of a term, each once; ids are the same in either case."""
    found: dict[str, str] = {}
    for value in term.values:
        found.setdefault(value.casefold() if term.key in ("source", "dest") else value, value)
    return tuple(found.values())


def local_parts(text: str, parties: KnownParties) -> list[tuple[int, int]]:
    """Where the terms stand in a text that the server cannot answer; raises QueryError."""
    return [(start, end) for term, start, end in _terms(text) if term.resolved(parties).is_local]


def _terms(text: str) -> Iterator[tuple[Term, int, int]]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        term, end = _term(text, at)
        if end < len(text) and not text[end].isspace():
            raise QueryError("A space is missing after this term.", at, end)
        yield term, at, end
        at = end


def _term(text: str, start: int) -> tuple[Term, int]:
    excluded = text[start] == "-"
    key = ""
    if keyed := _KEY.match(text, start):
        key = keyed[1].lower()
        if key not in KEYS:
            raise QueryError(_unknown(keyed[1]), start + excluded, keyed.end())
        if excluded and key in SINGLE_KEYS:
            raise QueryError(f"{key}: cannot be excluded.", start, keyed.end())
    values = []
    at = keyed.end() if keyed else start + excluded
    while True:
        value, end = _value(text, at, key)
        values.append(_checked(key, value, at, end))
        at = end
        if not key or at >= len(text) or text[at] != ",":
            break
        if key in SINGLE_KEYS:
            raise QueryError(f"{key}: takes one value.", start, at + 1)
        at += 1
    return Term(key, tuple(values), excluded), at


def _value(text: str, at: int, key: str) -> tuple[str, int]:
    if text.startswith('"', at):
        if not (quoted := _QUOTED.match(text, at)):
            raise QueryError("The quote is not closed.", at, len(text))
        if not quoted[1]:
            raise QueryError("There is nothing between the quotes.", at, quoted.end())
        return re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL), quoted.end()
    bare = (_BARE_TIME if key in ("since", "until") else _BARE).match(text, at)
    if not bare:
        wanted = f"{key}: needs a value" if key else "A word is missing"
        raise QueryError(f"{wanted}; spaces, commas and colons take double quotes.", at, at + 1)
    if text.startswith(":", bare.end()):
        part = "A value" if key else f"{_unknown(bare[0])} A word"
        raise QueryError(f"{part} with a colon takes double quotes.", at, bare.end() + 1)
    return bare[0], bare.end()


def _checked(key: str, value: str, start: int, end: int) -> str:
    lowered = value.lower()
    if (closed := _CLOSED.get(key)) and lowered not in closed:
        raise QueryError(f"{key}: is {' or '.join(closed)}, not “{value}”.", start, end)
    if known := _KNOWN.get(key):
        # Statuses exist that nobody documented, so only what looks like a slip of the finger is refused.
        if lowered not in known and (close := _closest(lowered, known, 0.75)):
            raise QueryError(f"{key}:{value} is unknown; did you mean {close}?", start, end)
        return lowered
    if closed:
        return lowered
    if key == "model":
        return next((model for model in DATA_MODELS if " " not in value and same_model(model, value)), value)
    if key in ("since", "until"):
        try:
            # Whether a text is a time does not depend on when it is asked.
            parse_since(value, _ANY_TIME)
        except TimeError as error:
            raise QueryError(f"{key}: {error}", start, end) from None
    return value


_ANY_TIME = datetime.fromisoformat("2026-01-01T12:00:00+00:00")


def _unknown(key: str) -> str:
    close = _closest(key.lower(), KEYS, 0.6)
    return f"{key}: is no key of a query" + (f"; did you mean {close}:?" if close else f". Keys are {', '.join(KEYS)}.")


def _closest(word: str, known: tuple[str, ...], likeness: float) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(word, known, 1, likeness)), None)


def _quote(value: str, key: str) -> str:
    bare = _BARE_TIME if key in ("since", "until") else _BARE
    if bare.fullmatch(value) and not (value.startswith("-") and not key):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _fits(key: str, value: str, log: Log) -> bool:
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
