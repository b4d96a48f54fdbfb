"""The sample messages that a change would treat differently, and each of them with what every rule finds in it."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.domain import display
from redox_tui.domain.filters import Filter, Rule, Verdict
from redox_tui.domain.impact import Changed
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.line_list import LineList

_WAY_WIDTH: Final = 22
_MOST_VALUES: Final = 5


class ChangesDialog(Dialog[int | None]):
    """The messages that change; the place of the one to open in the list, None where the dialog is left."""

    SCOPES = ("changes", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("changes")
    AUTO_FOCUS = "ChangeList"

    def __init__(
        self,
        title: str,
        changed: Sequence[Changed],
        names: Sequence[str],
        why: Callable[[Changed], str],
        cursor: int = 0,
    ) -> None:
        super().__init__()
        self._title = title
        self._list = ChangeList(changed, names, why)
        self._list.cursor = cursor

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole"):
            yield Line(display.line(self._title), classes="title")
            yield self._list
            yield KeyHints()

    def on_mount(self) -> None:
        self._list.rows_changed()
        self.call_after_refresh(self._list.move_to, self._list.cursor)

    def action_open(self) -> None:
        if self._list.row_count:
            self.dismiss(self._list.cursor)

    def action_leave(self) -> None:
        self.dismiss(None)


class ChangeList(LineList):
    """One message a line: its name, what would change, and by which rule. Nothing of the message itself is shown."""

    def __init__(self, changed: Sequence[Changed], names: Sequence[str], why: Callable[[Changed], str]) -> None:
        super().__init__()
        self._changed = changed
        self._names = names
        self._why = why

    @property
    def row_count(self) -> int:
        return len(self._changed)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        one = self._changed[row]
        way = "filtered → delivered" if one.delivered else "delivered → filtered"
        name_width = max(12, (width - _WAY_WIDTH) * 2 // 5)
        name = self._names[one.index]
        # The end of a file's name tells it from its neighbours.
        shown = name if len(name) < name_width else f"…{name[2 - name_width :]}"
        room = max(width - name_width - _WAY_WIDTH, 1)
        text = f"{display.fit(shown, name_width)} {way:<{_WAY_WIDTH - 1}}{display.clip(self._why(one), room)}"
        return [Segment(text, style)]


class SampleDialog(Dialog[bool | None]):
    """One message, hidden until it is revealed, below what the rules say of it; True where somebody has left it."""

    SCOPES = ("sample", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("sample")
    AUTO_FOCUS = "JsonView"

    def __init__(self, name: str, text: str, now: Verdict, proposed: Verdict) -> None:
        super().__init__()
        self._of = name
        self._text = text
        self._verdicts = (("now", now), ("proposed", proposed))

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole"):
            yield Line(display.line(self._of), classes="title")
            yield Line(classes="verdicts")
            yield JsonView()
            yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(JsonView).show(self._text)

    def on_untouched(self) -> None:
        self.query_one(JsonView).action_hide()

    def on_json_view_visibility_changed(self) -> None:
        self.refresh_bindings()
        self.query_one(".verdicts", Line).update("\n".join(self._lines(self.query_one(JsonView).is_revealed)))

    def action_leave(self) -> None:
        self.dismiss(True)

    def _lines(self, is_revealed: bool) -> list[str]:
        lines = []
        for when, verdict in self._verdicts:
            lines.append(f"{when}: {'delivered' if verdict.delivered else 'filtered'}")
            stopped = verdict.rule
            if stopped:
                finding = verdict.findings[stopped - 1]
                found = [str(value) for value in finding.found[:_MOST_VALUES]]
                seen = ", ".join(f"“{value}”" for value in found) if is_revealed else _count(len(finding.found))
                lines.append(
                    display.line(f"  rule {stopped} {rule_place(finding.rule)} found {seen or 'nothing'}", 300)
                )
        return lines


def rule_place(rule: Rule) -> str:
    """Which rule it is, without its values."""
    return f"{'allow' if rule.allow else 'deny'} {rule.path}"


def why(changed: Changed, current: Filter | None, proposed: Filter) -> str:
    """Which rule is the reason, in words."""
    if changed.rule is None:
        return "block-all" if not changed.delivered or current else "no filter now"
    filter_ = current if changed.delivered else proposed
    rule = filter_.rules[changed.rule - 1] if filter_ else None
    words = f" {rule_place(rule)}" if rule else ""
    return f"{'was stopped by ' if changed.delivered else ''}rule {changed.rule}{words}"


def pretty(message: Any) -> str:
    """A message as the text of a payload."""
    import json

    return json.dumps(message, ensure_ascii=False)


def _count(values: int) -> str:
    return f"{values:,} {'value' if values == 1 else 'values'}"
