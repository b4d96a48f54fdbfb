"""The rows that pages of filters make."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.filter_list import FilterPage, FilterSearch
from redox_tui.domain.filter_listing import FilterListing
from redox_tui.domain.filters import Change, Filter

A, B, C = (Filter(name, id=name.lower(), filter_version=1) for name in ("Alpha", "Beta", "Gamma"))


def names(listing: FilterListing) -> list[str]:
    return [one.name for one in listing.rows]


def test_pages_follow_each_other_until_there_is_no_next_one() -> None:
    listing = FilterListing().put(1, FilterPage((A, B), total=3, next=2))
    assert (names(listing), listing.next, listing.count_words(0)) == (["Alpha", "Beta"], 2, "row 1 of 3")
    listing = listing.put(2, FilterPage((C,), total=3))
    assert (names(listing), listing.next, listing.count_words(2)) == (["Alpha", "Beta", "Gamma"], None, "row 3 of 3")


def test_a_page_that_nobody_waits_for_changes_nothing() -> None:
    listing = FilterListing().put(1, FilterPage((A,), next=2))
    assert listing.put(1, FilterPage((B,))) is listing
    assert listing.put(3, FilterPage((B,))) is listing


def test_a_page_that_names_itself_as_the_next_one_is_the_last() -> None:
    assert FilterListing().put(1, FilterPage((A,), next=1)).next is None


def test_a_list_without_a_total_says_that_it_goes_on() -> None:
    listing = FilterListing().put(1, FilterPage((A, B), next=2))
    assert listing.count_words(1) == "row 2 of >2"
    assert FilterListing().put(1, FilterPage((), next=2)).count_words(0) == "none so far"
    assert FilterListing().put(1, FilterPage(())).count_words(0) == "no filters"


def test_the_total_of_a_list_with_older_versions_counts_versions_so_it_is_not_shown() -> None:
    versions = (A, replace(A, filter_version=2), B)
    listing = FilterListing(FilterSearch(deleted=True)).put(1, FilterPage(versions, total=60, next=2))
    assert listing.count_words(0) == "row 1 of >2"
    assert [one.filter_version for one in listing.rows] == [2, 1]


def test_what_was_saved_takes_its_place_and_a_new_one_comes_first() -> None:
    listing = FilterListing().put(1, FilterPage((A, B), total=2))
    listing = listing.with_saved(replace(B, name="Better", filter_version=2)).with_saved(C)
    assert names(listing) == ["Gamma", "Alpha", "Better"]
    assert listing.total == 3


def test_what_was_deleted_is_no_row_or_one_that_says_so() -> None:
    page = FilterPage((A, B), total=2)
    assert names(FilterListing().put(1, page).without("a")) == ["Alpha", "Beta"]
    listing = FilterListing().put(1, page).without("alpha")
    assert (names(listing), listing.total) == (["Beta"], 1)
    shown = FilterListing(FilterSearch(deleted=True)).put(1, page).without("alpha")
    assert [one.deleted for one in shown.rows] == [Change(), None]


def test_a_name_is_looked_for_regardless_of_case() -> None:
    listing = replace(FilterListing().put(1, FilterPage((A, B, C))), name="AM")
    assert names(listing) == ["Gamma"]


def test_records_without_an_id_are_rows_of_their_own() -> None:
    nameless = Filter("", problem="unreadable: id")
    assert len(FilterListing().put(1, FilterPage((nameless, nameless, A))).rows) == 3


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 5))), st.sampled_from("abcde"))
def test_a_filter_is_one_row_whatever_is_read_saved_or_deleted(read: list[tuple[str, int]], name: str) -> None:
    found = tuple(Filter(one, id=one, filter_version=version) for one, version in read)
    for deleted in (False, True):
        listing = FilterListing(FilterSearch(deleted=deleted)).put(1, FilterPage(found))
        for after in (listing, listing.with_saved(Filter("saved", id=name, filter_version=9)), listing.without(name)):
            ids = [one.id for one in after.rows]
            assert len(ids) == len(set(ids))
            assert set(ids) ^ {one.id for one in found} <= {name}
