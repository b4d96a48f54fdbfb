"""The keys of what had the focus, from the registry."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.commands import SCOPES, Command, key_sign
from redox_tui.tui.widgets.line import Line

_KEYS_WIDTH = 18


class HelpDialog(ModalScreen[None], Scoped):
    """A list of commands by scope; any of its own keys closes it."""

    SCOPE = "help"
    BINDINGS: ClassVar[list[BindingType]] = bindings("help")
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, commands: list[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Line(self._text())

    def action_close(self) -> None:
        self.dismiss()

    def _text(self) -> Content:
        lines: list[Content] = []
        for scope in dict.fromkeys(command.scope for command in self._commands):
            lines += [Content(""), Content.styled(SCOPES[scope], "bold")]
            lines += [_line(command) for command in self._commands if command.scope == scope]
        lines += [Content(""), Content.styled("esc closes; arrows and page keys scroll", "$text-muted")]
        return Content("\n").join(lines[1:])


def _line(command: Command) -> Content:
    keys = " ".join(key_sign(key) for key in command.keys)
    text = command.title + (f" – {command.help}" if command.help else "")
    return Content.assemble((f"{keys:<{_KEYS_WIDTH}}", "$text-accent"), " ", text)
