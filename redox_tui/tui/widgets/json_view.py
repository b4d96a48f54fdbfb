"""A payload as a tree of lines. Nothing of it is drawn before it is revealed."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from redox_tui.domain import display
from redox_tui.domain.jsontree import JsonTree
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.line_list import LineList

_ON_A_TREE = frozenset({"hide", "fold_or_unfold", "fold", "unfold", "level_less", "level_more", "unfold_all"})
_LEAST_VALUE = 30
"""Characters of a value that are drawn however deep it stands; what is left out is counted."""

_CLOSERS = {"{": "}", "[": "]"}


class JsonView(LineList):
    """The lines of one payload, once it is revealed."""

    SCOPES = ("payload", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("payload")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json-view--key",
        "json-view--string",
        "json-view--scalar",
        "json-view--fold",
    }

    class VisibilityChanged(Message):
        """The payload appeared, or was hidden again."""

    def __init__(self) -> None:
        super().__init__()
        self._text: str | None = None
        self._tree: JsonTree | None = None
        self._notice = ""

    def show(self, text: str | None, notice: str = "") -> None:
        """Take a payload, hidden; or say why there is none."""
        self._text, self._tree = text, None
        self._notice = "payload hidden · enter reveals it" if text is not None else notice
        self.cursor = 0
        self.rows_changed()
        self.post_message(self.VisibilityChanged())

    @property
    def is_revealed(self) -> bool:
        """Whether patient data is on the screen."""
        return self._tree is not None

    @property
    def path(self) -> str:
        """The JSON path of the line under the cursor."""
        return self._tree.path(self.cursor) if self._tree and self._tree.is_json and len(self._tree) else ""

    @property
    def row_count(self) -> int:
        return len(self._tree) if self._tree else 0

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        if not self._tree:
            return []
        line = self._tree[row]
        segments = [Segment("  " * line.depth, style)]
        if line.key:
            segments += [Segment(display.line(line.key), self._own("key", style)), Segment(": ", style)]
        if self._tree.is_folded(row):
            count = f" {line.size} item{'s' if line.size != 1 else ''}"
            segments += [
                Segment(f"{line.value}…{_CLOSERS[line.value]}", style),
                Segment(count, self._own("fold", style)),
            ]
            return segments
        kind = "string" if line.value[:1] == '"' else "scalar" if line.value[-1:] not in "{}[]" else ""
        room = width - sum(segment.cell_length for segment in segments) - line.comma
        value = display.line(line.value, max(room, _LEAST_VALUE))
        if cell_len(value) > room:
            # Letters of two cells; half as many of them fit.
            value = display.line(line.value, max(room // 2, _LEAST_VALUE))
        return [*segments, Segment(value, self._own(kind, style) if kind else style), Segment("," * line.comma, style)]

    def blank_line(self, y: int, width: int) -> Strip:
        text = display.line(self._notice) if y == 1 and self._tree is None else ""
        return Strip([Segment(f" {text}", self.frame_style)]).adjust_cell_length(width, self.frame_style)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "reveal":
            return self._text is not None and not self.is_revealed
        return self.is_revealed if action in _ON_A_TREE else True

    def action_reveal(self) -> None:
        if self._text is not None and self._tree is None:
            self._tree = JsonTree(self._text)
            self.rows_changed()
            self.post_message(self.VisibilityChanged())

    def action_hide(self) -> None:
        if self._text is not None:
            self.show(self._text)

    def action_fold_or_unfold(self) -> None:
        if self._tree and self._tree.is_folded(self.cursor):
            self.action_unfold()
        else:
            self.action_fold()

    def action_fold(self) -> None:
        if self._tree:
            row = self._tree.fold(self.cursor)
            self.rows_changed()
            self.move_to(row)

    def action_unfold(self) -> None:
        if self._tree:
            self._tree.unfold(self.cursor)
            self.rows_changed()

    def action_level_less(self) -> None:
        self._fold_by(-1)

    def action_level_more(self) -> None:
        self._fold_by(1)

    def action_unfold_all(self) -> None:
        self._fold_by(1_000_000)

    def _fold_by(self, levels: int) -> None:
        if self._tree:
            number = self._tree.number(self.cursor)
            self._tree.fold_from(max(1, self._tree.depth + levels))
            self.rows_changed()
            self.move_to(self._tree.row_of(number))

    def _own(self, name: str, style: Style) -> Style:
        return style + self.get_component_rich_style(f"json-view--{name}", partial=True)
