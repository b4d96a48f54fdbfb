"""Two texts against each other, line by line: beside each other where there is room, else one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.domain.diff import Difference, DiffLine, Kind
from redox_tui.tui.widgets.line_list import LineList

BESIDE: Final = 110
"""Cells from which both sides stand beside each other: a terminal of 120 less what frames the list."""

_SIGNS: Final = {Kind.EQUAL: " ", Kind.LEFT: "−", Kind.RIGHT: "+", Kind.CHANGED: "~", Kind.GAP: "…"}
_BETWEEN: Final = " │ "
_DEEPEST: Final = 16


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a comparison: its title, and its lines or, while it has none, what is to be said instead.

    `stacked` are the lines for one column. There may be a million of them, so they are given, never made here.
    """

    title: str
    notice: str = ""
    difference: Difference | None = field(default=None, repr=False)
    lines: Sequence[DiffLine] = field(default=(), repr=False)
    stacked: Sequence[DiffLine] = field(default=(), repr=False)


class DiffView(LineList):
    """The sections of a comparison; the cursor goes from difference to difference."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "diff-view--title",
        "diff-view--left",
        "diff-view--right",
        "diff-view--changed",
        "diff-view--gap",
    }

    def __init__(self) -> None:
        super().__init__()
        self._sections: Sequence[Section] = ()
        self._is_beside = False

    def show(self, sections: Sequence[Section]) -> None:
        """Show other sections, with the cursor on the same difference as far as that is there."""
        at = self._place(self.cursor)
        self._sections = sections
        self._lay_out(at)

    @property
    def row_count(self) -> int:
        return sum(map(self._height, self._sections))

    @property
    def current(self) -> tuple[Section, DiffLine] | None:
        """The line under the cursor and its section; None on a title."""
        number, found = self._at(self.cursor)
        return (self._sections[number], found) if isinstance(found, DiffLine) else None

    def go_on(self, step: int) -> bool:
        """Go to the next difference (1) or the one before (-1); False where there is none."""
        number, at = self._split(self.cursor)
        here = self._place(self.cursor)[1]
        while 0 <= number < len(self._sections):
            lines = self._lines(self._sections[number])
            places = range(max(at + 1, 0), len(lines)) if step > 0 else range(min(at, len(lines)) - 1, -1, -1)
            found = next((place for place in places if lines[place].number not in (0, here)), None)
            if found is not None:
                while found and lines[found - 1].number == lines[found].number:
                    found -= 1
                self.move_to(self._above(number) + found, direction=step)
                return True
            number, here = number + step, 0
            at = -1 if step > 0 else self.row_count
        return False

    def go_to_section(self, number: int) -> None:
        """Go to the title of a section, with as much of it as there is room for."""
        row = sum(map(self._height, self._sections[:number]))
        self.move_to(row, top=row)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        _, line = self._at(row)
        if isinstance(line, str):
            return [Segment(display.clip(line, width), style + self._own("title"))]
        if line.kind is Kind.GAP:
            text = f"  {_indent(line)}… {line.place:,} equal line{'s' if line.place != 1 else ''}"
            return [Segment(text, style + self._own("gap"))]
        own = style if line.kind is Kind.EQUAL else style + self._own(line.kind)
        sign = f"{_SIGNS[line.kind]} "
        if self._is_beside:
            room = (width - len(sign) - len(_BETWEEN)) // 2
            left, right = _sides(line, room)
            return [Segment(f"{sign}{display.fit(left, room)}{_BETWEEN}{display.clip(right, room)}", own)]
        left, right = _sides(line, width - len(sign))
        return [Segment(f"{sign}{display.clip(right if line.kind is Kind.RIGHT else left, width - len(sign))}", own)]

    def on_resize(self) -> None:
        if self._is_beside != (self.scrollable_content_region.width >= BESIDE):
            self._lay_out(self._place(self.cursor))
        super().on_resize()

    def _lay_out(self, at: tuple[int, int]) -> None:
        self._is_beside = self.scrollable_content_region.width >= BESIDE
        self.rows_changed()
        row = self._row_of(*at)
        if row is not None:
            self.move_to(row, top=row - self.page_rows // 2)

    def _lines(self, section: Section) -> Sequence[DiffLine]:
        return section.lines if self._is_beside else section.stacked

    def _height(self, section: Section) -> int:
        return 1 + bool(section.notice) + len(self._lines(section))

    def _above(self, number: int) -> int:
        """Rows above the first line of a section."""
        return sum(map(self._height, self._sections[:number])) + 1 + bool(self._sections[number].notice)

    def _split(self, row: int) -> tuple[int, int]:
        """The number of a row's section and the place of its line there; below 0 for title and notice."""
        for number, section in enumerate(self._sections):
            if row < self._height(section):
                return number, row - 1 - bool(section.notice)
            row -= self._height(section)
        return 0, -1

    def _at(self, row: int) -> tuple[int, DiffLine | str]:
        """The number of a row's section, and its line or, of a title or notice, its text."""
        number, at = self._split(row)
        if not self._sections:
            return number, ""
        section = self._sections[number]
        if at >= 0:
            return number, self._lines(section)[at]
        return number, f"  {section.notice}" if section.notice and at == -1 else section.title

    def _place(self, row: int) -> tuple[int, int]:
        """The section and the number of the difference of a row; the number is 0 where it is none."""
        number, found = self._at(row)
        return number, found.number if isinstance(found, DiffLine) else 0

    def _row_of(self, number: int, difference: int) -> int | None:
        """The first row of a difference."""
        if not difference or number >= len(self._sections):
            return None
        lines = enumerate(self._lines(self._sections[number]))
        return next((self._above(number) + at for at, line in lines if line.number == difference), None)

    def _own(self, name: str) -> Style:
        return self.get_component_rich_style(f"diff-view--{name}", partial=True)


def _sides(line: DiffLine, room: int) -> tuple[str, str]:
    """What stands on the left and on the right in so many cells; of long values the part that differs."""
    head = _indent(line) + (f"{display.line(line.key)}: " if line.key else "")
    left, right = line.left, line.right
    if left and right and line.kind is not Kind.EQUAL and max(len(left), len(right)) > max(room - len(head), 0):
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
        begin = max(same - max(room - len(head), 0) // 3, 0)
        if begin:
            left, right = f"…{left[begin:]}", f"…{right[begin:]}"
    return (head + left if left else "", head + right if right else "")


def _indent(line: DiffLine) -> str:
    return "  " * min(line.depth, _DEEPEST)
