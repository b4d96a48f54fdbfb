"""Asking for one line of text: a path of this machine, values."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from redox_tui.domain import display
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line


class OneLineDialog(Dialog[str | None]):
    """A line of text that is not empty; None where the dialog is left."""

    SCOPES = ("line", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("line")
    AUTO_FOCUS = "Input"

    def __init__(self, question: str, placeholder: str = "") -> None:
        super().__init__()
        self._question = question
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Line(display.line(self._question), classes="title")
            yield Input(compact=True, select_on_focus=False, placeholder=self._placeholder)
            yield KeyHints()

    def action_give(self) -> None:
        if text := self.query_one(Input).value.strip():
            self.dismiss(text)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_input_submitted(self) -> None:
        self.action_give()
