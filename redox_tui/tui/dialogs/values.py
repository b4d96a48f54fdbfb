"""The values of a rule as a list, with those that messages have: for picking, and for lists too long for one line."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.domain import display, value_text
from redox_tui.domain.value_text import ValueTextError
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.dialogs.one_line import OneLineDialog
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.line_list import LineList

_FRAME: Final = 7
_COUNT_WIDTH: Final = 9


class ValuesDialog(Dialog[tuple[str, ...] | None]):
    """The values that are wanted in the end, None where the dialog is left.

    `seen` are values in sample messages with their counts, so they may be a patient's.
    """

    SCOPES = ("picks", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("picks")
    AUTO_FOCUS = "ValueList"

    def __init__(self, path: str, values: Sequence[str], seen: Mapping[str, int], messages: int) -> None:
        super().__init__()
        self._path = path
        self._values = values
        self._seen = seen
        self._messages = messages

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Line(f"Values at {display.line(self._path, 200)}", classes="title")
            yield Line(self._source(), classes="note")
            yield ValueList(self._values, self._seen)
            yield KeyHints()

    def on_mount(self) -> None:
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def action_done(self) -> None:
        self.dismiss(tuple(self.query_one(ValueList).wanted))

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_untouched(self) -> None:
        """Values of messages do not stay on the screen, and no choice is lost with them."""
        self.action_done()

    @work(group="picks.add", exclusive=True)
    async def action_more(self) -> None:
        text = await self.app.push_screen_wait(OneLineDialog("Values to add, separated by commas", 'a, "b, c"'))
        if text is None:
            return
        try:
            self.query_one(ValueList).add(value_text.parse(text))
        except ValueTextError as error:
            self.query_one(".note", Line).update(f"Nothing was added: {error} (column {error.column})")
        self._lay_out()

    def _source(self) -> str:
        if not self._messages:
            return "There are no sample messages; these are the values of the rule."
        return f"Counted in {self._messages:,} sample messages; they may be patient data."

    def _lay_out(self) -> None:
        shown = self.query_one(ValueList)
        shown.styles.height = max(3, min(shown.row_count, self.app.size.height * 9 // 10 - _FRAME))
        shown.rows_changed()


class ValueList(LineList):
    """One value a line: whether it is wanted, the value, how often messages have it."""

    SCOPES = ("switches", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("switches")

    def __init__(self, values: Sequence[str], seen: Mapping[str, int]) -> None:
        super().__init__()
        self.wanted = dict.fromkeys(values)
        """In the order of the rule."""
        self._seen = seen
        often = sorted(seen, key=lambda value: -seen[value])
        self._rows = list(dict.fromkeys([*values, *often]))

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        value = self._rows[row]
        sign = "[x] " if value in self.wanted else "[ ] "
        count = f"{self._seen[value]:,} ×" if value in self._seen else ""
        shown = value_text.write([value[:2_000]])
        return [Segment(sign + display.fit(shown, width - 4 - _COUNT_WIDTH) + f"{count:>{_COUNT_WIDTH}}", style)]

    def action_switch(self) -> None:
        if not self._rows:
            return
        value = self._rows[self.cursor]
        if value in self.wanted:
            del self.wanted[value]
        else:
            self.wanted[value] = None
        self.refresh_line(self.cursor - self.scroll_offset.y)

    def add(self, values: Sequence[str]) -> None:
        """Values more, wanted at once, at the top."""
        self.wanted |= dict.fromkeys(values)
        self._rows = list(dict.fromkeys([*values, *self._rows]))
        self.rows_changed()
        self.move_to(0)
