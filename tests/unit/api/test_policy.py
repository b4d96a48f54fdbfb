"""HT-02, HT-03, HT-04: what comes after a try that did not work, for every kind of call and of trouble."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api.policy import (
    PATIENCE,
    Budget,
    Fail,
    Outcome,
    Patience,
    Retry,
    Split,
    Trouble,
    decide,
    retry_after,
)

NOW: Final = datetime(2026, 11, 20, 15, 0, 0, tzinfo=UTC)

TROUBLES = st.sampled_from(Trouble)
STATUSES = st.sampled_from([400, 401, 403, 404, 408, 409, 422, 429, 500, 501, 502, 503, 504, 505, 520, 524])
WAITS = st.one_of(
    st.just(""),
    st.text(max_size=12),
    st.integers(-(10**20), 10**20).map(str),
    st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)).map(lambda at: format_datetime(at.replace(tzinfo=UTC))),
)
BUDGETS = st.integers(0, 10).map(Budget)
CHANCES = st.floats(0, 1, exclude_max=True)


@st.composite
def outcomes(draw: st.DrawFn, is_read: bool | None = None, has_range: bool | None = None) -> Outcome:
    """Any way in which a try can end."""
    trouble = draw(TROUBLES)
    return Outcome(
        trouble,
        draw(STATUSES) if trouble is Trouble.STATUS else 0,
        draw(WAITS) if trouble is Trouble.STATUS else "",
        draw(st.booleans()) if is_read is None else is_read,
        draw(st.booleans()) if has_range is None else has_range,
    )


def after(outcome: Outcome, attempt: int = 1, budget: Budget | None = None) -> Retry | Split | Fail:
    """The verdict with the longest pause that chance can bring."""
    return decide(attempt, outcome, budget or Budget(), NOW, chance=1.0)


def status(number: int, wait: str = "", *, has_range: bool = False) -> Outcome:
    return Outcome(Trouble.STATUS, number, wait, is_read=True, has_range=has_range)


def test_ht_01_the_figures_are_those_of_the_requirement() -> None:
    assert Patience() == PATIENCE
    assert (PATIENCE.connect, PATIENCE.read, PATIENCE.write, PATIENCE.pool, PATIENCE.call) == (5, 30, 10, 5, 60)
    assert (PATIENCE.crawl, PATIENCE.slowest) == (15, 512)


def test_ht_02_the_figures_of_trying_again_are_those_of_the_requirement() -> None:
    assert (PATIENCE.tries, PATIENCE.pause, PATIENCE.longest_pause, PATIENCE.longest_wait) == (3, 0.5, 8, 60)
    assert Budget() == Budget(left=10, most=10)


@pytest.mark.parametrize("trouble", [one for one in Trouble if one not in (Trouble.STATUS, Trouble.REFUSED)])
def test_ht_02_a_read_is_tried_again_after_any_trouble_on_the_way(trouble: Trouble) -> None:
    assert after(Outcome(trouble)) == Retry(0.5)


def test_ht_02_a_way_that_is_closed_is_not_tried_again() -> None:
    assert after(Outcome(Trouble.REFUSED)) == Fail()


@pytest.mark.parametrize("number", [429, 500, 502, 503, 504, 508, 520, 524, 599])
def test_ht_02_a_read_is_tried_again_after_a_status_that_may_pass(number: int) -> None:
    assert after(status(number)) == Retry(0.5)


@pytest.mark.parametrize("number", [400, 401, 403, 404, 408, 409, 410, 418, 422, 451, 501, 505, 511])
def test_ht_02_no_other_status_is_asked_for_again(number: int) -> None:
    assert after(status(number, "1")) == Fail()


@given(outcomes(is_read=False), st.integers(1, 5), BUDGETS, CHANCES)
def test_ht_02_a_write_is_never_repeated(outcome: Outcome, attempt: int, budget: Budget, chance: float) -> None:
    assert decide(attempt, outcome, budget, NOW, chance=chance) == Fail()


@given(outcomes(), st.integers(3, 9), BUDGETS, CHANCES)
def test_ht_02_nothing_is_tried_more_than_three_times(
    outcome: Outcome, attempt: int, budget: Budget, chance: float
) -> None:
    assert not isinstance(decide(attempt, outcome, budget, NOW, chance=chance), Retry)


@given(outcomes(), st.integers(1, 5), CHANCES)
def test_ht_02_nothing_is_tried_again_when_the_budget_is_spent(outcome: Outcome, attempt: int, chance: float) -> None:
    assert not isinstance(decide(attempt, outcome, Budget(left=0), NOW, chance=chance), Retry)


@given(outcomes(), st.integers(1, 2), BUDGETS, CHANCES)
def test_ht_02_no_pause_is_negative_or_longer_than_what_a_server_may_ask_for(
    outcome: Outcome, attempt: int, budget: Budget, chance: float
) -> None:
    verdict = decide(attempt, outcome, budget, NOW, chance=chance)
    if isinstance(verdict, Retry):
        is_asked_for = retry_after(outcome.retry_after, NOW) is not None and outcome.status in (429, 503)
        assert 0 <= verdict.delay <= (60 if is_asked_for else 0.5 * 2 ** (attempt - 1))


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0), (40, 8.0)]
)
@pytest.mark.parametrize("chance", [0.0, 0.25, 0.999])
def test_ht_02_a_pause_is_any_part_of_one_that_doubles_up_to_eight_seconds(
    attempt: int, longest: float, chance: float
) -> None:
    stubborn = Patience(tries=100)
    verdict = decide(attempt, Outcome(Trouble.BROKEN), Budget(), NOW, chance=chance, patience=stubborn)
    assert verdict == Retry(chance * longest)


def test_ht_02_the_last_token_of_the_budget_can_be_spent() -> None:
    assert isinstance(after(Outcome(Trouble.BROKEN), budget=Budget(left=1)), Retry)


@given(st.lists(st.booleans(), max_size=60))
def test_ht_02_the_budget_sinks_with_tries_and_rises_with_successes_up_to_its_most(goes_well: list[bool]) -> None:
    budget, expected = Budget(), 10
    for well in goes_well:
        budget = budget.refilled() if well else budget.spent()
        expected = min(10, expected + 1) if well else expected - 1
        assert budget == Budget(left=expected, most=10)


@pytest.mark.parametrize("number", [504, 524])
@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_ht_04_the_word_of_the_server_that_a_range_is_too_wide_is_taken_at_once(number: int, attempt: int) -> None:
    verdict = after(status(number, "1", has_range=True), attempt, Budget(left=0))
    assert verdict == Split()


def test_ht_04_silence_may_be_the_fault_of_the_line_once_and_is_then_a_range_that_is_too_wide() -> None:
    silence = Outcome(Trouble.SILENT, has_range=True)
    assert [after(silence, attempt) for attempt in (1, 2, 3)] == [Retry(0.5), Split(), Split()]


@given(outcomes(has_range=False), st.integers(1, 5), BUDGETS)
def test_ht_04_a_call_without_a_range_is_never_split(outcome: Outcome, attempt: int, budget: Budget) -> None:
    assert not isinstance(after(outcome, attempt, budget), Split)


@given(outcomes(has_range=True), st.integers(1, 5), BUDGETS)
def test_ht_04_only_silence_and_a_verdict_on_the_time_split_a_range(
    outcome: Outcome, attempt: int, budget: Budget
) -> None:
    if isinstance(after(outcome, attempt, budget), Split):
        assert outcome.trouble is Trouble.SILENT or outcome.status in (504, 524)


@pytest.mark.parametrize("number", [429, 503])
@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("007", 7.0),
        ("60", 60.0),
        ("Fri, 20 Nov 2026 15:00:20 GMT", 20.0),
        ("Fri, 20 Nov 2026 15:01:00 GMT", 60.0),
        ("Fri, 20 Nov 2026 15:00:00 GMT", 0.0),
        ("Friday, 20-Nov-26 15:00:20 GMT", 20.0),
        ("Fri Nov 20 15:00:20 2026", 20.0),
        ("Fri, 20 Nov 2026 16:00:20 +0100", 20.0),
        ("Fri, 20 Nov 2026 15:00:20 -0000", 20.0),
    ],
)
def test_ht_03_a_server_is_left_alone_for_as_long_as_it_asks(number: int, wait: str, seconds: float) -> None:
    assert after(status(number, wait)) == Retry(seconds)


@pytest.mark.parametrize("number", [429, 503])
@pytest.mark.parametrize(
    "wait",
    [
        "",
        "-1",
        "-99999999999999999999",
        "1.5",
        "1e3",
        "+5",
        "٣",
        "5 s",
        "0x10",
        "soon",
        "\x00",
        "Fri, 20 Nov 2026 14:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 99 Nov 2026 15:00:20 GMT",
        "Fri, 20 Nov 99999999999999999999 15:00:20 GMT",
        "Fri, 20 Nov 2026 15:00:20 +9999",
        "2026-11-20T15:00:20Z",
    ],
)
def test_ht_03_what_makes_no_sense_or_is_past_leaves_the_pause_to_the_client(number: int, wait: str) -> None:
    assert after(status(number, wait)) == Retry(0.5)


@pytest.mark.parametrize("number", [429, 503])
@pytest.mark.parametrize(
    ("wait", "seconds"),
    [("61", 61.0), ("3600", 3600.0), ("Fri, 20 Nov 2026 15:01:01 GMT", 61.0), ("Fri, 20 Nov 2026 16:00:00 GMT", 3600)],
)
def test_ht_03_a_longer_wait_than_a_minute_ends_the_call_and_is_told(number: int, wait: str, seconds: float) -> None:
    assert after(status(number, wait)) == Fail(seconds)


@pytest.mark.parametrize("wait", ["9" * 12, "9" * 18, "9" * 19, "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"], ids=len)
def test_ht_03_a_huge_wait_ends_the_call_too(wait: str) -> None:
    verdict = after(status(429, wait))
    assert isinstance(verdict, Fail)
    assert verdict.wait is not None
    assert verdict.wait > 60


@pytest.mark.parametrize("number", [500, 502, 504, 524])
def test_ht_03_only_the_two_statuses_that_have_the_header_are_believed(number: int) -> None:
    assert after(status(number, "3600")) == Retry(0.5)


def test_ht_03_the_last_try_ends_with_the_wait_that_the_server_asks_for() -> None:
    assert after(status(429, "7"), attempt=3) == Fail(7.0)
    assert after(status(429, "7"), budget=Budget(left=0)) == Fail(7.0)
    assert after(status(429), attempt=3) == Fail(None)


@given(WAITS)
def test_ht_03_whatever_the_header_says_is_a_wait_or_nothing(text: str) -> None:
    seconds = retry_after(text, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10**6))
def test_ht_03_seconds_and_a_date_say_the_same(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(str(seconds), NOW) == retry_after(date, NOW)
