"""What to do when a call did not work: try again after a pause, ask for less, or give up.

Pure: time and chance are passed in, nothing is kept. The figures are those of security.md HT-01 to HT-04.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds, and how often a read is tried."""

    connect: float = 5.0
    read: float = 30.0
    write: float = 10.0
    pool: float = 5.0
    call: float = 60.0
    """For a call with all its tries, without pauses; the server gives up after as long (platform-api.md §2.6)."""
    crawl: float = 15.0
    """How long an answer may come in at less than `slowest` bytes a second."""
    slowest: float = 512.0
    tries: int = 3
    pause: float = 0.5
    """The longest first pause before a call is tried again; each further one may be twice as long."""
    longest_pause: float = 8.0
    longest_wait: float = 60.0
    """The longest time that a server may ask to be left alone before the call is given up."""


PATIENCE: Final = Patience()


class Trouble(Enum):
    """What went wrong between sending a request and having read its answer."""

    UNREACHABLE = "no connection, so nothing was sent"
    REFUSED = "the way there is closed: a proxy or a certificate"
    SILENT = "sent, and no answer began"
    BROKEN = "the connection broke off"
    STALLED = "an answer began and did not end"
    DAMAGED = "an answer that the Platform API would not give"
    STATUS = "an answer with the status of an error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended, and for what kind of call: `is_read` and `has_range` are columns of endpoints.py."""

    trouble: Trouble
    status: int = 0
    retry_after: str = ""
    is_read: bool = True
    has_range: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """Tries that the whole session may still add; each success gives one back, so a server that is down is let be."""

    left: int = 10
    most: int = 10

    def spent(self) -> "Budget":
        """One less."""
        return replace(self, left=self.left - 1)

    def refilled(self) -> "Budget":
        """One more, up to the most."""
        return replace(self, left=min(self.left + 1, self.most))


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after this many seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class Split:
    """A verdict on the size: ask for a shorter range of time instead."""


@dataclass(frozen=True, slots=True)
class Fail:
    """Give up; `wait` is how many seconds the server wants to be left alone, None where it does not say."""

    wait: float | None = None


_FOR_EVER: Final = 1e9
_FOR_GOOD: Final = frozenset({501, 505, 511})
"""Those of 5xx that no other try mends."""

_TOO_SLOW: Final = frozenset({504, 524})
_TELL_WHEN: Final = frozenset({429, 503})


def decide(
    attempt: int, outcome: Outcome, budget: Budget, now: datetime, *, chance: float, patience: Patience = PATIENCE
) -> Retry | Split | Fail:
    """What comes after try number `attempt` (1 is the first) ended like this.

    Args:
        attempt: how often the call has been tried.
        outcome: how the last try ended.
        budget: what the session has left.
        now: the time on the server's clock, for a `Retry-After` that is a date.
        chance: a random number from 0 up to 1, for the length of a pause.
        patience: the figures.
    """
    if not outcome.is_read or outcome.trouble is Trouble.REFUSED:
        return Fail()
    is_slow = outcome.trouble is Trouble.SILENT or (outcome.trouble is Trouble.STATUS and outcome.status in _TOO_SLOW)
    # Silence may be the line's fault the first time, a status is the server's own word.
    if is_slow and outcome.has_range and (outcome.status or attempt > 1):
        return Split()
    if outcome.trouble is Trouble.STATUS and not _may_pass(outcome.status):
        return Fail()
    wait = retry_after(outcome.retry_after, now) if outcome.status in _TELL_WHEN else None
    if wait is not None and wait > patience.longest_wait:
        return Fail(wait)
    if attempt >= patience.tries or budget.left < 1:
        return Fail(wait)
    longest = min(patience.pause * 2 ** (attempt - 1), patience.longest_pause)
    return Retry(chance * longest if wait is None else wait)


def _may_pass(status: int) -> bool:
    return status == 429 or (status >= 500 and status not in _FOR_GOOD)


def retry_after(text: str, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` of either form; None for one that is missing, past or garbage (HT-03)."""
    if re.fullmatch(r"\d+", text.strip(), re.ASCII):
        return min(float(text), _FOR_EVER)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    return seconds if seconds >= 0 else None
