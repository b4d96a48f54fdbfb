"""Several values of a term: the lists of the server read as one, every row once and in order, with few requests."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redox_tui.api.errors import BadAnswer, NotFound, ServerTrouble, TimedOut, TooSlow
from redox_tui.api.walk import walk
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, MergedRef
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange
from redox_tui.domain.window import Blank, LogWindow, Viewport

from .listing import MILLISECOND, SECOND, START, AnyOrder, Asked, Listing, Paging
from .lists import Lists, ids, pages_of

SPAN = timedelta(hours=1)
RANGE = TimeRange(START - SPAN, START)
PAGINGS: tuple[Paging, ...] = ("totals", "numbers", "cursors")
FEW = settings(max_examples=60)


def lists_of(
    *lists: list[datetime],
    paging: Paging = "totals",
    cap: int = 1_000,
    is_too_slow: Callable[[Asked], bool] | None = None,
) -> Lists:
    """Lists by status with rows at these times."""
    slow = is_too_slow or (lambda asked: False)
    return Lists(
        {
            f"s{n}": Listing({f"s{n}-{m}": at for m, at in enumerate(times)}, paging, cap=cap, is_too_slow=slow)
            for n, times in enumerate(lists)
        }
    )


def evenly(rows: int, first: float = 0.0, span: timedelta = SPAN) -> list[datetime]:
    """So many times, newest first, `first` of a step behind START."""
    return [START - (n + first) * span / rows for n in range(rows)]


def in_bursts(rows: int, random: Random) -> list[datetime]:
    """So many times, most of them in a few moments."""
    moments = [random.random() for _ in range(4)]
    near = [
        random.choice(moments) + random.gauss(0, 0.002) if random.random() < 0.8 else random.random()
        for _ in range(rows)
    ]
    return [START - min(max(one, 0), 1) * SPAN for one in near]


OFFSETS = st.integers(0, 3_600_000).map(lambda n: n * MILLISECOND) | st.sampled_from([0, 1, 2]).map(
    lambda n: n * SECOND
)
TIMES = st.lists(OFFSETS.map(lambda offset: START - offset), max_size=60)
MANY = st.lists(TIMES, min_size=2, max_size=5)


@FEW
@given(MANY, st.integers(1, 12), st.integers(1, 12), st.randoms(use_true_random=False))
async def test_any_page_is_that_of_one_list(many: list[list[datetime]], count: int, cap: int, random: Random) -> None:
    lists = lists_of(*many, cap=cap)
    search = lists.search(RANGE)
    truth = lists.found(search)
    first = await lists.page(search, FIRST_PAGE, count)
    size = first.size or 0
    assert 1 <= size <= count
    pinned = search.pinned(first.logs)
    numbers = [random.randint(1, len(truth) // size + 1) for _ in range(12)]
    for number, page in [(1, first), *[(n, await lists.page(pinned, n, size)) for n in numbers]]:
        assert [log.id for log in page.logs] == truth[(number - 1) * size : number * size]
        assert (page.total, page.size) == (len(truth), size)
        assert page.next == (number + 1 if number * size < len(truth) else None)


@FEW
@given(MANY, st.sampled_from(PAGINGS), st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 8]))
async def test_a_walk_has_every_row_once_and_in_order(
    many: list[list[datetime]], paging: Paging, count: int, cap: int, at_once: int
) -> None:
    lists = lists_of(*many, paging=paging, cap=cap)
    search = lists.search(RANGE)
    found = [log.id async for batch in walk(lists, search, count, at_once=at_once) for log in batch]
    assert found == lists.found(search)


@FEW
@given(MANY, st.sampled_from(["numbers", "cursors"]), st.integers(1, 12), st.integers(1, 12))
async def test_a_growing_list_is_in_order_across_its_pages(
    many: list[list[datetime]], paging: Paging, count: int, cap: int
) -> None:
    lists = lists_of(*many, paging=paging, cap=cap)
    search = lists.search(RANGE)
    pages = await pages_of(lists, search, count)
    assert ids(pages) == lists.found(search)
    assert all(page.total is None for page in pages)
    assert all(isinstance(page.next, MergedRef) for page in pages[:-1])
    # Read again, each page is as it was.
    for before, page in pairwise(pages):
        assert before.next is not None
        assert (await lists.page(search, before.next, count)).logs == page.logs


@pytest.mark.parametrize("paging", PAGINGS)
async def test_a_window_shows_merged_lists_as_it_shows_one(paging: Paging) -> None:
    lists = lists_of(evenly(600), evenly(90, 0.5), [], paging=paging)
    search = lists.search(replace(RANGE, until=None))
    window = LogWindow(search)

    async def see(first: int) -> list[str | Blank]:
        view = Viewport(first, first + 19, 1)
        while request := window.next_request(view):
            assert window.put(request, await lists.page(request.search, request.ref, request.count))
        rows = [window[row] for row in range(first, min(first + 20, window.known))]
        return [row.id if isinstance(row, Log) else row for row in rows]

    truth = lists.found(search)
    for first in (*range(0, 690, 20), 340, 0):
        assert await see(first) == truth[first : first + 20]
    assert (window.known, window.is_growing, window.notes) == (690, False, ())


# --- Requests


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("shares", [(500, 500), (970, 30), (900, 90, 10, 0)])
async def test_page_after_page_costs_a_request_a_page_and_one_for_each_value(
    shares: tuple[int, ...], paging: Paging
) -> None:
    lists = lists_of(*(evenly(rows, 0.1 * n) for n, rows in enumerate(shares)), paging=paging)
    pages = await pages_of(lists, lists.search(RANGE))
    assert len(pages) == sum(shares) / 10
    assert lists.requests <= len(pages) + len(shares)


async def test_the_first_page_costs_a_request_for_each_value() -> None:
    lists = lists_of(evenly(500), evenly(20), [], evenly(1))
    await lists.page(lists.search(RANGE), FIRST_PAGE, 10)
    assert [len(listing.asked) for listing in lists.by_status.values()] == [1, 1, 1, 1]


async def cost(lists: Lists, search: LogSearch, number: int) -> int:
    """How many requests a page costs; it is the right one."""
    before = lists.requests
    page = await lists.page(search, number, 10)
    assert [log.id for log in page.logs] == lists.found(search)[(number - 1) * 10 : number * 10]
    return lists.requests - before


async def opened(lists: Lists) -> LogSearch:
    """The search as it is after its first page."""
    search = lists.search(RANGE)
    return search.pinned((await lists.page(search, FIRST_PAGE, 10)).logs)


@pytest.mark.parametrize("seed", range(3))
async def test_a_jump_costs_a_handful_of_requests_for_each_value(seed: int) -> None:
    random = Random(seed)
    lists = lists_of(in_bursts(4_000, random), in_bursts(1_000, random), evenly(5_000))
    search = await opened(lists)
    costs = [await cost(lists, search, random.randint(1, 1_000)) for _ in range(10)]
    assert max(costs) <= 3 * 10
    assert sum(costs) / len(costs) <= 3 * 5


async def test_a_jump_among_even_lists_costs_at_most_two_requests_for_each_value() -> None:
    lists = lists_of(evenly(3_000), evenly(1_000, 0.5))
    search = await opened(lists)
    assert max([await cost(lists, search, number) for number in (200, 400, 100, 37)]) <= 4


async def test_the_end_costs_at_most_two_requests_for_each_value() -> None:
    lists = lists_of(in_bursts(4_000, Random(1)), in_bursts(1_000, Random(2)))
    assert await cost(lists, await opened(lists), 500) <= 4


async def test_the_pages_after_a_jump_cost_one_request_each_and_those_before_it_hardly_more() -> None:
    lists = lists_of(evenly(3_000), evenly(1_000, 0.5))
    search = await opened(lists)
    await cost(lists, search, 200)
    assert sum([await cost(lists, search, number) for number in range(201, 221)]) <= 20 + 2
    assert sum([await cost(lists, search, number) for number in range(199, 179, -1)]) <= 20 + 6


async def test_a_page_that_is_asked_for_again_is_read_anew_with_a_request_or_two_for_each_value() -> None:
    lists = lists_of(evenly(3_000), evenly(1_000, 0.5))
    search = await opened(lists)
    await cost(lists, search, 200)
    assert 2 <= await cost(lists, search, 200) <= 4


async def test_a_jump_among_rows_of_one_moment_is_a_search_too() -> None:
    lists = lists_of([START] * 3_000, [START] * 2_000)
    assert await cost(lists, await opened(lists), 400) <= 2 * 16


# --- Changes


@pytest.mark.parametrize("paging", PAGINGS)
async def test_new_traffic_shifts_no_page(paging: Paging) -> None:
    lists = lists_of(evenly(60), evenly(30, 0.5), [], paging=paging)
    search = LogSearch((("status", tuple(lists.by_status)),), TimeRange(RANGE.since, None))
    truth = lists.found(search)
    late = iter(range(1, 10_000))

    def arrive(number: int) -> None:
        at = next(late)
        lists.by_status[f"s{at % 3}"].rows[f"new-{at}"] = START + at * SECOND

    page = await lists.page(search, FIRST_PAGE, 10)
    for listing in lists.by_status.values():
        listing.before = arrive
    found, pinned = [page], search.pinned(page.logs)
    while found[-1].next is not None:
        found.append(await lists.page(pinned, found[-1].next, 10))
    assert ids(found) == truth


async def test_a_log_that_goes_from_one_list_to_another_is_not_lost() -> None:
    """As `status:failed,pending` when a delivery fails; the whole has as many rows as before."""
    lists = lists_of(evenly(100), evenly(30, 0.5))
    search = lists.search(RANGE)
    truth = lists.found(search)

    def settle(number: int) -> None:
        if number == 4:
            lists.by_status["s1"].rows["s0-80"] = lists.by_status["s0"].rows.pop("s0-80")

    lists.by_status["s0"].before = settle
    assert ids(await pages_of(lists, search)) == truth


@pytest.mark.parametrize("at_once", [1, 8])
@pytest.mark.parametrize("when", range(2, 9))
async def test_rows_that_come_late_or_go_lose_no_other_row(when: int, at_once: int) -> None:
    lists = lists_of(evenly(100), evenly(30, 0.5))
    search = lists.search(RANGE)
    truth = set(lists.found(search)) - {"s0-50"}

    def change(number: int) -> None:
        if number == when:
            del lists.by_status["s0"].rows["s0-50"]
            lists.by_status["s1"].rows |= {f"late-{n}": START - n * SECOND for n in range(25)}

    lists.by_status["s0"].before = change
    found = [log.id async for batch in walk(lists, search, 10, at_once=at_once) for log in batch]
    assert len(found) == len(set(found))
    assert truth <= set(found)


async def test_lists_that_never_stand_still_are_read_nevertheless() -> None:
    lists = lists_of(evenly(100), evenly(30, 0.5))
    search = await opened(lists)
    changing = lists.by_status["s0"]
    changing.before = lambda number: changing.rows.update({f"late-{number}": START - SPAN / 2})
    before = lists.requests
    page = await lists.page(search, 5, 10)
    assert len(page.logs) == 10
    assert lists.requests - before < 40


# --- What goes wrong


@pytest.mark.parametrize("paging", ["totals", "cursors"])
@pytest.mark.parametrize("at_once", [1, 8])
async def test_ht_04_a_list_that_takes_too_long_is_merged_from_its_parts(paging: Paging, at_once: int) -> None:
    lists = lists_of(evenly(200), evenly(60, 0.5), paging=paging)
    lists.by_status["s0"].is_too_slow = lambda asked: asked.width > SPAN / 5
    search = lists.search(RANGE)
    found = [log.id async for batch in walk(lists, search, 10, at_once=at_once) for log in batch]
    assert found == lists.found(search)
    assert lists.by_status["s0"].refused
    assert lists.told


async def test_ht_04_a_jump_into_parts_is_right() -> None:
    lists = lists_of(evenly(900), evenly(100, 0.5))
    lists.by_status["s0"].is_too_slow = lambda asked: asked.width > SPAN / 5
    search = await opened(lists)
    assert [await cost(lists, search, number) for number in (60, 99, 100, 20)]


@pytest.mark.parametrize("paging", ["totals", "cursors"])
async def test_ht_04_a_gap_in_one_list_is_named(paging: Paging) -> None:
    lists = lists_of(evenly(200), evenly(60, 0.5), paging=paging)
    hole = START - SPAN / 3
    lists.by_status["s1"].is_too_slow = lambda asked: asked.since <= hole <= asked.until
    said: list[str] = []
    found: list[str] = []

    async def read() -> None:
        async for batch in walk(lists, lists.search(RANGE), 10, say=said.append):
            found.extend(log.id for log in batch)

    with pytest.raises(TimedOut, match="took too long for a part"):
        await read()
    assert [one for one in said if one.startswith("not read")]
    [gap] = (await lists.page(lists.search(RANGE), FIRST_PAGE, 10)).gaps
    assert gap.since
    assert gap.until
    assert gap.since <= hole <= gap.until
    lists.by_status["s1"].rows = {
        one: at for one, at in lists.by_status["s1"].rows.items() if not gap.since <= at <= gap.until
    }
    assert found == lists.found(lists.search(RANGE))


@pytest.mark.parametrize("at_once", [1, 8])
async def test_ht_04_a_list_that_becomes_too_slow_under_way_is_read_to_its_end(at_once: int) -> None:
    lists = lists_of(evenly(200), evenly(60, 0.5))
    slow = lists.by_status["s0"]
    slow.is_too_slow = lambda asked: len(slow.asked) > 5 and asked.width > SPAN / 5
    search = lists.search(RANGE)
    found = [log.id async for batch in walk(lists, search, 10, at_once=at_once) for log in batch]
    assert found == lists.found(search)


async def test_ht_04_by_time_of_update_a_list_that_becomes_too_slow_is_read_to_its_end() -> None:
    lists = lists_of(evenly(200), evenly(60, 0.5))
    slow = lists.by_status["s0"]
    slow.is_too_slow = lambda asked: len(slow.asked) > 5 and asked.width > SPAN / 5
    search = replace(lists.search(RANGE), on="updated")
    found = [log.id async for batch in walk(lists, search, 10) for log in batch]
    assert len(found) == len(set(found))
    assert set(found) == set(lists.found(search))


async def test_an_error_in_one_list_is_the_error_of_the_page_and_the_next_try_may_work() -> None:
    lists = lists_of(evenly(20), evenly(20, 0.5))

    def fail(number: int) -> None:
        if number == 1:
            raise ServerTrouble("The server failed.")

    lists.by_status["s1"].before = fail
    with pytest.raises(ServerTrouble):
        await lists.page(lists.search(RANGE), FIRST_PAGE, 10)
    assert ids(await pages_of(lists, lists.search(RANGE))) == lists.found(lists.search(RANGE))


async def test_lists_none_of_which_can_be_read_are_an_error() -> None:
    lists = lists_of(evenly(20), evenly(20), is_too_slow=lambda asked: True)
    with pytest.raises(TooSlow):
        await lists.page(lists.search(RANGE), FIRST_PAGE, 10)


async def test_rows_that_the_server_counts_and_does_not_send_leave_the_others_in_their_places() -> None:
    lists = lists_of(evenly(100), evenly(50, 0.5))
    search = await opened(lists)
    listing = lists.by_status["s0"]
    whole = listing.answer

    def short(search: LogSearch, ref: int, count: int) -> LogPage:
        page = whole(search, ref, count)
        return replace(page, logs=page.logs[:7])

    listing.answer = short  # type: ignore[method-assign, assignment]
    found = ids([await lists.page(search, number, 10) for number in range(2, 16)])
    assert len(found) == len(set(found))
    assert {one for one in found if one.startswith("s1")} == {f"s1-{n}" for n in range(50)} - set(
        lists.found(search)[:10]
    )


async def test_lists_without_times_are_read_page_after_page_and_a_far_jump_is_refused_in_words() -> None:
    lists = lists_of(evenly(1_000), evenly(1_000))
    for listing in lists.by_status.values():
        logged = listing.log
        listing.log = lambda log_id, logged=logged: replace(logged(log_id), created_at=None)  # type: ignore[method-assign, misc]
    search = lists.search(RANGE)
    with pytest.raises(BadAnswer, match="in no order"):
        await lists.page(search, 100, 10)
    found = ids(await pages_of(lists, search))
    assert sorted(found) == sorted(lists.found(search))


async def test_rows_that_are_in_two_lists_are_given_once_by_a_walk() -> None:
    """As values that the server takes for the same, or a status that changes while its lists are read."""
    lists = lists_of(evenly(60), evenly(25, 0.5))
    lists.by_status["s2"] = Listing(dict(lists.by_status["s0"].rows))
    search = lists.search(RANGE)
    found = [log.id async for batch in walk(lists, search, 10) for log in batch]
    assert found == list(dict.fromkeys(lists.found(search)))


async def test_a_list_that_was_forgotten_says_so() -> None:
    lists = lists_of(evenly(30), evenly(30), paging="cursors")
    first = await lists.page(lists.search(RANGE), FIRST_PAGE, 10)
    assert first.next is not None
    for number in range(4):
        await lists.page(lists.search(TimeRange(START - SPAN - number * SECOND, START)), FIRST_PAGE, 10)
    with pytest.raises(NotFound, match="too old"):
        await lists.page(lists.search(RANGE), first.next, 10)


async def test_pages_that_are_waited_for_are_read_at_once() -> None:
    lists = lists_of(evenly(900), evenly(300, 0.5))
    listing = lists.by_status["s0"]
    listing.post = AnyOrder(Random(1))
    search = lists.search(RANGE)
    found = [log.id async for batch in walk(lists, search, 10, at_once=8) for log in batch]
    assert found == lists.found(search)
    assert listing.most >= 4
    assert lists.requests <= 120 + 2
