"""What can stand where the cursor is in the query bar, listed below it."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.domain.completion import Completions
from redox_tui.tui.widgets.line_list import LineList

_MOST_LINES = 6
_GAP = 2


class CompletionList(LineList, can_focus=False):
    """One candidate a line, with what it is beside it; it lies over the list of logs, so that nothing has to move."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"completion-list--note"}

    def __init__(self) -> None:
        super().__init__()
        self._offered = Completions()

    def show(self, offered: Completions) -> None:
        """List other candidates, with the first one marked; none hide the list."""
        if offered == self._offered:
            return
        self._offered = offered
        self.cursor = 0
        self.display = bool(offered.candidates)
        if self.display:
            self.styles.height = min(len(offered.candidates), _MOST_LINES)
            self.scroll_to(y=0, animate=False)
            self.rows_changed()

    @property
    def offered(self) -> Completions:
        """What is listed."""
        return self._offered

    @property
    def row_count(self) -> int:
        return len(self._offered.candidates)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        candidate = self._offered.candidates[row]
        if not candidate.note:
            return [Segment(display.clip(candidate.label, width), style)]
        widest = max(cell_len(one.label) for one in self._offered.candidates) + _GAP
        label = display.fit(candidate.label, min(widest, width * 2 // 3) - _GAP) + " " * _GAP
        room = width - cell_len(label)
        note = style + self.get_component_rich_style("completion-list--note", partial=True)
        return [Segment(label, style), Segment(display.clip(candidate.note, room), note)]
