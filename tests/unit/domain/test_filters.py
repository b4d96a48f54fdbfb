"""What filters mean: the truth table of rules, what is assumed; explaining and comparing agree with deciding."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.filters import (
    ASSUMED,
    Filter,
    FilterError,
    Meaning,
    Policy,
    Rule,
    as_text,
    evaluate,
    explain,
)
from redox_tui.domain.impact import impact

PATHS = ("$.A", "$.B[*].C", "$.D.E", '$.B[?(@.C=="x")].F')
TEXTS = ("x", "y", "1", "true", "")

ONE = "$.Visit.PatientClass"
MANY = "$.Patient.Identifiers[*].IDType"


def at_one(value: Any) -> dict[str, Any]:
    return {"Visit": {"PatientClass": value}}


def at_many(*values: Any) -> dict[str, Any]:
    return {"Patient": {"Identifiers": [{"IDType": value} for value in values]}}


TABLE = [
    # what is there                  path  message                in the list, assumed under the point
    ("the value", ONE, at_one("x"), True, None),
    ("another value", ONE, at_one("y"), False, None),
    ("the value in another case", ONE, at_one("X"), False, None),
    ("the value with a space", ONE, at_one("x "), False, None),
    ("an empty value", ONE, at_one(""), False, None),
    ("nothing", ONE, {}, False, "missing"),
    ("a null", ONE, at_one(None), False, "missing"),
    ("an empty list", MANY, at_many(), False, "missing"),
    ("something in the place of an object", ONE, {"Visit": "x"}, False, "missing"),
    ("many with the value first", MANY, at_many("x", "y"), True, "several"),
    ("many with the value last", MANY, at_many("y", "x"), True, "several"),
    ("many that are all the value", MANY, at_many("x", "x"), True, None),
    ("many without the value", MANY, at_many("y", "z"), False, None),
    ("a number that is in the list", ONE, at_one(1), True, "non_string"),
    ("a number that is not", ONE, at_one(2), False, None),
    ("a number written otherwise", ONE, at_one(1.0), True, "non_string"),
    ("a truth that is in the list", ONE, at_one(True), True, "non_string"),
    ("a truth that is not", ONE, at_one(False), False, None),
    ("an object", ONE, at_one({"x": "x"}), False, None),
    ("an array", ONE, at_one(["x"]), False, None),
]


@pytest.mark.parametrize("allow", [True, False], ids=["allow", "deny"])
@pytest.mark.parametrize("action", ["send", "block-all"])
@pytest.mark.parametrize(("what", "path", "message", "is_in", "point"), TABLE, ids=[row[0] for row in TABLE])
def test_the_truth_table_of_rules(
    what: str, path: str, message: dict[str, Any], is_in: bool, point: str | None, action: str, allow: bool
) -> None:
    filter_ = Filter("a filter", action, (Rule(path, ("x", "1", "true"), allow),))
    verdict = explain(filter_, message)
    [finding] = verdict.findings
    assert finding.holds is (is_in if allow else not is_in)
    assert finding.assumed == ((point,) if point else ())
    assert evaluate(filter_, message) is verdict.delivered
    if action == "send":
        assert verdict.delivered is finding.holds
        assert verdict.rule == (None if finding.holds else 1)
        assert verdict.assumed == finding.assumed
    else:
        assert not verdict.delivered
        assert verdict.rule is None
        assert verdict.assumed == (("block_all",) if not finding.holds or point else ())


def test_every_rule_has_to_hold_and_the_first_that_does_not_is_named() -> None:
    rules = (Rule("$.A", ("x",)), Rule("$.B", ("x",)), Rule("$.C", ("x",), allow=False))
    assert evaluate(Filter("f", "send", rules), {"A": "x", "B": "x", "C": "y"})
    verdict = explain(Filter("f", "send", rules), {"A": "x", "B": "y", "C": "x"})
    assert (verdict.delivered, verdict.rule) == (False, 2)
    assert [finding.holds for finding in verdict.findings] == [True, False, False]
    assert [finding.found for finding in verdict.findings] == [("x",), ("y",), ("x",)]


@pytest.mark.parametrize(("action", "delivered"), [("send", True), ("block-all", False)])
def test_without_rules_the_action_alone_decides(action: str, delivered: bool) -> None:
    verdict = explain(Filter("f", action), {})
    assert (verdict.delivered, verdict.rule, verdict.assumed) == (delivered, None, ())


@pytest.mark.parametrize(
    ("policy", "message", "allowed", "denied"),
    [
        (Policy(several="every"), at_many("x", "y"), False, True),
        (Policy(several="every"), at_many("x", "x"), True, False),
        (Policy(several="every"), at_many(), False, True),
        (Policy(several="first"), at_many("x", "y"), True, False),
        (Policy(several="first"), at_many("y", "x"), False, True),
        (Policy(missing="fails"), at_many(), False, False),
        (Policy(missing="holds"), at_many(None), True, True),
        (Policy(non_string="outside"), at_many(1), False, True),
    ],
)
def test_each_undocumented_point_has_other_choices(
    policy: Policy, message: dict[str, Any], allowed: bool, denied: bool
) -> None:
    values = ("x", "1")
    assert evaluate(Filter("f", "send", (Rule(MANY, values),)), message, policy) is allowed
    assert evaluate(Filter("f", "send", (Rule(MANY, values, allow=False),)), message, policy) is denied


@pytest.mark.parametrize(("found", "delivered"), [("x", False), ("y", True)])
def test_block_all_may_be_gated_by_its_rules(found: str, delivered: bool) -> None:
    policy = Policy(block_all="if rules hold")
    assert evaluate(Filter("f", "block-all", (Rule("$.A", ("x",)),)), {"A": found}, policy) is delivered


def test_a_verdict_that_stands_anyway_assumes_nothing() -> None:
    rules = (Rule("$.Missing", ("x",)), Rule("$.A", ("x",)))
    assert explain(Filter("f", "send", rules), {"A": "y"}).assumed == ()
    assert explain(Filter("f", "send", rules), {"A": "x"}).assumed == ("missing",)


def test_points_that_decide_only_together_are_both_named() -> None:
    [finding] = explain(Filter("f", "send", (Rule("$.A[*]", ("x", "1")),)), {"A": ["x", 1]}).findings
    assert finding.assumed == ("several", "non_string")


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (1, "1"), (1.0, "1"), (1.5, "1.5"), (True, "true"), (False, "false"), (None, None), ([], None)],
)
def test_a_value_is_compared_as_this_text(value: Any, text: str | None) -> None:
    assert as_text(value) == text


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(FilterError, match="The action “drop” is unknown; there are send and block-all"):
        Meaning(Filter("f", "drop"))


def test_a_wrong_path_is_refused_with_its_rule_and_column() -> None:
    with pytest.raises(FilterError, match="Rule 2: ") as caught:
        Meaning(Filter("f", "send", (Rule("$.A", ("x",)), Rule("$.A b", ("x",)))))
    assert (caught.value.rule, caught.value.column) == (2, 5)


values = st.one_of(st.sampled_from(TEXTS), st.integers(0, 2), st.booleans(), st.none())
messages = st.fixed_dictionaries(
    {},
    optional={
        "A": values,
        "B": st.lists(st.fixed_dictionaries({}, optional={"C": values, "F": values}), max_size=3),
        "D": st.one_of(values, st.fixed_dictionaries({}, optional={"E": values})),
    },
)
rules = st.builds(
    Rule, st.sampled_from(PATHS), st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3).map(tuple), st.booleans()
)
filters = st.builds(
    Filter, st.just("f"), st.sampled_from(["send", "block-all"]), st.lists(rules, max_size=4).map(tuple)
)
POLICIES = [
    Policy(several, missing, non_string, block_all)  # type: ignore[arg-type]
    for several, missing, non_string, block_all in product(
        ("any", "every", "first"), ("outside", "fails", "holds"), ("text", "outside"), ("always", "if rules hold")
    )
]


@given(filters, messages, st.sampled_from(POLICIES))
def test_explaining_and_comparing_agree_with_deciding(filter_: Filter, message: dict[str, Any], policy: Policy) -> None:
    delivered = evaluate(filter_, message, policy)
    verdict = explain(filter_, message, policy)
    assert verdict.delivered is delivered
    if verdict.rule is not None:
        assert not delivered
        assert not verdict.findings[verdict.rule - 1].holds
    alone = impact(filter_, None, [message], policy)
    assert (alone.delivered_now, alone.delivered_proposed) == (int(delivered), 1)


@given(filters, messages)
def test_nothing_is_assumed_exactly_where_every_policy_agrees(filter_: Filter, message: dict[str, Any]) -> None:
    verdicts = {evaluate(filter_, message, policy) for policy in POLICIES}
    assert bool(explain(filter_, message, ASSUMED).assumed) is (len(verdicts) > 1)


@given(filters, filters, st.lists(messages, max_size=6))
def test_an_impact_is_what_deciding_each_message_twice_gives(
    current: Filter, proposed: Filter, samples: list[dict[str, Any]]
) -> None:
    found = impact(current, proposed, iter(samples))
    now = [evaluate(current, sample) for sample in samples]
    then = [evaluate(proposed, sample) for sample in samples]
    assert (found.messages, found.delivered_now, found.delivered_proposed) == (len(samples), sum(now), sum(then))
    assert (found.filtered_now, found.filtered_proposed) == (now.count(False), then.count(False))
    changes = [(place, after) for place, (before, after) in enumerate(zip(now, then, strict=True)) if before != after]
    assert [(one.index, one.delivered) for one in found.changed] == changes
    for one in found.changed:
        decided_by = explain(current if one.delivered else proposed, samples[one.index])
        assert one.rule == decided_by.rule
    for count in found.rules:
        each = [explain(proposed, sample) for sample in samples]
        assert count.holds == sum(verdict.findings[count.number - 1].holds for verdict in each)
        assert count.stops == sum(verdict.rule == count.number for verdict in each)
