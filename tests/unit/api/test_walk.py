"""A whole list read page by page while rows come, go and change: nothing that stays is lost, nothing comes twice."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api.errors import BadAnswer, ServerTrouble, TimedOut
from redox_tui.api.protocol import Urgency
from redox_tui.api.walk import walk
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, PageRef, PartRef
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange, to_the_second

from .listing import MILLISECOND, SECOND, START, AnyOrder, Listing, Paging, Stalled, names, rows

PAGINGS: tuple[Paging, ...] = ("totals", "numbers", "cursors")
BOTH = pytest.mark.parametrize("at_once", [1, 8])
SEEDS = st.integers(0, 1 << 32).map(Random)


async def read(
    listing: Listing,
    count: int = 10,
    search: LogSearch | None = None,
    into: list[str] | None = None,
    *,
    at_once: int = 1,
    say: Callable[[str], None] | None = None,
) -> list[str]:
    """The ids of a walk in the order in which they came; `into` has those that came before an error."""
    found: list[str] = [] if into is None else into
    async for batch in walk(listing, search or LogSearch(), count, at_once=at_once, say=say):
        found += [log.id for log in batch]
    return found


# --- A list that stands still


@BOTH
@pytest.mark.parametrize("paging", ["totals", "numbers"])
@pytest.mark.parametrize("seed", range(3))
async def test_a_list_in_another_order_is_read_whole(seed: int, paging: Paging, at_once: int) -> None:
    held = rows(95)
    places = Random(seed).sample(range(95), 95) if seed else range(95)
    listing = Listing(held, paging, order=dict(zip(held, places, strict=True)).__getitem__)
    in_order = listing.found(LogSearch())
    assert in_order[0] != max(held, key=lambda one: held[one])
    assert await read(listing, at_once=at_once) == in_order


@BOTH
async def test_a_list_in_the_order_of_updates_is_read_whole_whatever_was_created_when(at_once: int) -> None:
    held = rows(95)
    retried = {one: max(held.values()) + SECOND * number for number, one in enumerate(list(held)[60:])}
    listing = Listing(held, updated=retried, order=lambda one: retried.get(one, held[one]))
    search = LogSearch(on="updated")
    in_order = listing.found(search)
    assert await read(listing, search=search, at_once=at_once) == in_order
    assert len(in_order) == 95


@BOTH
@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 20, 95, 203])
async def test_a_list_that_stands_still_is_read_once_in_its_order(size: int, paging: Paging, at_once: int) -> None:
    listing = Listing(rows(size), paging)
    assert await read(listing, at_once=at_once) == names(range(size))
    assert len(listing.asked) == max(1, -(-size // 10))


@given(SEEDS, st.integers(1, 200), st.integers(1, 9))
async def test_the_order_is_exact_in_whatever_order_the_answers_come(random: Random, size: int, at_once: int) -> None:
    listing = Listing(rows(size), post=AnyOrder(random))
    assert await read(listing, at_once=at_once) == names(range(size))
    assert sorted(map(str, listing.asked)) == sorted(str(number) for number in range(1, max(2, -(-size // 10) + 1)))


async def test_eight_numbered_pages_are_on_their_way_at_once_and_never_more() -> None:
    listing = Listing(rows(405), post=AnyOrder(Random(1)))
    assert await read(listing, at_once=8) == names(range(405))
    assert listing.most == 8
    assert len(listing.asked) == 41


@pytest.mark.parametrize("paging", ["numbers", "cursors"])
async def test_a_list_without_totals_is_read_one_page_after_the_other(paging: Paging) -> None:
    listing = Listing(rows(405), paging, post=AnyOrder(Random(1)))
    assert await read(listing, at_once=8) == names(range(405))
    assert listing.most == 1


@BOTH
@pytest.mark.parametrize("cap", [3, 7, 10])
async def test_a_server_that_gives_shorter_pages_is_read_to_its_end(cap: int, at_once: int) -> None:
    listing = Listing(rows(95), cap=cap)
    assert await read(listing, at_once=at_once) == names(range(95))
    assert len(listing.asked) == -(-95 // cap)


async def test_shorter_pages_are_asked_for_ahead_as_well() -> None:
    listing = Listing(rows(60), cap=3, post=AnyOrder(Random(1)))
    assert await read(listing, 30, at_once=8) == names(range(60))
    assert listing.most == 8


@BOTH
async def test_a_page_is_given_as_soon_as_it_was_read(at_once: int) -> None:
    listing = Listing(rows(30))
    batches = walk(listing, LogSearch(), 10, at_once=at_once)
    assert len(await anext(batches)) == 10
    assert listing.asked == [1]
    await batches.aclose()


async def test_a_walk_waits_behind_everything_that_a_person_waits_for() -> None:
    listing = Listing(rows(60))
    listing.before = lambda number: listing.rows.pop("r0", None) if number == 5 else None
    await read(listing, at_once=8)
    assert listing.urgencies == {Urgency.EXPORT}


async def test_a_note_is_said_once() -> None:
    pages: dict[PageRef, LogPage] = {
        1: LogPage((Log("a"),), 2, next=2, note="from elsewhere"),
        2: LogPage((Log("b"),), 2, note="from elsewhere"),
    }
    said: list[str] = []
    await read(Scripted(pages), say=said.append)
    assert said == ["from elsewhere"]


# --- What bounds it


@BOTH
async def test_the_first_answer_bounds_the_rest_to_what_had_been_created_then(at_once: int) -> None:
    listing = Listing(rows(30))
    await read(listing, at_once=at_once)
    assert [search.pin for search in listing.searches] == [None] + [START + MILLISECOND] * 2


async def test_a_cursor_goes_back_with_the_search_that_it_came_from() -> None:
    listing = Listing(rows(30), "cursors")
    await read(listing)
    assert listing.searches == [LogSearch()] * 3


@BOTH
async def test_a_range_with_an_end_of_its_own_is_not_bounded_again(at_once: int) -> None:
    listing = Listing(rows(30))
    await read(listing, search=LogSearch(range=TimeRange(None, START)), at_once=at_once)
    assert {search.pin for search in listing.searches} == {None}


@BOTH
@pytest.mark.parametrize("paging", PAGINGS)
async def test_traffic_that_comes_meanwhile_shifts_nothing(paging: Paging, at_once: int) -> None:
    listing = Listing(rows(35), paging)
    listing.before = lambda number: listing.rows.update(
        {f"new{number}-{n}": START + timedelta(seconds=number, microseconds=n) for n in range(7)} if number > 1 else {}
    )
    assert await read(listing, at_once=at_once) == names(range(35))


@BOTH
@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("size", [20, 35])
async def test_rows_of_one_millisecond_that_is_not_over_are_neither_lost_nor_doubled(
    size: int, paging: Paging, at_once: int
) -> None:
    fine = {f"r{number}": START + timedelta(microseconds=900 - number) for number in range(size)}
    assert await read(Listing(fine, paging), at_once=at_once) == names(range(size))


# --- A list that changes


@BOTH
async def test_a_row_that_comes_late_in_the_part_still_to_read_is_read(at_once: int) -> None:
    listing = Listing(rows(30))
    late = START - timedelta(seconds=15, milliseconds=500)
    listing.before = lambda number: listing.rows.update({"late": late} if number == 2 else {})
    found = await read(listing, at_once=at_once)
    assert sorted(found) == sorted([*names(range(30)), "late"])


@BOTH
async def test_a_row_that_comes_late_in_the_part_already_read_doubles_nothing(at_once: int) -> None:
    listing = Listing(rows(30))
    late = START - timedelta(seconds=2, milliseconds=500)
    listing.before = lambda number: listing.rows.update({"late": late} if number == 3 else {})
    found = await read(listing, at_once=at_once)
    assert [one for one in found if one != "late"] == names(range(30))


@BOTH
@pytest.mark.parametrize("gone", [1, 9, 10, 11, 20])
async def test_rows_that_slip_into_pages_already_read_are_fetched_from_there(gone: int, at_once: int) -> None:
    listing = Listing(rows(60))

    def remove(number: int) -> None:
        if number == 4:
            for name in names(range(gone)):
                del listing.rows[name]

    listing.before = remove
    assert await read(listing, at_once=at_once) == names(range(60))


async def test_the_pages_before_are_read_again_only_as_far_as_rows_moved() -> None:
    listing = Listing(rows(100))
    listing.before = lambda number: listing.rows.pop("r0", None) if number == 5 else None
    assert await read(listing) == names(range(100))
    assert set(listing.asked[5:-5]) <= {4, 5}
    assert listing.asked[-5:] == [6, 7, 8, 9, 10]
    assert 4 in listing.asked[5:]


async def test_what_was_asked_for_ahead_is_asked_for_again_when_the_list_has_changed() -> None:
    listing = Listing(rows(100))
    listing.before = lambda number: listing.rows.pop("r0", None) if number == 5 else None
    assert await read(listing, at_once=8) == names(range(100))
    ahead, again = listing.asked[:9], listing.asked[9:]
    assert ahead == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert again[0] == 5
    assert set(again) == {4, 5, 6, 7, 8, 9, 10}


@pytest.mark.parametrize(("at_once", "gone_before", "come_before"), [(1, 3, 4), (8, 3, 5)])
async def test_rows_that_move_on_while_the_pages_before_are_read_again_are_not_lost(
    at_once: int, gone_before: int, come_before: int
) -> None:
    """Two rows slip from page 3 into page 2, and when that is read again late ones have pushed them back."""
    listing = Listing(rows(25))

    def change(number: int) -> None:
        if number == gone_before:
            del listing.rows["r0"], listing.rows["r1"]
        if number == come_before:
            listing.rows |= {f"late{n}": START - 3 * SECOND - n * MILLISECOND for n in range(1, 4)}

    listing.before = change
    found = await read(listing, at_once=at_once)
    assert sorted(one for one in found if one.startswith("r")) == sorted(names(range(25)))


@BOTH
async def test_ht_05_known_rows_on_pages_that_late_rows_pushed_back_are_no_server_that_repeats_itself(
    at_once: int,
) -> None:
    listing = Listing(rows(60))
    late = {f"late{n}": START - 3 * SECOND - n * MILLISECOND for n in range(1, 41)}
    listing.before = lambda number: listing.rows.update(late if number == 5 else {})
    found = await read(listing, at_once=at_once)
    assert sorted(found) == sorted(listing.rows)


@BOTH
async def test_a_list_that_shrinks_to_nothing_ends(at_once: int) -> None:
    listing = Listing(rows(60))
    listing.before = lambda number: listing.rows.clear() if number == 3 else None
    assert await read(listing, at_once=at_once) == names(range(20))


@BOTH
async def test_a_list_that_shrinks_at_its_end_ends_earlier(at_once: int) -> None:
    listing = Listing(rows(30))
    listing.before = lambda number: [listing.rows.pop(name, None) for name in names(range(18, 30))]
    assert await read(listing, at_once=at_once) == names(range(18))


@BOTH
@pytest.mark.parametrize("paging", PAGINGS)
async def test_a_list_that_changes_with_every_answer_is_not_read_for_ever(paging: Paging, at_once: int) -> None:
    listing = Listing(rows(60), paging)
    listing.before = lambda number: listing.rows.update({f"late{number}": START - SECOND / (number + 1)})
    found = await read(listing, at_once=at_once)
    assert len(found) == len(set(found))
    assert set(names(range(60))) <= set(found)
    assert len(listing.asked) < 400


@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 40)), max_size=5), st.integers(2, 7))
async def test_one_change_before_each_page_loses_no_row_that_stays(changes: list[tuple[str, int]], count: int) -> None:
    """Changes come before the pages of the first reading; what they move is found by reading again."""
    listing = Listing(rows(23))
    stays = set(listing.rows)
    script = iter(changes)
    highest = 0

    def change(number: int) -> None:
        nonlocal highest
        ref = listing.asked[-1]
        assert isinstance(ref, int)
        if number == 1 or ref <= highest:
            highest = max(highest, ref)
            return
        highest = ref
        what, place = next(script, ("", 0))
        if what == "add":
            listing.rows[f"late{number}"] = START - timedelta(seconds=place, milliseconds=500)
        elif what == "remove":
            name = sorted(listing.rows)[place % len(listing.rows)]
            del listing.rows[name]
            stays.discard(name)

    listing.before = change
    found = await read(listing, count)
    assert len(found) == len(set(found))
    assert stays <= set(found)


@BOTH
@given(
    SEEDS,
    st.dictionaries(
        st.integers(2, 25),
        st.tuples(st.sampled_from(["come", "go"]), st.integers(0, 40), st.integers(1, 6)),
        max_size=3,
    ),
    st.integers(0, 40),
    st.integers(1, 7),
    st.sampled_from(["totals", "cursors"]),
)
async def test_whatever_changes_and_in_whatever_order_answers_come_each_row_that_stays_comes_once(
    at_once: int, random: Random, changes: dict[int, tuple[str, int, int]], size: int, count: int, paging: Paging
) -> None:
    """Several rows at a time come late or go before some answers. No total is seen twice: no reader could tell then."""
    listing = Listing(rows(size), paging, post=AnyOrder(random))
    stays = set(listing.rows)
    totals: set[int] = set()

    def change(number: int) -> None:
        totals.add(len(listing.rows))
        what, place, many = changes.get(number, ("nothing", 0, 0))
        order = listing.found(LogSearch())
        if what == "come" and place <= size and len(order) + many not in totals:
            at = START - place * SECOND - SECOND / 2
            listing.rows |= {f"late{number}-{one}": at + one * MILLISECOND for one in range(many)}
        elif what == "go" and many <= len(order) and len(order) - many not in totals:
            first = min(place, len(order) - many)
            for one in order[first : first + many]:
                del listing.rows[one]
                stays.discard(one)

    listing.before = change
    found = await read(listing, count, at_once=at_once)
    assert len(found) == len(set(found))
    assert stays - set(found) == set()
    assert listing.most <= at_once


# --- Servers that make no sense


class Scripted(Listing):
    """Answers by page reference, as written."""

    def __init__(self, pages: dict[PageRef, LogPage]) -> None:
        super().__init__({})
        self.pages = pages

    def answer(self, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        return self.pages[ref]


@BOTH
async def test_a_record_without_an_id_is_never_taken_for_another(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {
        1: LogPage((Log(""), Log("")), 4),
        2: LogPage((Log(""), Log("a")), 4),
    }
    assert await read(Scripted(pages), at_once=at_once) == ["", "", "", "a"]


@BOTH
async def test_a_list_with_totals_but_without_links_is_read_to_its_end(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {number: LogPage((Log(f"r{number}"),), 5) for number in range(1, 6)}
    assert await read(Scripted(pages), at_once=at_once) == names(range(1, 6))


@BOTH
@pytest.mark.parametrize("lie", [1, 3, 99])
async def test_a_list_with_totals_is_counted_whatever_its_links_say(lie: int, at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {number: LogPage((Log(f"r{number}"),), 5, next=lie) for number in range(1, 6)}
    pages |= {6: LogPage((), 5)}
    listing = Scripted(pages)
    assert await read(listing, at_once=at_once) == names(range(1, 6))
    assert listing.asked == [1, 2, 3, 4, 5, 6]


@BOTH
async def test_pages_that_a_total_promises_but_nobody_has_end_the_list(at_once: int) -> None:
    listing = Listing(rows(25))
    honest = listing.answer

    def boastful(search: LogSearch, ref: PageRef, count: int) -> LogPage:
        page = honest(search, ref, count)
        return LogPage(page.logs, 1_000, page.size, page.next)

    listing.answer = boastful  # type: ignore[method-assign]
    assert await read(listing, at_once=at_once) == names(range(25))
    assert len(listing.asked) <= 5 + at_once


@BOTH
async def test_an_empty_page_in_the_middle_of_a_list_is_no_end_and_what_it_lacks_is_said(at_once: int) -> None:
    listing = Listing(rows(60))
    honest = listing.answer

    def forgetful(search: LogSearch, ref: PageRef, count: int) -> LogPage:
        return LogPage((), 60, 10) if ref == 3 else honest(search, ref, count)

    listing.answer = forgetful  # type: ignore[method-assign]
    said: list[str] = []
    batches = walk(listing, LogSearch(), 10, at_once=at_once, say=said.append)
    found = [log.id async for batch in batches for log in batch]
    assert found == names([*range(20), *range(30, 60)])
    assert said == ["the server gave 50 logs of the 60 that it says there are"]


@BOTH
async def test_ht_04_a_gap_is_said_before_the_end_that_a_limit_never_reaches(at_once: int) -> None:
    gap = TimeRange(START - SECOND, START)
    listing = Listing(rows(60))
    honest = listing.answer
    listing.answer = lambda *asked: replace(honest(*asked), gaps=(gap,))  # type: ignore[method-assign]
    said: list[str] = []
    batches = walk(listing, LogSearch(), 10, at_once=at_once, say=said.append)
    await anext(batches)
    assert said == ["not read: 11-20 11:59:59 – 12:00:00, the server took too long"]
    await batches.aclose()


@BOTH
async def test_logs_that_the_server_lists_twice_come_once(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {
        1: LogPage((Log("a"), Log("b"), Log("a")), None, None, "c-1"),
        "c-1": LogPage((Log("b"), Log("c"))),
    }
    assert await read(Scripted(pages), at_once=at_once) == ["a", "b", "c"]


@BOTH
async def test_a_numbered_page_that_repeats_the_one_before_it_adds_nothing(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {1: LogPage((Log("a"), Log("b")), 6, 2, 2), 2: LogPage((Log("a"), Log("b")), 6)}
    pages[3] = LogPage((Log("c"), Log("d")), 6)
    assert await read(Scripted(pages), at_once=at_once) == ["a", "b", "c", "d"]


async def test_ht_05_a_cursor_that_comes_again_once_is_followed_once_more() -> None:
    listing = Scripted({})
    script = {
        1: [LogPage((Log("a"),), next="c-1")],
        "c-1": [LogPage((Log("b"),), next="c-1"), LogPage((Log("c"),), next="c-2")],
        "c-2": [LogPage((Log("d"),))],
    }
    listing.answer = lambda search, ref, count: script[ref].pop(0)  # type: ignore[method-assign]
    assert await read(listing) == ["a", "b", "c", "d"]


@BOTH
@pytest.mark.parametrize(
    "pages",
    [
        {1: LogPage((Log("a"),), next="c-1"), "c-1": LogPage((Log("b"),), next="c-1")},
        {
            1: LogPage((Log("a"),), next="c-1"),
            "c-1": LogPage((Log("b"),), next="c-2"),
            "c-2": LogPage((Log("c"),), next="c-1"),
        },
        {1: LogPage((Log("a"),), next="c-1"), "c-1": LogPage((Log("b"),), next="c-2"), "c-2": LogPage(next="c-1")},
    ],
)
async def test_ht_05_a_server_that_goes_in_circles_is_left_with_an_error_after_each_log_came_once(
    pages: dict[PageRef, LogPage], at_once: int
) -> None:
    listing = Scripted(pages)
    found: list[str] = []
    with pytest.raises(BadAnswer, match="The server repeats itself"):
        await read(listing, into=found, at_once=at_once)
    assert found == [log.id for page in pages.values() for log in page.logs]
    assert len(listing.asked) <= 2 * len(pages)


@BOTH
@pytest.mark.parametrize(("first", "second"), [(1, 1), (2, 1), (9, 1)])
async def test_ht_05_numbers_that_go_back_are_counted_on(first: int, second: int, at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {
        1: LogPage((Log("a"),), next=first),
        2: LogPage((Log("b"),), next=second),
        3: LogPage((Log("c"),)),
    }
    assert await read(Scripted(pages), at_once=at_once) == ["a", "b", "c"]


@BOTH
async def test_ht_05_empty_pages_are_followed_twice_and_no_further(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {1: LogPage((Log("a"),), next="c-1")}
    pages |= {f"c-{n}": LogPage((), next=f"c-{n + 1}") for n in range(1, 100)}
    listing = Scripted(pages)
    with pytest.raises(BadAnswer, match="The server repeats itself"):
        await read(listing, at_once=at_once)
    assert listing.asked == [1, "c-1", "c-2", "c-3"]


@BOTH
async def test_ht_05_a_server_that_gives_the_same_rows_under_ever_new_cursors_is_left(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {1: LogPage((Log("a"),), next="c-1")}
    pages |= {f"c-{n}": LogPage((Log("a"),), next=f"c-{n + 1}") for n in range(1, 100)}
    found: list[str] = []
    with pytest.raises(BadAnswer, match="The server repeats itself"):
        await read(Scripted(pages), into=found, at_once=at_once)
    assert found == ["a"]


@BOTH
async def test_ht_05_a_server_that_gives_the_same_page_under_every_number_is_left(at_once: int) -> None:
    listing = Listing({})
    same = LogPage(tuple(map(Log, names(range(10)))), 100_000, 10, 2)
    listing.answer = lambda search, ref, count: same  # type: ignore[method-assign]
    found: list[str] = []
    with pytest.raises(BadAnswer, match="The server repeats itself"):
        await read(listing, into=found, at_once=at_once)
    assert found == names(range(10))
    assert len(listing.asked) < 200


@BOTH
async def test_ht_05_empty_pages_are_counted_in_a_row(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {1: LogPage((Log("a"),), next="c-1")}
    pages |= {f"c-{n}": LogPage((Log(f"r{n}"),) if n % 3 == 0 else (), next=f"c-{n + 1}") for n in range(1, 9)}
    pages["c-9"] = LogPage((Log("r9"),))
    assert await read(Scripted(pages), at_once=at_once) == ["a", "r3", "r6", "r9"]


@BOTH
async def test_an_empty_page_in_the_middle_is_passed(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {
        1: LogPage((Log("a"),), next="c-1"),
        "c-1": LogPage((), next="c-2"),
        "c-2": LogPage((Log("b"),)),
    }
    assert await read(Scripted(pages), at_once=at_once) == ["a", "b"]


NONSENSE = st.builds(
    LogPage,
    logs=st.lists(st.sampled_from("abcdefghijkl").map(Log), max_size=12).map(tuple),
    total=st.none() | st.integers(0, 30),
    size=st.none() | st.integers(1, 12),
    next=st.none() | st.integers(1, 4) | st.sampled_from(["x", "y", "z"]),
)


@BOTH
@given(st.lists(NONSENSE, min_size=1, max_size=20), SEEDS)
async def test_ht_05_no_server_can_have_a_log_come_twice_or_be_asked_for_ever(
    at_once: int, pages: list[LogPage], random: Random
) -> None:
    listing = Listing({}, post=AnyOrder(random))
    script = cycle(pages)
    listing.answer = lambda search, ref, count: next(script)  # type: ignore[method-assign]
    found: list[str] = []
    with suppress(BadAnswer):
        await read(listing, into=found, at_once=at_once)
    assert len(found) == len(set(found))
    assert len(listing.asked) < 2_000
    assert asyncio.all_tasks() == {asyncio.current_task()}


# --- Gaps


GAPS = (TimeRange(START - SECOND, START), TimeRange(None, START - 9 * SECOND))


@BOTH
async def test_ht_04_a_gap_is_an_error_after_every_row_came(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {number: LogPage((Log(f"r{number}"),), 3, 1) for number in (1, 2)}
    pages[3] = LogPage((Log("r3"),), 3, 1, gaps=GAPS)
    found: list[str] = []
    with pytest.raises(TimedOut) as raised:
        await read(Scripted(pages), into=found, at_once=at_once)
    assert found == names(range(1, 4))
    assert all(to_the_second(gap) in raised.value.title for gap in GAPS)
    assert raised.value.detail == "Logs of that time are missing."


@BOTH
async def test_ht_04_a_gap_that_every_page_names_is_told_once(at_once: int) -> None:
    pages: dict[PageRef, LogPage] = {n: LogPage((Log(f"r{n}"),), 5, 1, gaps=GAPS[:1]) for n in range(1, 6)}
    with pytest.raises(TimedOut) as raised:
        await read(Scripted(pages), at_once=at_once)
    assert raised.value.title.count(to_the_second(GAPS[0])) == 1


@BOTH
async def test_ht_04_parts_that_follow_each_other_are_walked_to_the_last(at_once: int) -> None:
    refs: list[PageRef] = [FIRST_PAGE, PartRef(7, 0, "c-1"), PartRef(7, 1, 1), PartRef(7, 2, 1)]
    pages = {
        ref: LogPage((Log(f"r{n}"), Log(f"r{n + 1}")), next=following)
        for n, (ref, following) in enumerate(zip(refs, [*refs[1:], None], strict=True))
    }
    assert await read(Scripted(pages), at_once=at_once) == names(range(5))


# --- How it ends


@BOTH
async def test_an_error_in_the_middle_comes_after_the_logs_before_it(at_once: int) -> None:
    listing = Listing(rows(30))

    def fail(number: int) -> None:
        if number == 2:
            raise ServerTrouble("The server failed.")

    listing.before = fail
    found: list[str] = []
    with pytest.raises(ServerTrouble):
        await read(listing, into=found, at_once=at_once)
    assert found == names(range(10))


@given(SEEDS, st.sets(st.integers(2, 12), min_size=1))
async def test_the_first_page_that_fails_is_the_error_in_whatever_order_answers_come(
    random: Random, failing: set[int]
) -> None:
    listing = Listing(rows(120), post=AnyOrder(random))
    honest = listing.answer

    def answer(search: LogSearch, ref: PageRef, count: int) -> LogPage:
        if ref in failing:
            raise ServerTrouble(f"Page {ref} failed.")
        return honest(search, ref, count)

    listing.answer = answer  # type: ignore[method-assign]
    found: list[str] = []
    with pytest.raises(ServerTrouble, match=f"Page {min(failing)} failed"):
        await read(listing, into=found, at_once=8)
    assert found == names(range(10 * (min(failing) - 1)))
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert listing.in_flight == 0


async def given_up(batches: AsyncGenerator[tuple[Log, ...], None], after: int) -> int:
    """Read some batches and close; how many rows came."""
    found = 0
    async with aclosing(batches):
        for _ in range(after):
            found += len(await anext(batches))
    return found


@BOTH
@given(SEEDS, st.integers(0, 12))
async def test_ht_05_a_walk_that_is_closed_early_leaves_no_task(at_once: int, random: Random, after: int) -> None:
    listing = Listing(rows(120), post=AnyOrder(random))
    assert await given_up(walk(listing, LogSearch(), 10, at_once=at_once), after) == 10 * after
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert listing.in_flight == 0


@pytest.mark.parametrize(("at_once", "answered"), [(1, 0), (1, 3), (8, 0), (8, 1), (8, 4)])
async def test_ht_05_a_walk_that_is_cancelled_while_answers_are_out_leaves_no_task(at_once: int, answered: int) -> None:
    post = Stalled(answered, at_once if answered else 1)
    listing = Listing(rows(200), post=post)
    found: list[str] = []
    reading = asyncio.create_task(read(listing, into=found, at_once=at_once))
    await post.crowded()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert found == names(range(10 * answered))
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert listing.in_flight == 0


async def test_ht_05_a_walk_that_is_cancelled_between_pages_leaves_no_task() -> None:
    listing = Listing(rows(200), post=AnyOrder(Random(1)))

    async def stops_itself() -> None:
        async with aclosing(walk(listing, LogSearch(), 10, at_once=8)) as batches:
            number = 0
            async for _ in batches:
                number += 1
                if number == 3:
                    reading.cancel()

    reading = asyncio.create_task(stops_itself())
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert listing.in_flight == 0
