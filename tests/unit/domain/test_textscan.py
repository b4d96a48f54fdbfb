"""Texts that are no JSON in lines: segments of HL7 v2, elements of XML, and whatever else there is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain import display
from redox_tui.domain.payload import PayloadReader

from .outlines import plain

CDA = (
    "<?xml version='1.0'?><!-- a > b -->\n<ClinicalDocument a='1'><id/><title>Summary</title>"
    "<text>Hello <b>you</b></text><empty></empty><table><tr><td>1</td><td>2</td></tr></table>"
    "<![CDATA[<not><a><tag>]]></ClinicalDocument>"
)


def test_an_element_that_holds_elements_has_a_line_for_each_and_one_that_holds_text_has_one() -> None:
    assert plain(CDA) == [
        "<?xml version='1.0'?>",
        "<!-- a > b -->",
        "<ClinicalDocument a='1'>",
        "  <id/>",
        "  <title>Summary</title>",
        "  <text>Hello <b>you</b></text>",
        "  <empty></empty>",
        "  <table>",
        "    <tr>",
        "      <td>1</td>",
        "      <td>2</td>",
        "    </tr>",
        "  </table>",
        "  <![CDATA[<not><a><tag>]]>",
        "</ClinicalDocument>",
    ]


def test_line_breaks_that_xml_has_of_its_own_are_kept() -> None:
    text = "<a>\r\n<b>one\n   two</b>\n<c x='1'\n   y='2'/>\n<!-- x\ny --></a>\n"
    assert plain(text) == [
        "<a>",
        "  <b>one",
        "    two</b>",
        "  <c x='1'",
        "  y='2'/>",
        "  <!-- x",
        "  y -->",
        "</a>",
    ]


@pytest.mark.parametrize("text", ["<a><b></a></a></a>", "<a", "<a><!-- never closed>", "<<<>>>", "<a>" * 2_000 + ">"])
def test_xml_that_is_not_well_formed_is_shown_whole(text: str) -> None:
    assert "".join(line.strip() for line in plain(text)) == text


@given(st.lists(st.sampled_from(["<a>", "</a>", "<b/>", "x", " ", "\n", "\r\n", "<!--", "-->", "<", ">"]), max_size=30))
def test_no_letter_of_a_text_is_lost(parts: list[str]) -> None:
    text = f"<a>{''.join(parts)}</a>"
    assert re.sub(r"\s", "", "".join(plain(text))) == re.sub(r"\s", "", text)


def test_the_segments_of_an_hl7_message_are_its_lines() -> None:
    assert plain("MSH|^~\\&|EPIC\rPID|1|\r") == ["MSH|^~\\&|EPIC", "PID|1|"]
    assert plain("\x0bMSH|^~\\&|EPIC\r\nPID|1|\x1c\r") == ["\x0bMSH|^~\\&|EPIC", "PID|1|\x1c"]


@given(st.text("ab\r\n", max_size=20))
def test_every_kind_of_line_break_ends_a_line(text: str) -> None:
    lines = re.split(r"\r\n|\r|\n", f"x{text}")
    assert plain(f"x{text}") == (lines if lines[-1] or len(lines) == 1 else lines[:-1])


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 200_000])
def test_a_line_break_is_seen_wherever_it_stands_in_a_long_text(size: int) -> None:
    assert plain(f"x{'y' * (size - 2)}\r\nz") == [f"x{'y' * (size - 2)}", "z"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<{[\r\n"), min_size=1), st.integers(8, 20))
def test_a_value_is_wrapped_so_that_every_line_of_it_fits(value: str, width: int) -> None:
    lines = plain(value, width)
    assert "".join(lines) == value
    for line in lines:
        shown = display.line(line)
        assert len(line) == 1 or display.clip(shown, width) == shown


def test_a_word_or_a_number_in_a_message_is_no_json_of_its_own_but_an_object_is() -> None:
    for text, is_json in (("12", False), ("true", False), ('"x"', False), ('{"a": 1}', True), (" [1]", True)):
        reader = PayloadReader(text, 40, is_part=True)
        reader.read()
        assert reader.is_json == is_json
