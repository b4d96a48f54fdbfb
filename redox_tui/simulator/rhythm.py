"""When traffic happens: a growing curve from time to log number, with busy days, quiet nights and bursts."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
HISTORY = 7 * DAY

# The busiest hour has 4.5 times the traffic of the quietest. A Midwestern hospital's day in UTC.
_HOURLY = (
    1.9, 1.6, 1.4, 1.2, 1.1, 1.0, 1.0, 1.0, 1.1, 1.2, 1.5, 2.1,
    3.0, 3.8, 4.3, 4.5, 4.4, 4.0, 4.1, 4.3, 4.0, 3.4, 2.8, 2.3,
)  # fmt: skip
_FUTURE = 35 * DAY


@dataclass(frozen=True, slots=True)
class Burst:
    """A stretch of time, in epoch milliseconds, with `factor` times its usual traffic."""

    start: int
    end: int
    factor: float


class Curve:
    """A growing line through knots (time in epoch milliseconds, number of logs so far).

    Before the first knot nothing happens; after the last one the last slope goes on for ever.
    """

    def __init__(self, times: Sequence[float], positions: Sequence[float]) -> None:
        self._times = times
        self._positions = positions

    def position(self, time: float) -> float:
        """How many logs there are up to a time."""
        if time <= self._times[0]:
            return self._positions[0]
        return _interpolate(self._times, self._positions, time)

    def time(self, position: float) -> float:
        """The inverse of `position`."""
        return _interpolate(self._positions, self._times, position)


def daily_curve(now: int, logs: int, bursts: Iterable[Burst] = ()) -> Curve:
    """The curve of realtime traffic: exactly `logs` in the week before `now`, and as much in the weeks after."""
    bursts = tuple(bursts)
    start, end = now - HISTORY, now + _FUTURE
    first_hour = start // HOUR * HOUR + HOUR
    edges = {edge for burst in bursts for edge in (burst.start, burst.end)}
    times = sorted({start, now, end, *edges, *range(first_hour, end, HOUR)})
    positions = [0.0]
    for left, right in pairwise(times):
        rate = _HOURLY[left // HOUR % 24]
        for burst in bursts:
            if burst.start <= left < burst.end:
                rate *= burst.factor
        positions.append(positions[-1] + rate * (right - left))
    scale = logs / positions[times.index(now)]
    return Curve(times, [position * scale for position in positions])


def _interpolate(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    right = min(max(bisect_right(xs, x), 1), len(xs) - 1)
    x0, y0 = xs[right - 1], ys[right - 1]
    return y0 + (x - x0) * (ys[right] - y0) / (xs[right] - x0)
