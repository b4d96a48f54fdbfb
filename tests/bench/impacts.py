"""An impact of five rules, every one of them changed. Prints milliseconds of CPU, then the most memory in MB.

With `lazily` the messages are parsed on the way, as the commands do, and the texts stay.
"""

import json
import sys
import time
from collections.abc import Iterable
from resource import RUSAGE_SELF, getrusage
from typing import Any

from redox_tui.domain.filters import Filter, Rule
from redox_tui.domain.impact import impact
from tests.bench.messages import PATHS, parsed, texts


def main(count: int, *, lazily: bool) -> None:
    kept = list(texts(count)) if lazily else []
    messages: Iterable[Any] = (json.loads(text) for text in kept) if lazily else parsed(count)
    now, then = (_filter(values) for values in (("Arrival", "F1", "MR"), ("Discharge", "F2", "EHRID")))
    begun = time.process_time()
    assert impact(now, then, messages).messages == count
    print(1000 * (time.process_time() - begun), getrusage(RUSAGE_SELF).ru_maxrss / 1024)


def _filter(values: tuple[str, ...]) -> Filter:
    rules = (Rule(path, values, allow=number % 2 == 0) for number, path in enumerate(PATHS))
    return Filter("f", "send", tuple(rules))


if __name__ == "__main__":
    main(int(sys.argv[1]), lazily="lazily" in sys.argv)
