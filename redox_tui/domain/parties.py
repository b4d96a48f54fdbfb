"""What sources and destinations are called, as far as it is known: by lists of the organization, and by rows seen.

The lists have the own parties only, so those of partner organizations are known from rows (platform-api.md §3.11).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from typing import Final

from redox_tui.domain import display
from redox_tui.domain.logs import Log, Party
from redox_tui.domain.name_index import NameIndex

PARTY_KEYS: Final = ("source", "dest")
"""The keys of a query whose values are parties."""

MOST_SEEN: Final = 10_000
"""Parties of one kind that are learned from rows; beyond it rows teach no more, so that a long walk needs no memory."""

_NEVER = datetime.min.replace(tzinfo=UTC)


class KnownParties:
    """The names of parties. A party that was renamed has its newest name, and is found by the older ones too."""

    def __init__(self) -> None:
        self._listed = {key: _Names() for key in PARTY_KEYS}
        self._seen = {key: _Names() for key in PARTY_KEYS}

    def take_list(self, key: str, parties: Iterable[Party], at: datetime) -> None:
        """Know a list of the organization, as it was read at this moment. For a long one this is work for a thread."""
        names = _Names()
        for party in parties:
            names.add(party, at)
        names.index()
        self._listed[key] = names

    def learn(self, logs: Iterable[Log]) -> None:
        """Know the parties of rows."""
        for log in logs:
            at = (log.created_at and log.created_at.instant) or _NEVER
            for key, party in zip(PARTY_KEYS, (log.source, log.destination), strict=True):
                names = self._seen[key]
                if party and (len(names) < MOST_SEEN or names.has(party)):
                    names.add(party, at)

    def ids(self, key: str, name: str) -> tuple[str, ...]:
        """The ids of the parties of that name, regardless of case; else of those that had it before."""
        folded = _fold(name)
        tables = (self._listed[key], self._seen[key])
        found = tuple(dict.fromkeys(chain.from_iterable(table.ids(folded) for table in tables)))
        return tuple(one for one in found if _fold(self._name(key, one)) == folded) or found

    def sole_name(self, key: str, party_id: str) -> str | None:
        """The name that means this party and no other, None where it has none."""
        name = self._name(key, party_id)
        return name if name and self.ids(key, name) == (party_id,) else None

    def is_current(self, key: str, name: str) -> bool:
        """Whether any party goes by that name now, and not only before it was renamed."""
        ids = self.ids(key, name)
        return not ids or any(_fold(self._name(key, one)) == _fold(name) for one in ids)

    def indexes(self, key: str) -> tuple[NameIndex, NameIndex]:
        """The names of parties that were seen, and of those that are merely known."""
        return self._seen[key].index(), self._listed[key].index()

    def _name(self, key: str, party_id: str) -> str:
        return max(self._listed[key].named(party_id), self._seen[key].named(party_id))[1]


class _Names:
    """The names that parties have had, each party with its newest one and since when that is known."""

    def __init__(self) -> None:
        self._ids: dict[str, tuple[str, ...]] = {}
        self._named: dict[str, tuple[datetime, str]] = {}
        self._shown: dict[str, str] = {}
        self._index: NameIndex | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, party: Party, at: datetime) -> None:
        name = display.line(party.name)
        if not name.strip():
            return
        folded = name.casefold()
        if folded not in self._ids:
            self._ids[folded] = ()
            self._shown[folded] = name
            self._index = None
        if party.id is None:
            return
        if party.id not in self._ids[folded]:
            self._ids[folded] += (party.id,)
        self._named[party.id] = max(self.named(party.id), (at, name))

    def has(self, party: Party) -> bool:
        return party.name is not None and _fold(party.name) in self._ids

    def ids(self, folded: str) -> tuple[str, ...]:
        return self._ids.get(folded, ())

    def named(self, party_id: str) -> tuple[datetime, str]:
        return self._named.get(party_id, (_NEVER, ""))

    def index(self) -> NameIndex:
        if self._index is None:
            self._index = NameIndex(self._shown[folded] for folded in sorted(self._shown))
        return self._index


def _fold(name: str) -> str:
    return display.line(name).casefold()
