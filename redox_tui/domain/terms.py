"""The terms of a query: read from a text, printed back, and held against a record.

A term is `key:value` or a free word. It goes to the server where the API has a parameter for it; the rest (exclusions,
words, names) is evaluated here, on the records.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Final

from redox_tui.domain.logs import STATUSES, TYPES, Log
from redox_tui.domain.models import DATA_MODELS, same_model
from redox_tui.domain.parties import PARTY_KEYS, KnownParties
from redox_tui.domain.search import has_value
from redox_tui.domain.timerange import TimeError, parse_since

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
        return any(has_value(self.key, value, log) for value in self.values) is not self.excluded


def read_terms(text: str) -> Iterator[tuple[Term, int, int]]:
    """The terms of a text, each with where it begins and ends; raises QueryError with the place of what is wrong."""
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


def local_parts(text: str, parties: KnownParties) -> list[tuple[int, int]]:
    """Where the terms stand in a text that the server cannot answer; raises QueryError."""
    return [(start, end) for term, start, end in read_terms(text) if term.resolved(parties).is_local]


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
