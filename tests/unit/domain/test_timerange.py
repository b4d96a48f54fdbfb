from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.timerange import (
    PRESETS,
    TimeError,
    TimeRange,
    Timestamp,
    describe,
    iso,
    parse_range,
    parse_since,
    parse_until,
    terms,
)

from .logs import NOW

_instants = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize(
    ("typed", "begin", "end"),
    [
        ("now", "2026-11-20T15:04:05.123", "2026-11-20T15:04:05.123"),
        ("45s", "2026-11-20T15:03:20.123", "2026-11-20T15:03:20.123"),
        ("15m", "2026-11-20T14:49:05.123", "2026-11-20T14:49:05.123"),
        ("3h", "2026-11-20T12:04:05.123", "2026-11-20T12:04:05.123"),
        ("7D", "2026-11-13T15:04:05.123", "2026-11-13T15:04:05.123"),
        ("2w", "2026-11-06T15:04:05.123", "2026-11-06T15:04:05.123"),
        (" 3h ", "2026-11-20T12:04:05.123", "2026-11-20T12:04:05.123"),
        ("today", "2026-11-20T00:00", "2026-11-20T23:59:59.999"),
        ("Yesterday", "2026-11-19T00:00", "2026-11-19T23:59:59.999"),
        ("2026-02-28", "2026-02-28T00:00", "2026-02-28T23:59:59.999"),
        ("9999-12-31", "9999-12-31T00:00", "9999-12-31T23:59:59.999"),
        ("14:05", "2026-11-20T14:05", "2026-11-20T14:05"),
        ("9:05", "2026-11-20T09:05", "2026-11-20T09:05"),
        ("14:05:06.5", "2026-11-20T14:05:06.500", "2026-11-20T14:05:06.500"),
        ("2026-11-20T12", "2026-11-20T12:00", "2026-11-20T12:00"),
        ("2026-11-20 12:00", "2026-11-20T12:00", "2026-11-20T12:00"),
        ("2026-11-20t12:00:01z", "2026-11-20T12:00:01", "2026-11-20T12:00:01"),
        ("2026-11-20T12:00+02:00", "2026-11-20T10:00", "2026-11-20T10:00"),
    ],
)
def test_a_point_of_time_can_be_typed_in_many_ways(typed: str, begin: str, end: str) -> None:
    assert parse_since(typed, NOW) == utc(begin)
    assert parse_until(typed, NOW) == utc(end)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "3",
        "3y",
        "-3h",
        "tomorrow",
        "25:00",
        "12:60",
        "2026-02-30",
        "2026-11-20T",
        "2026-11-20T25:00",
        "20/11/2026",
        "999999999w",
        "0001-01-01T00:00+01:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_what_is_no_time_is_refused_with_examples(typed: str) -> None:
    for parse in (parse_since, parse_until):
        with pytest.raises(TimeError, match=r"is no time\. Write it as 15m, 3h"):
            parse(typed, NOW)


def test_an_end_that_no_calendar_holds_is_no_time() -> None:
    with pytest.raises(TimeError, match="is no time"):
        parse_until("9999-12-31T23:59:59.9999", NOW)


def test_the_day_is_that_of_utc_wherever_the_reader_is() -> None:
    evening = datetime(2026, 11, 20, 20, 0, tzinfo=timezone(-timedelta(hours=6)))
    assert parse_since("today", evening) == utc("2026-11-21T00:00")
    assert parse_since("10:00", evening) == utc("2026-11-21T10:00")


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("3h", "2026-11-20T12:04:05.123", None),
        ("12:00", "2026-11-20T12:00", None),
        ("2026-11-19", "2026-11-19T00:00", "2026-11-19T23:59:59.999"),
        ("today", "2026-11-20T00:00", "2026-11-20T23:59:59.999"),
        ("3h..1h", "2026-11-20T12:04:05.123", "2026-11-20T14:04:05.123"),
        ("2026-11-18T12:00..14:00", "2026-11-18T12:00", "2026-11-18T14:00"),
        ("12:00..14:00", "2026-11-20T12:00", "2026-11-20T14:00"),
        ("yesterday..today", "2026-11-19T00:00", "2026-11-20T23:59:59.999"),
        ("2026-11-01 .. 2026-11-03", "2026-11-01T00:00", "2026-11-03T23:59:59.999"),
        ("12:00..", "2026-11-20T12:00", None),
        ("..12:00", None, "2026-11-20T12:00"),
        ("12:00..12:00", "2026-11-20T12:00", "2026-11-20T12:00"),
    ],
)
def test_a_range_can_be_typed_in_many_ways(typed: str, since: str | None, until: str | None) -> None:
    assert parse_range(typed, NOW) == TimeRange(utc(since) if since else None, utc(until) if until else None)


@pytest.mark.parametrize(("digit", "age"), PRESETS.items())
def test_a_digit_is_a_preset(digit: str, age: str) -> None:
    assert parse_range(f" {digit} ", NOW) == parse_range(age, NOW) == TimeRange(parse_since(age, NOW))
    assert terms(f" {digit} ", NOW) == (age, None)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("..", "needs at least one end"),
        ("7", "“7” is no time"),
        ("1..2", "“1” is no time"),
        ("1h..2h..3h", "“2h..3h” is no time"),
        ("1h..3h", "2026-11-20T14:04:05.123Z is later than 2026-11-20T12:04:05.123Z"),
        ("14:00..12:00", "The range ends before it begins"),
    ],
)
def test_what_is_no_range_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(TimeError, match=reason):
        parse_range(typed, NOW)


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("3H", "3h", None),
        ("3h..", "2026-11-20T12:04:05.123Z", None),
        ("2026-11-19", "2026-11-19T00:00:00.000Z", "2026-11-19T23:59:59.999Z"),
        ("..12:00", None, "2026-11-20T12:00:00.000Z"),
    ],
)
def test_an_age_stays_an_age_in_the_query_and_the_rest_becomes_absolute(
    typed: str, since: str | None, until: str | None
) -> None:
    assert terms(typed, NOW) == (since, until)


@given(_instants, _instants)
def test_a_range_written_to_whole_milliseconds_holds_at_least_what_was_meant(one: datetime, other: datetime) -> None:
    begin, end = sorted((one, other))
    since, until = terms(f"{begin.isoformat()}..{end.isoformat()}", NOW)
    assert since
    assert until
    begin_written, end_written = datetime.fromisoformat(since), datetime.fromisoformat(until)
    assert begin - timedelta(milliseconds=1) < begin_written <= begin
    assert end <= end_written < end + timedelta(milliseconds=1)


@given(_instants)
def test_what_is_written_for_the_api_is_read_back_to_the_millisecond(instant: datetime) -> None:
    floored = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert Timestamp.read(iso(instant)).instant == parse_since(iso(instant), NOW) == floored


def test_the_api_is_written_to_in_utc() -> None:
    assert iso(datetime(2026, 11, 20, 1, 2, 3, 4567, timezone(timedelta(hours=2)))) == "2026-11-19T23:02:03.004Z"


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("24h", None, "last 24 h"),
        ("015M", None, "last 15 m"),
        ("today", None, "since 11-20 00:00"),
        (None, "12:00", "until 11-20 12:00"),
        ("12:00", "14:00", "11-20 12:00 – 14:00"),
        ("24h", "12:00", "11-19 15:04 – 11-20 12:00"),
        ("yesterday", "yesterday", "11-19 00:00 – 23:59"),
        ("2025-12-31", None, "since 2025-12-31 00:00"),
        ("2025-12-31", "2026-01-01T12:00", "2025-12-31 00:00 – 01-01 12:00"),
        ("2025-12-30", "2025-12-31", "2025-12-30 00:00 – 2025-12-31 23:59"),
        ("2025-12-31", "2025-12-31", "2025-12-31 00:00 – 23:59"),
        (None, None, "all time"),
    ],
)
def test_a_range_is_described_in_words(since: str | None, until: str | None, words: str) -> None:
    assert describe(since, until, NOW) == words


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2021-04-02T22:52:38.093Z", "2021-04-02T22:52:38.093"),
        ("2021-04-02T22.52.38.093Z", "2021-04-02T22:52:38.093"),
        ("2021-04-02T22:52:38:093Z", "2021-04-02T22:52:38.093"),
        ("2021-04-02T22:52:38,5Z", "2021-04-02T22:52:38.500"),
        (" 2021-04-02 22:52:38z ", "2021-04-02T22:52:38"),
        ("2021-04-02T22:52:38", "2021-04-02T22:52:38"),
        ("2021-04-02T22:52:38.123456789Z", "2021-04-02T22:52:38.123456"),
        ("2021-04-02T22:52:38+0230", "2021-04-02T20:22:38"),
        ("2021-04-02T22:52:38-02:30", "2021-04-03T01:22:38"),
    ],
)
def test_a_timestamp_of_the_server_is_read_however_it_is_written(written: str, meant: str) -> None:
    stamp = Timestamp.read(written)
    assert stamp.text == written
    assert stamp.instant == utc(meant)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "2021-04-02",
        "2021-02-30T00:00:00Z",
        "2021-04-02T22:52:61Z",
        "0001-01-01T00:00:00+01:00",
        "0001-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59.999999999Z",
        "1617403958",
    ],
)
def test_a_timestamp_that_cannot_be_read_stays_a_text(written: str) -> None:
    assert Timestamp.read(written) == Timestamp(written, None)


@given(st.text())
def test_no_timestamp_of_a_server_raises(written: str) -> None:
    assert Timestamp.read(written).text == written


@given(st.text() | st.from_regex(r"[\d.:TZ+-]{1,30}|\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?", fullmatch=True))
def test_whatever_is_typed_is_a_range_or_refused(typed: str) -> None:
    try:
        since, until = terms(typed, NOW)
    except TimeError:
        return
    assert since or until
    assert describe(since, until, NOW)


def test_a_range_ends_where_it_begins_or_later() -> None:
    assert TimeRange(NOW, NOW).until == NOW
    assert TimeRange(NOW, None).until is None
    with pytest.raises(TimeError, match="ends before it begins"):
        TimeRange(NOW, NOW - timedelta(milliseconds=1))
