"""Two changes of one filter as one."""

from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.filter_merge import merge
from redox_tui.domain.filters import Filter, Rule

A, B, C = Rule("$.a", ("1",)), Rule("$.b", ("2",)), Rule("$.c", ("3",), allow=False)
X, Y = Rule("$.x", ("x",)), Rule("$.y", ("y",))
A2, A3 = Rule("$.a", ("1", "2")), Rule("$.a", ("3",))

some_rules = st.lists(
    st.builds(Rule, st.sampled_from(("$.a", "$.b", "$.c")), st.lists(st.sampled_from("123"), max_size=2).map(tuple)),
    max_size=4,
).map(tuple)
filters = st.builds(Filter, st.sampled_from("nm"), st.sampled_from(("send", "block-all")), some_rules)


def of(*rules: Rule, name: str = "f", action: str = "send") -> Filter:
    return Filter(name, action, rules, id="f-1", filter_version=3)


def merged(base: Filter, theirs: Filter, yours: Filter) -> tuple[Rule, ...]:
    found = merge(base, theirs, yours)
    assert not found.clashes
    return found.filter.rules


def test_a_rule_that_only_one_side_has_changed_is_taken() -> None:
    assert merged(of(A, B), of(A2, B), of(A, Rule("$.b", ("9",)))) == (A2, Rule("$.b", ("9",)))


def test_rules_that_either_side_has_added_are_all_there_once() -> None:
    assert merged(of(A), of(A, X), of(A, Y)) == (A, X, Y)
    assert merged(of(A), of(A, X), of(A, X)) == (A, X)


def test_a_rule_that_one_side_has_removed_is_gone() -> None:
    assert merged(of(A, B, C), of(A, C), of(A, B, C, X)) == (A, C, X)


def test_the_same_change_on_both_sides_is_made_once() -> None:
    assert merged(of(A), of(A2), of(A2)) == (A2,)


def test_a_rule_that_both_have_changed_is_a_clash_of_which_yours_stays() -> None:
    found = merge(of(A, B), of(A2, B), of(A3, B))
    assert found.filter.rules == (A3, B)
    [clash] = found.clashes
    assert (clash.what, clash.theirs, clash.yours) == ("rule 1", "allow $.a “1”, “2”", "allow $.a “3”")


def test_a_rule_that_one_has_removed_and_the_other_changed_is_a_clash() -> None:
    found = merge(of(A, B), of(B), of(A3, B))
    assert found.filter.rules == (A3, B)
    assert found.clashes[0].theirs == "removed"


def test_name_and_action_are_merged_too() -> None:
    found = merge(of(A), of(A, name="theirs", action="block-all"), of(A, name="yours"))
    assert (found.filter.name, found.filter.action) == ("yours", "block-all")
    assert [clash.what for clash in found.clashes] == ["name"]


def test_the_result_is_of_their_version() -> None:
    theirs = Filter("f", "send", (A,), id="f-1", filter_version=4)
    assert merge(of(), theirs, of(X)).filter.filter_version == 4


@given(filters, filters)
def test_who_has_changed_nothing_gets_what_the_other_has(base: Filter, other: Filter) -> None:
    assert merge(base, other, base).clashes == ()
    assert sorted(map(repr, merge(base, other, base).filter.rules)) == sorted(map(repr, other.rules))
    assert sorted(map(repr, merge(base, base, other).filter.rules)) == sorted(map(repr, other.rules))


@given(filters, filters, filters)
def test_what_both_have_is_never_lost(base: Filter, theirs: Filter, yours: Filter) -> None:
    found = merge(base, theirs, yours)
    if not found.clashes:
        assert {*theirs.rules} & {*yours.rules} <= {*found.filter.rules}
