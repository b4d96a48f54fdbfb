"""Asking before live traffic is changed: the exact consequence, and in production the filter's name to be typed."""

from collections.abc import Iterator
from textwrap import wrap
from typing import ClassVar, Final

from rich.cells import chop_cells
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from redox_tui.domain import display
from redox_tui.domain.consent import Consequence
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.scrolled import Scrolled

_WIDEST: Final = 76
"""The dialog's width at most, as in base.tcss; `_SIDES` is its border, padding and scrollbar."""

_SIDES: Final = 5
_FRAME: Final = 8
"""Lines of the dialog besides what follows from a change: border, title, the field and what is said of it, keys."""


class ConsequenceDialog(Dialog[bool]):
    """True where somebody has agreed to exactly what is shown here."""

    SCOPES = ("consequence", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("consequence")
    AUTO_FOCUS = "Input"

    def __init__(self, consequence: Consequence) -> None:
        super().__init__()
        self._consequence = consequence

    def compose(self) -> ComposeResult:
        asked = self._consequence
        with Vertical(id="question"):
            style = "$text-error bold" if asked.words else "bold"
            yield Line(
                Content.assemble((display.line(asked.kind), style), "  ", (display.line(asked.title), "bold")),
                classes="what",
            )
            with Scrolled(can_focus=False):
                yield Line(classes="lines")
            if asked.words:
                yield Line(self._request(), classes="title")
                yield Input(compact=True, select_on_focus=False)
            yield Line(classes="note")
            yield KeyHints()

    def on_mount(self) -> None:
        self.watch(self.query_one(Scrolled), "scroll_y", self.refresh_bindings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nobody is told of more below where there is none."""
        return action != "page_below" or any(one.scroll_y < one.max_scroll_y for one in self.query(Scrolled))

    def on_resize(self) -> None:
        size = self.app.size
        self.query_one(Scrolled).styles.max_height = max(2, size.height * 9 // 10 - _FRAME)
        room = max(20, min(_WIDEST, size.width * 9 // 10) - _SIDES)
        lines = (piece for line in self._consequence.lines for piece in _hanging(display.line(line), room))
        self.query_one(".lines", Line).update("\n".join(lines))
        self.call_after_refresh(self.refresh_bindings)

    def action_agree(self) -> None:
        typed = self.query_one(Input).value if self._consequence.words else ""
        if self._consequence.is_agreed(typed):
            self.dismiss(True)
        else:
            self.query_one(".note", Line).update("That is something else. Nothing was sent.")

    def action_leave(self) -> None:
        self.dismiss(False)

    def action_below(self) -> None:
        self.query_one(Scrolled).scroll_down()

    def action_above(self) -> None:
        self.query_one(Scrolled).scroll_up()

    def action_page_below(self) -> None:
        self.query_one(Scrolled).scroll_page_down()

    def action_page_above(self) -> None:
        self.query_one(Scrolled).scroll_page_up()

    def on_input_submitted(self) -> None:
        self.action_agree()

    def on_input_changed(self) -> None:
        self.query_one(".note", Line).update("")

    def _request(self) -> str:
        first, *others = map(display.line, self._consequence.words)
        return f"Type {first}{' or the name' if others else ''}:"


def _hanging(line: str, room: int) -> Iterator[str]:
    """A line in pieces of so many cells, all but the first indented."""
    pieces = (piece for words in wrap(line, room - 2) or [""] for piece in chop_cells(words, room - 2))
    for number, piece in enumerate(pieces):
        yield f"  {piece}" if number else piece
