"""Choosing one of many, by typing parts of what it is called."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from redox_tui.domain import display
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.dialogs.pick import ChoiceList
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line

_MOST_LINES: Final = 12
_FRAME: Final = 9
"""Lines of the dialog besides its list, and of the screen around it."""


class FindDialog(Dialog[int | None]):
    """A list of choices, of which those are shown that have every typed word in them; the place of the chosen one."""

    SCOPES = ("choose", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("choose")
    AUTO_FOCUS = "Input"

    def __init__(self, question: str, choices: Sequence[str]) -> None:
        super().__init__()
        self._question = question
        self._choices = choices
        self._keys = [choice.casefold() for choice in choices]
        self._shown = list(range(len(choices)))

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Line(display.line(self._question), classes="title")
            yield Input(compact=True, select_on_focus=False, placeholder="type a part of it")
            yield ChoiceList(self._choices)
            yield Line(classes="count")
            yield KeyHints()

    def on_mount(self) -> None:
        shown = self.query_one(ChoiceList)
        shown.can_focus = False
        shown.rows_changed()
        self._say()

    def on_resize(self) -> None:
        room = max(2, self.app.size.height - _FRAME)
        self.query_one(ChoiceList).styles.height = min(max(len(self._choices), 1), _MOST_LINES, room)

    def on_input_changed(self, message: Input.Changed) -> None:
        words = message.value.casefold().split()
        self._shown = [place for place, key in enumerate(self._keys) if all(word in key for word in words)]
        self.query_one(ChoiceList).show([self._choices[place] for place in self._shown])
        self._say()

    def on_input_submitted(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        if self._shown:
            self.dismiss(self._shown[self.query_one(ChoiceList).cursor])

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_below(self) -> None:
        self.query_one(ChoiceList).action_cursor_down()

    def action_above(self) -> None:
        self.query_one(ChoiceList).action_cursor_up()

    def action_page_below(self) -> None:
        self.query_one(ChoiceList).action_page_down()

    def action_page_above(self) -> None:
        self.query_one(ChoiceList).action_page_up()

    def _say(self) -> None:
        if not self._choices:
            words = "There are none."
        elif not self._shown:
            words = f"None of {len(self._choices):,} has that in it."
        else:
            words = f"{len(self._shown):,} of {len(self._choices):,}"
        self.query_one(".count", Line).update(words)
