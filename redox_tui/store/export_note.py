"""The note beside an unfinished export: which query it is of, so that nothing else is ever added to it.

It holds digests and times, and nothing of what was exported (security.md PH-14).
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange
from redox_tui.store import secure_file
from redox_tui.store.errors import DamagedStore

_VERSION = 1
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Note:
    """What an unfinished export is of: `query` is a digest; the rest says what the first run asked the server.

    `pin` is the time of the newest log then; `gap` is the end of the newest range that could not be read, None where
    all were.
    """

    query: str
    since: datetime | None = None
    until: datetime | None = None
    pin: datetime | None = None
    gap: datetime | None = None

    def search(self, search: LogSearch) -> LogSearch:
        """The search over what the first run has asked for: `3h` means the same three hours again."""
        found = replace(search, range=TimeRange(self.since, self.until))
        return found.up_to(self.pin) if self.pin else found

    def with_gaps(self, gaps: tuple[TimeRange, ...]) -> "Note":
        """The note once ranges are known that could not be read; an open end is the pin."""
        ends = [gap.until or self.pin or _FOR_EVER for gap in gaps]
        return replace(self, gap=max((*ends, *([self.gap] if self.gap else []))))

    def save(self, path: Path) -> None:
        """Write the note; NotSaved, UnsafeFile."""
        times = {name: _text(getattr(self, name)) for name in ("since", "until", "pin", "gap")}
        secure_file.write(path, json.dumps({"version": _VERSION, "query": self.query, **times}).encode() + b"\n")


def load(path: Path) -> Note | None:
    """Read a note, None where there is none; DamagedStore, UnsafeFile."""
    data = secure_file.read(path)
    if data is None:
        return None
    try:
        found = json.loads(data)
        if found["version"] != _VERSION or not isinstance(found["query"], str):
            raise ValueError
        return Note(found["query"], *(_time(found[name]) for name in ("since", "until", "pin", "gap")))
    except (ValueError, KeyError, TypeError):
        raise DamagedStore(f"{path} cannot be read, so nobody knows what the export beside it is of.") from None


def digest(*parts: object) -> str:
    """One text for all that an export depends on; what it was cannot be read from it."""
    return sha256(json.dumps([str(part) for part in parts]).encode(errors="surrogatepass")).hexdigest()


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _time(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
