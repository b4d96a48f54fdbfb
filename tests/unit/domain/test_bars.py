"""Bars of a histogram: they cover a range without gaps, on times that people read, in any zone."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.bars import MOST_BARS, Bar, Histogram, edges, of_rows, span
from redox_tui.domain.timerange import parse_since
from tests.unit.domain.logs import a_log, at

NOW = datetime(2026, 11, 20, 15, 0, 0, 123_000, tzinfo=UTC)
MS = timedelta(milliseconds=1)

instants = st.datetimes(datetime(2014, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
lengths = st.one_of(
    st.timedeltas(timedelta(), timedelta(seconds=2)),
    st.timedeltas(timedelta(), timedelta(days=8)),
    st.timedeltas(timedelta(), timedelta(days=9_000)),
)
zones = st.sampled_from([ZoneInfo(name) for name in ("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")])


@given(instants, lengths, zones, st.integers(1, 60))
def test_bars_follow_each_other_from_one_end_to_the_other_and_are_not_too_many(
    since: datetime, length: timedelta, zone: ZoneInfo, most: int
) -> None:
    found = edges(since, since + length, zone=zone, most=most)
    assert found[0] == since
    assert found[-1] == since + length
    assert 1 <= len(found) - 1 <= most
    if length:
        assert all(begin < end for begin, end in itertools.pairwise(found))


@given(instants, lengths, st.integers(4, 60))
def test_bars_are_as_narrow_as_round_times_allow(since: datetime, length: timedelta, most: int) -> None:
    found = edges(since, since + length, most=most)
    if length > most * MS:
        assert len(found) - 1 > most / 4, "the next finer step is at most three and a half times as fine"


@pytest.mark.parametrize(
    ("age", "first", "second"),
    [
        ("15m", "14:45:30", "14:46:00"),
        ("1h", "14:02:00", "14:04:00"),
        ("24h", "16:00:00", "17:00:00"),
        ("3d", "18:00:00", "21:00:00"),
        ("7d", "18:00:00", "00:00:00"),
    ],
)
def test_bars_begin_at_round_times(age: str, first: str, second: str) -> None:
    found = edges(parse_since(age, NOW), NOW)
    assert [f"{at:%H:%M:%S}" for at in found[1:3]] == [first, second]


def test_days_begin_at_midnight_where_the_reader_is() -> None:
    zone = ZoneInfo("America/New_York")
    # In the night to November 1, 2026, clocks are put back there.
    found = edges(datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC), zone=zone)
    assert {f"{at.astimezone(zone):%H:%M}" for at in found[1:-1]} == {"00:00"}
    assert timedelta(hours=25) in {end - begin for begin, end in itertools.pairwise(found)}


def a_histogram(age: str) -> Histogram:
    found = edges(parse_since(age, NOW), NOW)
    return Histogram(tuple(Bar(begin, end, 0, 0) for begin, end in itertools.pairwise(found)))


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ("15m", "14:46:00–14:46:30"),
        ("24h", "17:00–18:00"),
        ("3d", "11-17 21:00–00:00"),
        ("7d", "11-14 00:00–06:00"),
        ("4w", "10-25"),
        ("52w", "12-08–12-22"),
    ],
)
def test_a_bar_is_named_by_its_time(age: str, words: str) -> None:
    assert span(a_histogram(age), 2) == words


@given(instants, lengths, st.floats(0, 1))
def test_every_instant_of_a_range_is_in_one_bar(since: datetime, length: timedelta, part: float) -> None:
    found = edges(since, since + length)
    histogram = Histogram(tuple(Bar(begin, end) for begin, end in itertools.pairwise(found)))
    instant = min(since + length * part, since + length)
    number = histogram.at(instant)
    assert number is not None
    bar = histogram.bars[number]
    assert bar.begin <= instant
    assert instant < bar.end or (instant == bar.end and number == len(histogram.bars) - 1)
    assert histogram.at(since - MS) is None
    assert histogram.at(since + length + MS) is None


def test_rows_are_counted_as_far_as_they_were_read() -> None:
    found = edges(parse_since("3h", NOW), NOW, most=4)
    ages = ((1, "failed"), (61, "succeeded"), (62, "failed"))
    rows = [a_log(created_at=at(NOW - timedelta(minutes=age)), status=status) for age, status in ages]
    histogram = of_rows(rows, found, "created", fits=lambda log: True, is_whole=False)
    assert histogram.words == "of 3 loaded rows"
    assert [(bar.count, bar.failed) for bar in histogram.bars] == [(None, None), (2, 1), (1, 1), (0, 0)]
    whole = of_rows(rows, found, "created", fits=lambda log: log.status != "failed", is_whole=True)
    assert [(bar.count, bar.failed) for bar in whole.bars] == [(0, 0), (1, 0), (0, 0), (0, 0)]
    assert whole.words == "of 3 loaded rows"


def test_the_constant_is_the_one_of_the_plan() -> None:
    assert MOST_BARS == 32
