"""A whole list read page by page while rows come, go and change: nothing that stays is lost, nothing comes twice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api.errors import BadAnswer, ServerTrouble
from redox_tui.api.walk import walk
from redox_tui.domain.logs import Log, LogDetail, LogPage, PageRef
from redox_tui.domain.query import LogSearch
from redox_tui.domain.timerange import TimeRange, Timestamp, iso

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Listing:
    """Logs in memory, listed newest first; a script may change them before each answer.

    Times are held to the microsecond and written to the millisecond, as a server may do.
    """

    rows: dict[str, datetime]
    with_totals: bool = True
    before: Callable[[int], object] = lambda number: None
    asked: list[PageRef] = field(default_factory=list)
    searches: list[LogSearch] = field(default_factory=list)

    async def page(self, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        self.asked.append(ref)
        self.searches.append(search)
        self.before(len(self.asked))
        found = self._found(search)
        assert isinstance(ref, int)
        begin = (ref - 1) * count
        part = found[begin : begin + count]
        following = ref + 1 if begin + count < len(found) else None
        return LogPage(tuple(map(self._log, part)), len(found) if self.with_totals else None, count, following)

    async def get(self, log_id: str, data_mode: str | None = None) -> LogDetail:
        raise NotImplementedError

    def _found(self, search: LogSearch) -> list[str]:
        latest = min(filter(None, (search.pin, search.range.until)), default=datetime.max.replace(tzinfo=UTC))
        return sorted((one for one, at in self.rows.items() if at <= latest), key=lambda one: (self.rows[one], one))[
            ::-1
        ]

    def _log(self, log_id: str) -> Log:
        return Log(log_id, Timestamp.read(iso(self.rows[log_id])))


class Cursors(Listing):
    """The same list behind cursors, which name the last row that was given; there are no totals."""

    async def page(self, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        self.asked.append(ref)
        self.searches.append(search)
        self.before(len(self.asked))
        found = self._found(search)
        begin = found.index(ref) + 1 if isinstance(ref, str) else 0
        part = found[begin : begin + count]
        following = part[-1] if begin + count < len(found) else None
        return LogPage(tuple(map(self._log, part)), None, None, following)


def rows(count: int) -> dict[str, datetime]:
    """r0 is the newest, each next one a second older."""
    return {f"r{number}": START - timedelta(seconds=number) for number in range(count)}


def names(numbers: Iterable[int]) -> list[str]:
    return [f"r{number}" for number in numbers]


async def read(
    listing: Listing, count: int = 10, search: LogSearch | None = None, into: list[str] | None = None
) -> list[str]:
    """The ids of a walk in the order in which they came; `into` has those that came before an error."""
    found: list[str] = [] if into is None else into
    async for batch in walk(listing, search or LogSearch(), count):
        found += [log.id for log in batch]
    return found


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 20, 95])
async def test_a_list_that_stands_still_is_read_once_in_its_order(size: int) -> None:
    for listing in (Listing(rows(size)), Listing(rows(size), with_totals=False), Cursors(rows(size))):
        assert await read(listing) == names(range(size))
        assert len(listing.asked) == max(1, -(-size // 10))


async def test_a_page_is_given_as_soon_as_it_was_read() -> None:
    listing = Listing(rows(30))
    batches = walk(listing, LogSearch(), 10)
    assert len(await anext(batches)) == 10
    assert listing.asked == [1]
    await batches.aclose()


async def test_the_first_answer_bounds_the_rest_to_what_had_been_created_then() -> None:
    listing = Listing(rows(30))
    await read(listing)
    assert [search.pin for search in listing.searches] == [None] + [START + timedelta(milliseconds=1)] * 2


async def test_a_cursor_goes_back_with_the_search_that_it_came_from() -> None:
    listing = Cursors(rows(30))
    await read(listing)
    assert listing.searches == [LogSearch()] * 3


async def test_a_range_with_an_end_of_its_own_is_not_bounded_again() -> None:
    listing = Listing(rows(30))
    await read(listing, search=LogSearch(range=TimeRange(None, START)))
    assert {search.pin for search in listing.searches} == {None}


@pytest.mark.parametrize("kind", [Listing, Cursors])
async def test_traffic_that_comes_meanwhile_shifts_nothing(kind: type[Listing]) -> None:
    listing = kind(rows(35))
    listing.before = lambda number: listing.rows.update(
        {f"new{number}-{n}": START + timedelta(seconds=number, microseconds=n) for n in range(7)} if number > 1 else {}
    )
    assert await read(listing) == names(range(35))


@pytest.mark.parametrize("size", [20, 35])
async def test_rows_of_one_millisecond_that_is_not_over_are_neither_lost_nor_doubled(size: int) -> None:
    fine = {f"r{number}": START + timedelta(microseconds=900 - number) for number in range(size)}
    for listing in (Listing(dict(fine)), Listing(dict(fine), with_totals=False), Cursors(dict(fine))):
        assert await read(listing) == names(range(size))


async def test_a_row_that_comes_late_in_the_part_still_to_read_is_read() -> None:
    listing = Listing(rows(30))
    late = START - timedelta(seconds=15, milliseconds=500)
    listing.before = lambda number: listing.rows.update({"late": late} if number == 2 else {})
    found = await read(listing)
    assert sorted(found) == sorted([*names(range(30)), "late"])


async def test_a_row_that_comes_late_in_the_part_already_read_doubles_nothing() -> None:
    listing = Listing(rows(30))
    late = START - timedelta(seconds=2, milliseconds=500)
    listing.before = lambda number: listing.rows.update({"late": late} if number == 3 else {})
    found = await read(listing)
    assert [one for one in found if one != "late"] == names(range(30))


@pytest.mark.parametrize("gone", [1, 9, 10, 11, 20])
async def test_rows_that_slip_into_pages_already_read_are_fetched_from_there(gone: int) -> None:
    listing = Listing(rows(60))

    def remove(number: int) -> None:
        if number == 4:
            for name in names(range(gone)):
                del listing.rows[name]

    listing.before = remove
    assert await read(listing) == names(range(60))


async def test_the_pages_before_are_read_again_only_as_far_as_rows_moved() -> None:
    listing = Listing(rows(60))
    listing.before = lambda number: listing.rows.pop("r0", None) if number == 5 else None
    assert await read(listing) == names(range(60))
    assert listing.asked == [1, 2, 3, 4, 5, 4, 6]


async def test_a_list_that_shrinks_to_nothing_ends() -> None:
    listing = Listing(rows(60))
    listing.before = lambda number: listing.rows.clear() if number == 3 else None
    assert await read(listing) == names(range(20))


async def test_a_list_that_shrinks_at_its_end_ends_earlier() -> None:
    listing = Listing(rows(30))
    listing.before = lambda number: [listing.rows.pop(name, None) for name in names(range(18, 30))]
    assert await read(listing) == names(range(18))


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


async def test_a_record_without_an_id_is_never_taken_for_another() -> None:
    pages: dict[PageRef, LogPage] = {
        1: LogPage((Log(""), Log("")), 4),
        2: LogPage((Log(""), Log("a")), 4),
    }
    assert await read(Scripted(pages)) == ["", "", "", "a"]


class Scripted(Listing):
    """Answers by page reference, as written."""

    def __init__(self, pages: dict[PageRef, LogPage]) -> None:
        super().__init__({})
        self.pages = pages

    async def page(self, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        self.asked.append(ref)
        return self.pages[ref]


async def test_a_list_with_totals_but_without_links_is_read_to_its_end() -> None:
    pages: dict[PageRef, LogPage] = {number: LogPage((Log(f"r{number}"),), 5) for number in range(1, 6)}
    assert await read(Scripted(pages)) == names(range(1, 6))


async def test_logs_that_the_server_lists_twice_come_once() -> None:
    pages: dict[PageRef, LogPage] = {
        1: LogPage((Log("a"), Log("b"), Log("a")), None, None, "c-1"),
        "c-1": LogPage((Log("b"), Log("c"))),
    }
    assert await read(Scripted(pages)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "pages",
    [
        {1: LogPage((Log("a"),), next="c-1"), "c-1": LogPage((Log("b"),), next="c-1")},
        {
            1: LogPage((Log("a"),), next="c-1"),
            "c-1": LogPage((Log("b"),), next="c-2"),
            "c-2": LogPage((Log("c"),), next="c-1"),
        },
        {1: LogPage((Log("a"),), next=1)},
        {1: LogPage((Log("a"),), next=2), 2: LogPage((Log("b"),), next=1)},
    ],
)
async def test_a_server_that_goes_in_circles_is_left_with_an_error_after_each_log_came_once(
    pages: dict[PageRef, LogPage],
) -> None:
    found: list[str] = []
    with pytest.raises(BadAnswer, match="The server repeats itself"):
        await read(Scripted(pages), into=found)
    assert found == [log.id for page in pages.values() for log in page.logs]


async def test_pages_without_news_are_followed_twice_and_no_further() -> None:
    pages: dict[PageRef, LogPage] = {1: LogPage((Log("a"),), next="c-1")}
    pages |= {f"c-{n}": LogPage((), next=f"c-{n + 1}") for n in range(1, 100)}
    listing = Scripted(pages)
    with pytest.raises(BadAnswer, match="The server repeats itself"):
        await read(listing)
    assert listing.asked == [1, "c-1", "c-2", "c-3"]


async def test_an_empty_page_in_the_middle_is_passed() -> None:
    pages: dict[PageRef, LogPage] = {
        1: LogPage((Log("a"),), next="c-1"),
        "c-1": LogPage((), next="c-2"),
        "c-2": LogPage((Log("b"),)),
    }
    assert await read(Scripted(pages)) == ["a", "b"]


async def test_an_error_in_the_middle_comes_after_the_logs_before_it() -> None:
    listing = Listing(rows(30))

    def fail(number: int) -> None:
        if number == 2:
            raise ServerTrouble("The server failed.")

    listing.before = fail
    found: list[str] = []
    with pytest.raises(ServerTrouble):
        await read(listing, into=found)
    assert found == names(range(10))
