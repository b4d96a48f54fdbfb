"""Paths of rules: what they find, where they are wrong, and what the documents of Redox never show."""

import re
from typing import Any

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.fieldpath import MAX_LENGTH, FieldPathError, compiled, step

MESSAGE = {"Visit": {"Insurances": [{"Plan": {"ID": "a"}}, {"Plan": {"ID": "b"}}, {}], "Class": "I"}, "o d d": 1}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.Visit.Class", ["I"]),
        ("$.Visit.Insurances[*].Plan.ID", ["a", "b"]),
        ('$.Visit.Insurances[?(@.Plan.ID=="b")].Plan.ID', ["b"]),
        ("$.Visit.Insurances[1].Plan.ID", ["b"]),
        ("$..ID", ["a", "b"]),
        ('$["o d d"]', [1]),
        ("$.Nothing.Here", []),
        ("$.Visit.Class.Deeper", []),
        ("$", [MESSAGE]),
    ],
)
def test_a_path_finds_its_values_in_the_order_of_the_message(path: str, found: list[Any]) -> None:
    assert compiled(path).values(MESSAGE) == found


@pytest.mark.parametrize(
    ("path", "column", "words"),
    [
        ("", 1, "begins with"),
        ("Visit.Class", 1, "begins with"),
        ("$.", 3, "end of expression"),
        ("$.Visit Class", 9, "found 'C'"),
        ("$.Visit-Class", 8, "found '-"),
        ("$.A[", 5, "Unbalanced brackets"),
        ('$.A[?(@.B=="x)]', 13, r"^Unclosed string\.$"),
        ("$.A[?foo(@.B)]", 6, "foo"),
        (f"$.{'a' * MAX_LENGTH}", MAX_LENGTH + 1, "at most 2,000 characters"),
    ],
)
def test_a_wrong_path_says_what_and_in_which_column(path: str, column: int, words: str) -> None:
    with pytest.raises(FieldPathError, match=words) as caught:
        compiled(path)
    assert caught.value.column == column


@pytest.mark.parametrize(
    "path",
    [
        "$.Visit.Insurances[*].Plan.ID",
        '$.entry[?(@.resource.resourceType=="Patient")].resource.address[*].state',
        "$",
    ],
)
def test_what_the_documents_show_gives_no_warning(path: str) -> None:
    assert compiled(path).warnings == ()


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("$..ID", "every depth"),
        ("$.*", r"`\.\*`"),
        ("$.A[0]", "index"),
        ("$.A[0:2]", "slice"),
        ('$["A"]', "names in brackets"),
        ("$['A','B']", "several selectors"),
        ("$.Größe", "other signs"),
        ('$.A[?@.B=="x"]', "filter other than"),
        ('$.A[?(@.B!="x")]', "filter other than"),
        ("$.A[?(@.B=='x')]", "filter other than"),
        ('$.A[?match(@.B,"x")]', "filter other than"),
    ],
)
def test_what_the_documents_never_show_is_allowed_with_a_warning(path: str, word: str) -> None:
    assert any(re.search(word, warning) for warning in compiled(path).warnings)


def test_two_spellings_of_one_path_are_one() -> None:
    assert compiled("$.A.B").canonical == compiled("$['A'].B").canonical


@pytest.mark.parametrize(
    ("path", "general", "is_single"),
    [
        ("$.A.B", "$.A.B", True),
        ("$.A[0].B", "$.A[*].B", True),
        ('$.A[?(@.x=="y")].B', "$.A[*].B", False),
        ('$["A b"].C', '$["A b"].C', True),
        ("$..A", None, False),
        ("$['A','B']", None, False),
    ],
)
def test_a_path_has_the_form_that_the_index_of_fields_uses(path: str, general: str | None, is_single: bool) -> None:
    assert (compiled(path).general, compiled(path).is_single) == (general, is_single)


def test_a_message_that_is_too_deep_for_a_path_has_no_values() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    assert compiled("$..ID").values(deep) == []


names = st.sampled_from(["a", "b", "c d", 'q"', "\\", "é"])
trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=2)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
)


@given(st.lists(names | st.none(), max_size=4), trees)
def test_names_and_stars_find_what_the_library_finds(steps: list[str | None], tree: Any) -> None:
    path = "$" + "".join("[*]" if name is None else step(name) for name in steps)
    expected = [node.value for node in jsonpath_rfc9535.find(path, tree)]
    assert repr(compiled(path).values(tree)) == repr(expected)


@given(st.text(max_size=30))
def test_any_text_is_a_path_or_is_refused_with_a_column(text: str) -> None:
    column = 1
    try:
        compiled("$" + text)
    except FieldPathError as error:
        column = error.column
    assert 1 <= column <= len(text) + 2
