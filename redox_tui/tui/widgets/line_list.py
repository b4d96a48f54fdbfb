"""A list drawn line by line over Textual's line API: a million rows cost as much as a screenful (architecture §4.1)."""

from abc import abstractmethod
from collections.abc import Callable
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.geometry import Region, Size, clamp
from textual.scroll_view import ScrollView
from textual.strip import Strip

from redox_tui.domain import display
from redox_tui.domain.window import Viewport
from redox_tui.tui.bindings import Scoped, bindings


class LineList(ScrollView, Scoped, can_focus=True, inherit_bindings=False):
    """A cursor over rows, moved without animation. Subclasses say how many rows there are and draw one."""

    SCOPES: ClassVar[tuple[str, ...]] = ("list",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("list")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-list--header", "line-list--cursor"}
    HEADER_LINES: ClassVar[int] = 0

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.cursor = 0
        self.moved: Callable[[], None] = _nothing
        """Called when the cursor or the viewport is somewhere else. A message would arrive a frame too late: what says
        where the cursor is would be drawn 16 ms after it, in a frame of its own."""
        self._direction = 0
        self._is_moving = False
        self._said: tuple[str, ...] = ()
        self.frame_style = Style.null()

    @property
    @abstractmethod
    def row_count(self) -> int:
        """Rows that can be moved to."""

    @abstractmethod
    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        """The segments of a row on the given style; they are cropped and filled up to the width."""

    def marker(self, row: int) -> str:
        """The sign before a row: where the cursor is."""
        return ">" if row == self.cursor else " "

    def draw_header(self, width: int) -> str:
        """The text of the header, where the list has one."""
        return ""

    @property
    def page_rows(self) -> int:
        """Rows that fit on the screen."""
        return max(1, self.scrollable_content_region.height - self.HEADER_LINES)

    @property
    def view(self) -> Viewport:
        """The rows on screen."""
        first = self.scroll_offset.y
        return Viewport(first, first + self.page_rows - 1, self._direction)

    def rows_changed(self) -> None:
        """The rows are others than before: draw again, with the cursor on one that exists."""
        self.cursor = clamp(self.cursor, 0, max(0, self.row_count - 1))
        self.virtual_size = Size(0, self.row_count + self.HEADER_LINES if self.row_count else 0)
        self.refresh()
        self.moved()

    def move_to(self, row: int, *, direction: int = 0, top: int | None = None) -> None:
        """Put the cursor on a row, scrolled as little as needed, or so that `top` is the first row on screen."""
        old, self.cursor = self.cursor, clamp(row, 0, max(0, self.row_count - 1))
        self._direction = direction
        first = self.scroll_offset.y
        if top is None:
            top = clamp(first, self.cursor - self.page_rows + 1, self.cursor)
        top = clamp(top, 0, max(0, self.row_count - self.page_rows))
        if top != first:
            self._is_moving = True
            self.scroll_to(y=top, animate=False)
            self._is_moving = False
        else:
            self.refresh_line(old + self.HEADER_LINES)
            self.refresh_line(self.cursor + self.HEADER_LINES)
        self.moved()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._is_moving:
            # A wheel, a drag, or the screen being laid out again: nobody says where it goes on.
            self._direction = 0
            view = self.view
            self.cursor = clamp(self.cursor, view.first, max(view.first, min(view.last, self.row_count - 1)))
            self.moved()

    def on_resize(self) -> None:
        self.move_to(self.cursor)

    def on_focus(self) -> None:
        self.refresh_line(self.cursor + self.HEADER_LINES)

    def on_blur(self) -> None:
        self.refresh_line(self.cursor + self.HEADER_LINES)

    def render_lines(self, crop: Region) -> list[Strip]:
        # The style is the same for all lines of a frame, and costs as much as drawing one.
        self.frame_style = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y < self.HEADER_LINES:
            style = self.get_component_rich_style("line-list--header")
            return Strip([Segment(" " + self.draw_header(width - 1), style)]).adjust_cell_length(width, style)
        row = self.scroll_offset.y + y - self.HEADER_LINES
        if row >= self.row_count:
            return self.blank_line(y - self.HEADER_LINES, width)
        style = self.frame_style
        if row == self.cursor:
            style += self.get_component_rich_style("line-list--cursor", partial=True)
        marker = Segment(self.marker(row), style)
        # Neighbours of one style are one piece: each piece costs some thirty bytes of colours.
        return Strip([marker, *self.draw_row(row, width - 1, style)]).adjust_cell_length(width, style).simplify()

    def say(self, *lines: str) -> None:
        """What stands in the list while it has no rows; lines that are too long are wrapped."""
        if lines != self._said:
            self._said = lines
            self.refresh()

    def blank_line(self, y: int, width: int) -> Strip:
        """A line below the last row."""
        room = max(20, width - 1)
        said = [] if self.row_count else [part for one in self._said for part in wrap(display.line(one), room) or [""]]
        text = said[y - 1] if 0 < y <= len(said) else ""
        return Strip([Segment(f" {text}", self.frame_style)]).adjust_cell_length(width, self.frame_style)

    def action_cursor_down(self) -> None:
        self.move_to(self.cursor + 1, direction=1)

    def action_cursor_up(self) -> None:
        self.move_to(self.cursor - 1, direction=-1)

    def action_page_down(self) -> None:
        self._leap(self.page_rows)

    def action_page_up(self) -> None:
        self._leap(-self.page_rows)

    def action_half_down(self) -> None:
        self._leap(self.page_rows // 2)

    def action_half_up(self) -> None:
        self._leap(-(self.page_rows // 2))

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.row_count - 1)

    def _leap(self, rows: int) -> None:
        self.move_to(self.cursor + rows, direction=1 if rows > 0 else -1, top=self.scroll_offset.y + rows)


def _nothing() -> None:
    """Nobody wants to know where the cursor is."""
