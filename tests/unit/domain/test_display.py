import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from redox_tui.domain import display
from redox_tui.domain.display import MAX_LINE

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
BLOCK = 4_096

_any_text = st.text(st.characters())
_long_text = st.builds(lambda part, times: part * times, st.text(st.characters(), min_size=1), st.integers(1, 6_000))
_wide_and_narrow = st.text("ab éß中文Ａｱ한ทก\u0e35\u0301\u20dd\u0941\x1b\u202e\t\n", max_size=80)


def hidden_in(text: str, but: str = "") -> set[str]:
    return {char for char in set(text) - set(but) if unicodedata.category(char) in HIDDEN}


def every_character() -> list[str]:
    """All code points, a block in each text."""
    return ["".join(map(chr, range(first, first + BLOCK))) for first in range(0, sys.maxunicode + 1, BLOCK)]


def test_of_all_characters_none_that_hides_or_steers_comes_through() -> None:
    for block in every_character():
        shown = display.line(block, limit=20 * BLOCK)
        assert not hidden_in(shown)
        assert display.line(shown, limit=20 * BLOCK) == shown
        assert not hidden_in(display.printable(block), but="\t\n")


def test_of_all_characters_those_that_can_be_seen_stay_themselves() -> None:
    for block in every_character():
        plain = "".join(c for c in block if unicodedata.category(c) not in HIDDEN and unicodedata.category(c)[0] != "M")
        assert display.line(plain, limit=20 * BLOCK) == plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Lakeside Epic", "Lakeside Epic"),
        ("Zoë Ångström 中文 \N{NO-BREAK SPACE}✓", "Zoë Ångström 中文 \N{NO-BREAK SPACE}✓"),
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("a\tb\r\nc\0", "a␉b␍␊c␀"),
        ("\x7f\x9b31m", "␡⟨U+009B⟩31m"),
        ("abc\u202edef", "abc⟨U+202E⟩def"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("\u2028\u2029", "⟨U+2028⟩⟨U+2029⟩"),
        ("\udcff", "⟨U+DCFF⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
    ],
)
def test_what_would_steer_a_terminal_is_shown_as_a_sign(text: str, shown: str) -> None:
    assert display.line(text) == shown


def test_nothing_is_an_empty_line_or_a_dash() -> None:
    assert display.line(None) == ""
    assert display.or_dash(None) == display.or_dash("") == "–"
    assert display.or_dash("\x1b") == "␛"


@given(_any_text | _long_text)
def test_a_line_made_harmless_twice_is_the_same_line(text: str) -> None:
    shown = display.line(text)
    assert display.line(shown) == shown
    assert len(shown) <= MAX_LINE
    assert not hidden_in(shown)


def test_a_long_line_ends_with_how_much_is_missing() -> None:
    assert display.line("x" * MAX_LINE) == "x" * MAX_LINE
    assert display.line("x" * 1_000_000) == "x" * 3_976 + " … 996,024 more"
    assert display.line("x" * 101, limit=100) == "x" * 76 + " … 25 more"


def test_signs_for_hidden_characters_count_against_the_limit() -> None:
    assert len(display.line("\u202e" * MAX_LINE)) <= MAX_LINE
    assert display.line("\u202e" * 1_000).endswith(" … 4,024 more")


def test_marks_that_pile_up_are_thinned_out() -> None:
    assert display.line("Z" + "\u0301" * 1_000 + "oe\u0301") == "Z" + "\u0301" * 4 + "oe\u0301"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("MSH|^~\\&|EPIC\rPID|1\rPV1|1", ["MSH|^~\\&|EPIC", "PID|1", "PV1|1"]),
        ("a\r\nb\nc\r", ["a", "b", "c", ""]),
        ("a\n\n\rb", ["a", "", "", "b"]),
        ("\tx\n1\ty", ["    x", "1   y"]),
        ("a\x0bb\x0cc\x85d\u2028e", ["a␋b␌c⟨U+0085⟩d⟨U+2028⟩e"]),
    ],
)
def test_a_text_is_split_into_harmless_lines(text: str, parts: list[str]) -> None:
    assert display.lines(text) == parts


@given(_any_text)
def test_printable_text_keeps_its_line_feeds_and_tabs(text: str) -> None:
    shown = display.printable(text)
    assert not hidden_in(shown, but="\t\n")
    assert [shown.count(char) for char in "\t\n"] == [text.count(char) for char in "\t\n"]
    assert display.printable(shown) == shown


def test_printable_text_is_never_cut() -> None:
    assert display.printable("x\n" * 10_000) == "x\n" * 10_000
    assert display.printable("\x1b" + "é" * 10_000) == "␛" + "é" * 10_000


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abc", 5, "abc  "),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("abcdefghijklmnopqrstuvwxyz", 6, "abcde…"),
        ("abcdefghijklmnopqrstuvwxyz" * 9, 1, "…"),
        ("中文", 4, "中文"),
        ("中文", 5, "中文 "),
        ("中文字", 5, "中文…"),
        ("中文字", 4, "中… "),
        ("e\u0301e\u0301", 3, "e\u0301e\u0301 "),
        ("ที่", 3, "ที่  "),
        ("a\tb\u202e", 12, "a␉b⟨U+202E⟩ "),
        ("Z" + "\u0301" * 9 + "oe", 4, "Z" + "\u0301" * 4 + "oe "),
        (("Z" + "\u0301" * 4) * 9, 4, ("Z" + "\u0301" * 4) * 3 + "…"),
    ],
)
def test_a_text_is_fitted_into_cells(text: str, width: int, shown: str) -> None:
    assert display.fit(text, width) == shown


def test_a_thousand_marks_on_one_letter_take_no_column() -> None:
    piled = "Z" + "\u0301" * 1_000
    assert display.fit(piled, 4) == "Z" + "\u0301" * 4 + "…  "
    assert cell_len(display.fit(piled * 100, 20)) == 20
    assert cell_len(display.fit("ก" + "\u0e35" * 1_000, 20)) == 20


@given(_wide_and_narrow, st.integers(1, 40))
def test_a_column_holds_its_width_whatever_stands_in_it(text: str, width: int) -> None:
    """Measured as the library does that draws the screen."""
    assert cell_len(display.fit(text, width)) == width
    assert cell_len(display.clip(text, width)) <= width


@given(_wide_and_narrow, st.integers(1, 40))
def test_what_fits_is_not_clipped(text: str, width: int) -> None:
    shown = display.line(text)
    if cell_len(shown) <= width:
        assert display.clip(text, width) == shown
    else:
        kept = display.clip(text, width)
        assert kept.endswith("…")
        assert shown.startswith(kept[:-1])
