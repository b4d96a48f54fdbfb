"""Asking for the path of a new file."""

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


class NewFileDialog(Dialog[str | None]):
    """A path, as it was typed; None where the dialog is left, or goes with a payload, which may be what is saved."""

    SCOPES = ("file", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("file")
    AUTO_FOCUS = "Input"

    def __init__(self, question: str, proposed: str) -> None:
        super().__init__()
        self._question = question
        self._proposed = proposed

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line(display.line(self._question, 200), classes="title")
            yield Line("A new file, for you alone (mode 0600); no file is overwritten.")
            yield Input(self._proposed, compact=True)
            yield KeyHints()

    def action_save(self) -> None:
        if path := self.query_one(Input).value.strip():
            self.dismiss(path)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_untouched(self) -> None:
        self.dismiss(None)

    def on_input_submitted(self) -> None:
        self.action_save()
