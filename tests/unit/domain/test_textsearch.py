"""Finding a text in a long one: every hit and no other, whatever the case, however the pieces fall."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redox_tui.domain import textsearch
from redox_tui.domain.textsearch import Hits

PIECE = 1 << 18


def found(text: str, wanted: str, *, is_json: bool = False) -> list[str]:
    """What stands in the text where something was found."""
    hits = Hits(text, wanted, is_json=is_json)
    for _ in hits.find():
        pass
    assert hits.is_complete
    spans = hits.within(0, len(text))
    assert [begin for begin, _ in spans] == list(hits.starts)
    return [text[begin:end] for begin, end in spans]


@given(st.text("abAB ."), st.text("abAB.", min_size=1, max_size=3))
def test_every_hit_is_found_and_no_other(text: str, wanted: str) -> None:
    assert found(text, wanted) == re.findall(re.escape(wanted), text, re.IGNORECASE)


@given(st.text("İiIσςΣßẞaäÄ"), st.text("İiσςΣßäÄ", min_size=1, max_size=3))
@example("İİİx", "x")
def test_letters_that_change_their_length_or_form_with_their_case_keep_their_place(text: str, wanted: str) -> None:
    def plain(letters: str) -> str:
        return "".join({"İ": "i", "ς": "σ", "ẞ": "ß"}.get(char, char.lower()) for char in letters)

    hits = Hits(text, wanted)
    for _ in hits.find():
        pass
    expected, at = [], plain(text).find(plain(wanted))
    while at >= 0:
        expected.append(at)
        at = plain(text).find(plain(wanted), at + len(wanted))
    assert list(hits.starts) == expected


@pytest.mark.parametrize("at", [PIECE - 3, PIECE - 2, PIECE - 1, PIECE, 2 * PIECE - 2])
def test_a_hit_across_two_pieces_is_found_once(at: int) -> None:
    text = " " * at + "needle" + " " * PIECE
    hits = Hits(text, "NEEDLE")
    for _ in hits.find():
        pass
    assert list(hits.starts) == [at]


def test_hits_do_not_overlap_where_two_pieces_meet() -> None:
    hits = Hits("a" * (PIECE + 10), "aaaa")
    for _ in hits.find():
        pass
    assert list(hits.starts) == list(range(0, PIECE + 7, 4))


def test_what_is_typed_is_found_however_json_spells_it() -> None:
    text = r'{"ID":"7","Name": "M\u00fcller","B": "say \"hi\"", "C": "a\/b", "D": "MÜLLER"}'
    assert found(text, '"id": "7"', is_json=True) == ['"ID":"7"']
    assert found(text, "müller", is_json=True) == [r"M\u00fcller", "MÜLLER"]
    assert found(text, 'say "hi"', is_json=True) == [r"say \"hi\""]
    assert found(text, "a/b", is_json=True) == [r"a\/b"]
    assert found(text, r"\u00FC", is_json=True) == [r"\u00fc"]


@pytest.mark.parametrize("wanted", ["", " ", "\t"])
def test_nothing_is_found_nowhere(wanted: str) -> None:
    assert found("a b c", wanted) == []


def test_blanks_around_what_is_typed_are_not_looked_for() -> None:
    assert found("xay", " a ") == ["a"]


def test_a_search_ends_when_it_has_found_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textsearch, "MOST", 1_000)
    hits = Hits("a" * 2 * PIECE, "a")
    for _ in hits.find():
        pass
    assert len(hits) == 1_000
    assert hits.count == ">1,000"


def test_what_is_looked_for_is_in_no_repr() -> None:
    assert "CANARY" not in repr(Hits("CANARY", "CANARY"))
