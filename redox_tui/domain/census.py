"""Counts without downloading: which searches to count so that bars come out exactly, and what the answers mean.

A probe asks how many logs a search has (`_count=1`, architecture §4.4). Bars are differences of counts from their
beginnings on: bounds are inclusive (platform-api.md §3.4), so these are half-open spans however fine a server's time
is, and they add up to the total. The whole is counted first and again at the end; counts that change under way are
not called exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from redox_tui.domain.bars import FAILED, MOST_BARS, Bar, Histogram
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange

MOST_PROBES: Final = 64
"""Requests of one census on a screen (architecture §4.4)."""

_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Probe:
    """A question: how many logs does this search have? `part` and `place` say which count it is."""

    search: LogSearch
    part: int
    place: int


@dataclass(frozen=True, slots=True)
class _Part:
    """One list of the server that is counted: whether it is of the whole, and whether it is of the failed ones."""

    search: LogSearch
    is_counted: bool
    is_failed: bool


class TimeCensus:
    """Counts of a search by time. It says what to ask (`first`, `rest`, `again`), takes answers, and draws bars.

    `expected` is the total as somebody else knows it. Where the whole is too much for the server, each bar is asked
    for by itself (`is_split`).
    """

    def __init__(
        self,
        search: LogSearch,
        edges: tuple[datetime, ...],
        *,
        with_failed: bool = True,
        expected: int | None = None,
    ) -> None:
        self.search = search
        self.edges = edges
        self.is_split = False
        self.is_changed = False
        self.is_done = False
        self.trouble = ""
        """Why something is missing, in words."""
        self._parts = _parts(search, with_failed=with_failed)
        self._expected = expected
        self._found: list[dict[int, int]] = [{} for _ in self._parts]
        self._asked = 0

    @property
    def first(self) -> Iterator[Probe]:
        """The whole of each list: its answer tells whether the server can count at all, and that much at once."""
        for number, part in enumerate(self._parts):
            if 0 not in self._found[number] and not self.is_split:
                yield Probe(part.search, number, 0)

    @property
    def rest(self) -> Iterator[Probe]:
        """What is not known yet, newest bars first."""
        for place in range(len(self.edges) - 2, -1, -1):
            for number, part in enumerate(self._parts):
                if place in self._found[number]:
                    continue
                if self._is_after_all(part.search, self.edges[place]):
                    self._found[number][place] = 0
                else:
                    yield Probe(self._of_bar(part.search, place), number, place)

    @property
    def again(self) -> Iterator[Probe]:
        """The whole of each list once more, in case that it has changed under way."""
        if not self.is_split and not self.trouble and len(self.edges) > 2:
            for number, part in enumerate(self._parts):
                yield Probe(part.search, number, 0)

    def put(self, probe: Probe, count: int) -> None:
        """Take an answer."""
        self._asked += 1
        known = self._found[probe.part].get(probe.place)
        if known is not None and known != count:
            self.is_changed = True
        self._found[probe.part][probe.place] = count

    def give_up(self, trouble: str) -> None:
        """Nobody asks any more; what is missing stays so until somebody does."""
        self.trouble, self.is_done = trouble, True

    def split(self) -> None:
        """The whole is too much for the server: ask for each bar."""
        self.is_split = True
        self._found = [{} for _ in self._parts]

    @property
    def total(self) -> int | None:
        """How many logs there are, None while that is not known."""
        counts = [bar.count for bar in self._bars()]
        return None if None in counts else sum(count for count in counts if count is not None)

    @property
    def is_exact(self) -> bool:
        """Whether every count is known and held while it was counted."""
        if not self.is_done or self.trouble or self._has_changed(self._bars()):
            return False
        return not self.is_split or self.total == self._expected

    @property
    def histogram(self) -> Histogram:
        """What is known by now."""
        bars = self._bars()
        drawn = (replace(bar, count=_least(bar.count), failed=_least(bar.failed)) for bar in bars)
        return Histogram(tuple(drawn), "exact" if self.is_exact else "", self._note(bars))

    def _note(self, bars: tuple[Bar, ...]) -> str:
        missing = sum(bar.count is None or bar.failed is None for bar in bars)
        if missing and self.trouble:
            return f"{missing} bar{'' if missing == 1 else 's'} missing (r)"
        if not self.is_done:
            return f"counting, {len(bars) - missing} of {len(bars)} bars"
        if self.trouble or self._has_changed(bars):
            return "may have changed (r)" if self.trouble else "changed meanwhile (r)"
        return "" if self.is_exact else "counted in parts"

    def _bars(self) -> tuple[Bar, ...]:
        counted = [number for number, part in enumerate(self._parts) if part.is_counted]
        failed = [number for number, part in enumerate(self._parts) if part.is_failed]
        return tuple(
            Bar(begin, end, self._sum(counted, place), self._sum(failed, place))
            for place, (begin, end) in enumerate(pairwise(self.edges))
        )

    def _sum(self, parts: list[int], place: int) -> int | None:
        counts = [self._count(self._found[number], place) for number in parts]
        return None if None in counts else sum(count for count in counts if count is not None)

    def _count(self, found: dict[int, int], place: int) -> int | None:
        after = 0 if self.is_split or place == len(self.edges) - 2 else found.get(place + 1)
        here = found.get(place)
        return None if here is None or after is None else here - after

    def _has_changed(self, bars: tuple[Bar, ...]) -> bool:
        def is_wrong(bar: Bar) -> bool:
            known = bar.count is not None and bar.failed is not None
            return bool(known and not 0 <= (bar.failed or 0) <= (bar.count or 0))

        return self.is_changed or any(map(is_wrong, bars))

    def _of_bar(self, search: LogSearch, place: int) -> LogSearch:
        begin = self.edges[place]
        if place == 0 and not self.is_split:
            return search
        if not self.is_split:
            return search.down_to(begin)
        is_last = place == len(self.edges) - 2
        return replace(
            search, range=TimeRange(begin, search.range.until if is_last else self.edges[place + 1] - _MILLISECOND)
        )

    def _is_after_all(self, search: LogSearch, instant: datetime) -> bool:
        """Whether a search ends before an instant: the server need not be asked, and would refuse such a range."""
        return search.on == "created" and search.pin is not None and instant > search.pin


def bounds(search: LogSearch, now: datetime) -> tuple[datetime, datetime] | None:
    """From where to where bars are drawn, None where the range has no beginning.

    Without an end it ends now, or with the newest log, should this machine's clock be slow.
    """
    since = search.range.since
    if since is None:
        return None
    end = max(now, search.pin or now)
    return since, max(since, min(search.range.until or end, end))


def most_bars(search: LogSearch, *, with_failed: bool = True, most: int = MOST_PROBES, bars: int = MOST_BARS) -> int:
    """How many bars so many probes are enough for, at least one."""
    return max(1, min(bars, most // len(_parts(search, with_failed=with_failed)) - 1))


def _parts(search: LogSearch, *, with_failed: bool) -> list[_Part]:
    """The lists of the server to count. Failed ones are lists of their own unless the search is by status."""
    by_status = dict(search.terms).get("status")
    found = [_Part(one, True, bool(by_status) and ("status", (FAILED,)) in one.terms) for one in search.each]
    if with_failed and not by_status:
        found += [_Part(one.only("status", FAILED), False, True) for one in search.each]
    return found


def _least(count: int | None) -> int | None:
    return None if count is None else max(0, count)
