"""Counting by time: the bars are those of a full walk, by few requests, whatever the server does meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api.census import AT_ONCE, NoTotals, count, fill
from redox_tui.api.errors import RateLimited, ServerTrouble
from redox_tui.api.protocol import Urgency
from redox_tui.domain.bars import Histogram, edges
from redox_tui.domain.census import MOST_PROBES, TimeCensus, most_bars
from redox_tui.domain.logs import LogDetail, LogPage, PageRef
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange
from tests.unit.api.listing import MILLISECOND, SECOND, START, Listing, rows

HOUR = timedelta(hours=1)


class Server:
    """Logs by status, each status a list of its own; a search without one finds all."""

    def __init__(self, rows: dict[str, datetime], failed: Callable[[str], bool] = lambda one: False) -> None:
        self.listing = Listing(rows)
        self.failed = failed
        self.calls = 0
        self.now = self.most = 0
        self.before: Callable[[int, LogSearch], None] = lambda number, search: None
        self.urgencies: set[Urgency] = set()
        self.is_open = asyncio.Event()
        self.is_open.set()

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        self.calls += 1
        self.urgencies.add(urgency)
        self.now += 1
        self.most = max(self.most, self.now)
        number = self.calls
        try:
            await asyncio.sleep(0)
            await self.is_open.wait()
            self.before(number, search)
            statuses = dict(search.terms).get("status")
            listing = self.listing
            if statuses:
                assert len(statuses) == 1, "the server takes one value of a key"
                wanted = {one: at for one, at in listing.rows.items() if self._status(one) == statuses[0]}
                listing = replace(listing, rows=wanted)
            return listing.answer(search, ref, count)
        finally:
            self.now -= 1

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        raise NotImplementedError

    def _status(self, one: str) -> str:
        return "failed" if self.failed(one) else "succeeded"

    def walked(self, histogram: Histogram) -> list[tuple[int, int]]:
        """What a full walk finds for each bar."""
        last = len(histogram.bars) - 1
        found = []
        for number, bar in enumerate(histogram.bars):
            inside = [
                one
                for one, at in self.listing.rows.items()
                if bar.begin <= at < bar.end or (number == last and at == bar.end)
            ]
            found.append((len(inside), sum(map(self.failed, inside))))
        return found


def a_census(search: LogSearch, *, expected: int | None = None) -> TimeCensus:
    assert search.range.since
    bars = most_bars(search)
    return TimeCensus(search, edges(search.range.since, search.range.until or START, most=bars), expected=expected)


def counted(histogram: Histogram) -> list[tuple[int | None, int | None]]:
    return [(bar.count, bar.failed) for bar in histogram.bars]


ages = st.integers(0, 3 * 3_600 * 1_000_000)
borders = st.sampled_from([0, 1, 999, 1_000, 1_001]).flatmap(
    lambda off: st.integers(0, 12).map(lambda quarter: quarter * 900_000_000 + off)
)


@given(st.lists(st.one_of(ages, borders), max_size=60), st.integers(1, 5))
async def test_bars_partition_the_logs_even_those_on_borders_and_of_finer_time_than_is_written(
    microseconds: list[int], every: int
) -> None:
    server = Server(
        {f"r{number}": START - timedelta(microseconds=age) for number, age in enumerate(microseconds)},
        lambda one: int(one[1:]) % every == 0,
    )
    census = a_census(LogSearch(range=TimeRange(START - 3 * HOUR, START)))
    await fill(server, census)
    assert counted(census.histogram) == server.walked(census.histogram)
    assert census.is_exact
    assert census.histogram.words == "exact"
    assert census.total == sum(age <= 3 * 3_600 * 1_000_000 for age in microseconds)


@pytest.mark.parametrize("age", [15 * 60, 3_600, 6 * 3_600, 86_400, 3 * 86_400, 7 * 86_400, 86_400 * 30])
async def test_a_histogram_with_failures_costs_at_most_64_requests_4_at_once_and_of_the_lowest_urgency(
    age: int,
) -> None:
    server = Server(rows(500), lambda one: one.endswith("7"))
    census = a_census(LogSearch(range=TimeRange(START - age * SECOND)).pinned([server.listing.log("r0")]))
    await fill(server, census)
    assert server.calls <= MOST_PROBES
    assert len(census.histogram.bars) >= 20
    assert server.most == AT_ONCE == 4
    assert server.urgencies == {Urgency.COUNTING}
    assert counted(census.histogram) == server.walked(census.histogram)


@pytest.mark.parametrize(
    ("query", "lists", "requests"),
    [("status:failed", 1, 33), ("status:failed,pending", 2, 64), ("status:failed,pending,filtered,succeeded", 4, 64)],
)
async def test_a_query_for_several_statuses_costs_no_more(query: str, lists: int, requests: int) -> None:
    server = Server(rows(500), lambda one: one.endswith("7"))
    search = replace(LogQuery.parse(query).search(START), range=TimeRange(START - HOUR, START))
    assert len(search.each) == lists
    census = a_census(search)
    await fill(server, census)
    assert server.calls <= requests
    expected = 50 if query == "status:failed" else 500 if "succeeded" in query else 50
    assert census.total == expected
    assert sum(bar.failed or 0 for bar in census.histogram.bars) == 50
    assert census.is_exact


async def test_bars_after_the_newest_log_are_empty_without_a_request() -> None:
    server = Server({"r0": START - 20 * HOUR})
    search = LogSearch(range=TimeRange(START - 24 * HOUR)).pinned([server.listing.log("r0")])
    census = a_census(search)
    await fill(server, census)
    assert server.calls == 2 + 2 * 4 + 2, "two lists: whole, four edges up to the newest log, whole again"
    assert census.is_exact
    assert [bar.count for bar in census.histogram.bars][4:] == [1, *[0] * (len(census.edges) - 6)]


async def test_new_traffic_does_not_shift_counts() -> None:
    server = Server(rows(300))
    search = LogSearch(range=TimeRange(START - HOUR)).pinned([server.listing.log("r0")])
    expected = len(server.listing.rows)

    def arrive(number: int, search: LogSearch) -> None:
        server.listing.rows[f"new-{number}"] = START + number * SECOND

    server.before = arrive
    census = a_census(search)
    await fill(server, census)
    assert census.total == expected
    assert census.is_exact


async def test_counts_that_change_under_way_are_not_called_exact() -> None:
    server = Server(rows(300))

    def arrive(number: int, search: LogSearch) -> None:
        server.listing.rows[f"late-{number}"] = START - 100 * SECOND

    server.before = arrive
    census = a_census(LogSearch(range=TimeRange(START - HOUR, START)))
    await fill(server, census)
    assert not census.is_exact
    assert census.histogram.note == "changed meanwhile (r)"
    assert all(bar.count is not None and bar.count >= 0 for bar in census.histogram.bars)


async def test_a_status_that_changes_under_way_is_noticed() -> None:
    server = Server(rows(300))
    settled: set[str] = set()
    server.failed = settled.__contains__

    def settle(number: int, search: LogSearch) -> None:
        if number == 40:
            settled.add("r5")

    server.before = settle
    census = a_census(LogSearch(range=TimeRange(START - HOUR, START)))
    await fill(server, census)
    assert not census.is_exact


async def test_a_server_that_is_too_slow_for_the_whole_is_asked_for_each_bar() -> None:
    server = Server(rows(3_000), lambda one: one.endswith("7"))
    server.listing.is_too_slow = lambda asked: asked.width > timedelta(minutes=5)
    census = a_census(LogSearch(range=TimeRange(START - HOUR, START)), expected=3_000)
    await fill(server, census)
    assert server.calls <= MOST_PROBES
    assert counted(census.histogram) == server.walked(census.histogram)
    assert census.is_exact
    unsure = a_census(LogSearch(range=TimeRange(START - HOUR, START)))
    await fill(server, unsure)
    assert unsure.histogram.note == "counted in parts"


async def test_bars_that_take_too_long_are_missing_and_only_they_are_asked_for_again() -> None:
    server = Server(rows(3_000))
    slow = START - timedelta(minutes=30)
    server.listing.is_too_slow = lambda asked: asked.width > HOUR / 2 or asked.since <= slow <= asked.until
    census = a_census(LogSearch(range=TimeRange(START - HOUR, START)), expected=3_000)
    await fill(server, census)
    missing = [number for number, bar in enumerate(census.histogram.bars) if bar.count is None]
    assert missing == [15]
    assert census.histogram.note == "1 bar missing (r)"
    assert not census.is_exact
    before = server.calls
    server.listing.is_too_slow = lambda asked: asked.width > HOUR / 2
    await fill(server, census)
    assert server.calls - before == 2
    assert census.is_exact


async def test_a_server_that_refuses_leaves_what_was_counted() -> None:
    server = Server(rows(3_000))

    def refuse(number: int, search: LogSearch) -> None:
        if number > 30:
            raise RateLimited("Too many requests.")

    server.before = refuse
    census = a_census(LogSearch(range=TimeRange(START - HOUR, START)))
    await fill(server, census)
    bars = census.histogram.bars
    assert 10 < sum(bar.count is not None for bar in bars) < len(bars)
    assert bars[-1].count is not None, "the newest are counted first"
    assert census.histogram.note.endswith("bars missing (r)")
    assert census.trouble.startswith("Too many requests.")
    assert server.calls <= 30 + AT_ONCE
    server.before = lambda number, search: None
    await fill(server, census)
    assert census.is_exact
    assert counted(census.histogram) == server.walked(census.histogram)


async def test_a_server_that_fails_at_once_leaves_nothing_counted() -> None:
    server = Server(rows(10))

    def fail(number: int, search: LogSearch) -> None:
        raise ServerTrouble("Out of order.")

    server.before = fail
    census = a_census(LogSearch(range=TimeRange(START - HOUR, START)))
    await fill(server, census)
    assert census.histogram.note == "30 bars missing (r)"
    assert server.calls <= AT_ONCE


async def test_a_list_with_cursors_cannot_be_counted_and_costs_no_more_than_the_first_probes() -> None:
    server = Server(rows(10))
    server.listing.paging = "cursors"
    with pytest.raises(NoTotals):
        await fill(server, a_census(LogSearch(range=TimeRange(START - HOUR, START))))
    assert server.calls <= 2


async def test_stopping_leaves_no_probe_behind() -> None:
    server = Server(rows(10))
    server.is_open.clear()
    counting = asyncio.create_task(fill(server, a_census(LogSearch(range=TimeRange(START - HOUR, START)))))
    while not server.now:
        await asyncio.sleep(0)
    counting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await counting
    assert server.now == 0


async def test_a_total_is_one_request_for_each_list() -> None:
    server = Server(rows(100), lambda one: one.endswith("7"))
    search = LogSearch((("status", ("failed", "succeeded")),), TimeRange(START - HOUR, START))
    assert await count(server, search) == 100
    assert server.calls == 2


async def test_each_answer_is_told() -> None:
    server = Server(rows(100))
    census = a_census(LogSearch(range=TimeRange(START - HOUR, START)))
    told = Counter[str]()
    await fill(server, census, lambda: told.update([census.histogram.note]))
    assert told.total() == server.calls
    assert "counting, 0 of 30 bars" in told


def test_the_last_bar_ends_with_the_range() -> None:
    until = datetime(2026, 11, 20, 12, 0, 0, 999_000, tzinfo=UTC)
    census = TimeCensus(LogSearch(range=TimeRange(until - HOUR, until)), edges(until - HOUR, until, most=4))
    census.split()
    ends = [probe.search.range.until for probe in census.rest if not dict(probe.search.terms)]
    assert ends[0] == until
    assert ends[1] == datetime(2026, 11, 20, 12, tzinfo=UTC) - MILLISECOND
