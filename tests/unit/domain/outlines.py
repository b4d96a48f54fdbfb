"""Outlines of texts, and their lines as somebody would draw them."""

from redox_tui.domain.folds import Folds
from redox_tui.domain.jsontree import json_line
from redox_tui.domain.outline import Outline
from redox_tui.domain.payload import PayloadReader
from redox_tui.domain.textscan import text_line


def outline_of(text: str) -> Outline:
    """The outline of a text that is JSON."""
    reader = PayloadReader(text)
    outline = reader.read()
    assert reader.is_json, reader.notice
    return outline


def rows(outline: Outline, folds: Folds) -> list[int]:
    """The lines that are visible."""
    return [folds.line(row) for row in range(folds.row(len(outline) - 1) + 1)]


def sent(outline: Outline, line: int) -> str:
    """A line as it was sent, without indent."""
    shown = json_line(outline, line)
    key, value = (outline.text[slice(*part)] for part in (shown.key, shown.value))
    return f"{key}{': ' if key else ''}{value}{',' * shown.has_comma}"


def drawn(outline: Outline, folds: Folds = Folds()) -> list[str]:  # noqa: B008 - a value
    """The visible lines of a JSON text; a folded node says how many members it has."""
    found = []
    for line in rows(outline, folds):
        node = outline.node_of(line)
        is_folded = node is not None and folds.is_folded(outline, node)
        size = f"…{outline.size(node)}" if node is not None and is_folded else ""
        found.append("  " * outline.depths[line] + sent(outline, line) + size)
    return found


def plain(text: str, width: int | None = None) -> list[str]:
    """The lines of a text that is no JSON, with their indents."""
    reader = PayloadReader(text, width, is_part=width is not None)
    outline = reader.read()
    assert not reader.is_json
    lines = (text_line(outline, line) for line in range(len(outline)))
    return ["  " * depth + outline.text[begin:end] for depth, (begin, end) in zip(outline.depths, lines, strict=True)]


def line_of(outline: Outline, value: str) -> int:
    """The first line with this key, or this value."""
    return next(line for line in range(len(outline)) if f'"{value}"' in sent(outline, line))
