"""The language of the query bar (ux.md §2): parsed into a value, printed back, split into what the server can answer.

A query is `key:value` terms and free words, all of which must hold. Several values of a term are several lists of the
server.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from redox_tui.domain.logs import Log
from redox_tui.domain.parties import KnownParties
from redox_tui.domain.search import LogSearch
from redox_tui.domain.terms import SINGLE_KEYS, QueryError, Term, read_terms
from redox_tui.domain.timerange import DEFAULT_SINCE, TimeError, TimeRange, describe, iso, parse_since, parse_until

MOST_LISTS: Final = 16
"""Lists that one query may be made of; a term whose values would make more of them is evaluated on the records."""


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
        for term, start, end in read_terms(text):
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
