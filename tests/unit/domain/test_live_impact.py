"""The impact while somebody types: the same figures as from the beginning, at the price of what is new."""

from collections.abc import Generator
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.filters import Filter, FilterError, Policy, Rule
from redox_tui.domain.impact import Impact, impact
from redox_tui.domain.live_impact import Progress, SampleSet
from redox_tui.domain.samples import Sample

PATHS = ("$.a", "$.b[*]", "$..c", "$.b[0]", "$['a']")
leaves = st.none() | st.booleans() | st.integers(0, 2) | st.floats(0, 2) | st.sampled_from(("x", "y", "1", ""))
messages = st.fixed_dictionaries(
    {}, optional={"a": leaves, "b": st.lists(leaves, max_size=3), "d": st.fixed_dictionaries({"c": leaves})}
)
rules = st.builds(
    Rule,
    st.sampled_from(PATHS),
    st.lists(st.sampled_from(("x", "y", "1", "true", "")), max_size=3).map(tuple),
    st.booleans(),
)
filters = st.none() | st.builds(
    Filter, st.just("f"), st.sampled_from(("send", "block-all")), st.lists(rules, max_size=4).map(tuple)
)
policies = st.builds(
    Policy,
    several=st.sampled_from(("any", "every", "first")),
    missing=st.sampled_from(("outside", "fails", "holds")),
    block_all=st.sampled_from(("always", "if rules hold")),
)

Answer = TypeVar("Answer")


def run(looking: Generator[Progress, None, Answer]) -> Answer:
    while True:
        try:
            next(looking)
        except StopIteration as end:
            answer: Answer = end.value
            return answer


def a_set(found: list[Any]) -> SampleSet:
    return SampleSet(Sample(str(number), message) for number, message in enumerate(found))


@given(st.lists(messages, max_size=40), filters, st.lists(filters, min_size=1, max_size=4), policies)
def test_the_figures_are_those_of_an_impact_from_the_beginning(
    found: list[Any], current: Filter | None, proposed: list[Filter | None], policy: Policy
) -> None:
    samples = a_set(found)
    for one in proposed:
        assert run(samples.impact(current, one, policy)) == impact(current, one, found, policy)


def test_only_a_path_that_is_new_is_looked_for() -> None:
    samples = a_set([{"a": "x", "b": "y"}] * 100)
    looks = [max(done for done, _ in samples.impact(None, _filter("$.a", "x")))]
    looks += [max(done for done, _ in samples.impact(None, _filter("$.a", value))) for value in ("y", "z")]
    assert looks[0] > 50
    assert looks[1:] == [1, 1]


def test_it_yields_so_often_that_somebody_who_waits_is_served() -> None:
    samples = a_set([{"a": "x"}] * 1_000)
    assert sum(1 for _ in samples.impact(None, _filter("$.a", "x"))) > 100


def test_one_that_was_given_up_leaves_the_figures_right() -> None:
    found = [{"a": "x"}, {"a": "y"}] * 500
    samples = a_set(found)
    given_up = samples.impact(None, _filter("$.a", "x"))
    next(given_up)
    given_up.close()
    assert run(samples.impact(None, _filter("$.a", "x"))) == impact(None, _filter("$.a", "x"), found)


def test_values_are_counted_as_a_rule_compares_them() -> None:
    samples = a_set([{"a": 1}, {"a": 1.0}, {"a": True}, {"a": None}, {"a": ["x"]}, {}])
    assert samples.seen("$.a") == {}
    run(samples.impact(None, _filter("$.a", "x")))
    assert samples.seen("$['a']") == {"1": 2, "true": 1}
    assert samples.seen("no path") == {}


def test_many_messages_are_the_same_when_they_are_wanted_again() -> None:
    found = [{"a": str(number)} for number in range(2_100)]
    samples = a_set(found)
    assert list(samples.messages()) == found
    assert samples.message(2_099) == {"a": "2099"}
    wanted = _filter("$.a", "2099")
    assert run(samples.impact(None, wanted)) == impact(None, wanted, found)


def test_what_makes_no_sense_is_an_error() -> None:
    with pytest.raises(FilterError, match="Rule 1"):
        run(a_set([{}]).impact(None, _filter("$.", "x")))


def test_hundreds_of_rules_are_counted_each() -> None:
    found = [{"a": str(number)} for number in range(50)]
    many = Filter("f", "send", tuple(Rule("$.a", (str(number),), allow=False) for number in range(500)))
    counted: Impact = run(a_set(found).impact(None, many))
    assert counted == impact(None, many, found)
    assert [rule.stops for rule in counted.rules[:51]] == [1] * 50 + [0]


def _filter(path: str, value: str) -> Filter:
    return Filter("f", "send", (Rule(path, (value,)),))
