"""Asking for the path of a file that holds a message."""

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


class MessagePathDialog(Dialog[str | None]):
    """A path as it is typed; None where the dialog is left."""

    SCOPES = ("message", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("message")
    AUTO_FOCUS = "Input"

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line(display.line(self._question), classes="title")
            yield Input(compact=True, select_on_focus=False)
            yield KeyHints()

    def action_read(self) -> None:
        if path := self.query_one(Input).value.strip():
            self.dismiss(path)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_input_submitted(self) -> None:
        self.action_read()
