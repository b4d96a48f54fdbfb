"""What hides everything while the app is locked."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen

from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.messages import Covered, LeaveProgram, UnlockNow
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.status_line import StatusLine


class CoverScreen(Screen[None], Scoped, inherit_bindings=False):
    """One sentence, and the way back."""

    SCOPES = ("cover",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("cover")

    def __init__(self, why: str) -> None:
        super().__init__()
        self._why = why

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield Line(self._why, classes="why")
            yield Line("Keys, tokens and payloads have left the memory; lists and what you typed are kept.")
            yield StatusLine()
            yield KeyHints()

    def on_mount(self) -> None:
        self.call_after_refresh(self.post_message, Covered())

    def say(self, words: str, *, error: bool = False) -> None:
        """Say how unlocking goes."""
        self.query_one(StatusLine).say(words, error=error)

    def action_unlock(self) -> None:
        self.post_message(UnlockNow())

    def action_leave(self) -> None:
        self.post_message(LeaveProgram())
