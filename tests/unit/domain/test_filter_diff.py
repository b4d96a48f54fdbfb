"""Differences of two filters, as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.filter_diff import differences
from redox_tui.domain.filters import Filter, Rule

A, B, C = Rule("$.a", ("1",)), Rule("$.b", ("1", "2"), allow=False), Rule("$.c", ("3",))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ((A, B), (A, B), []),
        ((A,), (A, B), ["+ rule 2 deny $.b “1”, “2”"]),
        ((A, B, C), (A, C), ["- rule 2 deny $.b “1”, “2”"]),
        ((A, B), (A, Rule("$.b", ("2", "3"), allow=False)), ["rule 2 deny $.b: − “1”, + “3”"]),
        ((B,), (Rule("$.b", ("2", "1"), allow=False),), ["rule 1 deny $.b: the same values in another order"]),
        ((A,), (Rule("$.a", ("1",), allow=False),), ["- rule 1 allow $.a “1”", "+ rule 1 deny $.a “1”"]),
        ((A,), (Rule("$.a"),), ["rule 1 allow $.a: − “1”"]),
    ],
)
def test_rules_are_told_apart_by_path_and_kind(
    before: tuple[Rule, ...], after: tuple[Rule, ...], lines: list[str]
) -> None:
    assert differences(Filter("f", "send", before), Filter("f", "send", after)) == lines


def test_the_name_and_the_action_are_told() -> None:
    lines = differences(Filter("old"), Filter("new", "block-all"))
    assert lines == ["name: “old” → “new”", "action: “send” → “block-all”"]


def test_many_values_are_counted() -> None:
    values = tuple(str(number) for number in range(10_000))
    [line] = differences(Filter("f"), Filter("f", "send", (Rule("$.a", values),)))
    assert line.endswith("“19” and 9,980 more")


rules = st.lists(st.sampled_from([A, B, C, Rule("$.a", ("1", "2"))]), max_size=4).map(tuple)


@given(rules, rules)
def test_there_is_a_difference_exactly_where_the_rules_differ(
    before: tuple[Rule, ...], after: tuple[Rule, ...]
) -> None:
    assert bool(differences(Filter("f", "send", before), Filter("f", "send", after))) is (before != after)


def test_of_thousands_of_values_those_that_differ_are_named() -> None:
    old, new = (Rule("$.a", tuple(f"{first + number}" for number in range(10_000))) for first in (0, 1))
    lines = differences(Filter("f", "send", (old,)), Filter("f", "send", (new,)))
    assert lines == ["rule 1 allow $.a: − “0”, + “10000”"]
