"""What can stand where the cursor is in a query (ux.md §2): keys, known values, names of sources and destinations.

A query that is being typed is mostly none yet, so it is read here without any regard to what is wrong elsewhere in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from redox_tui.domain import display
from redox_tui.domain.name_index import NameIndex
from redox_tui.domain.parties import PARTY_KEYS
from redox_tui.domain.terms import KEYS, SINGLE_KEYS, Term
from redox_tui.domain.vocabulary import Vocabulary

MOST_CANDIDATES: Final = 50

_QUOTED = r'"(?:[^"\\]|\\.|\\\Z)*(?:"|\Z)'
_TERM = re.compile(rf'(?:{_QUOTED}|[^\s"])+')
_VALUE = re.compile(rf'(?:{_QUOTED}|[^",])*')
_CLOSED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_KEY = re.compile(r"-?([A-Za-z]*):")
_HALF_A_KEY = re.compile(r"-?([A-Za-z]*)")
_KEYS = {True: NameIndex(key for key in KEYS if key not in SINGLE_KEYS), False: NameIndex(KEYS)}
_NOTES = {
    "status": "succeeded, failed, filtered, pending, …",
    "type": "send, receive, request, respond, unknown",
    "model": "data model, as PatientAdmin",
    "event": "event type, as Arrival",
    "source": "name or id",
    "dest": "name or id of the destination",
    "facility": "facility code",
    "mode": "realtime or backfill",
    "region": "service region",
    "since": "an age, a day or a time",
    "until": "an age, a day or a time",
    "on": "the time that counts: created or updated",
    "patient": "needs a role that may see payloads; never kept",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One text that can stand there, written as the language wants it, with what it is in a few words."""

    text: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Completions:
    """The candidates, best first, for the part of a text from `start` to `end`."""

    candidates: tuple[Candidate, ...] = ()
    start: int = 0
    end: int = 0

    def put(self, text: str, row: int) -> tuple[str, int]:
        """A text with a candidate in it, and where the cursor is then."""
        taken = self.candidates[row].text
        return text[: self.start] + taken + text[self.end :], self.start + len(taken)


def complete(text: str, cursor: int, known: Vocabulary) -> Completions:
    """What can stand where the cursor is."""
    found = next((term for term in _TERM.finditer(text) if term.start() < cursor <= term.end()), None)
    if found is None:
        at_a_gap = text[cursor : cursor + 1].strip() == ""
        return _key(text, cursor, cursor, cursor) if at_a_gap else Completions()
    key = _KEY.match(found[0])
    if key is None or cursor < found.start() + key.end():
        return _key(text, found.start(), cursor, found.end())
    if key[1].lower() not in KEYS:
        return Completions()
    return _value(text, key[1].lower(), found.start() + key.end(), cursor, found.end(), known)


def _key(text: str, start: int, cursor: int, end: int) -> Completions:
    typed = text[start:cursor]
    half = _HALF_A_KEY.fullmatch(typed)
    if half is None:
        return Completions()
    dash = typed[:1] if typed.startswith("-") else ""
    rest = _KEY.match(text, start, end) or _HALF_A_KEY.match(text, start, end)
    given = () if dash else {key for key, _ in _given(f"{text[:start]} {text[end:]}")}
    names = [key for key in _ranked(half[1], _KEYS[bool(dash)]) if key not in given]
    candidates = tuple(Candidate(f"{dash}{key}:", f"{dash}{key}:", _NOTES[key]) for key in names)
    return Completions(candidates, start, rest.end() if rest else cursor)


def _value(text: str, key: str, start: int, cursor: int, end: int, known: Vocabulary) -> Completions:
    spans = [value.span() for value in _VALUE.finditer(text, start, end)]
    begin, stop = next((begin, stop) for begin, stop in spans if begin <= cursor <= stop)
    if key in SINGLE_KEYS and (begin != start or text[: start - 1].lower().endswith(f"-{key}")):
        return Completions()
    given = {_unquoted(text[first:last]).casefold() for first, last in spans if first != begin}
    if _is_open(text[begin:stop]):
        stop = cursor
    models = tuple(value for name, value in _given(text) if name == "model")
    names = _ranked(_unquoted(text[begin:cursor]), *known.indexes(key, models))
    candidates = (_candidate(key, name, known) for name in names if name.casefold() not in given)
    return Completions(tuple(c for c in candidates if c and c.text != text[begin:stop]), begin, stop)


def _candidate(key: str, name: str, known: Vocabulary) -> Candidate | None:
    text = str(Term(key, (name,))).removeprefix(f"{key}:")
    if key not in PARTY_KEYS:
        return Candidate(text, name)
    if not known.parties.is_current(key, name):
        return None
    count = len(known.parties.ids(key, name))
    return Candidate(text, name, f"{count} of that name" if count > 1 else "")


def _ranked(part: str, *indexes: NameIndex) -> list[str]:
    """What begins with a part, then what has it inside; of either, what stands in the first index comes first."""
    part = display.line(part)
    found: dict[str, None] = {}
    for look in (NameIndex.beginning, NameIndex.containing):
        for index in indexes:
            if len(found) < MOST_CANDIDATES:
                found |= dict.fromkeys(look(index, part, MOST_CANDIDATES))
    return list(found)[:MOST_CANDIDATES]


def _given(text: str) -> Iterator[tuple[str, str]]:
    """The keys that have been given, each with its first value; exclusions do not count."""
    for term in _TERM.finditer(text):
        if (key := _KEY.match(term[0])) and not term[0].startswith("-"):
            value = _VALUE.match(text, term.start() + key.end(), term.end())
            yield key[1].lower(), _unquoted(value[0]) if value else ""


def _unquoted(text: str) -> str:
    """What a value means, whether or not it has been typed to its end."""
    if not text.startswith('"'):
        return text
    inside = text[1:] if _is_open(text) else text[1:-1]
    return re.sub(r"\\(.)", r"\1", inside, flags=re.DOTALL)


def _is_open(text: str) -> bool:
    """Whether a quote in a value has not been closed."""
    return text.startswith('"') and not _CLOSED.fullmatch(text)
