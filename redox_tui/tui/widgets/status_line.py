"""What is loaded, what is being waited for, what failed and which key helps."""

from itertools import takewhile
from textwrap import wrap

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from redox_tui.domain import display

_MOST_LINES = 3


class StatusLine(Widget):
    """A sentence; an error is marked by a word and a colour, and may take three lines.

    It changes with every key, so only the cells that differ are drawn again: the rest of a line would be most of what
    a cursor move sends over SSH.
    """

    _said = ""

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a sentence. Only an error may take more than one line, so only then is the screen laid out again."""
        shown = f"{'! ' if error else ''}{display.line(text, 400)}"
        if shown == self._said:
            return
        before, self._said = self._said, shown
        lays_out = error or self.has_class("-error")
        self.set_class(error, "-error")
        if lays_out:
            self.refresh(layout=True)
        else:
            same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, shown, strict=False)))
            begin = cell_len(shown[: max(same - 1, 0)])
            self.refresh(Region(begin, 0, max(cell_len(before), cell_len(shown)) - begin, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        width, lines = self.size.width, self._lines(self.size.width)
        style = self.rich_style
        text = lines[y] if y < len(lines) else ""
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)

    def _lines(self, width: int) -> list[str]:
        if not self.has_class("-error"):
            return [self._said]
        width = max(width, 20)
        lines = [piece for line in wrap(self._said, width) for piece in chop_cells(line, width)]
        return (lines or [""])[:_MOST_LINES]
