"""A field for a text of several lines: an id, or a whole message."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.domain import display
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.secret_field import SecretField

_MAX_BYTES = 4 << 20


class PasteDialog(Dialog[str | None]):
    """A text that may be patient data, so it is counted and not drawn; None where the dialog is left."""

    SCOPES = ("paste", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("paste")
    AUTO_FOCUS = "SecretField"

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line(display.line(self._question), classes="title")
            yield SecretField(lines=True, placeholder="paste it here", limit=_MAX_BYTES)
            yield KeyHints()

    @on(SecretField.Submitted)
    def _give(self) -> None:
        taken = self.query_one(SecretField).take()
        self.dismiss(bytes(taken).decode(errors="replace") or None)

    def action_leave(self) -> None:
        self.query_one(SecretField).clear()
        self.dismiss(None)
