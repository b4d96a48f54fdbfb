"""What somebody pastes to find a log: an id, or the whole message that was delivered with it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

MAX_TEXT: Final = 1 << 20
"""Characters of a pasted text that are looked at."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Pasted:
    """A log that a text names: by the log's id, by an attempt's, or by an id that may be either."""

    log_id: str = ""
    attempt_id: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id, the log's first."""
        return tuple(one for one in (self.log_id, self.attempt_id) if one)


def read(text: str) -> tuple[Pasted, ...]:
    """The logs that a text names, in its order; none where it names no log.

    A delivered message names its log and attempt in `Meta.Logs[] {ID, AttemptID}` (platform-api.md §4.2). Old log ids
    are whole numbers (§2.4).
    """
    text = text[:MAX_TEXT].strip()
    if text.startswith("{"):
        try:
            found = tuple(_in_message(json.loads(text)))
        except (ValueError, RecursionError):
            found = ()
        if found:
            return found
    if _NUMBER.fullmatch(text):
        return (Pasted(text),)
    return tuple(Pasted(one) for one in dict.fromkeys(uuid.lower() for uuid in _UUID.findall(text)))


def _in_message(message: Any) -> Iterator[Pasted]:
    meta = message.get("Meta") if isinstance(message, dict) else None
    logs = meta.get("Logs") if isinstance(meta, dict) else None
    for log in logs if isinstance(logs, list) else ():
        if isinstance(log, dict):
            log_id, attempt_id = (_id(log.get(key)) for key in ("ID", "AttemptID"))
            if log_id or attempt_id:
                yield Pasted(log_id, attempt_id)


def _id(value: object) -> str:
    """An id as a message writes it; nothing where it cannot be one."""
    text = str(value).lower()
    return text if _UUID.fullmatch(text) or _NUMBER.fullmatch(text) else ""
