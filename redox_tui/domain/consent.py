"""What is said before live traffic is changed, and what has to be typed for it in production (ux.md §1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from redox_tui.domain.production import is_production, kind

_ID_PART: Final = 8
_MOST_TYPED: Final = 60
"""Characters of a name that anybody will type."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """A change that has not been sent: what it is, and what follows from it, a sentence or a line each.

    `kind` is the environment's flag in words. One of `words` has to be typed; none where a yes is enough.
    """

    title: str
    lines: tuple[str, ...]
    kind: str
    words: tuple[str, ...] = ()

    def is_agreed(self, typed: str) -> bool:
        """Whether what was typed is consent."""
        return not self.words or typed.strip() in self.words


def consequence(title: str, lines: Sequence[str], flag: str | None, name: str, filter_id: str = "") -> Consequence:
    """A change of the filter with this name and id, in an environment with this flag, which may be unknown."""
    words = words_to_type(name, filter_id) if is_production(flag) else ()
    return Consequence(title, tuple(lines), kind(flag), words)


def words_to_type(name: str, filter_id: str = "") -> tuple[str, ...]:
    """What counts as the filter's name: the name, else the beginning of its id where not everybody can type that.

    Letters beyond ASCII can be typed by some, so both count there; a new filter has no id, so PROD stands for it.
    """
    part = filter_id[:_ID_PART] if filter_id.isascii() and filter_id.isprintable() else ""
    part = part.strip() or "PROD"
    if not name or not name.isprintable() or name != name.strip() or len(name) > _MOST_TYPED:
        return (part,)
    return (name,) if name.isascii() else (part, name)
