"""The steps of a dry run, a line each: what ran, in which version, and whether the message is another one after it."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from redox_tui.domain import display
from redox_tui.domain.inspection import Inspection, Step
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.line_list import LineList

_WIDTHS = (4, 18, 20, 5, 10)
_STAGE = 2
_NARROW = 70
"""Cells below which there is no room for the stage."""

_NOTHING_SENT = "A dry run with today's settings: nothing is sent."
_MAY_DIFFER = " It may differ from then."


class StepTable(LineList):
    """The message as it came in, then the steps; or a sentence that says why there are none."""

    SCOPES = ("steps", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("steps")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"step-table--filtered", "step-table--note"}
    HEADER_LINES = 2

    class Chosen(Message):
        """Somebody wants to see the message in this row: its text, what it is, and why there is none."""

        def __init__(self, text: str | None, title: str) -> None:
            super().__init__()
            self.text = text
            self.title = title

    def __init__(self) -> None:
        super().__init__()
        self._inspection: Inspection | None = None

    def show(self, inspection: Inspection | None, notice: str = "") -> None:
        """Take other steps, or say why there are none."""
        self._inspection = inspection
        self.say(notice)
        self.cursor = 0
        self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._inspection.steps) + 1 if self._inspection else 0

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        assert self._inspection  # noqa: S101 - there are rows
        if not row:
            size = _size(self._inspection.message)
            return [Segment(f"{'in':<{_WIDTHS[0]}} the message as it came in · {size}", style)]
        step = self._inspection.steps[row - 1]
        operation = step.operation
        cells = (
            str(row if operation.order is None else operation.order),
            operation.type or "–",
            operation.attempt_stage or "–",
            "–" if operation.version is None else f"v{operation.version}",
            step.did or "–",
        )
        text = _columns(cells, width)
        own = self.get_component_rich_style("step-table--filtered", partial=True) if _stops(step) else Style.null()
        return [Segment(display.clip(f"{text} {_effect(step)}", width), style + own)]

    def render_line(self, y: int) -> Strip:
        if y:
            return super().render_line(y)
        width = self.scrollable_content_region.width
        style = self.frame_style + self.get_component_rich_style("step-table--note", partial=True)
        more = _MAY_DIFFER if width >= _NARROW else ""
        return Strip([Segment(f" {_NOTHING_SENT}{more}", style)]).adjust_cell_length(width, style)

    def draw_header(self, width: int) -> str:
        return _columns(("#", "OPERATION", "STAGE", "VERS", "DID"), width) + " MESSAGE"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._inspection is not None if action == "open" else True

    def action_open(self) -> None:
        if self._inspection is None:
            return
        if not self.cursor:
            self.post_message(self.Chosen(self._inspection.message, "the message as it came in"))
            return
        step = self._inspection.steps[self.cursor - 1]
        where = "after" if step.after is not None else "before"
        kind = display.line(step.operation.type or "it", 40)
        self.post_message(self.Chosen(step.before if step.after is None else step.after, f"{where} {kind}"))


def _columns(cells: tuple[str, ...], room: int) -> str:
    sized = [(cell, width) for cell, width in zip(cells, _WIDTHS, strict=True)]
    if room < _NARROW:
        del sized[_STAGE]
    return " ".join(display.fit(cell, width) for cell, width in sized)


def _stops(step: Step) -> bool:
    return step.did == "filtered"


def _effect(step: Step) -> str:
    if step.problem:
        return f"! {step.problem}"
    if _stops(step):
        return "stopped here"
    name = f" · {step.name}" if step.name else ""
    changed = step.changed
    return ("not shown" if changed is None else "changed" if changed else "unchanged") + name


def _size(text: str | None) -> str:
    return "not in the answer" if text is None else f"{len(text):,} characters"
