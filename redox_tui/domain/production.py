"""Which environments may have live patients behind them: all that are not known to be harmless."""

from typing import Final

_HARMLESS: Final = ("staging", "development")
"""The other values of `environmentFlag` (platform-api.md §3.10), in lower case."""


def is_production(flag: str | None) -> bool:
    """Whether an environment with this flag counts as production; without one, or with an unknown one, it does."""
    return (flag or "").lower() not in _HARMLESS


def kind(flag: str | None) -> str:
    """The flag in words: PROD, else as the API has it; with PROD? where it is not known to be harmless."""
    flag = flag or ""
    if flag.lower().startswith("prod"):
        return "PROD"
    return f"{flag} PROD?".strip() if is_production(flag) else flag
