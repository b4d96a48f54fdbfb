"""The list of logs: what the window holds, drawn; what it does not hold yet, drawn as on its way."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style

from redox_tui.domain.logs import Log
from redox_tui.domain.query import LogQuery
from redox_tui.domain.window import Blank, LogWindow, Viewport
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.log_columns import Layout, columns

_STATUS = 1


class LogTable(LineList):
    """One log a line, newest first."""

    HEADER_LINES = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log-table--succeeded",
        "log-table--failed",
        "log-table--filtered",
        "log-table--pending",
        "log-table--blank",
    }

    def __init__(self) -> None:
        super().__init__()
        self._window: LogWindow | None = None
        self._query = LogQuery()
        self._layout_of_rows = Layout()
        self.marked: Mapping[str, Log] = {}
        """The logs that somebody has marked, by id."""
        self._only: Sequence[int] | None = None

    def show(self, window: LogWindow, query: LogQuery, layout: Layout, only: Sequence[int] | None = None) -> None:
        """Draw another window, from its first row, or from the first of the only rows that are shown."""
        self._window, self._query, self._only = window, query, only
        self.cursor = 0
        self.scroll_to(y=0, animate=False)
        self.lay_out(layout)
        self.rows_changed()

    def lay_out(self, layout: Layout) -> None:
        """Draw the rows otherwise."""
        self._layout_of_rows = layout
        self.refresh()

    def show_rows(self, only: Sequence[int] | None) -> None:
        """Draw the rows of the window as they are now: only these, or all."""
        self._only = only
        self.rows_changed()

    def show_all(self) -> bool:
        """Show every row again, with the cursor on the same log; False where all are shown."""
        if self._only is None:
            return False
        row = self._row(self.cursor) if self.cursor < len(self._only) else 0
        self.show_rows(None)
        self.go_to(row)
        return True

    @property
    def row_count(self) -> int:
        if self._only is not None:
            return len(self._only)
        return len(self._window) if self._window else 0

    @property
    def current(self) -> Log | None:
        """The log under the cursor, None where it is not loaded."""
        return self._log(self.cursor)

    def go_to(self, row: int) -> None:
        """Jump to a row, with the screen inside the page that holds it where that is possible: one request."""
        if not self._window or not self.row_count:
            return
        page = self._window.page_span(min(max(row, 0), self.row_count - 1))
        top = min(max(row - self.page_rows // 2, page.start), max(page.start, page.stop - self.page_rows))
        self.move_to(row, top=top)

    def action_last(self) -> None:
        self.go_to(self.row_count - 1)

    def marker(self, row: int) -> str:
        log = self._log(row) if self.marked else None
        if log is None or log.id not in self.marked:
            return super().marker(row)
        return "»" if row == self.cursor else "*"

    def draw_header(self, width: int) -> str:
        cells = (set_cell_size(column.title, column.width) for column in columns(width, self._layout_of_rows))
        return "  ".join(cells)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        found = self._window[self._row(row)] if self._window else Blank.WAITING
        if isinstance(found, Blank):
            faint = style + self.get_component_rich_style("log-table--blank", partial=True)
            return [Segment(_BLANKS[found], faint)]
        cells = [column.cell(found) for column in columns(width, self._layout_of_rows)]
        if not self._query.matches(found):
            faint = style + self.get_component_rich_style("log-table--blank", partial=True)
            return [Segment("  ".join(cells), faint)]
        name = f"log-table--{found.status}"
        own = self.get_component_rich_style(name, partial=True) if name in self.COMPONENT_CLASSES else Style.null()
        before, after = cells[:_STATUS], cells[_STATUS + 1 :]
        return [
            Segment("  ".join(before) + "  ", style),
            Segment(cells[_STATUS], style + own),
            Segment("  " + "  ".join(after), style),
        ]

    @property
    def window_view(self) -> Viewport:
        """The rows of the window that are on screen."""
        if not self._only:
            return self.view
        view = self.view
        last = min(view.last, len(self._only) - 1)
        return Viewport(self._only[min(view.first, last)], self._only[last], view.direction)

    def _row(self, row: int) -> int:
        return row if self._only is None else self._only[row]

    def _log(self, row: int) -> Log | None:
        found = self._window[self._row(row)] if self._window and row < self.row_count else None
        return found if isinstance(found, Log) else None


_BLANKS = {
    Blank.WAITING: "…",
    Blank.FAILED: "! not read; r tries again",
    Blank.ABSENT: "– not sent by the server, or listed elsewhere by now",
}
