"""Which of the environments that are known a place stands for."""

from collections.abc import Iterable, Sequence

from redox_tui.domain.logs import Environment
from redox_tui.domain.production import is_production


def by_id(found: Iterable[Environment], environment_id: str) -> Environment | None:
    """The environment with an id, whose letters may be of either case; None where it is not known."""
    return next((one for one in found if one.id.casefold() == environment_id.casefold()), None)


def as_one(found: Sequence[Environment]) -> Environment | None:
    """All environments as one, which counts as production where any does; None where none is known."""
    if len(found) < 2:
        return found[0] if found else None
    flag = next((one.flag for one in found if is_production(one.flag)), found[0].flag)
    return Environment("", "all environments", flag)
