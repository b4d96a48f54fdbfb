"""A search that takes the server too long is read in parts, and the parts are the whole: every row once (HT-04)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.errors import NotFound, ServerTrouble, TimedOut, TooSlow
from redox_tui.api.http import httpx
from redox_tui.api.protocol import Urgency
from redox_tui.api.split import Searches
from redox_tui.api.walk import walk
from redox_tui.domain.connection import Connection, Generation
from redox_tui.domain.logs import FIRST_PAGE, Log, LogDetail, LogPage, PageRef, PartRef
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange, Timestamp, in_units
from redox_tui.simulator.app import simulator
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World

from .listing import MILLISECOND, SECOND, START, AnyOrder, Asked, Listing, Paging, Stalled, names, rows

SPAN = 64 * SECOND
"""Most ranges here end at START and are so long: halving comes to whole seconds."""

RANGE = TimeRange(START - SPAN, START)
SEARCH = LogSearch(range=RANGE)
IN_VAIN = 48
"""Refusals after which nothing is halved any more; each range that is left by then is asked for once."""
SEEDS = st.integers(0, 1 << 32).map(Random)
FEW = settings(max_examples=40)


@dataclass
class InParts:
    """The searches of a listing, as something that can be walked."""

    listing: Listing
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.searches = Searches(self.told.append, lambda: START)

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        return await self.searches.page(self.listing.read, search, ref, count)

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        raise NotImplementedError


def wider_than(width: timedelta) -> Callable[[Asked], bool]:
    return lambda asked: asked.width > width


def touches(*holes: datetime) -> Callable[[Asked], bool]:
    return lambda asked: any(asked.since <= hole <= asked.until for hole in holes)


def holds_more_than(listing: Listing, many: int) -> Callable[[Asked], bool]:
    return lambda asked: len(listing.found(asked)) > many


async def walked(
    logs: InParts, search: LogSearch = SEARCH, count: int = 10, *, at_once: int = 1, into: list[str] | None = None
) -> list[str]:
    """The ids of a walk; `into` has those that came before an error."""
    found: list[str] = [] if into is None else into
    async for batch in walk(logs, search, count, at_once=at_once):
        found += [log.id for log in batch]
    return found


async def pages_of(logs: InParts, search: LogSearch = SEARCH, count: int = 10) -> list[LogPage]:
    """Every page, each by what the one before it calls the next."""
    pages = [await logs.page(search, FIRST_PAGE, count)]
    while pages[-1].next is not None:
        pages.append(await logs.page(search, pages[-1].next, count))
        assert len(pages) < 500
    return pages


def ids(pages: Iterable[LogPage]) -> list[str]:
    return [log.id for page in pages for log in page.logs]


def merged(pages: Iterable[LogPage]) -> list[str]:
    """As a reader merges: by id, each where it came first."""
    return list(dict.fromkeys(ids(pages)))


def are_within(instants: Iterable[datetime], gaps: Iterable[TimeRange]) -> bool:
    spans = [((gap.since or datetime.min.replace(tzinfo=START.tzinfo)), gap.until or START) for gap in gaps]
    return all(any(since <= instant <= until for since, until in spans) for instant in instants)


# --- What passes through


@pytest.mark.parametrize("paging", ["totals", "numbers", "cursors"])
async def test_what_the_server_can_answer_is_asked_and_given_as_it_is(paging: Paging) -> None:
    listing, plain = Listing(rows(35), paging), Listing(rows(35), paging)
    logs = InParts(listing)
    pages = await pages_of(logs)
    assert pages == [await plain.page(SEARCH, ref, 10) for ref in listing.asked]
    assert len(listing.asked) == 4
    assert set(listing.searches) == {SEARCH}
    assert logs.told == []


async def test_another_error_is_no_verdict_on_the_size() -> None:
    listing = Listing(rows(5))

    def fail(number: int) -> None:
        raise ServerTrouble("The server failed.")

    listing.before = fail
    with pytest.raises(ServerTrouble):
        await InParts(listing).page(SEARCH, FIRST_PAGE, 10)
    assert len(listing.asked) == 1


# --- Numbered pages with totals


def offsets() -> st.SearchStrategy[timedelta]:
    """How long before START a row was created: on borders and beside them, by a millisecond or less, and anywhere."""
    border = st.integers(0, 128).map(lambda halves: halves * SECOND / 2)
    beside = st.sampled_from([0, 1, 999, 1_000, 1_001, -1, -999, -1_000]).map(lambda n: timedelta(microseconds=n))
    anywhere = st.integers(0, 64_000_000).map(lambda n: timedelta(microseconds=n))
    return border | st.builds(lambda at, by: at + by, border, beside) | anywhere


def logs_at(instants: Iterable[datetime]) -> dict[str, datetime]:
    return {f"r{number}": at for number, at in enumerate(instants)}


ROWS = st.lists(offsets().map(lambda offset: START - offset), max_size=40) | st.lists(
    st.sampled_from([START, START - SPAN / 2, START - SPAN / 4, START - SPAN]), max_size=40
)
WIDTHS = st.sampled_from([SPAN / 2, SPAN / 3, SPAN / 4, SPAN / 8, SPAN / 30, SECOND])
RANGES = st.sampled_from(
    [RANGE, RANGE, replace(RANGE, since=START - SPAN + timedelta(microseconds=123_456)), TimeRange(RANGE.since, None)]
)


@given(SEEDS, ROWS, WIDTHS, RANGES, st.integers(1, 12), st.integers(1, 12))
async def test_ht_04_numbered_pages_of_parts_are_those_of_the_whole(
    random: Random, instants: list[datetime], width: timedelta, bounds: TimeRange, count: int, cap: int
) -> None:
    """In any order, one by one or several at once; with the total, whatever lies on the borders of parts."""
    listing = Listing(logs_at(instants), is_too_slow=wider_than(width), post=AnyOrder(random), cap=cap)
    search = LogSearch(range=bounds)
    truth = listing.found(search)
    logs = InParts(listing)
    first = await logs.page(search, FIRST_PAGE, count)
    assert listing.most <= 4
    size = first.size or 0
    assert 1 <= size <= count
    numbers = list(range(1, max(2, -(-len(truth) // size) + 1)))
    random.shuffle(numbers)
    pages = dict(zip(numbers, await asyncio.gather(*(logs.page(search, n, count) for n in numbers)), strict=True))
    for number, page in pages.items():
        assert [log.id for log in page.logs] == truth[(number - 1) * size : number * size]
        assert (page.total, page.size, page.gaps) == (len(truth), size, ())
        assert page.next == (number + 1 if number * size < len(truth) else None)
    assert pages[1] == first
    assert ids(await pages_of(logs, search, count)) == truth


@given(SEEDS, ROWS, st.integers(1, 8), st.integers(1, 12), st.sampled_from([1, 8]))
async def test_ht_04_a_server_that_can_list_so_many_is_asked_for_as_little_as_it_takes(
    random: Random, instants: list[datetime], many: int, count: int, at_once: int
) -> None:
    listing = Listing(logs_at(instants), post=AnyOrder(random))
    listing.is_too_slow = holds_more_than(listing, many)
    found: list[str] = []
    truth = listing.found(SEARCH)
    logs = InParts(listing)
    if len(truth) <= many:
        assert await walked(logs, count=count, at_once=at_once) == truth
        return
    try:
        first = await logs.page(SEARCH, FIRST_PAGE, count)
    except TooSlow:
        assert logs.told
        return
    assert listing.refused <= 1 + 3 * IN_VAIN
    if first.gaps:
        with pytest.raises(TimedOut):
            await walked(logs, count=count, at_once=at_once, into=found)
    else:
        assert await walked(logs, count=count, at_once=at_once, into=found) == truth
    assert len(found) == len(set(found))
    assert [one for one in truth if one in set(found)] == found
    assert are_within((listing.rows[one] for one in set(truth) - set(found)), first.gaps)


@pytest.mark.parametrize("at_once", [1, 8])
@pytest.mark.parametrize("since", [START - SPAN, None])
async def test_ht_04_a_walk_over_parts_gives_every_row_once_in_order(at_once: int, since: datetime | None) -> None:
    width = SPAN / 4 if since else timedelta(days=900)
    listing = Listing(rows(65), is_too_slow=wider_than(width))
    search = LogSearch(range=TimeRange(since, START))
    assert await walked(InParts(listing), search, at_once=at_once) == names(range(65))


async def test_ht_04_pages_are_as_long_as_the_server_makes_them() -> None:
    """The older part has two more rows than a page, and they are those on the border."""
    border = START - SPAN / 2
    instants = [START, border, border, *(border - n * SECOND for n in range(1, 11))]
    listing = Listing(logs_at(instants), is_too_slow=wider_than(SPAN / 2), cap=10)
    pages = await pages_of(InParts(listing), count=50)
    assert ids(pages) == listing.found(SEARCH)
    assert {page.size for page in pages} == {10}


async def test_ht_04_no_bound_is_moved_off_a_border() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))
    await InParts(listing).page(SEARCH, FIRST_PAGE, 10)
    middle = START - SPAN / 2
    asked = [search.range for search in listing.searches]
    assert asked[:3] == [RANGE, TimeRange(middle, START), TimeRange(START - SPAN, middle)]
    assert set(asked[3:]) <= {TimeRange(middle, middle)}


async def test_ht_04_a_border_on_which_nothing_lies_is_not_asked_about() -> None:
    listing = Listing({name: at - SECOND / 4 for name, at in rows(64).items()}, is_too_slow=wider_than(SPAN / 2))
    page = await InParts(listing).page(SEARCH, FIRST_PAGE, 10)
    assert page.total == 64
    assert len(listing.asked) == 3


async def test_ht_04_a_border_lies_on_a_whole_millisecond_as_it_can_be_written() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 8))
    bounds = TimeRange(START - SPAN + timedelta(microseconds=7), START)
    await InParts(listing).page(LogSearch(range=bounds), FIRST_PAGE, 10)
    borders = {search.range.until for search in listing.searches} - {START}
    assert {border.microsecond % 1_000 for border in borders if border} == {0}


async def test_ht_04_rows_that_the_first_answers_gave_are_not_asked_for_again() -> None:
    listing = Listing(rows(8), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    assert len(listing.asked) == 3


# --- Cursors and lists without totals


@given(SEEDS, ROWS, WIDTHS, RANGES, st.integers(1, 12), st.sampled_from(["cursors", "numbers"]))
async def test_ht_04_parts_without_totals_follow_each_other(
    random: Random, instants: list[datetime], width: timedelta, bounds: TimeRange, count: int, paging: Paging
) -> None:
    listing = Listing(logs_at(instants), paging, is_too_slow=wider_than(width), post=AnyOrder(random))
    search = LogSearch(range=bounds)
    truth = listing.found(search)
    logs = InParts(listing)
    pages = await pages_of(logs, search, count)
    assert listing.most <= 4
    assert merged(pages) == truth
    assert {(page.total, page.gaps) for page in pages} == {(None, ())}
    assert all(len(page.logs) <= count for page in pages)
    asked = list(zip(listing.searches, listing.asked, strict=True))
    assert {one for one, ref in asked if isinstance(ref, str)} <= {one for one, ref in asked if ref == FIRST_PAGE}
    assert await walked(InParts(listing), search, count) == truth


@pytest.mark.parametrize("paging", ["totals", "numbers", "cursors"])
async def test_ht_04_a_range_that_holds_nothing_is_an_empty_list_and_no_error(paging: Paging) -> None:
    listing = Listing({}, paging, is_too_slow=wider_than(SPAN / 4))
    page = await InParts(listing).page(SEARCH, FIRST_PAGE, 10)
    assert (page.logs, page.next, page.gaps) == ((), None, ())


@given(SEEDS, ROWS, WIDTHS, st.integers(1, 12), st.integers(1, 4))
async def test_ht_04_a_cursor_that_becomes_too_slow_goes_on_from_where_it_had_come(
    random: Random, instants: list[datetime], width: timedelta, count: int, after: int
) -> None:
    listing = Listing(logs_at(instants), "cursors", post=AnyOrder(random))
    truth = listing.found(SEARCH)

    def slow_down(number: int) -> None:
        if number > after:
            listing.is_too_slow = wider_than(width)

    listing.before = slow_down
    assert await walked(InParts(listing), count=count) == truth


async def test_ht_04_a_cursor_that_goes_on_does_not_read_again_what_lies_before() -> None:
    listing = Listing(rows(65), "cursors")
    listing.before = lambda number: setattr(listing, "is_too_slow", wider_than(SPAN / 4)) if number > 4 else None
    found: list[str] = []
    logs = InParts(listing)
    assert await walked(logs, into=found) == names(range(65))
    newest = START - 39 * SECOND + MILLISECOND
    rest = listing.searches[5:]
    assert {search.pin for search in rest} == {newest}
    assert all(search.range.since and search.range.since < newest for search in rest)


async def test_ht_04_a_part_that_begins_with_an_empty_page_is_read_on() -> None:
    listing = Listing(rows(65), "cursors", is_too_slow=wider_than(SPAN / 2))
    honest = listing.answer

    def answer(search: LogSearch, ref: PageRef, count: int) -> LogPage:
        page = honest(search, FIRST_PAGE if ref == "begin" else ref, count)
        return LogPage(next="begin") if ref == FIRST_PAGE else page

    listing.answer = answer  # type: ignore[method-assign]
    assert await walked(InParts(listing)) == names(range(65))


@pytest.mark.parametrize("left", [timedelta(0), SECOND / 2])
async def test_ht_04_what_is_left_of_a_cursor_is_asked_for_however_short_it_is(left: timedelta) -> None:
    """It is shorter than what was too slow, so that was no verdict on it."""
    instants = [START - SPAN + left, *(START - SPAN + left * n / 20 for n in range(20))]
    listing = Listing(logs_at(instants), "cursors")
    listing.before = lambda number: setattr(listing, "is_too_slow", wider_than(SPAN / 4)) if number > 1 else None
    assert sorted(await walked(InParts(listing))) == sorted(listing.rows)


async def test_ht_04_a_list_with_numbers_only_that_becomes_too_slow_goes_on_from_where_it_had_come() -> None:
    listing = Listing(rows(500), "numbers")
    listing.before = lambda number: setattr(listing, "is_too_slow", wider_than(SPAN)) if number > 110 else None
    search = LogSearch(range=TimeRange(START - 500 * SECOND, START))
    assert await walked(InParts(listing), search, 4) == names(range(500))


async def test_a_cursor_that_nobody_gave_and_that_is_too_slow_is_an_error() -> None:
    listing = Listing(rows(65), "cursors", is_too_slow=wider_than(SPAN / 4))
    with pytest.raises(TooSlow):
        await InParts(listing).page(SEARCH, f"{START.isoformat()} r1", 10)
    assert len(listing.asked) == 1


async def test_a_list_in_parts_that_was_forgotten_says_so() -> None:
    listing = Listing(rows(65), "cursors", is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    page = await logs.page(SEARCH, FIRST_PAGE, 10)
    for number in range(64):
        await logs.page(replace(SEARCH, terms=(("status", (f"s{number}",)),)), FIRST_PAGE, 10)
    assert page.next
    with pytest.raises(NotFound, match="too old"):
        await logs.page(SEARCH, page.next, 10)


# --- Ranges on the time of the last update


def updated_rows() -> st.SearchStrategy[list[tuple[datetime, datetime]]]:
    """When rows were created and updated; many were updated on a border."""
    updated = offsets().map(lambda offset: START - offset)
    return st.lists(
        st.tuples(updated, st.integers(0, 200)).map(lambda row: (row[0] - row[1] * SECOND, row[0])), max_size=30
    )


def updated_listing(instants: list[tuple[datetime, datetime]], paging: Paging, width: timedelta) -> Listing:
    created = logs_at(created for created, _ in instants)
    updated = logs_at(updated for _, updated in instants)
    return Listing(created, paging, updated, is_too_slow=wider_than(width))


UPDATED = LogSearch(range=RANGE, on="updated")


@given(updated_rows(), WIDTHS, st.integers(1, 12), st.sampled_from(["totals", "cursors"]), st.sampled_from([1, 8]))
async def test_ht_04_a_range_of_updates_gives_every_row_once(
    instants: list[tuple[datetime, datetime]], width: timedelta, count: int, paging: Paging, at_once: int
) -> None:
    listing = updated_listing(instants, paging, width)
    truth = listing.found(UPDATED)
    logs = InParts(listing)
    assert sorted(await walked(logs, UPDATED, count, at_once=at_once)) == sorted(truth)
    if paging == "totals":
        # Rows that were updated on a border stand anywhere in its parts, so such a list may have no numbers.
        pages = await pages_of(logs, UPDATED, count)
        assert sorted(merged(pages)) == sorted(truth)
        assert {page.total for page in pages} <= {len(truth), None}


async def test_ht_04_rows_that_were_updated_on_a_border_hide_no_other() -> None:
    """The list of a part is sorted by creation, so what lies on its border may stand anywhere in it."""
    border = START - SPAN / 2
    instants = [
        (START - 70 * SECOND, START),
        (START - 90 * SECOND, border),
        (START - 50 * SECOND, border - SECOND),
        (START - 80 * SECOND, border - 2 * SECOND),
    ]
    listing = updated_listing(instants, "totals", SPAN / 2)
    logs = InParts(listing)
    assert sorted(await walked(logs, UPDATED)) == names(range(4))
    assert {page.total for page in await pages_of(logs, UPDATED)} <= {4, None}


@pytest.mark.parametrize("held", [0, 1])
async def test_ht_04_parts_of_updates_that_hold_nothing_are_no_server_that_repeats_itself(held: int) -> None:
    """A reader takes three empty pages in a row for one."""
    listing = updated_listing([(START - SPAN, START - SPAN)] * held, "totals", SPAN / 8)
    assert await walked(InParts(listing), UPDATED) == names(range(held))


async def test_ht_04_a_range_of_updates_is_split_by_updates() -> None:
    listing = updated_listing([(START - 500 * SECOND, START - SECOND)], "totals", SPAN / 2)
    await InParts(listing).page(UPDATED, FIRST_PAGE, 10)
    assert [search.range.since for search in listing.searches[:3]] == [START - SPAN, START - SPAN / 2, START - SPAN]
    assert {search.on for search in listing.searches} == {"updated"}


async def test_ht_04_a_bound_on_creation_does_not_shorten_a_range_of_updates() -> None:
    instants = [(START - (500 + n) * SECOND, START - (n + 0.5) * SECOND) for n in range(60)]
    listing = updated_listing(instants, "totals", SPAN / 2)
    pages = await pages_of(InParts(listing), replace(UPDATED, pin=START - 400 * SECOND))
    assert {page.gaps for page in pages} == {()}
    assert {page.total for page in pages} <= {60, None}
    assert merged(pages) == names(range(60))


async def test_ht_04_an_old_row_that_was_updated_last_does_not_bound_the_rest_of_its_list() -> None:
    """The pin that a reader takes from the first page is earlier than what older parts hold."""
    hole = START - SPAN
    instants = [
        (START - 5_000 * SECOND, START - SECOND),
        *((START - (n + 0.5) * SECOND, START - (n + 0.5) * SECOND) for n in range(33, 60)),
    ]
    listing = updated_listing(instants, "totals", SPAN / 2)
    slow = listing.is_too_slow
    listing.is_too_slow = lambda asked: slow(asked) or touches(hole)(asked)
    logs = InParts(listing)
    first = await logs.page(UPDATED, FIRST_PAGE, 1)
    assert first.gaps
    pages = await pages_of(logs, UPDATED.pinned(first.logs), 1)
    assert sorted(merged(pages)) == sorted(listing.rows)


# --- Gaps


@given(
    SEEDS,
    ROWS,
    st.lists(
        st.integers(0, 64).map(lambda second: second * 1_000) | st.integers(0, 64_000),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    st.integers(1, 12),
    st.sampled_from(["totals", "cursors"]),
    RANGES,
)
async def test_ht_04_what_no_second_of_the_range_can_be_read_for_is_named_and_the_rest_is_there(
    random: Random, instants: list[datetime], holes: list[int], count: int, paging: Paging, bounds: TimeRange
) -> None:
    listing = Listing(logs_at(instants), paging, post=AnyOrder(random))
    search = LogSearch(range=bounds)
    at = [START - hole * MILLISECOND for hole in holes]
    listing.is_too_slow = touches(*at)
    assume(listing.is_too_slow(Asked.by(search)))
    logs = InParts(listing)
    truth = listing.found(search)
    try:
        pages = await pages_of(logs, search, count)
    except TooSlow:
        assert paging == "cursors"
        return
    assert listing.most <= 4
    gaps = pages[0].gaps
    assert {page.gaps for page in pages} == {gaps}
    assert len(set(gaps)) == len(gaps)
    assert list(gaps) == sorted(gaps, key=lambda gap: gap.since or START, reverse=True)
    assert not {gap.since for gap in gaps} & {gap.until for gap in gaps}
    for gap in gaps:
        assert gap.since
        near = [hole for hole in at if gap.since <= hole <= (gap.until or START)]
        assert near
        assert min(near) - gap.since <= 3 * SECOND
        assert (gap.until or START) - max(near) <= 3 * SECOND
        assert (gap.until or START) - gap.since <= 4 * len(near) * SECOND
    found = merged(pages)
    assert [one for one in truth if one in set(found)] == found
    assert are_within((listing.rows[one] for one in set(truth) - set(found)), gaps)
    with pytest.raises(TimedOut, match="for a part of the range"):
        await walked(InParts(listing), search, count)


async def test_ht_04_no_second_is_a_gap_that_was_not_asked_for() -> None:
    """Three seconds touch a hole. None of that length was answered by then, yet the next one can be."""
    listing = Listing(rows(65), is_too_slow=touches(START, START - 2 * SECOND))
    page = await InParts(listing).page(SEARCH, FIRST_PAGE, 10)
    assert page.gaps == (TimeRange(START - 3 * SECOND, START),)


@pytest.mark.parametrize("paging", ["totals", "cursors"])
@pytest.mark.parametrize("span", [SPAN, timedelta(days=4_000)])
async def test_ht_04_a_server_that_never_answers_is_left_after_a_few_requests(paging: Paging, span: timedelta) -> None:
    listing = Listing(rows(65), paging, is_too_slow=lambda asked: True)
    with pytest.raises(TooSlow, match="took too long"):
        await InParts(listing).page(LogSearch(range=TimeRange(START - span, START)), FIRST_PAGE, 10)
    assert len(listing.asked) <= 1 + 2 * IN_VAIN


@FEW
@given(SEEDS, st.sampled_from(["totals", "cursors"]), st.integers(1, 64), st.booleans())
async def test_ht_04_what_is_not_looked_for_any_more_is_a_gap(
    random: Random, paging: Paging, limit: int, is_the_newer: bool
) -> None:
    """On one side of a moment nothing can be listed, however short the range is, and there are 4,096 seconds of it."""
    span = 64 * SPAN
    every = {f"r{number}": START - number * SPAN for number in range(65)}
    listing = Listing(every, paging, post=AnyOrder(random))
    border = START - limit * SPAN
    if is_the_newer:
        listing.is_too_slow = lambda asked: asked.until > border
    else:
        listing.is_too_slow = lambda asked: asked.since < border
    search = LogSearch(range=TimeRange(START - span, START))
    try:
        pages = await pages_of(InParts(listing), search)
    except TooSlow:
        pages = [LogPage(gaps=(search.range,))]
    assert listing.refused <= 1 + 6 * IN_VAIN
    found = merged(pages)
    assert found == [one for one in listing.found(search) if one in set(found)]
    assert are_within((every[one] for one in set(every) - set(found)), pages[0].gaps)
    assert {page.gaps for page in pages} == {pages[0].gaps}


@pytest.mark.parametrize("paging", ["totals", "cursors"])
async def test_ht_04_gaps_are_tried_again_when_the_list_is_read_anew(paging: Paging) -> None:
    listing = Listing(rows(65), paging, is_too_slow=touches(START - 20 * SECOND))
    logs = InParts(listing)
    assert (await logs.page(SEARCH, FIRST_PAGE, 10)).gaps
    listing.is_too_slow = lambda asked: False
    pages = await pages_of(logs)
    assert {page.gaps for page in pages} == {()}
    assert merged(pages) == names(range(65))


async def test_ht_04_a_later_page_does_not_try_the_gaps_again() -> None:
    listing = Listing(rows(65), is_too_slow=touches(START - 20 * SECOND))
    logs = InParts(listing)
    first = await logs.page(SEARCH, FIRST_PAGE, 10)
    before = len(listing.asked)
    assert (await logs.page(SEARCH, 4, 10)).gaps == first.gaps
    assert len(listing.asked) - before <= 2


@pytest.mark.parametrize("span", [timedelta(0), SECOND / 2, SECOND])
async def test_ht_04_a_second_that_took_too_long_once_is_asked_for_again(span: timedelta) -> None:
    """It cannot be split, so the server has to be asked as it is."""
    listing = Listing(rows(65), is_too_slow=lambda asked: True)
    logs = InParts(listing)
    search = LogSearch(range=TimeRange(START - span, START))
    with pytest.raises(TooSlow):
        await logs.page(search, FIRST_PAGE, 10)
    listing.is_too_slow = lambda asked: False
    assert (await logs.page(search, FIRST_PAGE, 10)).logs


@pytest.mark.parametrize("place", [2, 4, 12])
async def test_ht_04_an_error_while_the_range_is_split_is_that_error_and_nothing_is_kept_of_it(place: int) -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 8), post=AnyOrder(Random(3)))

    def fail(number: int) -> None:
        if number == place:
            raise ServerTrouble("The server failed.")

    listing.before = fail
    logs = InParts(listing)
    with pytest.raises(ServerTrouble):
        await logs.page(SEARCH, FIRST_PAGE, 10)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert await walked(logs) == names(range(65))


async def test_ht_05_splitting_that_is_cancelled_leaves_no_task() -> None:
    post = Stalled(9, 4)
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 8), post=post)
    reading = asyncio.create_task(InParts(listing).page(SEARCH, FIRST_PAGE, 10))
    await post.crowded()
    assert listing.in_flight == 4
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert listing.in_flight == 0


async def test_ht_04_what_is_going_on_is_told() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 4))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    assert len(logs.told) == 2
    assert in_units(SPAN / 4) in logs.told[-1]


# --- What is remembered


async def test_ht_04_a_range_as_wide_as_one_that_was_too_wide_is_split_at_once() -> None:
    listing = Listing(rows(200), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    before = len(listing.asked)
    other = LogSearch(range=TimeRange(START - 3 * SPAN, START - 2 * SPAN))
    await logs.page(other, FIRST_PAGE, 10)
    assert other.range not in [search.range for search in listing.searches[before:]]


@pytest.mark.parametrize("change", [{"terms": (("status", ("failed",)),)}, {"on": "updated"}])
async def test_ht_04_a_search_for_something_else_is_tried_whole(change: dict[str, Any]) -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    listing.is_too_slow = lambda asked: False
    before = len(listing.asked)
    await logs.page(replace(SEARCH, **change), FIRST_PAGE, 10)
    assert len(listing.asked) == before + 1


async def test_ht_04_a_shorter_range_is_tried_whole() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    before = len(listing.asked)
    await logs.page(LogSearch(range=TimeRange(START - SPAN / 2, START)), FIRST_PAGE, 10)
    assert len(listing.asked) == before + 1


async def test_ht_04_pages_asked_for_at_once_split_the_range_once() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 4), post=AnyOrder(Random(5)))
    logs = InParts(listing)
    pages = await asyncio.gather(*(logs.page(SEARCH, number, 10) for number in range(1, 8)))
    assert ids(pages) == names(range(65))
    first_pages = zip(listing.searches, listing.asked, strict=True)
    newest = (LogSearch(range=TimeRange(START - SPAN / 4, START)), FIRST_PAGE)
    assert sum(one == newest for one in first_pages) <= 2


async def test_a_list_in_parts_can_be_read_while_another_one_is_split() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    post = Stalled(0, 1)

    async def held(search: LogSearch, ref: PageRef, count: int) -> LogPage:
        return await post.deliver(ref, LogPage)

    other = replace(SEARCH, range=TimeRange(START - 3 * SPAN, START))
    splitting = asyncio.create_task(logs.searches.page(held, other, FIRST_PAGE, 10))
    await post.crowded()
    try:
        async with asyncio.timeout(2):
            assert (await logs.page(SEARCH, 2, 10)).logs
    finally:
        splitting.cancel()
        await asyncio.gather(splitting, return_exceptions=True)


# --- Parts that become too slow later


@pytest.mark.parametrize("at_once", [1, 8])
@FEW
@given(SEEDS, ROWS, st.integers(1, 12), st.integers(4, 30))
async def test_ht_04_a_part_that_becomes_too_slow_is_split_further(
    at_once: int, random: Random, instants: list[datetime], count: int, after: int
) -> None:
    listing = Listing(logs_at(instants), is_too_slow=wider_than(SPAN / 2), post=AnyOrder(random))
    truth = listing.found(SEARCH)

    def slow_down(number: int) -> None:
        if number > after:
            listing.is_too_slow = wider_than(SPAN / 8)

    listing.before = slow_down
    logs = InParts(listing)
    assert await walked(logs, count=count, at_once=at_once) == truth
    others = range(2, -(-len(truth) // count) + 1)
    pages = await asyncio.gather(*(logs.page(SEARCH, number, count) for number in others))
    assert {(page.total, page.gaps) for page in pages} <= {(len(truth), ())}
    assert ids(pages) == truth[count:]


@pytest.mark.parametrize("paging", ["numbers", "cursors"])
async def test_ht_04_a_part_without_total_that_becomes_too_slow_is_split_further(paging: Paging) -> None:
    """Seven rows are of each millisecond, whose finer times nobody writes."""
    fine = [START - n // 7 * SECOND - (n % 7) * MILLISECOND / 10 - MILLISECOND / 5 for n in range(400)]
    listing = Listing(logs_at(fine), paging, is_too_slow=wider_than(SPAN / 2))
    listing.before = lambda number: setattr(listing, "is_too_slow", wider_than(SPAN / 8)) if number > 5 else None
    pages = await pages_of(InParts(listing))
    assert merged(pages) == names(range(400))
    assert len(ids(pages)) < 430, "it goes on from where it had come"


async def test_ht_04_a_page_of_a_part_that_was_split_further_can_be_read_again() -> None:
    """As a reader does who scrolls back to rows that are not in memory any more."""
    listing = Listing(rows(65), "cursors", is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    refs = [page.next for page in await pages_of(logs)]
    listing.is_too_slow = wider_than(SPAN / 8)
    for ref in [*refs, *refs]:
        if ref is not None:
            assert (await logs.page(SEARCH, ref, 10)).logs


async def test_ht_04_a_part_that_cannot_be_read_for_a_while_leaves_no_gap_when_it_can() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    usual, listing.is_too_slow = listing.is_too_slow, lambda asked: True
    for _ in range(2):
        with suppress(TooSlow):
            await logs.page(SEARCH, 5, 10)
    listing.is_too_slow = usual
    pages = await pages_of(logs)
    assert {page.gaps for page in pages} == {()}
    assert ids(pages) == names(range(65))


async def test_ht_04_a_part_of_which_a_second_becomes_unreadable_gives_the_rest() -> None:
    listing = Listing({name: at - SECOND / 4 for name, at in rows(64).items()}, is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    usual = listing.is_too_slow
    listing.is_too_slow = lambda asked: usual(asked) or touches(START - 45.5 * SECOND)(asked)
    page = await logs.page(SEARCH, 5, 10)
    assert page.gaps == (TimeRange(START - 46 * SECOND, START - 45 * SECOND),)
    assert page.total == 63
    again = await asyncio.gather(*(logs.page(SEARCH, number, 10) for number in range(2, 8)))
    assert ids(again) == [*names(range(10, 45)), *names(range(46, 64))]


@pytest.mark.parametrize("second", [31, 32, 33, 45, 62])
async def test_ht_04_what_lies_on_the_borders_of_a_gap_is_there(second: int) -> None:
    """Rows lie on every border; the parts beside the gap have those of the gap's."""
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    usual = listing.is_too_slow
    listing.is_too_slow = lambda asked: usual(asked) or touches(START - (second + 0.5) * SECOND)(asked)
    for _ in range(2):
        pages = await asyncio.gather(*(logs.page(SEARCH, number, 10) for number in range(2, 8)))
    assert {page.gaps for page in pages} == {(TimeRange(START - (second + 1) * SECOND, START - second * SECOND),)}
    assert ids(pages) == names(range(10, 65))


async def test_ht_04_gaps_that_turn_up_one_after_the_other_are_all_named() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    usual = listing.is_too_slow
    listing.is_too_slow = lambda asked: usual(asked) or touches(START - 20.5 * SECOND, START - 45.5 * SECOND)(asked)
    await logs.page(SEARCH, 2, 10)
    await logs.page(SEARCH, 5, 10)
    page = await logs.page(SEARCH, 6, 10)
    assert {gap.until for gap in page.gaps} == {START - 20 * SECOND, START - 45 * SECOND}


async def test_ht_04_a_list_of_which_nothing_can_be_read_any_more_is_not_empty() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    listing.is_too_slow = lambda asked: True
    for number in (3, 6, 3, 6):
        try:
            page = await logs.page(SEARCH, number, 10)
        except TooSlow:
            continue
        assert page.gaps


# --- Lists that change


@pytest.mark.parametrize("paging", ["totals", "cursors"])
async def test_ht_04_traffic_that_comes_meanwhile_shifts_nothing(paging: Paging) -> None:
    search = LogSearch(range=TimeRange(START - SPAN, None))
    listing = Listing(rows(65), paging, is_too_slow=wider_than(SPAN / 2))
    listing.before = lambda number: listing.rows.update(
        {f"new{number}-{n}": START + timedelta(seconds=number, microseconds=n) for n in range(7)} if number > 4 else {}
    )
    assert await walked(InParts(listing), search) == names(range(65))


@pytest.mark.parametrize("paging", ["totals", "cursors"])
@pytest.mark.parametrize("count", [10, 50])
async def test_ht_04_a_list_that_is_read_anew_has_what_came_since(paging: Paging, count: int) -> None:
    search = LogSearch(range=TimeRange(START - SPAN, None))
    listing = Listing(rows(65), paging, is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    assert await walked(logs, search, count) == names(range(65))
    listing.rows["new"] = START + SECOND
    assert await walked(logs, search, count) == ["new", *names(range(65))]


async def test_ht_04_a_pin_that_a_search_has_is_not_moved() -> None:
    pin = START - 5 * SECOND
    search = replace(SEARCH, range=TimeRange(START - SPAN, None), pin=pin)
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 4))
    await pages_of(InParts(listing), search, 3)
    assert {one.pin for one in listing.searches} == {pin}


@pytest.mark.parametrize("at_once", [1, 8])
@FEW
@given(SEEDS, st.dictionaries(st.integers(4, 25), st.integers(0, 64), max_size=2), st.integers(3, 12))
async def test_ht_04_rows_that_come_late_push_none_that_stays_out_of_sight(
    at_once: int, random: Random, late: dict[int, int], count: int
) -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2), post=AnyOrder(random))
    listing.before = lambda number: listing.rows.update(
        {f"late{number}": START - late[number] * SECOND + SECOND / 2} if number in late else {}
    )
    found = await walked(InParts(listing), count=count, at_once=at_once)
    assert len(found) == len(set(found))
    assert set(names(range(65))) - set(found) == set()


@pytest.mark.parametrize("at_once", [1, 8])
@FEW
@given(SEEDS, st.dictionaries(st.integers(4, 25), st.integers(0, 64), max_size=2), st.integers(3, 12))
async def test_ht_04_rows_that_go_pull_none_that_stays_out_of_sight(
    at_once: int, random: Random, going: dict[int, int], count: int
) -> None:
    """None of those that go lies on a border."""
    fine = {name: at - SECOND / 2 for name, at in rows(65).items()}
    listing = Listing(fine, is_too_slow=wider_than(SPAN / 2), post=AnyOrder(random))
    listing.before = lambda number: listing.rows.pop(f"r{going[number]}", None) if number in going else None
    found = await walked(InParts(listing), LogSearch(range=RANGE), count=count, at_once=at_once)
    assert len(found) == len(set(found))
    assert set(listing.found(SEARCH)) - set(found) == set()


@pytest.mark.parametrize("at_once", [1, 8])
async def test_ht_04_a_row_that_comes_late_at_the_end_of_a_part_moves_the_next_one_as_a_whole(at_once: int) -> None:
    """The page on the border of two parts is not made of what the one had before and the other has now."""
    listing = Listing({name: at - SECOND / 4 for name, at in rows(64).items()}, is_too_slow=wider_than(SPAN / 2))
    logs = InParts(listing)
    first = await logs.page(SEARCH, FIRST_PAGE, 12)
    assert first.total == 64
    listing.rows |= {f"late{n}": START - n * SECOND - SECOND / 2 for n in range(3)}
    page = await logs.page(SEARCH, 3, 12)
    assert (page.total, ids([page])) == (67, listing.found(SEARCH)[24:36])
    assert sorted(await walked(logs, count=12, at_once=at_once)) == sorted(listing.rows)


@given(SEEDS, st.integers(4, 20), st.integers(0, 63), st.integers(3, 12))
async def test_ht_04_the_rows_and_the_total_of_a_page_are_of_one_list(
    random: Random, after: int, place: int, count: int
) -> None:
    """Several pages are asked for at once, a row goes, and an older answer comes after a newer one."""
    fine = {name: at - SECOND / 4 for name, at in rows(64).items()}
    listing = Listing(fine, is_too_slow=wider_than(SPAN / 2), post=AnyOrder(random))
    lists = {64: listing.found(SEARCH)}

    def go(number: int) -> None:
        if number == after:
            del listing.rows[f"r{place}"]
            lists[63] = listing.found(SEARCH)

    listing.before = go
    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, count)
    numbers = range(1, 64 // count + 1)
    for number, page in zip(
        numbers, await asyncio.gather(*(logs.page(SEARCH, number, count) for number in numbers)), strict=True
    ):
        assert page.total is not None
        assert ids([page]) == lists[page.total][(number - 1) * count : number * count]


async def test_ht_04_a_page_whose_parts_never_stand_still_is_given_after_a_few_requests() -> None:
    listing = Listing(rows(65), is_too_slow=wider_than(SPAN / 2))

    def come(number: int) -> None:
        assert number < 50
        listing.rows[f"late{number}"] = START - number * MILLISECOND

    logs = InParts(listing)
    await logs.page(SEARCH, FIRST_PAGE, 10)
    listing.before = come
    assert (await logs.page(SEARCH, 3, 10)).logs


# --- The whole stack


@dataclass
class SlowApi:
    """A simulated Platform API behind a gateway that gives up (504) where a range is wider than so many hours."""

    hours: float
    generation: Generation
    now: datetime
    refused: int = 0

    def __post_init__(self) -> None:
        self.tokens = Tokens(clock=lambda: self.now)
        self.world = World(1_500, now=self.now, clock=lambda: self.now)
        self._app: Any = simulator(self.world, tokens=self.tokens, generation=self.generation)

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        body, is_whole = b"", False
        while not is_whole:
            message = await receive()
            body, is_whole = body + message["body"], not message.get("more_body")
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        fields = query | (json.loads(body) if body else {})
        since, until = (Timestamp.read(fields.get(name, "")).instant for name in ("createdAfter", "createdBefore"))
        if since is None or (until or self.now) - since > timedelta(hours=self.hours):
            self.refused += 1
            await send({"type": "http.response.start", "status": 504, "headers": []})
            await send({"type": "http.response.body", "body": b"upstream request timeout"})
            return

        async def again() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)

    def client(self) -> PlatformClient:
        environment = self.world.production.id if self.generation == "environment" else None
        connection = Connection("http://127.0.0.1", str(self.world.organization.id), environment, self.generation)
        return PlatformClient(
            connection, lambda client: GivenToken(self.tokens.session()), transport=httpx.ASGITransport(self)
        )


async def read_all(api: SlowApi, at_once: int, since: datetime) -> list[Log]:
    client = api.client()
    try:
        search = LogSearch(range=TimeRange(since, None))
        return [log async for batch in walk(client.logs, search, at_once=at_once) for log in batch]
    finally:
        await client.aclose()


@pytest.mark.parametrize("generation", ["organization", "environment"])
async def test_ht_04_over_http_a_list_from_a_slow_server_is_that_of_a_fast_one(
    generation: Generation, now: datetime
) -> None:
    since = now - timedelta(hours=72)
    truth = await read_all(SlowApi(1_000, generation, now), 1, since)
    slow = SlowApi(7, generation, now)
    found = await read_all(slow, 8, since)
    assert slow.refused > 0
    assert [log.id for log in found] == [log.id for log in truth]
    assert found == truth
    assert len(truth) > 300


# --- Lists that become too slow under way


def too_slow_after(listing: Listing, answers: int, width: timedelta = SPAN / 2) -> None:
    """From then on what is wider takes too long."""
    wide = wider_than(width)
    listing.is_too_slow = lambda asked: len(listing.asked) > answers and wide(asked)


@pytest.mark.parametrize("at_once", [1, 8])
async def test_ht_04_pages_shorter_than_asked_for_keep_their_numbers_in_parts(at_once: int) -> None:
    listing = Listing(rows(60), cap=20)
    too_slow_after(listing, 1, SPAN / 8)
    assert await walked(InParts(listing), count=50, at_once=at_once) == names(range(60))


@pytest.mark.parametrize("at_once", [1, 8])
async def test_ht_04_a_list_by_time_of_update_that_becomes_too_slow_is_read_to_its_end(at_once: int) -> None:
    instants = [(START - (n + 1) * SECOND, START - (n + 0.5) * SECOND) for n in range(60)]
    listing = updated_listing(instants, "totals", SPAN)
    too_slow_after(listing, 3)
    found = await walked(InParts(listing), UPDATED, at_once=at_once)
    assert sorted(found) == sorted(listing.rows)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("seed", range(8))
async def test_ht_04_a_part_can_be_read_twice_at_once_while_it_becomes_too_slow(seed: int) -> None:
    listing = Listing(rows(60), "cursors", is_too_slow=wider_than(SPAN / 2), post=AnyOrder(Random(seed)))
    logs = InParts(listing)
    ref = (await logs.page(SEARCH, FIRST_PAGE, 10)).next
    while not (isinstance(ref, PartRef) and ref.ref == FIRST_PAGE):
        assert ref
        ref = (await logs.page(SEARCH, ref, 10)).next
    await logs.page(SEARCH, ref, 10)
    listing.is_too_slow = wider_than(SPAN / 4)
    pages = await asyncio.gather(*(logs.page(SEARCH, ref, 10) for _ in range(3)))
    assert all(page.logs for page in pages)
