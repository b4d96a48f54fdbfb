"""What the program notes by itself, in a file that may be lost: when a profile last worked, how its list looked."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from redox_tui.store import secure_file
from redox_tui.store.errors import StoreError
from redox_tui.store.lock import locked
from redox_tui.store.paths import Paths

_VERSION: Final = 1


def last_used(paths: Paths) -> Mapping[str, datetime]:
    """When each profile last worked; nothing where the file is missing or damaged, since nothing hangs on it."""
    used = _read(paths).get("used")
    found = ((name, _moment(text)) for name, text in used.items()) if isinstance(used, dict) else ()
    return {name: moment for name, moment in found if moment}


def note_use(paths: Paths, name: str, now: datetime | None = None) -> None:
    """Note that a profile works, at the clock's time where none is given; what cannot be noted is left."""
    moment = (now or datetime.now(UTC)).replace(microsecond=0)

    def change(noted: dict[str, Any]) -> None:
        before = noted.get("used")
        noted["used"] = {**(before if isinstance(before, dict) else {}), name: moment.isoformat()}

    _change(paths, change)


def remembered(paths: Paths, name: str) -> Mapping[str, Any]:
    """What was remembered of a profile's list; nothing where the file is missing or damaged."""
    lists = _read(paths).get("lists")
    found = lists.get(name) if isinstance(lists, dict) else None
    return found if isinstance(found, dict) else {}


def remember(paths: Paths, name: str, values: Mapping[str, Any]) -> None:
    """Remember more of a profile's list; what else is remembered stays, and what cannot be is left."""

    def change(noted: dict[str, Any]) -> None:
        lists = noted.get("lists")
        before = lists if isinstance(lists, dict) else {}
        noted["lists"] = {**before, name: {**remembered(paths, name), **values}}

    _change(paths, change)


def forget(paths: Paths, name: str) -> None:
    """Forget a profile, so that another one of its name begins with nothing; what cannot be forgotten is left."""

    def change(noted: dict[str, Any]) -> None:
        for kept in (noted.get("used"), noted.get("lists")):
            if isinstance(kept, dict):
                kept.pop(name, None)

    if any(name in (_read(paths).get(part) or ()) for part in ("used", "lists")):
        _change(paths, change)


def _change(paths: Paths, change: Callable[[dict[str, Any]], None]) -> None:
    try:
        with locked(paths.lock):
            secure_file.make_private_folder(paths.noted.parent)
            noted = _read(paths)
            if noted.get("version", _VERSION) != _VERSION:
                return
            noted["version"] = _VERSION
            change(noted)
            secure_file.write(paths.noted, json.dumps(noted).encode())
    except StoreError:
        return


def _read(paths: Paths) -> dict[str, Any]:
    try:
        found = json.loads(secure_file.read(paths.noted) or b"{}")
    except (StoreError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
