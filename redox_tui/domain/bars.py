"""Where the bars of a histogram begin and end, and what is drawn of them: half-open spans on round times of a zone."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from redox_tui.domain.logs import Log

MOST_BARS: Final = 32
"""Bars of a histogram on a screen (architecture §4.4)."""

FAILED: Final = "failed"

_DAY: Final = timedelta(days=1)
_MONDAY: Final = datetime(1, 1, 1)
_STEPS: Final = (
    *(timedelta(milliseconds=step) for step in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(timedelta(seconds=step) for step in (1, 2, 5, 10, 15, 30)),
    *(timedelta(minutes=step) for step in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=step) for step in (1, 2, 3, 6, 12)),
    *(timedelta(days=step) for step in (1, 2, 7, 14, 28, 56, 112, 224, 448)),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """How many logs a span of time has, and how many of them failed; None is not known.

    `begin` is inside, `end` is not, but for the last bar of a range.
    """

    begin: datetime
    end: datetime
    count: int | None = None
    failed: int | None = None


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars that follow each other, oldest first.

    `words` say what they count: `exact`, `of 312 loaded rows`; `note` is what is wrong with them, or not there yet.
    """

    bars: tuple[Bar, ...]
    words: str = ""
    note: str = ""

    def at(self, instant: datetime) -> int | None:
        """The number of the bar that holds an instant, None where none does."""
        if not self.bars or not self.bars[0].begin <= instant <= self.bars[-1].end:
            return None
        return min(bisect_right([bar.begin for bar in self.bars], instant), len(self.bars)) - 1


def edges(since: datetime, end: datetime, *, zone: tzinfo = UTC, most: int = MOST_BARS) -> tuple[datetime, ...]:
    """Where bars begin, and the end of the last one: round times of a zone, for no more than `most` bars.

    The first and the last bar may be shorter than the others. Nothing lies between equal ends, which are one bar.
    """
    for step in _steps():
        if (end - since) / step > most + 1:
            continue
        inner = [at for at in _round_times(since, end, zone, step) if since < at < end]
        if len(inner) < most:
            return (since, *inner, end)
    return (since, end)


def span(histogram: Histogram, number: int, zone: tzinfo = UTC) -> str:
    """A bar's time in words: `12:00–15:00`, with its day where the histogram has several; seconds where it is short."""
    bar = histogram.bars[number]
    begin, end = bar.begin.astimezone(zone), bar.end.astimezone(zone)
    length, whole = end - begin, histogram.bars[-1].end - histogram.bars[0].begin
    day = f"{begin:%m-%d} " if whole > _DAY + timedelta(minutes=1) else ""
    if length >= _DAY:
        return f"{begin:%m-%d}–{end:%m-%d}" if length > _DAY else f"{begin:%m-%d}"
    if length < timedelta(seconds=1):
        return f"{day}{begin:%H:%M:%S}.{begin.microsecond // 1000:03}"
    is_short = length < timedelta(minutes=1) or begin.second or end.second
    form = "%H:%M:%S" if is_short and whole < timedelta(hours=1) else "%H:%M"
    return f"{day}{begin.strftime(form)}–{end.strftime(form)}"


def of_rows(
    logs: Iterable[Log], edges: tuple[datetime, ...], on: str, *, fits: Callable[[Log], bool], is_whole: bool
) -> Histogram:
    """A histogram of those rows that fit, among all that were read, where the server cannot count.

    Unless these are all, nobody knows of the bars before the oldest one.
    """
    bars = len(edges) - 1
    counts, failed, oldest, rows = [0] * bars, [0] * bars, bars, 0
    for log in logs:
        rows += 1
        at = log.updated_at if on == "updated" else log.created_at
        if at and at.instant and edges[0] <= at.instant <= edges[-1]:
            number = min(bisect_right(edges, at.instant), bars) - 1
            oldest = min(oldest, number)
            if fits(log):
                counts[number] += 1
                failed[number] += log.status == FAILED
    known = 0 if is_whole else oldest
    found = zip(edges, edges[1:], counts, failed, strict=False)
    drawn = (
        Bar(begin, end, count, bad) if number >= known else Bar(begin, end)
        for number, (begin, end, count, bad) in enumerate(found)
    )
    return Histogram(tuple(drawn), of_loaded(rows))


def of_loaded(rows: int) -> str:
    """What counts are of where only so many rows were looked at, in words."""
    return f"of {rows:,} loaded row{'' if rows == 1 else 's'}"


def _steps() -> Iterator[timedelta]:
    yield from _STEPS
    step = _STEPS[-1]
    while step < timedelta(days=1_000_000):
        step *= 2
        yield step


def _round_times(since: datetime, end: datetime, zone: tzinfo, step: timedelta) -> list[datetime]:
    """Multiples of a step on the clocks of a zone, which count from midnight, weeks from Monday; each instant once."""
    try:
        wall, last = (instant.astimezone(zone).replace(tzinfo=None) for instant in (since, end))
        wall = _MONDAY + (wall - _MONDAY) // step * step
        found: set[datetime] = set()
        at = since
        # Where clocks are put back within the range, wall time is over before the range is.
        while wall <= last or at < end:
            at = wall.replace(tzinfo=zone).astimezone(UTC)
            found.add(at)
            wall += step
    except OverflowError:
        return []
    return sorted(found)
