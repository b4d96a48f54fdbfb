"""Switching things on and off."""

from collections.abc import Mapping
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


class ToggleDialog(Dialog[dict[str, bool] | None]):
    """Names with titles, each on or off; what is on in the end, None where the dialog is left."""

    SCOPES = ("toggle", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("toggle")
    AUTO_FOCUS = "ToggleList"

    def __init__(self, question: str, titles: Mapping[str, str], on: Mapping[str, bool]) -> None:
        super().__init__()
        self._question = question
        self._titles = titles
        self._on = on

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line(display.line(self._question), classes="title")
            yield ToggleList(self._titles, self._on)
            yield KeyHints()

    def on_mount(self) -> None:
        shown = self.query_one(ToggleList)
        shown.styles.height = len(self._titles)
        shown.rows_changed()

    def action_done(self) -> None:
        self.dismiss(self.query_one(ToggleList).on)

    def action_leave(self) -> None:
        self.dismiss(None)


class ToggleList(LineList):
    """One name a line."""

    SCOPES = ("switches", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("switches")

    def __init__(self, titles: Mapping[str, str], on: Mapping[str, bool]) -> None:
        super().__init__()
        self._titles = titles
        self.on = {name: on[name] for name in titles}

    @property
    def row_count(self) -> int:
        return len(self._titles)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        name, title = list(self._titles.items())[row]
        return [Segment(f"[{'x' if self.on[name] else ' '}] {title}", style)]

    def action_switch(self) -> None:
        name = list(self._titles)[self.cursor]
        self.on[name] = not self.on[name]
        self.refresh()
