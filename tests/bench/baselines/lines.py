"""The baseline of moving: a bare list over Textual's line API, 1,000,000 rows of the same columns, nothing behind it.

It is as high as the list of logs on the same terminal and draws the same three segments a row, so that what the program
takes longer is its own.
"""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

_ROWS = 1_000_000
_COLOURS = (Style(color="#87d787"), Style(color="#ff8787", bold=True), Style(color="#d7af5f"))
_STATUSES = ("✓ succeeded", "✗ failed   ", "⊘ filtered ")
_MODELS = ("PatientAdmin·Arrival", "Results·New", "Scheduling·Modification", "Order·Update")
_ROUTES = ("Lakeside EHR → Lakeside Data Warehouse", "Fernhill Lab Results → Lakeside EHR Inbound")


class Lines(ScrollView, can_focus=True):
    """Rows made from their number."""

    DEFAULT_CSS = "Lines { height: 36; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "move(35)"),
        Binding("j", "move(1)"),
        Binding("k", "move(-1)"),
        Binding("g", "move(-1_000_000)"),
    ]

    def on_mount(self) -> None:
        self.cursor = 0
        self.virtual_size = Size(0, _ROWS)

    def render_line(self, y: int) -> Strip:
        row = self.scroll_offset.y + y
        style = self.rich_style + Style(reverse=True) if row == self.cursor else self.rich_style
        kind = row % len(_STATUSES)
        before = f"{row // 3600 % 24:02}:{row // 60 % 60:02}:{row % 60:02}"
        middle = f"{'send':<8}  {_MODELS[row % 4]:<34}  {_ROUTES[row % 2]:<46}"
        after = f"  1  {'–':<12}  {row * 2_654_435_761 % 2**32:08x}"
        segments = [
            Segment(f" {before}  ", style),
            Segment(_STATUSES[kind], style + _COLOURS[kind]),
            Segment(f"  {middle}  {after}", style),
        ]
        return Strip(segments).adjust_cell_length(self.scrollable_content_region.width, style)

    def action_move(self, rows: int) -> None:
        """Move the cursor; the list scrolls as little as needed, by whole pages where the move is one."""
        old, self.cursor = self.cursor, max(0, min(self.cursor + rows, _ROWS - 1))
        first, height = self.scroll_offset.y, self.scrollable_content_region.height
        top = first + rows if abs(rows) > 1 else max(min(first, self.cursor), self.cursor - height + 1)
        if top != first:
            self.scroll_to(y=top, animate=False)
        else:
            self.refresh_line(old)
            self.refresh_line(self.cursor)


class LinesApp(App[None]):
    """The list alone."""

    def compose(self) -> ComposeResult:
        yield Lines()


if __name__ == "__main__":
    LinesApp().run()
