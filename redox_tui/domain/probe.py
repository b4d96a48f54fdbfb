"""What trying out a credential has shown, a step at a time."""

from collections.abc import Iterable
from dataclasses import dataclass

from redox_tui.domain.logs import Environment


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried.

    `code` is the exit code of a failure; `flag` is the `environmentFlag` of the environment (platform-api.md §3.10),
    `environments` those that the credential can see.
    """

    what: str
    words: str
    code: int = 0
    flag: str | None = None
    environments: tuple[Environment, ...] = ()


def flag_found(steps: Iterable[Step]) -> dict[str, str]:
    """What the steps tell for a profile: the flag of its environment, where one of them has seen it."""
    flag = next((step.flag for step in steps if step.flag), None)
    return {"environment_flag": flag} if flag else {}
