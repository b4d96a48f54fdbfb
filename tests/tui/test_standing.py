"""How a list of logs stands, in words; no screen is needed for that."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest

from redox_tui.domain.logs import Log, LogPage
from redox_tui.domain.query import LogQuery
from redox_tui.domain.timerange import TimeRange
from redox_tui.domain.window import LogWindow, PageRequest, Viewport
from redox_tui.tui.following import Follow
from redox_tui.tui.reading import Reading
from redox_tui.tui.standing import Remark, Standing
from tests.unit.domain.logs import NOW, a_log, some_logs
from tests.unit.domain.reading import Paging, Server

TOP = Viewport(0, 19)


def begun(text: str = "since:3h") -> Reading:
    """A reading of which nothing has been asked for."""
    query = LogQuery.parse(text)
    return Reading(query, LogWindow(query.search(NOW)))


def read_on(reading: Reading, server: Server, view: Viewport = TOP) -> None:
    """All that the reading wants is answered."""
    while wanted := list(reading.requests(view)):
        for request in wanted:
            reading.put(request, server.answer(request))


def a_reading(logs: list[Log], paging: Paging = "totals", text: str = "since:3h") -> Reading:
    """A reading whose first page is there."""
    reading = begun(text)
    read_on(reading, Server(logs, paging))
    return reading


def standing(reading: Reading, view: Viewport = TOP, **parts: Any) -> Standing:
    return replace(Standing(reading, view, 0, NOW, UTC), **parts)


def with_failures(*failed: int, count: int) -> list[Log]:
    """Logs of which only these rows have failed."""
    return [replace(log, status="failed" if row in failed else "succeeded") for row, log in enumerate(some_logs(count))]


# --- Before there are rows


def test_before_the_first_answer_the_list_says_that_it_is_being_read_and_what_ends_that() -> None:
    reading = begun()
    list(reading.requests(TOP))
    assert standing(reading).line == ("reading the newest logs … esc stops", False)
    assert standing(reading).instead_of_rows == ("", "Reading the newest logs … esc stops.")


def test_what_the_client_does_meanwhile_is_said() -> None:
    reading = begun()
    list(reading.requests(TOP))
    assert standing(reading, working="trying again in 3 s").line == ("trying again in 3 s · esc stops", False)


def test_a_list_that_could_not_be_read_says_why() -> None:
    reading = begun()
    (request,) = reading.requests(TOP)
    reading.fail(request, "Timed out after 60 s.")
    assert standing(reading).line == ("Timed out after 60 s.", True)
    assert standing(reading).instead_of_rows[1] == "The logs could not be read; the line below says why."


def test_an_empty_range_names_itself_and_what_may_help() -> None:
    reading = a_reading([])
    assert standing(reading).line == ("no logs", False)
    assert standing(reading).instead_of_rows == (
        "",
        "No logs match in this range (last 3 h).",
        "t widens the range, / changes the query.",
    )


def test_of_a_range_that_was_too_slow_nothing_is_claimed() -> None:
    reading = begun()
    (request,) = reading.requests(TOP)
    reading.put(request, LogPage(total=0, gaps=(TimeRange(NOW - timedelta(seconds=1), NOW),)))
    assert standing(reading).line == ("not read: 11-20 15:04:04 – 15:04:05, too slow; r tries again", False)
    assert "nobody knows what this range holds" in standing(reading).instead_of_rows[1]


# --- With rows


@pytest.mark.parametrize(
    ("paging", "words"), [("totals", "row 1 of 120"), ("cursors", "row 1 of >50 · more are read at the end")]
)
def test_how_many_rows_there_are_is_said_as_exactly_as_it_is_known(paging: Paging, words: str) -> None:
    reading = a_reading(some_logs(120), paging)
    assert standing(reading).line == (words, False)
    assert standing(reading).instead_of_rows == ()


def test_several_ranges_that_are_missing_are_named_as_far_as_there_is_room() -> None:
    reading = begun()
    (request,) = reading.requests(TOP)
    gaps = tuple(TimeRange(NOW - timedelta(hours=hour), NOW - timedelta(hours=hour)) for hour in range(4))
    reading.put(request, LogPage(tuple(some_logs(1)), total=1, gaps=gaps))
    words, _ = standing(reading).line
    assert words.startswith("row 1 of >1 · not read: 11-20 15:04:05 – 15:04:05, 11-20 14:04:05 – 14:04:05 and 2 more")


def test_rows_that_are_on_their_way_are_said_to_be() -> None:
    reading = a_reading(some_logs(120))
    below = Viewport(90, 109)
    list(reading.requests(below))
    assert standing(reading, below, row=90).line == ("row 91 of 120 · reading … esc stops", False)


def test_a_row_in_view_that_could_not_be_read_is_an_error_and_one_elsewhere_is_counted() -> None:
    reading = a_reading(some_logs(120))
    below = Viewport(60, 79)
    fail(reading, below)
    assert standing(reading, below).line == ("Out of order.", True)
    assert standing(reading).line == ("row 1 of 120 · 1 page not read, r tries again", False)


def test_terms_that_the_server_cannot_answer_are_said_to_dim_rows() -> None:
    reading = a_reading(some_logs(3), text="since:3h -status:succeeded")
    assert standing(reading).line == ("row 1 of 3 · dim rows do not match -status:succeeded", False)


def test_a_clock_that_is_wrong_is_said_last() -> None:
    words, _ = standing(a_reading(some_logs(3)), clock_warning="this clock is 5 min behind").line
    assert words == "row 1 of 3 · this clock is 5 min behind"


def test_a_list_that_is_followed_says_so() -> None:
    reading = a_reading(some_logs(3))
    reading.following.state = Follow.ON
    assert standing(reading).line == ("row 1 of 3 · following", False)
    reading.following.pause()
    assert standing(reading).line == ("row 1 of 3 · paused (f goes on)", False)


# --- Only matches


def fail(reading: Reading, view: Viewport) -> PageRequest:
    """The next page that is wanted cannot be read."""
    request = next(iter(reading.requests(view)))
    assert reading.fail(request, "Out of order.")
    return request


def test_of_matches_it_is_said_how_many_of_how_many_and_which_key_goes_on() -> None:
    server = Server(with_failures(1, 70, 1_010, count=1_200))
    reading = begun("since:3h -status:succeeded")
    read_on(reading, server)
    assert reading.look_for_matches()
    read_on(reading, server)
    assert standing(reading).line == ("2 of 1,000 looked at · x looks further", False)
    assert reading.look_for_matches()
    read_on(reading, server)
    assert standing(reading).line == ("3 of 1,200 looked at · x shows all", False)
    assert not reading.look_for_matches()


def test_where_no_row_matches_the_list_names_the_key_that_helps() -> None:
    reading = a_reading(with_failures(count=30), text="since:3h -status:succeeded")
    reading.look_for_matches()
    assert standing(reading).line == ("0 of 30 looked at · x shows all", False)
    assert standing(reading).instead_of_rows[1:] == (
        "No row among those that were looked at matches.",
        "x shows all, / changes the query.",
    )


def test_a_page_that_could_not_be_read_is_said_where_only_matches_are_shown() -> None:
    reading = a_reading(with_failures(1, count=120), text="since:3h -status:succeeded")
    reading.look_for_matches()
    fail(reading, TOP)
    shown = Viewport(1, 1)
    words = "1 of 50 looked at · x shows all · 1 page not read, r tries again"
    assert standing(reading, shown).line == (words, False)


# --- Beside the list


def test_a_remark_stands_before_everything_else_and_what_goes_on_beside_the_list_before_its_rows() -> None:
    reading = a_reading([a_log()])
    assert standing(reading, aside="exporting 5 rows").line == ("exporting 5 rows", False)
    remark = Remark("Nothing is marked; m marks a log.", is_error=True, row=0)
    assert standing(reading, aside="exporting 5 rows", remark=remark).line == (remark.words, True)
