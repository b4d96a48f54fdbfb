"""Somebody else has saved the filter that is being edited: what they changed, what you changed, and what to do."""

from typing import ClassVar, Final, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from redox_tui.domain import display
from redox_tui.domain.filter_diff import differences
from redox_tui.domain.filter_merge import Merged
from redox_tui.domain.filters import Filter
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.scrolled import Scrolled

_FRAME: Final = 6

Way = Literal["take", "merge", "leave"]


class ConflictDialog(Dialog[Way]):
    """Take theirs, merge both, or leave everything as it is. Nothing is sent by any of them."""

    SCOPES = ("conflict", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("conflict")
    AUTO_FOCUS = "Scrolled"

    def __init__(self, base: Filter, theirs: Filter, yours: Filter, merged: Merged) -> None:
        super().__init__()
        self._base = base
        self._theirs = theirs
        self._yours = yours
        self._merged = merged

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Line(f"Somebody saved “{display.line(self._base.name, 60)}” meanwhile", classes="title")
            with Scrolled():
                yield Line(Content("\n").join(self._lines()))
            yield KeyHints()

    def on_mount(self) -> None:
        self.on_resize()

    def on_resize(self) -> None:
        self.query_one(Scrolled).styles.max_height = max(3, self.app.size.height * 9 // 10 - _FRAME)

    def action_take(self) -> None:
        self.dismiss("take")

    def action_merge(self) -> None:
        self.dismiss("merge")

    def action_leave(self) -> None:
        self.dismiss("leave")

    def _lines(self) -> list[Content]:
        base = f"version {self._base.filter_version}" if self._base.filter_version else "what you read"
        now = f"version {self._theirs.filter_version}" if self._theirs.filter_version else "what is in force now"
        by = self._theirs.updated.by
        who = f" by {by.name or by.id}" if by and (by.name or by.id) else ""
        lines = [_title(f"Theirs: {now}{who}, against {base}")]
        lines += _plain(differences(self._base, self._theirs))
        lines += [Content(""), _title(f"Yours, not saved, against {base}")]
        lines += _plain(differences(self._base, self._yours))
        lines.append(Content(""))
        if self._merged.clashes:
            lines.append(Content.styled("A merge keeps yours of what both have changed:", "bold $text-error"))
            for clash in self._merged.clashes:
                lines += _plain([f"{clash.what}  base    {clash.base}"])
                indent = " " * len(clash.what)
                lines += _plain([f"{indent}  theirs  {clash.theirs}", f"{indent}  yours   {clash.yours}"])
        else:
            lines.append(_title("A merge has all of both:"))
            lines += _plain(differences(self._theirs, self._merged.filter) or ["nothing of yours is left to do"])
        return lines


def _title(text: str) -> Content:
    return Content.styled(display.line(text), "bold")


def _plain(lines: list[str]) -> list[Content]:
    return [Content(f"  {display.line(line)}") for line in lines or ["nothing"]]
