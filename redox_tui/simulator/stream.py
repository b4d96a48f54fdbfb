"""One endless sequence of logs: the time and the card of the log with a given index, and back from time to index."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from redox_tui.simulator.deck import Deck
from redox_tui.simulator.mixing import mix
from redox_tui.simulator.rhythm import Curve
from redox_tui.simulator.traffic import Card


@dataclass(frozen=True, slots=True)
class Stretch:
    """From this index on, up to the next stretch, logs take their cards from this deck."""

    start: int
    deck: Deck


class Stream:
    """Logs along a curve. Index 0 is the oldest; `length` is None where traffic never ends."""

    def __init__(self, curve: Curve, stretches: Sequence[Stretch], *, key: int, length: int | None = None) -> None:
        self.stretches = stretches
        self._starts = [stretch.start for stretch in stretches]
        self._curve = curve
        self._key = key
        self._length = length

    def time(self, index: int) -> int:
        """When a log was created, in epoch milliseconds; later logs have later times."""
        jitter = mix(self._key ^ index) / (1 << 64)
        # The margins keep neighbours apart, and the last log of the history before the present moment.
        return int(self._curve.time(index + 0.05 + 0.9 * jitter))

    def count_until(self, time: int) -> int:
        """How many logs were created up to and including a moment in epoch milliseconds."""
        count = int(self._curve.position(time))
        if self._length is not None:
            count = min(count, self._length)
        while (self._length is None or count < self._length) and self.time(count) <= time:
            count += 1
        while count and self.time(count - 1) > time:
            count -= 1
        return count

    def card(self, index: int) -> Card:
        """The card of a log."""
        return self.stretches[bisect_right(self._starts, index) - 1].deck.card(index)
