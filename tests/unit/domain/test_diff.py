"""The structural difference of two texts: nothing is lost, nothing is made up, and what belongs together is paired."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.alignment import Alignment, ascending
from redox_tui.domain.diff import Difference, DiffLine, Kind, Stopped, compare

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text('ab"\\é\n', max_size=3)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["ID", "Code", "a", "b", "c"]), inner, max_size=4)
    ),
    max_leaves=25,
)


def side(difference: Difference, unwanted: Kind) -> str:
    """The JSON text that all lines of one side make."""
    parts: list[str] = []
    for line in difference.lines(everything=True):
        if line.kind is unwanted:
            continue
        text = line.left if unwanted is Kind.RIGHT else line.right
        if parts and text not in ("}", "]") and parts[-1][-1:] not in ("{", "["):
            parts.append(",")
        parts.append(f"{line.key}:{text}" if line.key else text)
    return "".join(parts)


def read(text: str) -> Any:
    """JSON whose numbers are as they were sent, and whose objects have their members sorted, duplicates in order."""
    return json.loads(
        text,
        parse_int=lambda number: f"int {number}",
        parse_float=lambda number: f"float {number}",
        object_pairs_hook=lambda pairs: ("object", sorted(pairs, key=lambda pair: pair[0])),
    )


def shown(left: str, right: str, *, everything: bool = False) -> list[str]:
    """What differs, a line each: its path and what stands on either side."""
    difference = compare(left, right)
    signs = {Kind.EQUAL: "=", Kind.LEFT: "-", Kind.RIGHT: "+", Kind.CHANGED: "~", Kind.GAP: "…"}
    return [
        f"{signs[line.kind]} {difference.path(line)} {_text(line)}"
        for line in difference.lines(everything=everything)
        if everything or line.kind not in (Kind.EQUAL, Kind.GAP)
    ]


def _text(line: DiffLine) -> str:
    if line.kind is Kind.CHANGED:
        return f"{line.left} → {line.right}"
    return line.right if line.kind is Kind.RIGHT else line.left


@given(DOCUMENTS)
def test_a_text_does_not_differ_from_itself_however_it_is_spaced(document: Any) -> None:
    difference = compare(json.dumps(document), json.dumps(document, indent=2))
    assert difference.count == 0
    assert all(line.kind is Kind.EQUAL for line in difference.lines(everything=True))
    assert all(line.kind in (Kind.GAP, Kind.EQUAL) for line in difference.lines())


@given(DOCUMENTS, DOCUMENTS)
def test_either_side_can_be_read_back_from_the_lines(one: Any, other: Any) -> None:
    left, right = json.dumps(one), json.dumps(other)
    difference = compare(left, right)
    assert read(side(difference, Kind.RIGHT)) == read(left)
    assert read(side(difference, Kind.LEFT)) == read(right)
    assert (difference.count == 0) == (read(left) == read(right))


@given(DOCUMENTS, st.data())
def test_one_edit_anywhere_is_found_at_its_path(document: Any, data: st.DataObject) -> None:
    places = list(_scalars(document, "$"))
    if not places:
        return
    path, holder, key = data.draw(st.sampled_from(places)) if places else ("", None, None)
    before = json.dumps(document)
    if holder is None:
        return
    holder[key] = "edited"
    found = compare(before, json.dumps(document))
    changed = [line for line in found.lines() if line.kind not in (Kind.EQUAL, Kind.GAP)]
    assert found.count >= 1
    assert any('"edited"' in (line.right, line.left) for line in changed)
    if found.count == 1:
        assert found.path(changed[0]) == path


def _scalars(document: Any, path: str) -> Any:
    members = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in members:
        inner = f"{path}.{key}" if isinstance(key, str) else f"{path}[{key}]"
        if isinstance(value, dict | list):
            yield from _scalars(value, inner)
        else:
            yield inner, document, key


@given(DOCUMENTS, DOCUMENTS)
def test_only_differences_are_the_same_differences(one: Any, other: Any) -> None:
    difference = compare(json.dumps(one), json.dumps(other))
    differing = [line for line in difference.lines() if line.number]
    assert differing == [line for line in difference.lines(everything=True) if line.number]
    everything = len(difference.lines(everything=True))
    assert everything == sum(line.place if line.kind is Kind.GAP else 1 for line in difference.lines())
    assert {line.number for line in differing} == set(range(1, difference.count + 1))


@given(st.lists(st.sampled_from("abcdef"), max_size=12), st.lists(st.sampled_from("abcdef"), max_size=12))
def test_aligned_elements_are_equal_and_ascend(one: list[str], other: list[str]) -> None:
    for cells in (0, 20, 10_000):
        pairs = Alignment(cells).equal(one, other)
        assert all(one[at] == other[to] for at, to in pairs)
        assert pairs == ascending(pairs)


def test_numbers_and_strings_count_as_they_were_sent() -> None:
    assert shown('{"n": 1.0, "m": 1e2}', '{"n": 1, "m": 1e2}') == ["~ $.n 1.0 → 1"]
    assert shown('["\\u00e9"]', '["é"]') == ['~ $[0] "\\u00e9" → "é"']


def test_the_order_of_keys_does_not_count_and_duplicates_survive() -> None:
    assert shown('{"a": 1, "b": [2]}', '{"b": [2], "a": 1}') == []
    assert shown('{"a": 1, "a": 2}', '{"a": 1, "a": 3}') == ["~ $.a 2 → 3"]
    assert shown('{"a": 1, "a": 2}', '{"a": 1}') == ["- $.a 2"]
    assert shown('{"a": 1, "a": 2}', '{"a": 2, "a": 1}') == ["~ $.a 1 → 2", "~ $.a 2 → 1"]


def test_elements_are_aligned_by_what_identifies_them() -> None:
    left = '{"D": [{"Code": "A", "Name": "x"}, {"Code": "B", "Name": "y"}, {"Code": "C", "Name": "z"}]}'
    right = '{"D": [{"Code": "B", "Name": "new"}, {"Code": "C", "Name": "z"}]}'
    assert shown(left, right) == [
        "- $.D[0] {",
        '- $.D[0].Code "A"',
        '- $.D[0].Name "x"',
        "- $.D[0] }",
        '~ $.D[1].Name "y" → "new"',
    ]


def test_ids_that_share_nothing_do_not_tell_elements_apart() -> None:
    left = '[{"ID": "1", "IDType": "MR"}, {"ID": "2", "IDType": "EHRID"}]'
    right = '[{"ID": "7", "IDType": "EHRID"}]'
    assert shown(left, right) == [
        "- $[0] {",
        '- $[0].ID "1"',
        '- $[0].IDType "MR"',
        "- $[0] }",
        '~ $[1].ID "2" → "7"',
    ]


def test_elements_that_changed_places_are_a_difference() -> None:
    found = shown('[{"ID": "1"}, {"ID": "2"}]', '[{"ID": "2"}, {"ID": "1"}]')
    assert len(found) == 6
    assert shown("[1, 2, 3, 4]", "[1, 3, 4]") == ["- $[1] 2"]
    assert shown("[1, 2]", "[1, 9, 2]") == ["+ $[1] 9"]


def test_another_kind_of_value_is_one_difference_with_both_sides() -> None:
    difference = compare('{"a": null}', '{"a": {"b": 1}}')
    assert difference.count == 1
    assert shown('{"a": null}', '{"a": {"b": 1}}') == ["- $.a null", "+ $.a {", "+ $.a.b 1", "+ $.a }"]


def test_what_identifies_an_element_stands_beside_its_difference() -> None:
    element = '{"Code": "A", "p": 1, "q": 2, "r": 3, "v": %d, "s": 4, "t": 5}'
    lines = compare(f"[{element % 1}]", f"[{element % 2}]").lines()
    assert [(line.kind, line.key, line.place) for line in lines] == [
        (Kind.EQUAL, "", -1),
        (Kind.EQUAL, "", 0),
        (Kind.EQUAL, '"Code"', -1),
        (Kind.GAP, "", 2),
        (Kind.EQUAL, '"r"', -1),
        (Kind.CHANGED, '"v"', -1),
        (Kind.EQUAL, '"s"', -1),
        (Kind.EQUAL, '"t"', -1),
        (Kind.EQUAL, "", -1),
        (Kind.EQUAL, "", -1),
    ]


def test_segments_of_hl7_and_tags_of_xml_are_compared_one_by_one() -> None:
    assert shown("MSH|1\rPID|a\rPV1|x", "MSH|1\rPID|b\rNTE|n\rPV1|x") == ["~ line 2 PID|a → PID|b", "+ line 3 NTE|n"]
    assert shown("<a><b>1</b><c/></a>", "<a><b>2</b><c/></a>") == ["~ line 2 <b>1</b> → <b>2</b>"]
    assert shown('{"a": 1}', "{nothing}") == ['~ line 1 {"a": 1} → {nothing}']


def test_ten_thousand_levels_are_compared() -> None:
    deep = 10_000
    left, right = "[" * deep + "1" + "]" * deep, "[" * deep + "2" + "]" * deep
    difference = compare(left, right)
    assert difference.count == 1
    changed = next(line for line in difference.lines() if line.kind is Kind.CHANGED)
    assert difference.path(changed) == "$" + "[0]" * deep
    assert compare(left, left).count == 0
    assert len(compare(left, "[]").lines(everything=True)) == 2 * deep + 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "[1",
        "[1,]",
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        "1 2",
        "tru",
        "01",
        "1.",
        "[}",
        '"',
        '{"a":1 "b":2}',
        "]",
        ",",
    ],
)
def test_what_is_no_json_is_compared_as_text(text: str) -> None:
    assert not compare(text, "{}").is_json
    assert not compare("{}", text).is_json


@pytest.mark.parametrize(
    "text", ["1", '"a"', "null", "[]", "{}", "[[],{}]", " [ 1 , 2 ] \n", '{"a":{"b":[1,{"c":[]}]}}']
)
def test_any_json_is_compared_as_json(text: str) -> None:
    assert compare(text, text).is_json


def test_a_comparison_can_be_stopped_at_any_time() -> None:
    text = json.dumps([{"ID": str(number), "v": number} for number in range(20_000)])
    other = json.dumps([{"ID": str(number), "v": -number} for number in range(20_000)])
    looks = 0

    def stop_at(wanted: int) -> bool:
        nonlocal looks
        looks += 1
        return looks >= wanted

    compare(text, other, lambda: stop_at(10**9))
    all_looks = looks
    assert all_looks > 20
    for wanted in range(1, all_looks, 3):
        looks = 0
        with pytest.raises(Stopped):
            compare(text, other, lambda wanted=wanted: stop_at(wanted))  # type: ignore[misc]


def test_a_list_of_many_equal_elements_costs_no_more_than_is_allowed() -> None:
    left, right = json.dumps([0, 1] * 20_000), json.dumps([1, 1, 0] * 15_000)
    assert compare(left, right).count > 0
