"""The versions of one filter, and the difference of two of them, line by line."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar

from rich.cells import chop_cells
from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.domain.filters import Filter
from redox_tui.tui.widgets.filter_table import moment, who
from redox_tui.tui.widgets.line_list import LineList

_INDENT = "    "


class VersionTable(LineList):
    """One version a line, newest first; the first is in force. `marked` is the number of the one that is marked."""

    HEADER_LINES = 1

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._versions: Sequence[Filter] = ()
        self._changes: Sequence[Sequence[str]] = ()
        self._zone = zone
        self.marked: int | None = None

    def show(self, versions: Sequence[Filter], changes: Sequence[Sequence[str]]) -> None:
        """Take versions, each with what it changed of the one before, with the cursor on the same number."""
        before = self.current
        self._versions, self._changes = versions, changes
        at = next((at for at, one in enumerate(versions) if before and one.filter_version == before.filter_version), 0)
        self.cursor = at
        self.rows_changed()
        self.move_to(at)

    @property
    def row_count(self) -> int:
        return len(self._versions)

    @property
    def current(self) -> Filter | None:
        """The version under the cursor."""
        return self._versions[self.cursor] if self.cursor < len(self._versions) else None

    def marker(self, row: int) -> str:
        if self.marked is None or self._versions[row].filter_version != self.marked:
            return super().marker(row)
        return "»" if row == self.cursor else "*"

    def draw_header(self, width: int) -> str:
        return f"{'VERSION':<12}{'SAVED':<18}{'BY':<18}WHAT CHANGED"

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        one = self._versions[row]
        number = f"{one.filter_version}{' in force' if row == 0 and not one.deleted else ''}"
        begin = display.fit(number, 12) + display.fit(moment(one.updated.at, self._zone), 18)
        begin += f"{display.fit(who(one.updated.by), 16)}  "
        return [Segment(begin + display.clip(self._summary(row), max(width - len(begin), 8)), style)]

    def _summary(self, row: int) -> str:
        if row + 1 == len(self._versions):
            return "the first that the server has"
        first, *others = self._changes[row] or ["the same content"]
        return f"{first} and {len(others)} more" if others else first


class DifferenceList(LineList):
    """Lines of a difference; what is gone and what has come is told by sign and colour."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"difference--gone", "difference--come"}

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[str] = ()
        self._shown: list[tuple[str, str]] = []

    def show(self, lines: Sequence[str]) -> None:
        """Take other lines, from the first."""
        self._lines = lines
        self.cursor = 0
        self.scroll_to(y=0, animate=False)
        self._lay_out()

    @property
    def row_count(self) -> int:
        return len(self._shown)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        text, sign = self._shown[row]
        name = {"+": "difference--come", "-": "difference--gone"}.get(sign)
        return [Segment(text, style + self.get_component_rich_style(name, partial=True) if name else style)]

    def on_resize(self) -> None:
        self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        """Give long lines as many lines as they need."""
        width = max(20, self.scrollable_content_region.width - len(_INDENT) - 2)
        self._shown = [
            ((_INDENT if number else "") + piece, line[:1])
            for line in self._lines
            for number, piece in enumerate(chop_cells(display.line(line), width) or [""])
        ]
        self.rows_changed()
