import json
from typing import Any

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.jsontree import JsonTree

from . import documents

DEEP = 10_000


def text_of(tree: JsonTree, first: int = 0, last: int | None = None) -> str:
    """Lines read back as one text."""
    lines = tree.lines[first : None if last is None else last + 1]
    return "".join(f"{line.key}{':' if line.key else ''}{line.value}{',' if line.comma else ''}" for line in lines)


def subtree(tree: JsonTree, row: int) -> Any:
    """What a line and those that belong to it mean."""
    number = tree.number(row)
    line = tree.lines[number]
    return json.loads(f"{line.value}{text_of(tree, number + 1, line.last)}".rstrip(","))


def shown(tree: JsonTree) -> list[str]:
    """The visible lines, as somebody would draw them."""
    return [
        "  " * line.depth
        + (f"{line.key}: " if line.key else "")
        + line.value
        + (f"…{line.size}" if tree.is_folded(row) else "")
        + ("," if (tree.lines[line.last] if tree.is_folded(row) else line).comma else "")
        for row, line in enumerate(tree[row] for row in range(len(tree)))
    ]


def row_of(tree: JsonTree, value: str) -> int:
    return next(row for row in range(len(tree)) if value in (tree[row].key.strip('"'), tree[row].value.strip('"')))


@given(documents.texts)
def test_unfolded_lines_are_the_same_json(text: str) -> None:
    tree = JsonTree(text)
    assert tree.is_json
    assert json.loads(text_of(tree), object_pairs_hook=list) == json.loads(text, object_pairs_hook=list)
    assert [tree.number(row) for row in range(len(tree))] == list(range(len(tree.lines)))


@given(documents.damaged())
def test_what_is_json_is_a_tree_and_what_is_not_is_plain_lines(text: str) -> None:
    tree = JsonTree(text)
    assert tree.is_json == documents.is_json(text)
    assert tree.is_json or len(tree) == text.count("\n") + 1


@pytest.mark.parametrize("text", documents.NOT_JSON)
def test_what_only_looks_like_json_is_plain_lines(text: str) -> None:
    tree = JsonTree(text)
    assert not tree.is_json
    assert shown(tree) == [text]


def test_numbers_and_keys_are_spelled_as_they_were_sent() -> None:
    text = r'{"b":1.50,"a":-0.0e+07,"b":12345678901234567890,"\u0041":"\/\u00e9","":[]}'
    assert text_of(JsonTree(text)) == text


def test_a_document_is_drawn_in_lines() -> None:
    assert shown(JsonTree(documents.VISIT)) == [
        "{",
        '  "Meta": {',
        '    "DataModel": "PatientAdmin",',
        '    "Test": true',
        "  },",
        '  "Visit": {',
        '    "Insurances": [',
        "      {",
        '        "Plan": {',
        '          "ID": "31572"',
        "        }",
        "      },",
        "      {",
        '        "Plan": {',
        '          "ID": null,',
        '          "Cost": 1.50e2',
        "        }",
        "      }",
        "    ],",
        '    "Notes": [],',
        '    "odd key": {}',
        "  }",
        "}",
    ]


def test_a_level_can_be_folded() -> None:
    tree = JsonTree(documents.VISIT)
    tree.fold_from(1)
    assert shown(tree) == ["{", '  "Meta": {…2,', '  "Visit": {…3', "}"]
    assert tree.depth == 1
    tree.fold_from(0)
    assert shown(tree) == ["{…2"]
    assert tree.depth == 0
    tree.fold_from(2)
    assert shown(tree)[6:] == ['    "Insurances": […2,', '    "Notes": [],', '    "odd key": {}', "  }", "}"]
    tree.fold_from(99)
    assert len(tree) == len(tree.lines)
    assert tree.depth == 5


def test_a_node_can_be_folded_and_unfolded() -> None:
    tree = JsonTree(documents.VISIT)
    row = row_of(tree, "Visit")
    assert tree.fold(row) == row
    assert shown(tree)[row:] == ['  "Visit": {…3', "}"]
    assert tree.is_folded(row)
    assert tree[row].is_node
    tree.unfold(row)
    assert len(tree) == len(tree.lines)


@pytest.mark.parametrize("line", ["31572", "Notes", "odd key"])
def test_folding_a_line_without_members_folds_the_node_around_it(line: str) -> None:
    tree = JsonTree(documents.VISIT)
    inside = row_of(tree, line)
    around = tree.fold(inside)
    assert around < inside
    assert tree.is_folded(around)
    assert tree[around].depth == tree.lines[inside].depth - 1


def test_folding_the_bracket_that_closes_a_node_folds_that_node() -> None:
    tree = JsonTree(documents.VISIT)
    assert tree.fold(4) == 1
    assert shown(tree)[1] == '  "Meta": {…2,'


def test_folding_again_and_again_ends_at_the_root() -> None:
    tree = JsonTree(documents.VISIT)
    row = row_of(tree, "Cost")
    lengths = []
    for _ in range(7):
        row = tree.fold(row)
        lengths.append(len(tree))
    assert lengths == [20, 18, 11, 7, 1, 1, 1]
    assert row == 0


def test_what_was_folded_inside_stays_folded() -> None:
    tree = JsonTree(documents.VISIT)
    tree.fold(row_of(tree, "Insurances"))
    tree.fold(row_of(tree, "Visit"))
    tree.unfold(row_of(tree, "Visit"))
    assert tree.is_folded(row_of(tree, "Insurances"))


def test_a_hidden_line_is_found_at_the_node_that_hides_it() -> None:
    tree = JsonTree(documents.VISIT)
    number = tree.number(row_of(tree, "Cost"))
    assert tree.row_of(number) == number
    tree.fold_from(1)
    assert tree.row_of(number) == row_of(tree, "Visit")
    tree.fold_from(0)
    assert tree.row_of(number) == 0


@given(documents.texts, st.lists(st.tuples(st.booleans(), st.integers(0, 1_000)), max_size=6))
def test_what_is_visible_is_every_line_outside_of_the_folded_nodes(text: str, moves: list[tuple[bool, int]]) -> None:
    tree = JsonTree(text)
    for folds, place in moves:
        row = place % len(tree)
        if folds:
            row = tree.fold(row)
            assert tree.is_folded(row) or not any(line.is_node for line in tree.lines)
        else:
            tree.unfold(row)
    visible = [tree.number(row) for row in range(len(tree))]
    hidden = {n for row in range(len(tree)) if tree.is_folded(row) for n in range(visible[row] + 1, tree[row].last + 1)}
    assert visible == [number for number in range(len(tree.lines)) if number not in hidden]
    assert all(tree.row_of(number) == row for row, number in enumerate(visible))


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("Meta", "$.Meta"),
        ("Insurances", "$.Visit.Insurances"),
        ("31572", "$.Visit.Insurances[0].Plan.ID"),
        ("Cost", "$.Visit.Insurances[1].Plan.Cost"),
        ("odd key", '$.Visit["odd key"]'),
    ],
)
def test_a_line_has_a_path(line: str, path: str) -> None:
    tree = JsonTree(documents.VISIT)
    assert tree.path(row_of(tree, line)) == path


def test_both_brackets_of_a_node_have_its_path() -> None:
    tree = JsonTree(documents.VISIT)
    assert tree.path(0) == tree.path(len(tree) - 1) == "$"
    for number, line in enumerate(tree.lines):
        assert tree.path(line.last) == tree.path(number)


@given(documents.texts)
def test_a_path_finds_the_value_of_its_line(text: str) -> None:
    tree = JsonTree(text)
    document = json.loads(text)
    for row in range(len(tree)):
        if tree[row].value not in ("}", "]"):
            found = jsonpath_rfc9535.find(tree.path(row), document).values()
            assert found == [subtree(tree, row)]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_only_deep(opening: str, closing: str) -> None:
    tree = JsonTree(opening * DEEP + "0" + closing * DEEP)
    assert len(tree) == 2 * DEEP + 1
    step = "[0]" if opening == "[" else ".a"
    assert tree.path(DEEP) == "$" + step * DEEP
    assert tree.depth == DEEP
    assert tree.fold(DEEP) == DEEP - 1
    tree.fold_from(3)
    assert len(tree) == 7
    assert tree.row_of(DEEP) == 3


@pytest.mark.parametrize("text", ["[" * DEEP, '{"a":' * DEEP, "[" * DEEP + "]" * (DEEP - 1) + "}"])
def test_deep_nesting_that_never_ends_is_a_plain_text(text: str) -> None:
    assert not JsonTree(text).is_json


def test_a_text_that_is_cut_off_is_shown_as_it_is() -> None:
    tree = JsonTree('{\n  "a": {\n  },\n  "b": [\n}\n]\n\x1b')
    assert not tree.is_json
    assert shown(tree) == ["{", '  "a": {', "  },", '  "b": [', "}", "]", "␛"]


def test_the_segments_of_an_hl7_message_are_its_lines() -> None:
    assert shown(JsonTree("MSH|^~\\&|EPIC\rPID|1|")) == ["MSH|^~\\&|EPIC", "PID|1|"]


@pytest.mark.parametrize("text", ["", "}", "x\n}", "{\n}\n]\nx", '"open', "null null"])
def test_plain_lines_cannot_be_folded(text: str) -> None:
    tree = JsonTree(text)
    before = shown(tree)
    assert not tree.is_json
    for row in range(len(tree)):
        tree.fold(row)
        tree.unfold(row)
        assert tree.path(row) == "$"
    tree.fold_from(0)
    assert shown(tree) == before


@pytest.mark.parametrize("text", ["7", '"}"', "null", "{}", " [ ] "])
def test_a_value_without_members_is_one_line(text: str) -> None:
    tree = JsonTree(text)
    assert (len(tree), tree.fold(0), tree.path(0), tree.depth) == (1, 0, "$", 1)
    assert not tree.is_folded(0)
