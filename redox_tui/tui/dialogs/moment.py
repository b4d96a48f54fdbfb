"""Asking for a point of time."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from redox_tui.domain import display
from redox_tui.domain.timerange import TimeError
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line


class MomentDialog(Dialog[datetime | None]):
    """A time, as `read` understands it; None where the dialog is left."""

    SCOPES = ("moment", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("moment")
    AUTO_FOCUS = "Input"

    def __init__(self, question: str, read: Callable[[str], datetime]) -> None:
        super().__init__()
        self._question = question
        self._read = read

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line(display.line(self._question), classes="title")
            yield Input(placeholder="14:05, 3h, yesterday, 2026-11-20T14:05", compact=True, select_on_focus=False)
            yield Line(classes="note")
            yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(".note", Line).display = False

    def action_go(self) -> None:
        text = self.query_one(Input).value.strip()
        try:
            if text:
                self.dismiss(self._read(text))
        except TimeError as error:
            note = self.query_one(".note", Line)
            note.update(display.line(str(error)))
            note.display = True

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_input_submitted(self) -> None:
        self.action_go()
