"""What the tests of exports start from: logs as a server lists them, and a whole export of them."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from redox_tui.api import log_wire
from redox_tui.domain.logs import Log, LogBatch, LogDetail
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import iso
from redox_tui.store import export
from redox_tui.store.export import Export, Plan

_NEWEST = datetime(2026, 11, 20, 14, 59, 59, 999_000, tzinfo=UTC)

NASTY = "\x1b]0;owned\x07\u202egnp\u200b\x9b31m\x00\x7f\r\n\t,;\"'\\ =1+1 \u2028 \U000e0041é"
"""Text that is in the way of terminals, spreadsheets and parsers."""


def logs_of(*records: object) -> tuple[Log, ...]:
    """Records as the client reads them."""
    body = json.dumps({"payload": {"results": list(records)}}).encode()
    return log_wire.read_page(body, 1).logs


def a_record(number: int, milliseconds: int, **more: Any) -> dict[str, Any]:
    """A record of a time: so many milliseconds before the newest one."""
    created = iso(_NEWEST - timedelta(milliseconds=milliseconds))
    return {"id": f"log-{number}", "createdAt": created, "status": "failed", **more}


def listed(logs: Iterable[Log], search: LogSearch) -> list[Log]:
    """The logs that a server has for a search; those without a time are in every list."""
    pin = search.pin
    return [
        log for log in logs if not (pin and log.created_at and log.created_at.instant) or log.created_at.instant <= pin
    ]


def write(begun: Export, logs: Sequence[Log], batch: int = 3) -> None:
    """Write what the server lists and the file does not have yet."""
    wanted = [log for log in listed(logs, begun.search) if begun.is_new(log)]
    for at in range(0, len(wanted), batch):
        begun.take(LogBatch(tuple(map(LogDetail, wanted[at : at + batch])), batch))


def whole(plan: Plan, logs: Sequence[Log], search: LogSearch | None = None) -> None:
    """An export that nothing disturbs."""
    begun = export.begin(plan, search or LogSearch())
    write(begun, logs)
    begun.finish()
    begun.close()


def content(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of the files of a folder, by their names."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return {"" if file == path else file.name: file.read_bytes() for file in files}
