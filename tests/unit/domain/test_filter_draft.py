"""A filter that is being edited: what typing makes of it, and that undoing gives back exactly what was there."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.filter_draft import Draft, RuleText, Texts, rule_of
from redox_tui.domain.filters import Filter, Rule

CLASS = "$.Visit.PatientClass"
KNOWN = Filter("Only inpatients", "send", (Rule(CLASS, ("Inpatient", "a, b")), Rule("$.A", ("x",), False)), id="f-1")

texts = st.text(st.sampled_from('ab,"$.'), max_size=6)
rules = st.builds(RuleText, texts, texts, st.booleans())
filters = st.builds(
    Filter,
    texts,
    st.sampled_from(("send", "block-all")),
    st.lists(st.builds(Rule, texts, st.lists(texts).map(tuple), st.booleans()), max_size=3).map(tuple),
)
Change = Callable[[Draft], Draft]


def row(draft: Draft, at: int) -> int:
    return at % len(draft.rules)


def on_a_rule(change: Callable[[Draft, int], Draft], at: int) -> Change:
    return lambda draft: change(draft, row(draft, at)) if draft.rules else draft


places = st.integers(0, 5)
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(lambda text: lambda draft: draft.type_name(text), texts),
    st.builds(lambda text, at: on_a_rule(lambda draft, row: draft.type_path(row, text), at), texts, places),
    st.builds(lambda text, at: on_a_rule(lambda draft, row: draft.type_values(row, text), at), texts, places),
    st.builds(lambda at: on_a_rule(Draft.toggle, at), places),
    st.builds(lambda at: on_a_rule(Draft.remove, at), places),
    st.builds(lambda at, rule: lambda draft: draft.add(at % (len(draft.rules) + 1), rule), places, rules),
    st.builds(lambda other: lambda draft: draft.take(other), filters),
    st.just(Draft.switch_action),
)


@given(filters, st.lists(changes, max_size=12))
def test_undoing_goes_back_through_exactly_what_was_there(known: Filter, typed: list[Change]) -> None:
    draft = Draft.of(known)
    seen = [draft.texts]
    for change in typed:
        draft = change(draft).settled()
        if draft.texts != seen[-1]:
            seen.append(draft.texts)
    while draft.past:
        assert draft.texts == seen.pop()
        draft, _ = draft.undo()
    assert [draft.texts] == seen
    assert draft.undo() == (draft, None)


@given(filters)
def test_a_filter_that_nobody_has_changed_is_proposed_as_it_is(known: Filter) -> None:
    draft = Draft.of(known)
    assert draft.proposed == known
    assert not draft.is_changed


def test_all_letters_of_one_field_are_one_step() -> None:
    draft = Draft.of(KNOWN)
    for end in range(1, 6):
        draft = draft.type_path(0, CLASS[:end])
    draft = draft.type_values(0, "y")
    draft, at = draft.undo()
    assert (draft.rules[0].path, draft.rules[0].values, at) == (CLASS[:5], 'Inpatient, "a, b"', 0)
    draft, _ = draft.undo()
    assert draft.texts == Texts.of(KNOWN)


def test_a_field_that_was_left_begins_a_new_step() -> None:
    draft = Draft.of(KNOWN).type_name("a").type_name("ab").settled().type_name("abc")
    assert draft.undo()[0].texts.name == "ab"
    assert draft.undo()[0].undo()[0].texts.name == KNOWN.name


def test_values_that_cannot_be_read_propose_nothing_and_are_pointed_out() -> None:
    draft = Draft.of(KNOWN).type_values(1, 'x, "y')
    assert draft.proposed is None
    assert [str(remark) for remark in draft.unread] == ["Rule 2: The quotes are not closed. (column 4)"]
    assert draft.unread[0].is_error


def test_typing_what_stood_there_is_no_change() -> None:
    draft = Draft.of(KNOWN)
    assert draft.type_name(KNOWN.name) is draft
    assert not draft.type_name("x").type_name(KNOWN.name).is_changed


def test_what_was_saved_is_what_nothing_would_be_lost_of() -> None:
    draft = Draft.of(KNOWN).toggle(0)
    assert draft.is_changed
    proposed = draft.proposed
    assert proposed
    saved = draft.on(proposed)
    assert not saved.is_changed
    assert saved.undo()[0].is_changed


def test_taking_the_filter_of_somebody_else_can_be_undone() -> None:
    typed = Draft.of(KNOWN).type_name("mine").settled()
    theirs = Filter("theirs", "block-all", id="f-1", filter_version=4)
    taken = typed.take(theirs).on(theirs)
    assert taken.proposed == theirs
    assert taken.undo()[0].texts.name == "mine"


def test_unknown_fields_of_rules_are_kept() -> None:
    known = Filter("f", "send", (Rule("$.a", ("x",), True, (("note", '"n"'),)),), id="f-1")
    proposed = Draft.of(known).type_path(0, "$.b").toggle(0).proposed
    assert proposed
    assert proposed.rules[0] == Rule("$.b", ("x",), False, (("note", '"n"'),))


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (CLASS, "Inpatient", Rule(CLASS, ("Inpatient",))),
        ("$.Visit.Insurances[0].Plan.ID", "31572", Rule("$.Visit.Insurances[*].Plan.ID", ("31572",))),
        ('$.Patient["Odd key"]', True, Rule('$.Patient["Odd key"]', ("true",))),
        ("$.Cost", 150.0, Rule("$.Cost", ("150",))),
        ("$.Visit", {}, None),
        ("$.Visit.Notes", [], None),
        (CLASS, None, None),
        ("", "no JSON", None),
    ],
)
def test_a_rule_of_what_a_message_has_allows_that_value(path: str, value: Any, rule: Rule | None) -> None:
    assert rule_of(path, value) == rule
