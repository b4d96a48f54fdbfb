"""Asking before something that cannot be undone, with its exact consequence."""

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


class ConfirmDialog(Dialog[bool]):
    """A question; with a `word` that has to be typed, it is answered by nothing less."""

    SCOPES = ("confirm", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("confirm")

    def __init__(self, question: str, word: str = "") -> None:
        super().__init__()
        self._question = question
        self._word = word

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line("\n".join(display.lines(self._question)))
            if self._word:
                yield Line(f"Type {display.line(self._word)}:", classes="title")
                yield Input(compact=True, select_on_focus=False)
            yield KeyHints()

    def action_agree(self) -> None:
        if not self._word or self.query_one(Input).value.strip() == self._word:
            self.dismiss(True)

    def action_leave(self) -> None:
        self.dismiss(False)

    def on_input_submitted(self) -> None:
        self.action_agree()
