from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count as counter
from itertools import cycle, repeat
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from redox_tui.domain.logs import Log, LogPage, PageRef
from redox_tui.domain.paging import PAGE_SIZE
from redox_tui.domain.query import LogQuery
from redox_tui.domain.timerange import TimeRange, iso
from redox_tui.domain.window import Blank, LogWindow, PageRequest, Viewport

from .logs import NOW, a_log, some_logs
from .reading import SEARCH, Paging, Screen, Server, ids, logs_in

GROWING: tuple[Paging, ...] = ("numbers", "cursors")


def a_screen(count: int = 1_000, paging: Paging = "totals", *, cap: int = PAGE_SIZE, capacity: int = 10_000) -> Screen:
    """A screen that shows the first rows of a list."""
    screen = Screen(Server(some_logs(count), paging, cap), capacity=capacity)
    screen.settle()
    return screen


def names(first: int, last: int) -> list[str]:
    return [f"log-{number}" for number in range(first, last)]


# --- The first rows


@pytest.mark.parametrize("direction", [-1, 0, 1])
def test_before_the_first_rows_one_page_is_asked_for_wherever_the_viewport_is(direction: int) -> None:
    screen = Screen(Server(some_logs(1_000)))
    screen.look(700, direction=direction)
    assert screen.pages_asked == [1]
    assert screen.asked[0].count == PAGE_SIZE
    assert not screen.window.answered
    assert (len(screen.window), screen.window.known, len(screen.window.in_flight)) == (0, 0, 1)


def test_with_the_first_page_the_whole_list_can_be_scrolled() -> None:
    screen = a_screen(1_000)
    assert screen.pages_asked == [1]
    assert (len(screen.window), screen.window.known, screen.window.total) == (1_000, 1_000, 1_000)
    assert (screen.window.held, len(screen.window.in_flight), screen.window.is_growing) == (50, 0, False)
    assert ids(screen.shown) == names(0, 20)
    assert screen.window[50] is Blank.WAITING


@pytest.mark.parametrize("paging", ["totals", *GROWING])
def test_an_empty_list_is_asked_for_once(paging: Paging) -> None:
    screen = a_screen(0, paging)
    assert screen.see(0, direction=1) == []
    assert len(screen.asked) == 1
    assert (len(screen.window), screen.window.answered, screen.window.is_growing) == (0, True, False)


@pytest.mark.parametrize("count", [1, 49, 50])
def test_a_list_of_one_page_is_asked_for_once(count: int) -> None:
    screen = a_screen(count)
    assert ids(screen.see(0, height=60, direction=1)) == names(0, count)
    assert len(screen.asked) == 1


# --- What is asked for


def test_a_jump_that_stays_inside_of_a_page_costs_one_request() -> None:
    for row in range(50, 1_000, 30):
        screen = a_screen(990)
        page = screen.window.page_span(row)
        assert row in page
        assert ids(screen.see(page.start, height=len(page))) == names(page.start, page.stop)
        assert len(screen.asked) == 2


def test_a_viewport_over_two_pages_costs_both() -> None:
    screen = a_screen()
    assert ids(screen.see(740)) == names(740, 760)
    assert screen.pages_asked == [1, 15, 16]


@pytest.mark.parametrize(("direction", "pages"), [(1, [11, 12, 13, 14]), (-1, [12, 11, 10, 9]), (0, [11, 12])])
def test_what_is_in_view_comes_first_then_what_lies_ahead(direction: int, pages: list[int]) -> None:
    screen = a_screen()
    screen.look(540, height=20, direction=direction)
    assert screen.pages_asked[1:] == pages


@pytest.mark.parametrize(("first", "direction"), [(980, 1), (0, -1)])
def test_nothing_is_asked_for_beyond_the_ends(first: int, direction: int) -> None:
    screen = a_screen()
    screen.see(first)
    before = len(screen.asked)
    screen.see(first, direction=direction)
    assert len(screen.asked) == before


def test_a_viewport_outside_of_the_list_shows_its_end() -> None:
    screen = a_screen()
    screen.see(5_000)
    assert screen.pages_asked == [1, 20]
    screen.see(-30, height=10)
    assert screen.pages_asked == [1, 20]
    screen.see(5_000, direction=-1)
    assert screen.pages_asked == [1, 20, 19, 18]


def test_the_first_page_lies_ahead_like_any_other() -> None:
    screen = a_screen(capacity=50)
    screen.see(500)
    screen.see(70, direction=-1)
    assert screen.pages_asked == [1, 11, 2, 1]


def test_a_page_that_is_on_its_way_is_not_asked_for_again() -> None:
    screen = a_screen()
    screen.look(500)
    screen.look(100)
    screen.look(510)
    assert screen.pages_asked == [1, 11, 3]
    assert len(screen.window.in_flight) == 2


def test_only_rows_in_view_are_waited_for() -> None:
    screen = a_screen()
    screen.look(540)
    assert screen.window.is_waiting_for(screen.view)
    assert not screen.window.is_waiting_for(Viewport(30, 49))
    screen.settle()
    assert not screen.window.is_waiting_for(screen.view)


def test_a_request_that_was_given_up_can_be_made_again() -> None:
    screen = a_screen()
    screen.look(500)
    given_up = screen.calls[0].request
    screen.stop()
    assert len(screen.window.in_flight) == 0
    assert not screen.window.put(given_up, LogPage())
    assert screen.window.gap_in(screen.view) == "Stopped."
    assert screen.window.retry()
    assert ids(screen.see(500)) == names(500, 520)
    assert screen.pages_asked == [1, 11, 11]


def test_answers_may_come_in_any_order() -> None:
    screen = a_screen()
    screen.look(540, direction=1)
    for number in (3, 1, 1, 0):
        screen.answer(number)
    assert ids(screen.shown) == names(540, 560)
    assert logs_in(screen.window).keys() == {*range(50), *range(500, 700)}


def test_an_answer_to_another_window_is_dropped() -> None:
    before, after = LogWindow(SEARCH, epoch=1), LogWindow(SEARCH, epoch=2)
    request = before.next_request(Viewport(0, 19))
    assert request
    assert after.next_request(Viewport(0, 19))
    assert not after.put(request, LogPage((a_log(),), 1))
    assert not after.fail(request, "Timed out.")
    assert (len(after), len(after.in_flight), after.gaps) == (0, 1, 0)


def test_an_answer_that_comes_twice_is_dropped() -> None:
    screen = Screen(Server(some_logs(5)))
    screen.ask()
    request = screen.calls[0].request
    screen.answer()
    assert not screen.window.put(request, LogPage((a_log("other"),), 1))
    assert ids(screen.shown) == names(0, 5)


@pytest.mark.parametrize("cap", [1, 7, 49])
@pytest.mark.parametrize("says_size", [True, False])
def test_a_server_that_gives_shorter_pages_decides_how_long_they_are(cap: int, says_size: bool) -> None:
    screen = Screen(Server(some_logs(200), cap=cap, says_size=says_size))
    screen.settle()
    assert ids(screen.see(100, height=cap)) == names(100, 100 + cap)
    assert {request.count for request in screen.asked[1:]} == {cap}


def test_a_first_page_with_rows_missing_still_has_its_size() -> None:
    screen = Screen(Server(some_logs(100)))
    screen.ask()
    screen.calls[0].page = LogPage(tuple(some_logs(48)), total=100, size=50)
    screen.settle()
    assert ids(screen.see(46, height=6)) == [*names(46, 48), Blank.ABSENT, Blank.ABSENT, *names(50, 52)]


def test_a_first_page_that_is_longer_than_it_says_has_the_size_that_it_has() -> None:
    screen = Screen(Server(some_logs(100)))
    screen.ask()
    screen.calls[0].page = LogPage(tuple(some_logs(50)), total=100, size=10)
    screen.settle()
    assert ids(screen.see(40)) == names(40, 60)


# --- The pin


@pytest.mark.parametrize("paging", ["totals", "numbers"])
def test_new_traffic_cannot_shift_the_pages(paging: Paging) -> None:
    screen = a_screen(200, paging)
    screen.server.logs[:0] = [a_log(f"new-{number}", age=-number) for number in range(9, 0, -1)]
    assert ids(screen.see(0, height=120)) == names(0, 120)
    assert screen.window.notes == ()
    pins = [request.search.pin and iso(request.search.pin) for request in screen.asked]
    assert pins == [None, *["2026-11-20T15:04:05.124Z"] * (len(pins) - 1)]
    assert len(pins) == 3


def test_a_cursor_goes_back_with_the_search_that_it_came_from() -> None:
    screen = a_screen(200, "cursors")
    assert ids(screen.see(0, height=120)) == names(0, 120)
    assert [request.search for request in screen.asked] == [SEARCH] * 3


@pytest.mark.parametrize(("until", "pinned"), [("2026-11-20T12:00", False), ("2026-11-20T23:00", True)])
def test_an_upper_bound_of_the_query_is_the_only_one_unless_it_is_still_to_come(until: str, pinned: bool) -> None:
    search = LogQuery.parse(f"until:{until}").search(NOW)
    screen = Screen(Server(some_logs(200)), search=search)
    screen.settle()
    screen.see(100)
    assert [request.search.pin is not None for request in screen.asked] == [False, pinned]
    assert {request.search.range for request in screen.asked} == {search.range}


def test_a_search_by_the_time_of_the_update_is_pinned_to_the_creation() -> None:
    screen = Screen(Server(some_logs(200)), search=LogQuery.parse("until:now on:updated").search(NOW))
    screen.settle()
    screen.see(100)
    assert [request.search.pin is None for request in screen.asked] == [True, False]


# --- Failures


def test_a_failed_page_is_a_gap_until_it_is_retried() -> None:
    screen = a_screen()
    screen.look(500)
    screen.fail(reason="Timed out after 60 s.")
    assert screen.shown == [Blank.FAILED] * 20
    assert screen.window.gaps == 1
    assert screen.window.gap_in(screen.view) == "Timed out after 60 s."
    screen.see(0)
    assert screen.see(500) == [Blank.FAILED] * 20
    assert screen.pages_asked == [1, 11]
    assert screen.window.retry()
    assert ids(screen.see(500)) == names(500, 520)
    assert screen.window.gaps == 0
    assert not screen.window.retry()


def test_a_first_page_that_fails_can_be_retried() -> None:
    screen = Screen(Server(some_logs(10)))
    screen.ask()
    screen.fail()
    assert (len(screen.window), screen.calls, screen.window.answered) == (0, [], False)
    assert screen.window.gap_in(screen.view) == "Timed out after 60 s."
    assert screen.window.retry()
    assert ids(screen.see(0)) == names(0, 10)


@pytest.mark.parametrize("paging", GROWING)
def test_a_growing_list_goes_on_where_it_failed(paging: Paging) -> None:
    screen = a_screen(120, paging)
    screen.look(40)
    screen.fail()
    assert screen.window[50] is Blank.FAILED
    assert screen.window.is_growing
    assert screen.window.retry()
    assert ids(screen.see(40)) == names(40, 60)


def test_rows_that_could_not_be_read_again_stay() -> None:
    screen = a_screen()
    screen.server.logs.pop()
    screen.look(100)
    screen.answer()
    assert screen.calls == []
    screen.look(0)
    screen.fail()
    assert ids(screen.shown) == names(0, 20)
    assert screen.window.gaps == 1


def test_a_failed_page_that_no_longer_exists_is_no_gap() -> None:
    screen = a_screen(200)
    screen.look(150)
    screen.fail()
    del screen.server.logs[120:]
    screen.see(60)
    assert len(screen.window) == 120
    assert screen.window.gaps == 0


def test_an_answer_to_a_request_that_was_made_again_is_dropped() -> None:
    screen = a_screen()
    screen.look(500)
    old = screen.calls[0].request
    screen.stop()
    screen.window.retry()
    screen.ask()
    assert not screen.window.put(old, LogPage((a_log("old"),), 1_000))
    screen.settle()
    assert ids(screen.shown) == names(500, 520)


def test_a_gap_out_of_view_is_counted_and_not_explained() -> None:
    screen = a_screen()
    screen.look(500)
    screen.fail(reason="Timed out.")
    assert screen.window.gap_in(screen.view) == "Timed out."
    screen.see(0)
    assert (screen.window.gaps, screen.window.gap_in(screen.view)) == (1, None)


def test_a_page_that_is_longer_than_asked_for_is_shown_whole() -> None:
    window = LogWindow(SEARCH)
    request = window.next_request(Viewport(0, 19))
    assert request
    assert window.put(request, LogPage(tuple(some_logs(60)), total=60))
    assert len(logs_in(window)) == 60


def test_what_the_server_says_of_the_origin_of_logs_stays() -> None:
    window = LogWindow(SEARCH)
    request = window.next_request(Viewport(0, 19))
    assert request
    assert window.put(request, LogPage(tuple(some_logs(50)), total=100, note="of the whole organization"))
    window.next_request(Viewport(20, 39))
    assert window.notes == ("of the whole organization",)


# --- Memory


def test_the_least_recently_seen_page_goes_first() -> None:
    screen = a_screen(capacity=150)
    for first in (0, 50, 100, 0, 150):
        screen.see(first)
    held = {row // 50 for row in logs_in(screen.window)}
    assert held == {0, 2, 3}
    assert screen.window.held == 150
    assert ids(screen.see(50)) == names(50, 70)


def test_what_is_in_view_or_ahead_is_kept_however_small_the_memory_is() -> None:
    screen = a_screen(capacity=1)
    assert ids(screen.see(120, height=60, direction=1)) == names(120, 180)
    assert screen.window.held == 200
    before = len(screen.asked)
    screen.settle()
    assert len(screen.asked) == before


@pytest.mark.parametrize("paging", GROWING)
def test_a_page_of_a_growing_list_that_went_can_be_read_again(paging: Paging) -> None:
    screen = a_screen(300, paging, capacity=100)
    screen.see(280)
    assert screen.window.known == 300
    assert screen.window.held <= 100
    assert screen.window[0] is Blank.WAITING
    assert ids(screen.see(40)) == names(40, 60)
    assert screen.window.known == 300


@pytest.mark.parametrize("paging", GROWING)
def test_a_page_that_is_read_again_may_have_become_longer_or_shorter(paging: Paging) -> None:
    screen = a_screen(150, paging, cap=30, capacity=30)
    screen.see(130)
    screen.look(10, height=140)
    screen.calls[0].page = LogPage((*some_logs(25), a_log("late", age=25)))
    screen.answer()
    assert screen.window.known == 146
    screen.settle()
    assert ids(screen.shown) == [*names(10, 25), "late", *names(30, 150)]


# --- Lists that change


def test_a_changed_total_reads_again_what_is_in_view_and_says_so() -> None:
    screen = a_screen(200)
    screen.see(40)
    del screen.server.logs[45]
    assert ids(screen.see(90)) == [*names(91, 111)]
    assert len(screen.window) == 199
    assert screen.window.notes == ("the list changed on the server and was read again",)
    assert ids(screen.see(40)) == [*names(40, 45), *names(46, 61)]
    assert not screen.window.notes


def test_what_is_out_of_view_is_read_again_only_when_it_is_seen() -> None:
    screen = a_screen(1_000)
    for first in (100, 200, 300):
        screen.see(first)
    screen.server.logs.pop()
    screen.see(400)
    assert screen.pages_asked == [1, 3, 5, 7, 9]
    screen.see(200)
    assert screen.pages_asked == [1, 3, 5, 7, 9, 5]


def test_a_log_that_came_late_shows_up_where_it_belongs() -> None:
    screen = a_screen(200)
    screen.server.logs.insert(10, a_log("late", age=10))
    screen.see(100)
    assert ids(screen.see(5, height=10)) == [*names(5, 10), "late", *names(10, 14)]
    assert len(screen.window) == 201


def test_a_log_that_moved_to_another_page_leaves_the_row_where_it_was() -> None:
    """As many come as go, so no total tells that page 1 is out of date; the row that turns up twice does."""
    screen = a_screen(100)
    screen.server.logs = [a_log("late"), *screen.server.logs[:-1]]
    screen.look(45, height=10)
    assert ids(screen.shown) == [*names(45, 50), *[Blank.WAITING] * 5]
    screen.answer()
    assert ids(screen.shown) == [*names(45, 49), Blank.ABSENT, *names(49, 54)]
    screen.settle()
    assert ids(screen.shown) == names(44, 54)
    assert screen.window.notes


def test_pages_beyond_a_list_that_shrank_are_gone() -> None:
    screen = a_screen(200)
    screen.see(140)
    del screen.server.logs[100:]
    assert ids(screen.see(90)) == names(90, 100)
    assert len(screen.window) == 100
    assert screen.window.held == 100


def test_a_list_that_changes_with_every_answer_is_not_read_for_ever() -> None:
    screen = a_screen(200)
    screen.look(40, height=120, direction=-1)
    while screen.calls:
        screen.server.logs.append(a_log(f"late-{len(screen.server.logs)}", age=10_000))
        screen.answer()
    assert Counter(screen.pages_asked[1:]) == {1: 3, 2: 3, 3: 3, 4: 3}
    assert len(logs_in(screen.window)) >= 120


def test_a_list_that_stands_still_again_is_read_when_the_viewport_moves() -> None:
    screen = a_screen(200)
    screen.look(40, height=60)
    while screen.calls:
        screen.server.logs.insert(0, a_log(f"late-{len(screen.server.logs)}"))
        screen.answer()
    assert ids(screen.see(41, height=60)) == ids(screen.server.logs[41:101])


def test_a_list_that_stands_still_again_is_read_when_the_reader_retries() -> None:
    screen = a_screen(200)
    screen.look(40, height=60)
    while screen.calls:
        screen.server.logs.insert(0, a_log(f"late-{len(screen.server.logs)}"))
        screen.answer()
    assert ids(screen.shown) != ids(screen.server.logs[40:100])
    screen.window.retry()
    screen.settle()
    assert ids(screen.shown) == ids(screen.server.logs[40:100])


@pytest.mark.parametrize("ending", ["fails", "is given up"])
def test_a_page_can_be_read_again_however_often_that_fails(ending: str) -> None:
    screen = a_screen(200)
    screen.server.logs.insert(0, a_log("late"))
    screen.see(100)
    screen.look(0)
    for _ in range(5):
        if ending == "fails":
            screen.fail()
            assert screen.window.retry()
        else:
            screen.stop()
            assert screen.window.retry()
        screen.ask()
    screen.settle()
    assert ids(screen.shown) == ["late", *names(0, 19)]


# --- Lists that grow


@pytest.mark.parametrize("paging", GROWING)
def test_a_growing_list_grows_in_order_until_it_ends(paging: Paging) -> None:
    screen = a_screen(120, paging)
    assert (len(screen.window), screen.window.known, screen.window.total) == (51, 50, None)
    assert screen.window.is_growing
    assert screen.window[50] is Blank.WAITING
    assert ids(screen.see(45)) == names(45, 65)
    assert (len(screen.window), screen.window.is_growing) == (101, True)
    assert ids(screen.see(100)) == names(100, 120)
    assert (len(screen.window), screen.window.is_growing, screen.window.notes) == (120, False, ())
    assert len(screen.asked) == 3


def test_a_cursor_counts_even_where_a_total_is_told() -> None:
    window = LogWindow(SEARCH)
    request = window.next_request(Viewport(0, 19))
    assert request
    window.put(request, LogPage(tuple(some_logs(50)), total=200, next="more"))
    assert window.is_growing
    assert (len(window), window.known) == (51, 50)


def test_a_growing_list_reads_one_page_ahead_of_the_reader() -> None:
    screen = a_screen(500, "cursors")
    screen.look(10, direction=1)
    assert screen.pages_asked == [1, "after 50"]
    screen.answer()
    assert screen.pages_asked == [1, "after 50", "after 100"]
    screen.answer()
    assert len(screen.asked) == 3
    screen.see(10, direction=-1)
    assert len(screen.asked) == 3


def test_a_jump_beyond_the_end_reads_on_until_it_is_there() -> None:
    screen = a_screen(500, "cursors")
    assert ids(screen.see(220)) == names(220, 240)
    assert len(screen.asked) == 5


def test_the_page_that_comes_next_has_a_span() -> None:
    window = a_screen(70, "cursors", cap=30).window
    assert window.page_span(7) == range(30)
    assert window.page_span(30) == range(30, 31)


def a_list_of(*pages: tuple[list[str], PageRef | None]) -> Screen:
    """A growing list whose pages are answered as given, read as far as it goes."""
    screen = Screen(Server([]))
    screen.look(0, height=1_000)
    for number, (page, following) in enumerate(pages):
        assert screen.calls, f"page {number} was not asked for"
        screen.calls[0].page = LogPage(tuple(a_log(name) for name in page), next=following)
        screen.answer()
    return screen


def test_a_list_whose_cursor_repeats_ends_and_says_so() -> None:
    screen = a_list_of((["a"], "x"), (["b"], "y"), (["c"], "x"))
    assert ids(screen.shown) == ["a", "b", "c"]
    assert (screen.calls, screen.window.is_growing) == ([], False)
    screen.look(1)
    assert screen.window.notes == ("the server repeats itself: the list may go on beyond its end",)


def test_a_list_may_have_empty_pages() -> None:
    screen = a_list_of(([], "w"), ([], "x"), (["a"], "y"), ([], "z"), (["b"], "u"), ([], None))
    assert ids(screen.shown) == ["a", "b"]
    assert (screen.calls, screen.window.is_growing, screen.window.notes) == ([], False, ())


@pytest.mark.parametrize("rows", [[], ["a"]])
def test_a_list_that_brings_nothing_new_ends_and_says_so(rows: list[str]) -> None:
    screen = a_list_of((["a"], "w"), (rows, "x"), (rows, "y"), (rows, "z"))
    assert ids(screen.shown) == ["a"]
    assert (screen.calls, screen.window.is_growing) == ([], False)
    assert screen.window.notes


def test_a_log_that_comes_again_is_merged_in_its_place() -> None:
    screen = Screen(Server([]))
    screen.look(0, height=1_000)
    for status, page, following in (("pending", "abb", "x"), ("failed", "bcb", None)):
        logs = tuple(replace(a_log(name), status=status) for name in page)
        screen.calls[0].page = LogPage(logs, next=following)
        screen.answer()
    rows = [row for row in screen.shown if isinstance(row, Log)]
    assert [(row.id, row.status) for row in rows] == [("a", "pending"), ("b", "failed"), ("c", "failed")]


def test_records_without_an_id_are_never_merged() -> None:
    screen = a_list_of((["", "a", ""], "x"), (["", "a"], None))
    assert ids(screen.shown) == ["", "a", "", ""]


# --- Whatever happens

STEPS = settings(max_examples=70, stateful_step_count=50, deadline=None)
places = st.integers(0, 9)


def calls(machine: "Reading") -> bool:
    return bool(machine.screen.calls)


class Reading(RuleBasedStateMachine):
    """Somebody reads: looks here and there, answers come in any order and late, some fail, some are given up."""

    pagings: ClassVar[tuple[Paging, ...]] = ("totals",)

    def __init__(self) -> None:
        super().__init__()
        self.read(Server([]), capacity=0)

    def read(self, server: Server, capacity: int) -> None:
        self.screen = Screen(server, capacity=capacity)
        self.capacity = capacity

    @initialize(
        count=st.integers(0, 90),
        cap=st.integers(1, 20),
        capacity=st.integers(0, 60),
        paging=st.integers(0, 2),
        says_size=st.booleans(),
    )
    def begin(self, count: int, cap: int, capacity: int, paging: int, says_size: bool) -> None:
        server = Server(some_logs(count), self.pagings[paging % len(self.pagings)], cap, says_size)
        self.read(server, capacity)

    @rule(first=st.integers(0, 100), height=st.integers(1, 25), direction=st.integers(-1, 1))
    def look(self, first: int, height: int, direction: int) -> None:
        self.screen.look(first, height, direction)

    @precondition(calls)
    @rule(place=places)
    def answer(self, place: int) -> None:
        self.screen.answer(place % len(self.screen.calls))
        height = self.screen.view.last + 1 - self.screen.view.first
        assert self.screen.window.held <= max(self.capacity, height + 4 * self.screen.server.cap)

    @precondition(calls)
    @rule(place=places)
    def let_an_answer_travel(self, place: int) -> None:
        call = self.screen.calls[place % len(self.screen.calls)]
        call.page = call.page or self.screen.server.answer(call.request)

    @precondition(calls)
    @rule(place=places)
    def fail(self, place: int) -> None:
        self.screen.fail(place % len(self.screen.calls))

    @precondition(calls)
    @rule()
    def stop(self) -> None:
        self.screen.stop()

    @rule()
    def retry(self) -> None:
        self.screen.window.retry()
        self.screen.ask()

    @invariant()
    def no_log_stands_in_two_rows(self) -> None:
        rows = logs_in(self.screen.window)
        shown = [log.id for log in rows.values() if log.id]
        assert len(shown) == len(set(shown))


class ReadingAListThatStandsStill(Reading):
    pagings = ("totals", *GROWING)

    @invariant()
    def what_stands_in_a_row_is_the_truth(self) -> None:
        truth = self.screen.server.logs
        assert all(truth[row] == log for row, log in logs_in(self.screen.window).items())

    def teardown(self) -> None:
        self.screen.window.retry()
        self.screen.settle()
        view = self.screen.view
        truth = self.screen.server.logs
        if self.screen.window.is_growing or len(truth) > view.first:
            assert self.screen.shown == truth[view.first : view.last + 1]
        assert self.screen.window.gaps == 0
        assert self.screen.window.notes == ()


class ReadingAListThatChanges(Reading):
    """Rows come late, with older times, and go because their status changed; no total is ever seen twice."""

    def __init__(self) -> None:
        super().__init__()
        self.totals: set[int] = set()
        self.numbers = counter()

    def change(self, logs: list[Log]) -> None:
        self.totals.add(len(self.screen.server.logs))
        if len(logs) not in self.totals:
            self.screen.server.logs = logs

    @rule(place=st.integers(0, 90), count=st.integers(1, 30))
    def rows_come(self, place: int, count: int) -> None:
        logs = self.screen.server.logs
        age = place if place < len(logs) else 10_000
        late = [a_log(f"late-{next(self.numbers)}", age=age) for _ in range(count)]
        self.change(logs[:place] + late + logs[place:])

    @rule(place=st.integers(0, 90), count=st.integers(1, 30))
    def rows_go(self, place: int, count: int) -> None:
        logs = self.screen.server.logs
        self.change(logs[:place] + logs[place + count :])

    def teardown(self) -> None:
        screen = self.screen
        screen.window.retry()
        screen.settle()
        screen.look(screen.view.first + 1, 20)
        screen.settle()
        if screen.window.total == len(screen.server.logs):
            assert screen.shown == screen.server.logs[screen.view.first : screen.view.last + 1]


some_pages = st.builds(
    LogPage,
    logs=st.lists(st.sampled_from("abcdefghijkl").map(a_log) | st.just(a_log("")), max_size=12).map(tuple),
    total=st.none() | st.integers(0, 60),
    size=st.none() | st.integers(1, 12),
    next=st.none() | st.integers(1, 4) | st.sampled_from(["x", "y", "z"]),
)


@dataclass
class Nonsense(Server):
    """A server whose answers have nothing to do with what it is asked."""

    pages: Iterator[LogPage] = field(default_factory=lambda: repeat(LogPage()))

    def answer(self, request: PageRequest) -> LogPage:
        return next(self.pages)


class ReadingAServerThatMakesNoSense(Reading):
    @initialize(pages=st.lists(some_pages, min_size=1, max_size=30), capacity=st.integers(0, 60))
    def begin_with_nonsense(self, pages: list[LogPage], capacity: int) -> None:
        self.read(Nonsense([], cap=12, pages=cycle(pages)), capacity)

    def teardown(self) -> None:
        self.screen.window.retry()
        self.screen.settle()


def test_a_list_that_stands_still_is_shown_as_it_is() -> None:
    run_state_machine_as_test(ReadingAListThatStandsStill, settings=STEPS)


def test_a_list_that_changed_is_shown_as_it_is_now() -> None:
    run_state_machine_as_test(ReadingAListThatChanges, settings=STEPS)


def test_no_server_can_have_a_log_shown_twice_or_a_page_asked_for_for_ever() -> None:
    run_state_machine_as_test(ReadingAServerThatMakesNoSense, settings=STEPS)


def test_ht_04_a_gap_stays_named_when_a_page_is_read_again_that_knows_nothing_of_it() -> None:
    gap = TimeRange(NOW - timedelta(hours=1), NOW)
    window = LogWindow(SEARCH, capacity=50)
    view = Viewport(0, 10)
    first = window.next_request(view)
    assert first
    window.put(first, LogPage((), 100, 50, 2, gaps=(gap,)))
    other = window.next_request(Viewport(60, 70))
    assert other
    window.put(other, LogPage((), 100, 50))
    assert window.missing == (gap,)
    assert window.is_growing, "the total is not all there is"
