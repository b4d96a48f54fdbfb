"""The rules of a filter, one a line, with what each does to the sample messages."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.strip import Strip

from redox_tui.domain import display
from redox_tui.domain.filter_draft import RuleText
from redox_tui.domain.impact import RuleCount
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.line_list import LineList

_COUNT_WIDTH: Final = 11
_KIND_WIDTH: Final = 6
_MOST_CHARS: Final = 1_000


class RuleList(LineList):
    """Rules as they are typed. `asked` is called with what somebody wants: add, edit, toggle or remove.

    It is no message, since what is typed next belongs to the field that this opens.
    """

    SCOPES = ("rule", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("rule")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rule-list--deny",
        "rule-list--count",
        "rule-list--error",
        "rule-list--remark",
    }
    HEADER_LINES = 1

    def __init__(self) -> None:
        super().__init__()
        self.asked: Callable[[str], None] = _nobody
        self._rules: Sequence[RuleText] = ()
        self._counts: Sequence[RuleCount] | None = None
        self._marks: Mapping[int, bool] = {}
        self._samples = ""

    def show(self, rules: Sequence[RuleText]) -> None:
        """Show these rules; what was counted of others is no longer said."""
        is_longer_or_shorter = len(rules) != len(self._rules)
        if is_longer_or_shorter:
            self._counts, self._marks = None, {}
        self._rules = rules
        if is_longer_or_shorter:
            self.rows_changed()
        else:
            self.refresh()

    def judge(self, counts: Sequence[RuleCount] | None, marks: Mapping[int, bool], samples: str) -> None:
        """Show of how many messages each rule holds, None where that is not known.

        `marks` has the numbers of rules that there is a remark about, and whether it is an error; `samples` is said at
        the top.
        """
        self._counts, self._marks, self._samples = counts, marks, samples
        self.refresh()

    @property
    def row_count(self) -> int:
        return len(self._rules)

    def draw_header(self, width: int) -> str:
        title = f"RULES {len(self._rules):,}" if self._rules else "RULES"
        return (
            title + f"{display.clip(self._samples, max(width - len(title) - 3, 1)):>{max(width - len(title) - 2, 1)}}"
        )

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        rule = self._rules[row]
        number = f"{row + 1:>{len(str(len(self._rules)))}} "
        room = width - len(number) - _KIND_WIDTH - _COUNT_WIDTH - 2
        path_width = min(max(room * 11 // 20, 10), 60)
        kind = style if rule.allow else style + self._own("deny")
        segments = [
            Segment(number, style),
            Segment(f"{'allow' if rule.allow else 'deny':<{_KIND_WIDTH}}", kind),
            Segment(display.fit(rule.path or "no path yet", path_width), style),
            Segment("  ", style),
            Segment(display.fit(rule.values[:_MOST_CHARS] or "no values yet", max(room - path_width, 1)), style),
        ]
        count, name = self._count(row), "count"
        if row + 1 in self._marks:
            count, name = ("✗ error", "error") if self._marks[row + 1] else (f"{count} !", "remark")
        return [*segments, Segment(f"{count:>{_COUNT_WIDTH}}", style + self._own(name))]

    def blank_line(self, y: int, width: int) -> Strip:
        text = " No rules: everything is delivered. a adds one." if y == 0 and not self._rules else ""
        return Strip([Segment(text, self.frame_style)]).adjust_cell_length(width, self.frame_style)

    def action_add(self) -> None:
        self.asked("add")

    def action_edit(self) -> None:
        self.asked("edit")

    def action_allow_or_deny(self) -> None:
        self.asked("allow_or_deny")

    def action_remove(self) -> None:
        self.asked("remove")

    def _count(self, row: int) -> str:
        return f"{self._counts[row].holds:,} ✓" if self._counts and row < len(self._counts) else ""

    def _own(self, name: str) -> Style:
        return self.get_component_rich_style(f"rule-list--{name}", partial=True)


def _nobody(wanted: str) -> None:
    """Nobody obeys."""
