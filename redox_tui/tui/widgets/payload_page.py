"""One text on show in a payload view: its lines, what is folded and what was found. No widget: it draws nothing."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from redox_tui.domain.folds import NEVER, Folds
from redox_tui.domain.jsontree import Node, json_path
from redox_tui.domain.outline import Outline
from redox_tui.domain.payload import PayloadReader
from redox_tui.domain.textsearch import Hits

Change: TypeAlias = Callable[[Outline, Folds], tuple[Folds, int]]
"""What a command makes of the folds, and the line where the cursor then is."""

_AT_ONCE: Final = 12
"""Rests of the reader within which a text is read before it is shown: a few milliseconds, some thousand lines."""

_FEW_NODES: Final = 5_000
"""Nodes up to which folding takes a moment only."""


class PayloadPage:
    """A text, read as far as a screen needs. The rest is read by whoever drives `steps`, and then taken by `grow`."""

    def __init__(self, reader: PayloadReader, title: str = "") -> None:
        self.reader = reader
        self.title = title
        self.folds = Folds()
        self.changes: list[Change] = []
        """What waits until all has been read, or until what was asked for before is done."""
        self.is_folding = False
        self.hits: Hits | None = None
        self.hit: int | None = None
        self.cursor = 0
        self.top = 0
        self.steps: Iterator[None] = reader.steps()
        for _ in islice(self.steps, _AT_ONCE):
            pass
        self.outline = reader.outline

    @property
    def rows(self) -> int:
        """Visible lines that have been read."""
        return self.folds.row(len(self.outline) - 1) + 1 if len(self.outline) else 0

    @property
    def is_small(self) -> bool:
        """Whether folding can be done while somebody waits."""
        return len(self.outline.node_lines) <= _FEW_NODES

    def line(self, row: int) -> int:
        """The line in a row."""
        return self.folds.line(row)

    def node(self, row: int) -> Node | None:
        """What is in a row; None while it has not been read to its end."""
        if row >= self.rows:
            return None
        line, outline = self.line(row), self.outline
        opened = outline.node_at(line)
        is_whole = outline.node_lasts[opened] > 0 if opened is not None else not outline.is_open_ended(line)
        return Node(outline, line, self.reader.is_json) if is_whole else None

    def path(self, row: int) -> str:
        """The JSON path of a row; empty in a text that is no JSON."""
        return json_path(self.outline, self.line(row)) if self.reader.is_json and row < self.rows else ""

    def words(self, row: int) -> Iterator[str]:
        """Where a row is, what is being done, what was found, and what there is to know of the text."""
        is_whole = self.outline.is_complete
        if self.rows:
            yield f"line {row + 1:,} of {'' if is_whole else '>'}{self.rows:,}"
        if not is_whole:
            yield "indexing…"
        if self.changes and not is_whole:
            yield "folds when indexed"
        elif self.is_folding:
            yield "folding…"
        if self.hits is not None:
            yield self._found(self.hits)
        if is_whole:
            yield self.reader.notice

    def _found(self, hits: Hits) -> str:
        if not hits.is_complete:
            return "searching…"
        return f"hit {(self.hit or 0) + 1:,} of {hits.count}" if hits else "no hits"

    def grow(self, row: int) -> int:
        """Take what has been read meanwhile; the row where the text of a row now is."""
        if self.outline is self.reader.outline:
            return row
        offset = self.outline.starts[self.line(row)] if row < self.rows else 0
        self.outline, self.folds = self.reader.outline, Folds()
        return self.outline.line_at(offset)


def fold_or_unfold(line: int) -> Change:
    """Fold the node in a line or around it; open it where it is folded."""

    def change(outline: Outline, folds: Folds) -> tuple[Folds, int]:
        node = outline.node_of(line)
        is_folded = node is not None and folds.is_folded(outline, node)
        return (unfold if is_folded else fold)(line)(outline, folds)

    return change


def fold(line: int) -> Change:
    """Fold the node in a line, or the one around it."""

    def change(outline: Outline, folds: Folds) -> tuple[Folds, int]:
        node = outline.node_at(line)
        if node is None:
            node = outline.node_around(line)
        elif folds.is_folded(outline, node):
            node = outline.parent(node)
        return (folds, line) if node is None else (folds.toggled(outline, node), outline.node_lines[node])

    return change


def unfold(line: int) -> Change:
    """Open the node in a line."""

    def change(outline: Outline, folds: Folds) -> tuple[Folds, int]:
        node = outline.node_of(line)
        is_folded = node is not None and folds.is_folded(outline, node)
        return (folds.toggled(outline, node) if node is not None and is_folded else folds), line

    return change


def fold_by(levels: int, line: int) -> Change:
    """Fold so many levels more or less; the outermost node stays open."""

    def change(outline: Outline, folds: Folds) -> tuple[Folds, int]:
        level = max(1, min(folds.level, outline.deepest + 1) + levels)
        return folds.from_level(outline, level if level <= outline.deepest else NEVER), line

    return change


def unfold_all(line: int) -> Change:
    """Open every node."""
    return lambda outline, folds: (Folds(), line)


def open_to(offset: int) -> Change:
    """Open what hides a character."""

    def change(outline: Outline, folds: Folds) -> tuple[Folds, int]:
        line = outline.line_at(offset)
        return folds.opened_to(outline, line), line

    return change
