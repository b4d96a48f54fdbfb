"""Filters as files: read strictly by the API's names, written so that they are read again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.filter_file import FilterFileError, parse, to_toml
from redox_tui.domain.filters import Filter, FilterLink, Rule
from redox_tui.domain.logs import Party

TOML = """
name = "Only inpatients"
environmentId = "e-1"
action = "send"

[[rules]]
path = "$.Visit.PatientClass"
values = ["Inpatient", "Observation"]

[[rules]]
path = "$.Visit.Location.Facility"
values = ["NRD"]
allowList = false
"""
RULES = (Rule("$.Visit.PatientClass", ("Inpatient", "Observation")), Rule("$.Visit.Location.Facility", ("NRD",), False))


def test_a_filter_is_read_from_toml() -> None:
    assert parse(TOML) == Filter("Only inpatients", "send", RULES, environment="e-1")


def test_a_filter_is_read_from_json_with_a_nested_environment() -> None:
    fields = {
        "name": "f",
        "environment": {"id": "e-1"},
        "action": "block-all",
        "rules": [],
        "id": "a",
        "filterVersion": 3,
        "subscriptionId": 66426,
        "pathType": "jsonpath",
    }
    expected = Filter("f", "block-all", (), id="a", filter_version=3, environment="e-1", subscription="66426")
    assert parse(json.dumps(fields)) == expected


def test_a_table_at_the_beginning_is_no_json() -> None:
    with pytest.raises(FilterFileError, match=r"^name is missing"):
        parse('[environment]\nid = "e"\n')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "name is missing"),
        ("[]", "a filter is an object|It is no"),
        ("[1, 2]", "A filter is an object with fields"),
        ('{"name": "f", ', "It is no JSON: line 1, column"),
        ("name = \n", "It is no TOML: line 1, column"),
        ("MSH|^~&|", "It is no TOML"),
        ('name = "f"', "action is missing"),
        ('name = 1\naction = "send"', "name is no text"),
        ('name = "f"\naction = "send"\nrule = []', "rule is no field of a filter; did you mean rules?"),
        ('name = "f"\naction = "send"\nzzz = 1', "zzz is no field of a filter; there are name, action"),
        ('name = "f"\naction = "send"\nrules = 1', "rules is no list"),
        ('name = "f"\naction = "send"\nrules = [1]', r"rules\[1\] is no object"),
        ('name = "f"\naction = "send"\nrules = [{values = ["a"]}]', r"rules\[1\].path is missing"),
        ('name = "f"\naction = "send"\nrules = [{path = "$.a", values = [1]}]', r"rules\[1\].values are strings"),
        ('name = "f"\naction = "send"\nrules = [{path = "$.a", allow = true}]', "rules.1..allow is no field"),
        ('name = "f"\naction = "send"\nrules = [{path = "$.a", allowList = "no"}]', "allowList is true or false"),
        ('name = "f"\naction = "send"\nfilterVersion = "3"', "filterVersion is a whole number"),
        ('name = "f"\naction = "send"\npathType = "xpath"', "single value jsonpath"),
        ('name = "f"\naction = "send"\nenvironmentId = "a"\nenvironment = {id = "b"}', "two environments"),
        ('name = "f"\naction = "send"\n[[links]]\nfoo = 1', r"links\[1\].foo is no field"),
        ("[" * 100_000, "nested too deeply|It is no"),
        ('{"name": ' + "9" * 5_000 + "}", "too many digits|name is no text"),
    ],
)
def test_what_is_no_filter_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(FilterFileError, match=f"(?i){words}"):
        parse(text)


def test_an_error_never_quotes_a_value() -> None:
    with pytest.raises(FilterFileError) as caught:
        parse('name = "Nila Jonkel" oops')
    assert "Nila" not in str(caught.value)


def test_links_are_written_and_read() -> None:
    link = FilterLink("l-1", Party("s", "A source"), Party("d"), "PatientAdmin", "New")
    filter_ = Filter("f", "send", RULES, id="a", filter_version=2, environment="e", links=(link,))
    assert parse(to_toml(filter_)) == filter_


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
written = st.builds(
    Filter,
    name=texts,
    action=texts,
    rules=st.lists(st.builds(Rule, texts, st.lists(texts, max_size=3).map(tuple), st.booleans()), max_size=3).map(
        tuple
    ),
    id=texts,
    filter_version=st.none() | st.integers(1, 10**9),
    subscription=st.none() | texts.filter(bool),
)


@given(written)
def test_what_is_written_is_read_again(filter_: Filter) -> None:
    assert parse(to_toml(filter_)) == filter_
