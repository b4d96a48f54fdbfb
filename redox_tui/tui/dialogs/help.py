"""The keys of what had the focus, from the registry."""

from collections.abc import Iterator
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from redox_tui.tui.bindings import bindings
from redox_tui.tui.commands import SCOPES, Command, key_sign
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.scrolled import Scrolled

_KEYS_WIDTH = 18
_WIDEST = 90
"""The dialog's width at most, as in help.tcss; `_FRAME` is its border, padding and scrollbar."""

_FRAME = 6


class HelpDialog(Dialog[None]):
    """A list of commands by scope; any of its own keys closes it."""

    SCOPES = ("help", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("help")
    AUTO_FOCUS = "Scrolled"

    def __init__(self, commands: list[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        with Scrolled():
            yield Line(self._text())

    def action_close(self) -> None:
        self.dismiss()

    def _text(self) -> Content:
        room = max(20, min(_WIDEST, self.app.size.width * 9 // 10) - _FRAME - _KEYS_WIDTH - 1)
        lines: list[Content] = []
        for scope in dict.fromkeys(command.scope for command in self._commands):
            lines += [Content(""), Content.styled(SCOPES[scope], "bold")]
            for command in self._commands:
                if command.scope == scope:
                    lines += _lines(command, room)
        lines += [Content(""), Content.styled("esc closes; arrows and page keys scroll", "$text-muted")]
        return Content("\n").join(lines[1:])


def _lines(command: Command, room: int) -> Iterator[Content]:
    keys = " ".join(key_sign(key) for key in command.keys)
    text = command.title + (f" – {command.help}" if command.help else "")
    for number, part in enumerate(wrap(text, room)):
        yield Content.assemble((f"{keys if number == 0 else '':<{_KEYS_WIDTH}}", "$text-accent"), " ", part)
