"""Values as one line: what can be typed, and that nothing is lost between the line and the values."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redox_tui.domain.value_text import ValueTextError, parse, write


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", ()),
        ("  ", ()),
        ("a", ("a",)),
        ("Inpatient, Observation", ("Inpatient", "Observation")),
        ("a,,b,", ("a", "b")),
        ('"a, b", c', ("a, b", "c")),
        ('"say ""hi"""', ('say "hi"',)),
        ('"" , " x "', ("", " x ")),
        ('5" tube, C:\\u{41}', ('5" tube', "C:\\u{41}")),
        ('"a\\u{a}b\\u{5c}u{41}"', ("a\nb\\u{41}",)),
        ("a\nb\r\nc", ("a", "b", "c")),
        ("東京, [x]", ("東京", "[x]")),
    ],
)
def test_a_line_is_read(text: str, values: tuple[str, ...]) -> None:
    assert parse(text) == values


@pytest.mark.parametrize(
    ("text", "words", "column"),
    [
        ('a, "b', "The quotes are not closed.", 4),
        ('"a" b', "After closing quotes a comma follows.", 5),
        ('"a\\u{x}"', "A character's number", 3),
        ('"a\\u{110000}"', "A character's number", 3),
        ('"a\\u{41"', "A character's number", 3),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text: str, words: str, column: int) -> None:
    with pytest.raises(ValueTextError, match=words) as caught:
        parse(text)
    assert caught.value.column == column


@given(st.lists(st.text(st.characters(exclude_categories=()))).map(tuple))
@example(("", " ", ",", '"', "\\u{41}", "\\", "\x1b[31m", "\ud800", "\u00a0a"))
def test_values_are_the_same_after_they_were_written_and_read(values: tuple[str, ...]) -> None:
    text = write(values)
    assert parse(text) == values
    assert text.isprintable()


@given(st.text(st.sampled_from('a," \n\\u{}0f')))
def test_any_text_is_values_or_an_error_within_it(text: str) -> None:
    try:
        values = parse(text)
    except ValueTextError as error:
        column, values = error.column, ()
        assert 1 <= column <= len(text) + 1
    assert parse(write(values)) == values
