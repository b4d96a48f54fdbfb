"""What is said about a filter before it is saved."""

import re

import pytest

from redox_tui.domain.fields import Fields, fields_of
from redox_tui.domain.filters import Filter, Rule
from redox_tui.domain.lint import errors, remarks

CLASS = "$.Visit.PatientClass"


def said(*rules: Rule, action: str = "send", name: str = "f", fields: Fields | None = None) -> list[str]:
    return [str(remark) for remark in remarks(Filter(name, action, rules), fields)]


def test_a_good_filter_needs_no_remark() -> None:
    assert said(Rule(CLASS, ("Inpatient",)), fields=fields_of("PatientAdmin")) == []


@pytest.mark.parametrize(
    ("filter_", "words"),
    [
        (Filter(" ", "send", (Rule(CLASS, ("x",)),)), "A filter needs a name."),
        (Filter("f", "drop"), "The action “drop” is unknown; there are send and block-all."),
        (Filter("f", "send", (Rule(CLASS),)), "Rule 1: It has no values."),
        (Filter("f", "send", (Rule("", ("x",)),)), "Rule 1: A path begins with"),
        (Filter("f", "send", (Rule(CLASS, ("x",)), Rule("$.A B", ("x",)))), "Rule 2: .* \\(column 5\\)"),
    ],
)
def test_an_error_keeps_a_filter_from_being_saved(filter_: Filter, words: str) -> None:
    assert any(re.search(words, str(remark)) for remark in errors(filter_))
    assert remarks(filter_)[0].is_error


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (
            (Rule(CLASS, ("X",)), Rule("$.A", ("1",)), Rule(CLASS, ("X", "Y"), allow=False)),
            "Rule 1: Never true: it allows only “X”, rule 3 denies that.",
        ),
        (
            (Rule("$.A[*]", ("X", "Y")), Rule("$.A[*]", ("X",), allow=False), Rule("$.A[*]", ("Y",), allow=False)),
            "Rule 1: Never true: it allows only “X”, “Y”, rule 2 and rule 3 deny that.",
        ),
        (
            (Rule(CLASS, ("X",)), Rule(CLASS, ("Y",))),
            "Rule 2: Never true together with rule 1: no value is in all their lists.",
        ),
        (
            (Rule(CLASS, ("A", "B")), Rule(CLASS, ("B", "C")), Rule(CLASS, ("B",), allow=False)),
            "Rule 2: Never true: it allows only “B”, rule 3 denies that.",
        ),
        ((Rule(CLASS, ("X",)), Rule("$['Visit'].PatientClass", ("X",))), "Rule 2: It says the same as rule 1."),
        ((Rule(CLASS, ("X", "Y", "X")),), "Rule 1: “X” stands in it more than once."),
        ((Rule(CLASS, (" X",)),), "Rule 1: “ X” begins or ends with a space, which counts."),
        ((Rule(CLASS, ("",)),), "Rule 1: One value is empty; it equals only an empty text."),
    ],
)
def test_what_is_probably_not_meant_is_pointed_out(rules: tuple[Rule, ...], words: str) -> None:
    assert words in said(*rules)
    assert errors(Filter("f", "send", rules)) == ()


def test_two_allow_lists_may_be_met_by_two_of_several_values() -> None:
    assert said(Rule("$.A[*]", ("X",)), Rule("$.A[*]", ("Y",))) == []


def test_rules_under_block_all_and_no_rules_under_send_are_remarked() -> None:
    assert "Under block-all rules are assumed" in said(Rule(CLASS, ("X",)), action="block-all")[0]
    assert said(action="block-all") == []
    assert said() == ["Without rules everything is delivered."]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("$.Visit.PatientClas", f"is not known in this data model; did you mean {CLASS}?"),
        ("$.Foo", "$.Foo is not known in this data model."),
        ("$.Visit", "leads to an object or an array"),
    ],
)
def test_a_path_that_the_data_model_does_not_have_is_pointed_out(path: str, words: str) -> None:
    [remark] = said(Rule(path, ("x",)), fields=fields_of("PatientAdmin"))
    assert words in remark


def test_a_value_that_misses_a_seen_one_by_case_or_spaces_is_pointed_out() -> None:
    rule = Rule(CLASS, ("inpatient", "In patient", "Inpatient", "Emergency"))
    found = remarks(Filter("f", "send", (rule,)), seen=lambda path: {"Inpatient": 3})
    assert [str(one) for one in found] == [
        "Rule 1: “inpatient” differs from “Inpatient”, which messages have, by case or spaces.",
        "Rule 1: “In patient” differs from “Inpatient”, which messages have, by case or spaces.",
    ]


def test_each_of_five_hundred_rules_with_ten_thousand_values_is_judged() -> None:
    values = tuple(str(number) for number in range(10_000))
    rules = [Rule(f"$.Visit.Unknown{number}", values[number::500]) for number in range(499)]
    found = remarks(Filter("f", "send", (*rules, Rule(CLASS, values))), fields_of("PatientAdmin"))
    assert len(found) == 499
