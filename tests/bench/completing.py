"""Completing a name among 100,000 sources. Prints milliseconds: of the slowest letter, and of a look through all names.

The look is the least that a list without an index would cost for each letter.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median

from redox_tui.domain.completion import complete
from redox_tui.domain.logs import Party
from redox_tui.domain.vocabulary import Vocabulary

_SOURCES = 100_000
_TRIES = 9
_TYPED = ("source:", "source:9", "source:zzz", 'source:"source 9999', "source:clinic", "source:é")


def main() -> None:
    known, names = Vocabulary(), [f"Source {n} of clinic {n % 977}{'é' if n % 7 == 0 else ''}" for n in range(_SOURCES)]
    parties = (Party(f"id-{number}", name) for number, name in enumerate(names))
    known.parties.take_list("source", parties, datetime.now(UTC))
    folded = [name.casefold() for name in names]
    letter = max(_milliseconds(partial(complete, text, len(text), known)) for text in _TYPED)
    print(letter, _milliseconds(lambda: [name for name in folded if "clinic" in name]))


def _milliseconds(work: Callable[[], object]) -> float:
    took = []
    for _ in range(_TRIES):
        begun = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)


if __name__ == "__main__":
    main()
