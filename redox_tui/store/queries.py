"""The queries that were run and those that have a name, in one file; what was asked of a patient is in none of them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from redox_tui.domain.history import keepable, with_run
from redox_tui.store import secure_file
from redox_tui.store.errors import DamagedStore, NewerFormat, Refused
from redox_tui.store.lock import locked
from redox_tui.store.paths import Paths

MOST_SAVED: Final = 200
LONGEST_NAME: Final = 80
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class KeptQueries:
    """Texts of queries: those that were run, oldest first, and those that were saved, by name."""

    run: tuple[str, ...] = ()
    saved: Mapping[str, str] = field(default_factory=dict)


class StoredQueries:
    """The file of queries. `paths` is asked when the file is needed, since that looks whether its folder is safe.

    Each call waits for files, so it is made in a thread; each raises StoreError, and leaves a damaged file alone.
    """

    def __init__(self, paths: Callable[[], Paths]) -> None:
        self._paths = paths

    def load(self) -> KeptQueries:
        """What has been kept."""
        return _kept(_read(self._paths()))

    def note_run(self, text: str) -> None:
        """Keep a query that was run, as the newest."""
        if keepable(text):
            self._change(lambda kept: KeptQueries(with_run(kept.run, text), kept.saved))

    def save(self, name: str, text: str) -> None:
        """Keep a query under a name, instead of the one that has it; Refused for what cannot be kept."""
        name, text = name.strip(), keepable(text)
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise Refused(f"A name has 1 to {LONGEST_NAME} characters that can be seen.")
        if not text:
            raise Refused("There is nothing to save: a patient is never kept, nor what is no query or too long.")

        def save(kept: KeptQueries) -> KeptQueries:
            saved = {**kept.saved, name: text}
            if len(saved) > MOST_SAVED:
                raise Refused(f"{MOST_SAVED} queries are saved already.", hint="Delete one first.")
            return KeptQueries(kept.run, saved)

        self._change(save)

    def delete(self, name: str) -> None:
        """Forget a saved query, where there is one of that name."""
        self._change(lambda kept: KeptQueries(kept.run, {n: text for n, text in kept.saved.items() if n != name}))

    def _change(self, change: Callable[[KeptQueries], KeptQueries]) -> None:
        paths = self._paths()
        with locked(paths.lock):
            secure_file.make_private_folder(paths.queries.parent)
            found = _read(paths)
            kept = change(_kept(found))
            found |= {"version": _VERSION, "run": kept.run, "saved": dict(kept.saved)}
            secure_file.write(paths.queries, json.dumps(found, ensure_ascii=False, indent=1).encode())


def _read(paths: Paths) -> dict[str, Any]:
    data = secure_file.read(paths.queries)
    if data is None:
        return {}
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("version"), int):
        raise _damaged(paths)
    if found["version"] > _VERSION:
        raise NewerFormat(f"{paths.queries.name} was written by a later version; it is left as it is.")
    run, saved = found.get("run", []), found.get("saved", {})
    if not (isinstance(run, list) and isinstance(saved, dict)) or not all(
        isinstance(text, str) for text in (*run, *saved.values())
    ):
        raise _damaged(paths)
    return found


def _damaged(paths: Paths) -> DamagedStore:
    return DamagedStore(
        f"{paths.queries.name} is damaged; it is left as it is.", f"It is in {paths.queries.parent}.", "Mend it."
    )


def _kept(found: Mapping[str, Any]) -> KeptQueries:
    return KeptQueries(tuple(found.get("run", ())), dict(found.get("saved", {})))
