"""Which lines are visible when nodes are folded: told by arithmetic, and compared with what hiding them gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.folds import NEVER, Folds
from redox_tui.domain.outline import Outline

from . import documents
from .outlines import drawn, line_of, outline_of, rows


def hidden(outline: Outline, folds: Folds) -> set[int]:
    """The lines that are inside of a folded node."""
    return {
        line
        for node, first in enumerate(outline.node_lines)
        if folds.is_folded(outline, node)
        for line in range(first + 1, outline.node_lasts[node] + 1)
    }


@given(documents.texts, st.lists(st.tuples(st.sampled_from("tlo"), st.integers(0, 99)), max_size=8))
def test_a_line_is_visible_unless_a_folded_node_holds_it(text: str, moves: list[tuple[str, int]]) -> None:
    outline, folds = outline_of(text), Folds()
    for kind, place in moves:
        if kind == "l":
            folds = folds.from_level(outline, place % 5)
        elif kind == "o":
            folds = folds.opened_to(outline, place % len(outline))
            assert place % len(outline) in rows(outline, folds)
        else:
            visible = rows(outline, folds)
            node = outline.node_of(visible[place % len(visible)])
            if node is not None:
                was_folded = folds.is_folded(outline, node)
                folds = folds.toggled(outline, node)
                assert folds.is_folded(outline, node) != was_folded
        shown = [line for line in range(len(outline)) if line not in hidden(outline, folds)]
        assert rows(outline, folds) == shown
        assert all(folds.row(line) == row for row, line in enumerate(shown))


@given(documents.texts)
def test_a_hidden_line_is_in_the_row_of_the_node_that_hides_it(text: str) -> None:
    outline = outline_of(text)
    folds = Folds().from_level(outline, 1)
    for line in hidden(outline, folds):
        node = outline.node_of(folds.line(folds.row(line)))
        assert node is not None
        assert outline.node_lines[node] < line <= outline.node_lasts[node]


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (0, ["{…2"]),
        (1, ["{", '  "Meta": {…2', '  "Visit": {…3', "}"]),
        (NEVER, drawn(outline_of(documents.VISIT))),
    ],
)
def test_a_level_can_be_folded(level: int, shown: list[str]) -> None:
    outline = outline_of(documents.VISIT)
    assert drawn(outline, Folds().from_level(outline, level)) == shown


def test_what_was_folded_inside_stays_folded_when_the_node_around_it_opens() -> None:
    outline = outline_of(documents.VISIT)
    inner, outer = (outline.node_of(line_of(outline, key)) for key in ("Insurances", "Visit"))
    assert inner is not None
    assert outer is not None
    folds = Folds().toggled(outline, inner)
    before = drawn(outline, folds)
    folds = folds.toggled(outline, outer)
    assert drawn(outline, folds)[-2:] == ['  "Visit": {…3', "}"]
    assert drawn(outline, folds.toggled(outline, outer)) == before


def test_a_text_without_nodes_has_nothing_to_fold() -> None:
    outline = outline_of("7")
    assert Folds().from_level(outline, 0) == Folds().opened_to(outline, 0) == Folds()
