"""The values that terms of a query can have, as far as they are known: documented ones, and those of rows seen."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from redox_tui.domain import display
from redox_tui.domain.logs import STATUSES, TYPES, Log
from redox_tui.domain.models import DATA_MODELS, events_of
from redox_tui.domain.name_index import NameIndex
from redox_tui.domain.parties import PARTY_KEYS, KnownParties
from redox_tui.domain.timerange import PRESETS

MOST_VALUES: Final = 1_000
"""Values of one key that are learned from rows."""

_TIMES = tuple(PRESETS.values())
_KNOWN: Final = {
    "status": STATUSES,
    "type": TYPES,
    "model": DATA_MODELS,
    "mode": ("realtime", "backfill"),
    "region": ("AWS_USA_EAST_1", "AWS_CAN_CENTRAL", "GCP_USA_CENTRAL_1"),  # platform-api.md §1.1
    "on": ("created", "updated"),
    "since": (*_TIMES, "today", "yesterday"),
    "until": (*_TIMES, "now", "yesterday"),
}


class Vocabulary:
    """What is known of values and of parties."""

    def __init__(self) -> None:
        self.parties = KnownParties()
        self._seen: dict[str, _Values] = {key: _Values() for key in ("status", "type", "model", "facility")}
        self._events: dict[str, _Values] = {}

    def learn(self, logs: Iterable[Log]) -> None:
        """Know the values of rows."""
        logs = tuple(logs)
        self.parties.learn(logs)
        for log in logs:
            self._seen["status"].add(log.status and log.status.lower())
            self._seen["type"].add(log.type and log.type.lower())
            self._seen["model"].add(log.data_model)
            self._seen["facility"].add(log.facility_code)
            if len(self._events) < MOST_VALUES:
                for model in ("", log.data_model or ""):
                    self._events.setdefault(_compact(model), _Values()).add(log.event_type)

    def indexes(self, key: str, models: tuple[str, ...] = ()) -> tuple[NameIndex, NameIndex]:
        """The values of a key that were seen, and those that are merely known; events are those of some models."""
        if key in PARTY_KEYS:
            return self.parties.indexes(key)
        if key == "event":
            wanted = tuple(map(_compact, models))
            seen = [self._events[model].index() for model in wanted or ("",) if model in self._events]
            return (seen[0] if len(seen) == 1 else NameIndex(name for index in seen for name in index)), _events(wanted)
        return self._seen.get(key, _NOTHING).index(), _known(key)


class _Values:
    """Distinct texts, in an index that is made again when there are more of them."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}
        self._index: NameIndex | None = None

    def add(self, text: str | None) -> None:
        # What cannot be shown as it is could not be typed either.
        if text and text not in self._texts and len(self._texts) < MOST_VALUES and display.line(text) == text:
            self._texts[text] = None
            self._index = None

    def index(self) -> NameIndex:
        if self._index is None:
            self._index = NameIndex(sorted(self._texts), _compact)
        return self._index


_NOTHING = _Values()


@cache
def _known(key: str) -> NameIndex:
    return NameIndex(_KNOWN.get(key, ()), _compact)


@cache
def _events(models: tuple[str, ...]) -> NameIndex:
    return NameIndex(sorted({event for model in models or DATA_MODELS for event in events_of(model)}), _compact)


def _compact(text: str) -> str:
    """Models are found without regard to spaces; no other value that is known has any that matter."""
    return "".join(text.split()).casefold()
