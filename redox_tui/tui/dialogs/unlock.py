"""Asking for a passphrase in front of the app."""

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


class UnlockDialog(Dialog[bytearray | None]):
    """One passphrase; None where the dialog is left without it."""

    SCOPES = ("unlock", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("unlock")
    AUTO_FOCUS = "SecretField"

    def __init__(self, what: str, note: str = "") -> None:
        super().__init__()
        self._what = what
        self._note = note

    def compose(self) -> ComposeResult:
        with Vertical():
            if self._note:
                yield Line(display.line(self._note), classes="note")
            yield Line(f"Passphrase of {display.line(self._what)}", classes="title")
            yield SecretField()
            yield KeyHints()

    @on(SecretField.Submitted)
    def _give(self) -> None:
        self.dismiss(self.query_one(SecretField).take() or None)

    def action_leave(self) -> None:
        self.query_one(SecretField).clear()
        self.dismiss(None)
