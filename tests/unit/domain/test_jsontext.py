import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.jsontext import JsonReader, JsonTextError, on_one_line, tokens

from . import documents


def read(reader: JsonReader) -> Any:
    """A whole value, piece by piece; an object becomes its pairs, so that no duplicate key is lost."""
    if reader.peek() == "{":
        return [(key, read(reader)) for key in reader.members()]
    if reader.peek() == "[":
        return [read(reader) for _ in reader.elements()]
    return reader.value()


def parsed(text: str) -> Any:
    return json.loads(text, object_pairs_hook=list)


@given(documents.texts)
def test_a_text_read_piece_by_piece_is_the_text_read_at_once(text: str) -> None:
    reader = JsonReader(f"\n {text} \t")
    assert read(reader) == parsed(text)
    assert reader.peek() == ""


@given(documents.texts)
def test_what_is_not_read_in_a_loop_is_skipped(text: str) -> None:
    value = json.loads(text)
    reader = JsonReader(text)
    if isinstance(value, dict):
        assert list(reader.members()) == list(value)
    elif isinstance(value, list):
        assert list(reader.elements()) == list(range(len(value)))
    else:
        assert reader.value() == value
    assert reader.peek() == ""


def test_of_each_record_its_own_text_can_be_kept() -> None:
    text = '{"logs": [ {"id": 1.50, "id": 2} , [ ], "x" ]}'
    reader = JsonReader(text)
    records = []
    for _ in reader.members():
        for _ in reader.elements():
            start = reader.at
            reader.value()
            records.append(text[start : reader.end])
    assert records == ['{"id": 1.50, "id": 2}', "[ ]", '"x"']


def test_a_reader_can_begin_in_the_middle_of_a_text() -> None:
    assert JsonReader('{"a": [1, 2]}', 5).value() == [1, 2]


@given(documents.damaged())
def test_a_damaged_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        value = read(JsonReader(text))
    except JsonTextError:
        assert not documents.is_json(text)
    else:
        assert not documents.is_json(text) or value == parsed(text)


@given(documents.values.filter(lambda value: isinstance(value, list | dict)), st.data())
def test_a_text_that_was_cut_off_is_refused(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(JsonTextError):
        read(JsonReader(text[:cut]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the text is cut off"),
        ('{"patient": ', "the text is cut off"),
        ("[1, 2", "the text is cut off"),
        ('{"patient" 1}', "no JSON at character 12"),
        ("{1: 2}", "no JSON at character 2"),
        ("[1 2]", "no JSON at character 4"),
        ("[1,]", "no JSON at character 4"),
        ('{"a": 1,}', "no JSON at character 9"),
        ("[patient]", "no JSON at character 2"),
    ],
)
def test_an_error_says_where_and_not_what(text: str, message: str) -> None:
    with pytest.raises(JsonTextError) as caught:
        read(JsonReader(text))
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000])
def test_a_value_that_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(JsonTextError):
        JsonReader(text).value()


def test_a_number_of_too_many_digits_is_refused() -> None:
    with pytest.raises(JsonTextError):
        JsonReader("[" + "9" * 5_000 + "]").value()


@given(documents.texts)
def test_the_tokens_are_the_text_without_the_space_between_them(text: str) -> None:
    found = list(tokens(text))
    assert parsed("".join(text[start:end] for _, start, end in found)) == parsed(text)
    assert all(kind == text[start] or kind in ("string", "scalar") for kind, start, _ in found)


def test_tokens_are_told_by_kind_and_place() -> None:
    assert list(tokens(' {"a\\"":[-1.50E+2 ,null]} ')) == [
        ("{", 1, 2),
        ("string", 2, 7),
        (":", 7, 8),
        ("[", 8, 9),
        ("scalar", 9, 17),
        (",", 18, 19),
        ("scalar", 19, 23),
        ("]", 23, 24),
        ("}", 24, 25),
    ]


@pytest.mark.parametrize(
    "text", ["'a'", '"a', '"a\nb"', r'"\x"', r'"\u12"', "+1", ".5", "True", "NaN", "\u00a01", "//"]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(JsonTextError, match="no JSON at character 1"):
        list(tokens(text))


def test_a_long_string_costs_no_more_memory_than_it_has_characters() -> None:
    text = json.dumps({"Document": "JVBERi0x" * 250_000})
    tracemalloc.start()
    try:
        assert len(list(tokens(text))) == 5
        assert tracemalloc.get_traced_memory()[1] < len(text)
    finally:
        tracemalloc.stop()


@given(documents.texts)
def test_a_text_on_one_line_is_the_same_json(text: str) -> None:
    line = on_one_line(text)
    assert "\n" not in line
    assert "\r" not in line
    assert parsed(line) == parsed(text)


def test_a_text_that_is_on_one_line_stays_as_it_is() -> None:
    assert on_one_line('{ "a":\t1.50 }') == '{ "a":\t1.50 }'
    assert on_one_line("[1,\r2]") == "[1,2]"
    assert on_one_line('{\r\n  "a": "b  c"\r\n}') == '{"a": "b  c"}'


def test_padding_inside_of_a_string_does_not_slow_it_down() -> None:
    """Were every blank of the padding looked at again from every blank before it, this would take minutes."""
    text = '{\n"a": "' + " " * 200_000 + '"\n}'
    assert len(on_one_line(text)) == len(text) - 2
