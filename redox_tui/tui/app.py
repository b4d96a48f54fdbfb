"""`RedoxApp`: screens, services, signals and the one funnel for errors that nobody expected."""

import asyncio
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.worker import WorkerFailed

from redox_tui.api.errors import PlatformError
from redox_tui.domain.crash import reference
from redox_tui.domain.query import LogQuery
from redox_tui.tui import themes
from redox_tui.tui.bindings import Scoped, bindings, commands_in_force
from redox_tui.tui.messages import OpenLog, StepLog, Working
from redox_tui.tui.safety import HarmlessFilter
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.services import Services
from redox_tui.tui.styles import styles_dir

if TYPE_CHECKING:
    from textual.command import Provider

_ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def _palette() -> "type[Provider]":
    from redox_tui.tui.palette import RegistryProvider

    return RegistryProvider


class RedoxApp(App[None], Scoped, inherit_bindings=False):
    """The app on one connection. After a crash `crash` holds the one line that may be said about it."""

    TITLE = "redox-tui"
    SCOPES = ("app",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("app")
    CSS_PATH: ClassVar = sorted(styles_dir().glob("*.tcss"))
    COMMANDS: ClassVar = {_palette}
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (60, "-narrow"), (120, "-wide")]  # noqa: RUF012 - declared by App
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (15, "-short"), (36, "-tall")]  # noqa: RUF012 - declared by App
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__()
        self.animation_level = "none"
        self.crash: str | None = None
        self._services = services
        self._harmless = HarmlessFilter()
        self._logs = LogsScreen(services, query)
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        self.theme = themes.DARK.name

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _ENDING_SIGNALS:
            loop.add_signal_handler(number, self._end, number)
        self._services.hear = self._say_working
        loop.set_exception_handler(lambda _, context: self._handle_loop_error(context.get("exception")))

    def _say_working(self, words: str) -> None:
        self.screen.post_message(Working(words))

    def get_default_screen(self) -> LogsScreen:
        """The list of logs is where everything begins, so nothing is drawn before it."""
        return self._logs

    async def on_unmount(self) -> None:
        await self._services.close()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters and the last net before the terminal."""
        return [*super().get_line_filters(), self._harmless]

    @on(OpenLog)
    def _open_log(self, message: OpenLog) -> None:
        from redox_tui.tui.screens.log_detail import LogDetailScreen

        if self.screen is self._logs:
            self.push_screen(
                LogDetailScreen(
                    self._services, self._logs.place, self._logs.environment, message.log, message.data_mode
                )
            )

    @on(StepLog)
    def _step_log(self, message: StepLog) -> None:
        from redox_tui.tui.screens.log_detail import LogDetailScreen

        if isinstance(self.screen, LogDetailScreen):
            if log := self._logs.step(message.step):
                self.screen.show(log)
            else:
                self.screen.say_end()

    def action_help(self) -> None:
        from redox_tui.tui.dialogs.help import HelpDialog

        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog([command for command, _ in commands_in_force(self.screen) if command.keys]))

    def action_palette(self) -> None:
        from textual.command import CommandPalette

        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder="A command …"))

    def action_theme(self) -> None:
        self.theme = themes.LIGHT.name if self.theme == themes.DARK.name else themes.DARK.name

    def _handle_exception(self, error: Exception) -> None:
        """End with one line that holds nothing of what was in memory; Textual's own would print local variables."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.crash = self.crash or reference(error)
        self._close_messages_no_wait()

    def _handle_loop_error(self, error: object) -> None:
        """The loop reports errors that nobody waited for; that a call failed is none of a crash."""
        if isinstance(error, Exception) and not isinstance(error, PlatformError):
            self._handle_exception(error)

    def _end(self, number: int) -> None:
        self.exit(return_code=128 + number)
