"""Names and values, one a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.tui.widgets.line_list import LineList

_NAME_WIDTH: Final = 16


@dataclass(frozen=True, slots=True)
class Fact:
    """A line: an empty name goes on with the fact above. `tone` is a status that colours the value."""

    name: str
    value: str | None
    tone: str = ""


class FactList(LineList):
    """A list of facts, moved in like any list."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "fact-list--name",
        "fact-list--succeeded",
        "fact-list--failed",
        "fact-list--filtered",
        "fact-list--pending",
    }

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._facts: list[Fact] = []
        self._lines: list[Fact] = []

    def show(self, facts: list[Fact]) -> None:
        """Take other facts; the cursor stays where it is."""
        self._facts = facts
        self._lay_out()

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        fact = self._lines[row]
        tone = f"fact-list--{fact.tone}"
        own = self.get_component_rich_style(tone, partial=True) if tone in self.COMPONENT_CLASSES else Style.null()
        name = self.get_component_rich_style("fact-list--name", partial=True)
        return [Segment(f"{fact.name:<{_NAME_WIDTH}}", style + name), Segment(fact.value or "", style + own)]

    def on_resize(self) -> None:
        self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        """Give long values as many lines as they need."""
        width = max(20, self.scrollable_content_region.width - _NAME_WIDTH - 1)
        self._lines = [
            Fact(fact.name if number == 0 else "", part, fact.tone)
            for fact in self._facts
            for number, part in enumerate(_folded(display.or_dash(fact.value), width))
        ]
        self.rows_changed()


def _folded(text: str, width: int) -> Iterator[str]:
    """The lines of a text, broken between words where there are any, anywhere else else."""
    while cell_len(text[: width + 1]) > width:
        line = chop_cells(text[: width + 1], width)[0]
        space = line.rfind(" ") + 1
        line = line[:space] if space > width // 2 and text[len(line)] != " " else line
        yield line
        text = text[len(line) :].removeprefix(" ")
    yield text
