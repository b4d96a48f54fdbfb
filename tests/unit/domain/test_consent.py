"""What has to be typed before a filter is changed in production."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain import display
from redox_tui.domain.consent import consequence, words_to_type

ID = "7f3a09c1-5d2e-4a63-9f10-2b7c8d9e0f11"


@pytest.mark.parametrize("flag", ["Production", "production", "PROD", None, "", "Sandbox"])
def test_production_and_what_is_not_known_want_the_name(flag: str | None) -> None:
    asked = consequence("Delete?", ["It acts."], flag, "Only inpatients", ID)
    assert asked.words == ("Only inpatients",)
    assert asked.is_agreed(" Only inpatients ")
    assert not any(map(asked.is_agreed, ["", "only inpatients", "Only inpatients!", ID[:8]]))


@pytest.mark.parametrize("flag", ["Staging", "development"])
def test_elsewhere_a_yes_is_enough(flag: str) -> None:
    asked = consequence("Delete?", ["It acts."], flag, "Only inpatients", ID)
    assert asked.words == ()
    assert asked.is_agreed("")


@pytest.mark.parametrize("name", ["", " led", "trailing ", "a\x1b[2Jb", "two\nlines", "\u202emoor", "x" * 61])
def test_a_name_that_cannot_be_typed_is_replaced_by_the_beginning_of_the_id(name: str) -> None:
    assert words_to_type(name, ID) == ("7f3a09c1",)


def test_letters_that_not_everybody_can_type_leave_the_choice() -> None:
    assert words_to_type("病院フィルタ", ID) == ("7f3a09c1", "病院フィルタ")


def test_a_new_filter_has_no_id_to_type() -> None:
    assert words_to_type("a\tb") == ("PROD",)


@given(st.text(), st.text())
def test_there_is_always_something_that_can_be_typed_as_it_is_shown(name: str, filter_id: str) -> None:
    words = words_to_type(name, filter_id)
    assert words[0]
    assert words[0].isascii()
    assert display.line(words[0]) == words[0] == words[0].strip()
