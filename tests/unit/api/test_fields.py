"""Fields of a JSON object: what they are taken for, and what is noted."""

import pytest

from redox_tui.api.fields import Fields
from redox_tui.domain.timerange import Timestamp


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", "x"), ("", ""), (None, None), (7, "7"), (1.5, "1.5"), (float("nan"), "nan"), (10**40, "1" + "0" * 40)],
)
def test_text_is_text_or_a_number(value: object, text: str | None) -> None:
    fields = Fields({"a": value})
    assert (fields.text("a"), fields.unreadable) == (text, [])


@pytest.mark.parametrize(
    ("value", "number"), [(7, 7), (-7, -7), (None, None), ("12", 12), (3.0, 3), (10**40, 10**40), (0, 0)]
)
def test_a_whole_number_may_be_written_in_several_ways(value: object, number: int | None) -> None:
    fields = Fields({"a": value})
    assert (fields.whole("a"), fields.unreadable) == (number, [])


@pytest.mark.parametrize("value", [True, "", "many", "-1", "٣", "9" * 16, 1.5, float("inf"), float("nan"), [], {}])
def test_what_is_no_whole_number_is_noted(value: object) -> None:
    fields = Fields({"a": value})
    assert (fields.whole("a"), fields.unreadable) == (None, ["a"])


@pytest.mark.parametrize("value", [True, [], {}])
def test_what_is_no_text_is_noted(value: object) -> None:
    fields = Fields({"a": value})
    assert (fields.text("a"), fields.time("a"), fields.unreadable) == (None, None, ["a"])


def test_an_empty_timestamp_is_none_and_an_unreadable_one_is_text() -> None:
    fields = Fields({"a": "", "b": "soon"})
    assert (fields.time("a"), fields.time("b"), fields.unreadable) == (None, Timestamp("soon"), [])


def test_what_is_unreadable_inside_is_noted_under_the_name_of_the_outermost_field() -> None:
    fields = Fields({"a": {"b": [{"c": True}, 7, {"c": 1}]}})
    inner = fields.inner("a")
    assert inner is not None
    assert [one.whole("c") for one in inner.inners("b")] == [None, 1]
    assert fields.unreadable == ["a"]


@pytest.mark.parametrize("value", ["x", 7, True, []])
def test_what_is_no_object_is_noted(value: object) -> None:
    fields = Fields({"a": value})
    assert (fields.inner("a"), fields.unreadable) == (None, ["a"])


@pytest.mark.parametrize("value", ["x", 7, True, {}])
def test_what_is_no_array_is_noted(value: object) -> None:
    fields = Fields({"a": value})
    assert (list(fields.inners("a")), fields.unreadable) == ([], ["a"])


def test_what_is_missing_is_nothing_and_not_noted() -> None:
    fields = Fields({"b": None})
    for name in ("a", "b"):
        assert [fields.text(name), fields.time(name), fields.whole(name), fields.inner(name)] == [None] * 4
        assert list(fields.inners(name)) == []
    assert fields.unreadable == []
