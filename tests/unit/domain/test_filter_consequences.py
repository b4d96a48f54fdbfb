"""What is said before a filter is changed: exactly what follows, and nothing that need not be so."""

from dataclasses import replace

import pytest

from redox_tui.domain import filter_consequences
from redox_tui.domain.filters import Filter, FilterLink, Rule
from redox_tui.domain.logs import Party

LINK = FilterLink("l-1", Party("s-1", "Lakeside Epic"), Party("d-1"), "PatientAdmin")
PLACE = "Lakeside Epic → d-1 · PatientAdmin"
RULES = (Rule("$.a", ("1",)), Rule("$.b", ("2",), allow=False))
LINKED = Filter("Inpatients", "send", RULES, "f-1", 3, links=(LINK, replace(LINK, id="l-0", deleted=LINK.created)))


def test_deleting_says_which_link_goes_first_and_what_is_delivered_then() -> None:
    title, lines = filter_consequences.of_deletion(LINKED, "v1")
    assert title == "Delete “Inpatients”, version 3?"
    assert lines == [
        f"First its link goes: {PLACE}.",
        "What its 2 rules filter out now is delivered from then on.",
        "Then the filter is deleted; nothing here brings it back.",
    ]


def test_v0_takes_the_link_along() -> None:
    lines = filter_consequences.of_deletion(LINKED, "v0")[1]
    assert lines[0] == f"It goes from: {PLACE}."


def test_deleting_what_acts_nowhere_changes_nothing_for_messages() -> None:
    lines = filter_consequences.of_deletion(replace(LINKED, links=()), "v1")[1]
    assert lines == [
        "It has no link, so no message is treated otherwise.",
        "The filter is deleted; nothing here brings it back.",
    ]


@pytest.mark.parametrize(
    ("one", "freed", "taken"),
    [
        (replace(LINKED, action="block-all"), "everything is delivered", "nothing is delivered there"),
        (replace(LINKED, action="transform"), "Its action is “transform”", "Its action is “transform”"),
        (replace(LINKED, rules=()), "the same is delivered as now", "everything is delivered there"),
        (replace(LINKED, rules=RULES[:1]), "What its rule filters out now", "for which this holds:"),
    ],
    ids=["block-all", "unknown", "no rules", "one rule"],
)
def test_what_becomes_of_messages_follows_from_action_and_rules(one: Filter, freed: str, taken: str) -> None:
    assert freed in "\n".join(filter_consequences.of_unlinking(one, LINK)[1])
    assert taken in "\n".join(filter_consequences.of_linking(one, PLACE)[1])


def test_linking_lists_the_rules_and_counts_those_that_are_too_many() -> None:
    many = replace(LINKED, rules=RULES * 250)
    lines = filter_consequences.of_linking(many, PLACE)[1]
    assert lines[0] == f"It acts on {PLACE}, at once."
    assert lines[2:4] == ["rule 1 allow $.a “1”", "rule 2 deny $.b “2”"]
    assert lines[-1] == "and 480 more rules"


def test_restoring_shows_what_changes_and_where() -> None:
    title, lines = filter_consequences.of_restoring(LINKED, replace(LINKED, rules=RULES[:1]), 1)
    assert title == "Restore version 1 of “Inpatients”?"
    assert lines == [
        f"It acts on {PLACE}, at once.",
        "What changes from version 3 to the content of version 1:",
        "- rule 2 deny $.b “2”",
    ]
