"""A JSON text in lines: what stands in each, its path, and what becomes of texts that are no JSON."""

import json
from itertools import islice
from typing import Any

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.folds import Folds
from redox_tui.domain.jsonscan import DEEPEST
from redox_tui.domain.jsontext import tokens
from redox_tui.domain.jsontree import Node, json_line, json_path
from redox_tui.domain.outline import Outline
from redox_tui.domain.payload import PayloadReader

from . import documents
from .outlines import drawn, line_of, outline_of, plain, sent

TOO_DEEP = 10_000


def tokens_of(text: str) -> list[str]:
    return [text[start:end] for _, start, end in tokens(text)]


def unfolded(outline: Outline) -> str:
    """All lines read back as one text."""
    return "\n".join(sent(outline, line) for line in range(len(outline)))


@given(documents.spelled)
def test_unfolded_lines_are_the_same_json_token_for_token(text: str) -> None:
    outline = outline_of(text)
    assert tokens_of(unfolded(outline)) == tokens_of(text)
    read_back = json.loads(unfolded(outline), object_pairs_hook=list, parse_int=str, parse_float=str)
    assert read_back == json.loads(text, object_pairs_hook=list, parse_int=str, parse_float=str)


@given(documents.texts)
def test_a_text_is_drawn_as_a_writer_would_indent_it(text: str) -> None:
    shown = "\n".join(drawn(outline_of(text)))
    value = json.loads(text)
    assert shown in (json.dumps(value, indent=2), json.dumps(value, indent=2, ensure_ascii=False))


@given(documents.spelled)
def test_a_member_has_a_line_and_every_node_that_is_not_empty_two(text: str) -> None:
    outline = outline_of(text)
    for node, line in enumerate(outline.node_lines):
        last = outline.node_lasts[node]
        assert outline.node_of(line) == outline.node_closed_by(last) == node
        members = [n for n in range(line + 1, last) if outline.depths[n] == outline.depths[line] + 1]
        members = [n for n in members if outline.node_closed_by(n) is None]
        assert [outline.position(node, n) for n in members] == list(range(len(members)))
        assert outline.size(node) == len(members)
        assert all(outline.node_around(n) == node for n in members)


@given(documents.damaged())
def test_what_is_json_is_a_tree_and_what_is_not_is_plain_lines(text: str) -> None:
    reader = PayloadReader(text)
    outline = reader.read()
    assert reader.is_json == documents.is_json(text)
    assert reader.is_json or "".join(text.split()) == "".join("".join(plain(text)).split())
    assert outline.is_complete


@pytest.mark.parametrize("text", documents.NOT_JSON)
def test_what_only_looks_like_json_is_plain_lines(text: str) -> None:
    assert plain(text) == [text]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1,\n "b": x}', "raw lines: no JSON at character 16"),
        ('{"a": [1, 2', "raw lines: the text is cut off"),
        ("[1] 2", "raw lines: more than one value at character 5"),
        ("[" * TOO_DEEP + "]" * TOO_DEEP, f"raw lines: it is more than {DEEPEST} levels deep"),
        ('{"a":' * TOO_DEEP + "1" + "}" * TOO_DEEP, f"raw lines: it is more than {DEEPEST} levels deep"),
        ("only words", ""),
    ],
)
def test_a_text_that_should_be_json_and_is_none_says_why(text: str, why: str) -> None:
    reader = PayloadReader(text)
    reader.read()
    assert (reader.is_json, reader.notice) == (False, why)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_the_deepest_tree_that_is_shown(opening: str, closing: str) -> None:
    outline = outline_of(opening * DEEPEST + "0" + closing * DEEPEST)
    assert len(outline) == 2 * DEEPEST + 1
    assert json_path(outline, DEEPEST) == "$" + ("[0]" if opening == "[" else ".a") * DEEPEST
    assert outline.deepest == DEEPEST - 1


@pytest.mark.parametrize("size", [4_000, 5_000, 70_000, 300_000])
@pytest.mark.parametrize("filling", ["x", '\\"', "\\u00e4", "ä", "\udc80"])
def test_a_value_of_any_length_is_one_line(filling: str, size: int) -> None:
    value = f'"{filling * size}"'
    outline = outline_of(f'{{"a": [{value}, 1], "b": {value}, {value}: {"7" * size}}}')
    assert sent(outline, 2) == f"{value},"
    assert sent(outline, 5) == f'"b": {value},'
    assert sent(outline, 6) == f"{value}: {'7' * size}"


@pytest.mark.parametrize("wrong", ["\x00", "\x1f", "\n", "\\x", "\\u12g4"])
def test_a_long_string_is_looked_through_to_its_end(wrong: str) -> None:
    text = f'["{"x" * 200_000}{wrong}{"x" * 10_000}"]'
    reader = PayloadReader(text)
    reader.read()
    assert reader.notice == "raw lines: no JSON at character 200,003"


@pytest.mark.parametrize(
    "where", ["[{},1]", "[1{},2]", "[1,{}2]", '{{{}"a":1}}', '{{"a"{}:1}}', '{{"a":{}1}}', "[[{}]]"]
)
def test_blanks_of_any_length_may_stand_between_tokens(where: str) -> None:
    text = where.format(" \n" * 100_000)
    if where == "[{},1]":
        assert PayloadReader(text).read().node_lines.tolist() == []
        return
    assert tokens_of(unfolded(outline_of(text))) == tokens_of(text)


@given(documents.spelled | documents.texts, st.integers(1, 5))
def test_the_first_lines_are_the_same_before_all_has_been_read(text: str, rests: int) -> None:
    text = f'[{", ".join([text] * 80)}, "{"x" * 500_000}"]'
    whole, reader = outline_of(text), PayloadReader(text)
    for _ in islice(reader.steps(), rests):
        pass
    known = [line for line in range(len(reader.outline)) if not reader.outline.is_open_ended(line)]
    assert not reader.outline.is_complete
    assert [sent(reader.outline, line) for line in known] == [sent(whole, line) for line in known]
    assert [json_path(reader.outline, line) for line in known[::7]] == [json_path(whole, line) for line in known[::7]]


def test_a_line_that_is_being_read_shows_what_is_known_of_it() -> None:
    reader = PayloadReader(f'{{"a": 1, "b": "{"x" * 1_000_000}"}}')
    steps = reader.steps()
    next(steps)
    line = json_line(reader.outline, 2)
    assert line.is_cut
    assert reader.outline.text[slice(*line.key)] == '"b"'
    assert reader.outline.text[slice(*line.value)].startswith('"xxx')
    for _ in steps:
        pass
    assert sent(reader.outline, 2) == f'"b": "{"x" * 1_000_000}"'


def test_numbers_and_keys_are_spelled_as_they_were_sent() -> None:
    text = r'{"b":1.50,"a":-0.0e+07,"b":12345678901234567890,"\u0041":"\/\u00e9","":[]}'
    assert drawn(outline_of(text)) == [
        "{",
        '  "b": 1.50,',
        '  "a": -0.0e+07,',
        '  "b": 12345678901234567890,',
        r'  "\u0041": "\/\u00e9",',
        '  "": []',
        "}",
    ]


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
    outline = outline_of(documents.VISIT)
    assert json_path(outline, line_of(outline, line)) == path


def test_both_brackets_of_a_node_have_its_path() -> None:
    outline = outline_of(documents.VISIT)
    for line, last in zip(outline.node_lines, outline.node_lasts, strict=True):
        assert json_path(outline, last) == json_path(outline, line)


@given(documents.texts)
def test_a_path_finds_the_value_of_its_line(text: str) -> None:
    outline, document = outline_of(text), json.loads(text)
    for line in range(len(outline)):
        node = Node(outline, line)
        found = jsonpath_rfc9535.find(node.path, document).values()
        assert found == [json.loads(node.subtree)]
        assert node.value == _as_text(found[0], node.subtree)
        assert node.is_scalar == (not isinstance(found[0], dict | list))


def _as_text(value: Any, text: str) -> str:
    if isinstance(value, str):
        return value
    return "" if isinstance(value, dict | list) else text


def test_a_node_gives_its_key_and_value_decoded_and_its_subtree_as_sent() -> None:
    outline = outline_of('{"\\u00c4": {"a b": "x\\ty", "n": 1.50, "list": [ 1,2 ]}}')
    nodes = [Node(outline, line) for line in range(len(outline))]
    assert [node.key for node in nodes] == ["", "Ä", "a b", "n", "list", "", "", "list", "Ä", ""]
    assert [node.value for node in nodes[:4]] == ["", "", "x\ty", "1.50"]
    assert nodes[4].subtree == nodes[7].subtree == "[ 1,2 ]"
    assert nodes[0].subtree == outline.text


@pytest.mark.parametrize("shift", range(14))
@pytest.mark.parametrize(
    "part", ["\\u00e4", "\\ud83d\\ude00", "\\n", "\\ud83dx", "\\ud83d\\n", "\\\\u", "ä", "\\ude00"]
)
def test_a_long_value_is_decoded_in_pieces_as_it_is_in_one(part: str, shift: int) -> None:
    text = f'"{"x" * shift}{part * 60_000}"'
    assert Node(outline_of(f"[{text}]"), 1).value == json.loads(text)


def test_what_a_node_holds_is_in_no_repr() -> None:
    outline = outline_of('{"a": "CANARY"}')
    assert "CANARY" not in repr(Node(outline, 1))
    assert "CANARY" not in repr(outline)
    assert "CANARY" not in repr(Folds().from_level(outline, 1))


@pytest.mark.parametrize("text", ["7", '"}"', "null", "{}", " [ ] "])
def test_a_value_without_members_is_one_line(text: str) -> None:
    outline = outline_of(text)
    assert [sent(outline, 0)] == [text.strip()]
    assert json_path(outline, 0) == "$"
    assert not outline.node_lines
