"""What has come into a list since it was read."""

from dataclasses import dataclass

from redox_tui.domain.logs import Log
from redox_tui.domain.window import LogWindow


@dataclass(frozen=True, slots=True)
class News:
    """How many logs are new, or at least are; `changed` says whether anything else is different too."""

    count: int = 0
    is_at_least: bool = False
    changed: bool = False

    def __str__(self) -> str:
        return f"+{self.count:,}{' or more' if self.is_at_least else ''} new" if self.count else ""


def news(before: LogWindow, now: LogWindow) -> News:
    """What the first page of a list that was just read has that the older reading of it has not.

    Logs may come late, with an older time than others have: what counts is whether they are known. A log that is older
    than all of the older page is none of the news, since it may have moved up from the second page.
    """
    old, new = before.newest, now.newest
    if not old:
        return News(len(new), now.known > len(new), bool(new))
    known = {log.id for log in old}
    oldest = min((moment for log in old if (moment := _created(log))), default="")
    fresh = [log for log in new if log.id not in known and before.row_of(log.id) is None and _created(log) >= oldest]
    is_at_least = len(fresh) == len(new) and now.known > len(new)
    return News(len(fresh), is_at_least, bool(fresh) or _facts(old) != _facts(new) or before.total != now.total)


def _created(log: Log) -> str:
    return log.created_at.text if log.created_at else ""


def _facts(logs: tuple[Log, ...]) -> list[tuple[str, str | None, int | None]]:
    return [(log.id, log.status, log.attempts) for log in logs]
