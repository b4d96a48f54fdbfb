"""How a list looked: to and from the plain values that are kept of it."""

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from threading import Lock
from typing import Any

from redox_tui.domain.query import LogQuery
from redox_tui.tui.widgets.log_columns import OPTIONAL, Layout


def layout(remembered: Mapping[str, Any], local: tzinfo) -> Layout:
    """The columns and the zone that were remembered."""
    columns = remembered.get("columns")
    wanted = columns if isinstance(columns, dict) else {}
    known = tuple((name, wanted[name]) for name in OPTIONAL if isinstance(wanted.get(name), bool))
    return Layout(zone=local if remembered.get("zone") == "local" else UTC, wanted=known)


def values(query: LogQuery, layout: Layout, *, has_preview: bool) -> dict[str, Any]:
    """What is kept. Who is looked for is not: a patient's name does not leave the memory."""
    return {
        "query": str(query.without("patient")),
        "columns": dict(layout.wanted),
        "zone": "UTC" if layout.zone is UTC else "local",
        "preview": has_preview,
    }


class Memory:
    """Keeps values in a file, in threads: one that comes late writes what is newest, not what it was begun for."""

    def __init__(self, write: Callable[[Mapping[str, Any]], None]) -> None:
        self.values: Mapping[str, Any] = {}
        self._write = write
        self._one_at_a_time = Lock()

    def keep(self) -> None:
        """Write the values as they are now; this waits for the file."""
        with self._one_at_a_time:
            self._write(self.values)
