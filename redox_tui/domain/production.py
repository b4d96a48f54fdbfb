"""Which environments may have live patients behind them: all that are not known to be harmless."""

from typing import Final

_HARMLESS: Final = ("staging", "development")
"""The other values of `environmentFlag` (platform-api.md §3.10), in lower case."""


def is_production(flag: str | None) -> bool:
    """Whether an environment with this flag counts as production; without one, or with an unknown one, it does."""
    return (flag or "").lower() not in _HARMLESS


def kind(flag: str | None) -> str:
    """The flag in a word: PROD, PROD? where that is only assumed, else as the API has it."""
    if not is_production(flag):
        return flag or ""
    return "PROD" if (flag or "").lower().startswith("prod") else "PROD?"
