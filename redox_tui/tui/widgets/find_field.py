"""The field in which a text to be found in a payload is typed; what is typed may be patient data."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import Input

from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.field import Field


class FindField(Field):
    """Hidden until it is asked for. `run` is called with the text, at once: the next key may be about its hits."""

    SCOPES = ("find",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("find")
    LABEL = "find "
    PLACEHOLDER = "in keys and values; n and N go on"

    def __init__(self, run: Callable[[str], None]) -> None:
        super().__init__()
        self.display = False
        self._run = run

    def problem(self, text: str) -> tuple[str, int, int] | None:
        return None

    def ask(self) -> None:
        """Show the field and go there."""
        self.display = True
        self.edit()

    def forget(self) -> None:
        """Drop what was typed, and hide."""
        self._close()
        for typed in self.query(Input):  # there is none before the field is first drawn
            typed.value = ""

    def action_run(self) -> None:
        self._close()
        self._run(self.text)

    def action_leave(self) -> None:
        self._close()

    def _close(self) -> None:
        if self.display:
            self._give_back()
            self.display = False
