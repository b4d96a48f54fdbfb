"""Plain text for the terminal's own selection: nothing beside the text, and the mouse is the terminal's."""

from typing import ClassVar

from rich.cells import chop_cells
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.dialogs.dialog import Dismissable
from redox_tui.tui.messages import Locked, ShowPlain, Untouched
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.too_small import TooSmall


class PlainScreen(Dismissable[None], Scoped):
    """The lines of another screen, wrapped at the edge of the terminal."""

    SCOPES = ("plain",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("plain")
    AUTO_FOCUS = "PlainLines"

    def __init__(self, shown: ShowPlain) -> None:
        super().__init__()
        self._shown = shown

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlainLines(list(self._shown.lines), self._shown.cursor)
            yield StatusLine()
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one(PlainLines).moved = self._say
        self._say()

    def _say(self) -> None:
        shown = self.query_one(PlainLines)
        where = f"line {shown.cursor + 1:,} of {shown.row_count:,} · " if shown.row_count else ""
        self.query_one(StatusLine).say(f"{where}select with the terminal's own mouse · esc back")

    @on(Locked)
    @on(Untouched)
    def _hide(self) -> None:
        if self._shown.is_payload:
            self._shown = ShowPlain([])
            self.query_one(PlainLines).take(["payload hidden · esc goes back"])

    def action_back(self) -> None:
        self.dismiss()


class PlainLines(LineList):
    """Lines from the left edge on, without a marker and a scrollbar."""

    def __init__(self, lines: list[str], cursor: int) -> None:
        super().__init__()
        self._given = lines
        self._wanted = cursor
        self._rows: list[str] = []

    def take(self, lines: list[str]) -> None:
        """Show other lines."""
        self._given = lines
        self._lay_out()

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def marker(self, row: int) -> str:
        return ""

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        return [Segment(self._rows[row], style)]

    def on_resize(self) -> None:
        self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        width = max(self.scrollable_content_region.width, 1)
        self._rows, places = [], []
        for line in self._given:
            places.append(len(self._rows))
            self._rows += chop_cells(line, width) or [""]
        self.rows_changed()
        if self._wanted and self._wanted < len(places):
            self.move_to(places[self._wanted], top=places[self._wanted] - self.page_rows // 2)
            self._wanted = 0
