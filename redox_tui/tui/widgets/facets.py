"""What logs consist of: keys that open, and below them values with how many logs have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.domain.facets import FACETS, Facet, FacetRow
from redox_tui.tui.widgets.line_list import LineList


@dataclass(frozen=True, slots=True)
class FacetLine:
    """A line: a key, or a value of it; `row` is None on the line of the key, and on that of all other values."""

    key: str
    row: FacetRow | None = None
    is_title: bool = False


class FacetList(LineList):
    """Facets, opened one by one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"facet-list--title", "facet-list--other"}

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[str, Facet] = {}
        self._lines: list[FacetLine] = [FacetLine(key, is_title=True) for key in FACETS]

    @property
    def open(self) -> Mapping[str, Facet]:
        """What is open, by key."""
        return self._open

    def show(self, facet: Facet) -> None:
        """Open a facet, or show more of it; the cursor stays on its line."""
        self._open[facet.key] = facet
        self._lay_out()

    def close(self, key: str) -> None:
        """Show nothing of a facet any more."""
        del self._open[key]
        self._lay_out()

    @property
    def current(self) -> FacetLine:
        """The line under the cursor."""
        return self._lines[self.cursor]

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        line = self._lines[row]
        facet = self._open.get(line.key)
        if line.is_title:
            own = self.get_component_rich_style("facet-list--title", partial=True)
            sign = "▾" if facet else "▸"
            words = f"   {facet.words}" if facet else ""
            return [Segment(f"{sign} {FACETS[line.key]}", style + own), Segment(display.line(words), style)]
        count = line.row.count if line.row else (facet.other if facet else None) or 0
        name = display.fit(line.row.name if line.row else "other", max(8, width - 16))
        own = Style.null() if line.row else self.get_component_rich_style("facet-list--other", partial=True)
        return [Segment(f"    {name}{count:>11,}", style + own)]

    def _lay_out(self) -> None:
        before = self.current
        self._lines = []
        for key in FACETS:
            self._lines.append(FacetLine(key, is_title=True))
            if facet := self._open.get(key):
                self._lines += [FacetLine(key, row) for row in facet.rows]
                self._lines += [FacetLine(key)] if facet.other else []
        same = (n for n, line in enumerate(self._lines) if _place(line) == _place(before))
        title = next(n for n, line in enumerate(self._lines) if line.key == before.key)
        self.cursor = next(same, title)
        self.rows_changed()
        self.move_to(self.cursor)


def _place(line: FacetLine) -> tuple[str, bool, str]:
    return line.key, line.is_title, line.row.value if line.row else ""
