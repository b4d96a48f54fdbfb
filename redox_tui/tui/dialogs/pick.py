"""Choosing one of a few."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.domain import display
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.line_list import LineList


class PickDialog(Dialog[int | None]):
    """A list of choices; the place of the chosen one, None where the dialog is left."""

    SCOPES = ("pick", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("pick")
    AUTO_FOCUS = "ChoiceList"

    def __init__(self, question: str, choices: Sequence[str]) -> None:
        super().__init__()
        self._question = question
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line(display.line(self._question), classes="title")
            yield ChoiceList(self._choices)
            yield KeyHints()

    def on_mount(self) -> None:
        shown = self.query_one(ChoiceList)
        shown.styles.height = min(len(self._choices), 12)
        shown.rows_changed()

    def action_choose(self) -> None:
        self.dismiss(self.query_one(ChoiceList).cursor)

    def action_leave(self) -> None:
        self.dismiss(None)


class ChoiceList(LineList):
    """One choice a line."""

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__()
        self._choices = choices

    def show(self, choices: Sequence[str]) -> None:
        """Take other choices, with the cursor on the first."""
        self._choices = choices
        self.cursor = 0
        self.scroll_to(y=0, animate=False)
        self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._choices)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        return [Segment(display.clip(display.line(self._choices[row]), width), style)]
