"""Where in a range the logs are, and where failures are: a bar a cell, in one line, in two on a tall terminal."""

from datetime import UTC, tzinfo
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from redox_tui.domain import display
from redox_tui.domain.bars import Bar, Histogram, span

_SOLID: Final = "▁▂▃▄▅▆▇█"
_DOTTED: Final = "⣀⣤⣶⣿"
"""A bar of which a fifth or more failed: other signs and not only another colour."""

_NONE: Final = "·"
_UNKNOWN: Final = "░"
_FAILED_PART: Final = 5


class HistogramLine(Horizontal):
    """Bars, and in words the one that holds the current row.

    The words are a widget of their own: Textual sends a line from the left edge of the widget that changed, and bars of
    two colours would cost more than all else that a cursor move sends over SSH.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown = Histogram(())
        self._zone: tzinfo = UTC
        self._current: int | None = None

    def compose(self) -> ComposeResult:
        yield _Bars()
        yield _Words()

    def show(self, histogram: Histogram, zone: tzinfo) -> None:
        """Draw other bars; their times are said in a zone."""
        if (histogram, zone) == (self._shown, self._zone):
            return
        if len(histogram.bars) != len(self._shown.bars):
            self._current = None
        self._shown, self._zone = histogram, zone
        self.query_one(_Bars).show(histogram.bars)
        self._say()

    def mark(self, number: int | None) -> None:
        """Say which bar holds the current row."""
        if number != self._current:
            self._current = number
            self._say()

    def _say(self) -> None:
        most = max((bar.failed for bar in self._shown.bars if bar.failed), default=0)
        below = f"failed, at most {most:,} in a bar" if self._shown.bars else ""
        self.query_one(_Words).say(self._words(), below)

    def _words(self) -> tuple[str, ...]:
        """What is to be said, and less of it for where that has no room: half a number would be another number."""
        shown = self._shown
        if self._current is None or self._current >= len(shown.bars):
            counts = [bar.count for bar in shown.bars if bar.count is not None]
            total = f"{sum(counts):,}" if shown.words and len(counts) == len(shown.bars) else ""
            return (" ".join(part for part in (shown.note, total, shown.words) if part),)
        bar = shown.bars[self._current]
        count = "" if bar.count is None else f"{bar.count:,}"
        failed = "" if not bar.failed else " failed" if bar.failed == bar.count else f", {bar.failed:,} failed"
        note = f"{shown.note} · " if shown.note else ""
        time = span(shown, self._current, self._zone)
        short = shown.words.removesuffix("s").removesuffix(" row")
        said = ((f"{count}{failed}", shown.words), (f"{count}{failed}", short), (count, short))
        found = (f"{note}{time}  {one} {words}".rstrip() for one, words in said)
        return (*found, shown.note or time)


class _Bars(Widget):
    """A cell a bar, and in a second line one for its failures, with a height of their own."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"histogram--bar", "histogram--failed", "histogram--unknown"}

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Bar, ...] = ()

    def show(self, bars: tuple[Bar, ...]) -> None:
        lays_out = len(bars) != len(self._shown)
        self._shown = bars
        self.refresh(layout=lays_out)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return len(self._shown)

    def render_line(self, y: int) -> Strip:
        counts = [bar.count if y == 0 else bar.failed for bar in self._shown]
        most = max((count for count in counts if count), default=0)
        cells = []
        for bar, count in zip(self._shown, counts, strict=True):
            sign, name = _cell(bar, count, most, is_failed=y > 0)
            own = self.get_component_rich_style(f"histogram--{name}", partial=True)
            cells.append(Segment(sign, self.rich_style + own))
        return Strip(cells).adjust_cell_length(self.size.width, self.rich_style).simplify()


class _Words(Widget):
    """What the bars are about."""

    def __init__(self) -> None:
        super().__init__()
        self._said: tuple[tuple[str, ...], ...] = (("",), ("",))

    def say(self, texts: tuple[str, ...], below: str) -> None:
        """Say the first text that there is room for, and another one in the second line."""
        before, self._said = self._said, (texts, (below,))
        for y, (old, new) in enumerate(zip(before, self._said, strict=True)):
            if old != new:
                self.refresh(Region(0, y, max(map(cell_len, (*old, *new))), 1))

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        texts = self._said[y] if y < len(self._said) and width else ("",)
        text = next((one for one in texts if cell_len(one) <= width), display.clip(texts[-1], width))
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)


def _cell(bar: Bar, count: int | None, most: int, *, is_failed: bool) -> tuple[str, str]:
    """The sign of a bar and the name of its style."""
    if count is None:
        return _UNKNOWN, "unknown"
    if not count:
        return _NONE, "unknown"
    has_failed = is_failed or (bar.failed or 0) * _FAILED_PART >= (bar.count or 0)
    signs = _DOTTED if has_failed else _SOLID
    return signs[-(-count * len(signs) // most) - 1], "failed" if has_failed else "bar"
