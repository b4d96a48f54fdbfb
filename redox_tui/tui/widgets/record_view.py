"""A log's record as the server sent it, without the message, a member a line."""

from rich.cells import chop_cells
from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.domain.indented import indented
from redox_tui.tui.widgets.line_list import LineList


class RecordView(LineList):
    """The lines of a record; long ones go on below."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._lines: list[str] = []

    def show(self, record: bytes) -> None:
        """Take another record."""
        self._parts = indented(record.decode("utf-8", errors="surrogateescape"))
        self._lay_out()

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        return [Segment(self._lines[row], style)]

    def on_resize(self) -> None:
        self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        width = max(20, self.scrollable_content_region.width - 1)
        self._lines = [piece for part in self._parts for piece in chop_cells(display.line(part), width) or [""]]
        self.rows_changed()
