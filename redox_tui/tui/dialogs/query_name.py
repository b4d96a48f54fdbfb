"""Asking for the name under which a query is saved."""

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


class QueryNameDialog(Dialog[str | None]):
    """A name; None where the dialog is left."""

    SCOPES = ("name", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("name")
    AUTO_FOCUS = "Input"

    def __init__(self, query: str) -> None:
        super().__init__()
        self._query = query

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line(f"Save {display.line(self._query, 200)}")
            yield Line("under the name:", classes="title")
            yield Input(compact=True, select_on_focus=False)
            yield KeyHints()

    def action_save(self) -> None:
        if name := self.query_one(Input).value.strip():
            self.dismiss(name)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_input_submitted(self) -> None:
        self.action_save()
