"""A record on many lines keeps every part as it was sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.indented import indented

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_lines_are_those_of_the_library_where_numbers_are_spelled_alike(value: object) -> None:
    text = json.dumps(value)
    assert "\n".join(indented(text)) == json.dumps(value, indent=2)


def test_numbers_and_doubled_keys_stay_as_they_were_sent() -> None:
    assert indented('{"a":1.00,"a":1e400,"b":{}}') == ["{", '  "a": 1.00,', '  "a": 1e400,', '  "b": {}', "}"]


@pytest.mark.parametrize(("text", "lines"), [("", [""]), ("no json\nat all", ["no json", "at all"]), ("{", ["{"])])
def test_what_is_no_json_keeps_its_own_lines(text: str, lines: list[str]) -> None:
    assert indented(text) == lines


def test_depth_is_no_danger() -> None:
    assert len(indented("[" * 5_000 + "]" * 5_000)) == 9_999
