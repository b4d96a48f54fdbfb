"""Choosing a saved query, to run it or to delete it."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.dialogs.pick import ChoiceList
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line

_MOST_LINES = 12
_FRAME = 6
"""Lines of the dialog besides its list, and of the screen around it."""


class SavedQueriesDialog(Dialog[tuple[str, bool] | None]):
    """Saved queries by name; the name of the chosen one and whether it is to be deleted, None where it is left."""

    SCOPES = ("saved", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("saved")
    AUTO_FOCUS = "ChoiceList"

    def __init__(self, saved: Mapping[str, str]) -> None:
        super().__init__()
        self._names = sorted(saved, key=str.casefold)
        self._saved = saved

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line("Saved queries", classes="title")
            yield ChoiceList([f"{name}: {self._saved[name]}" for name in self._names])
            yield KeyHints()

    def on_mount(self) -> None:
        shown = self.query_one(ChoiceList)
        shown.styles.height = min(len(self._names), _MOST_LINES, self.app.size.height - _FRAME)
        shown.rows_changed()

    def action_choose(self) -> None:
        self.dismiss((self._names[self.query_one(ChoiceList).cursor], False))

    def action_delete(self) -> None:
        self.dismiss((self._names[self.query_one(ChoiceList).cursor], True))

    def action_leave(self) -> None:
        self.dismiss(None)
