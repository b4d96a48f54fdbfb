"""`RedoxApp`: screens, services, signals and the one funnel for errors that nobody expected."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import WorkerFailed

from redox_tui.api.errors import PlatformError
from redox_tui.domain.crash import reference
from redox_tui.domain.query import LogQuery
from redox_tui.tui import themes
from redox_tui.tui.access import Credentials
from redox_tui.tui.asking import PersonAtApp
from redox_tui.tui.bindings import Scoped, bindings, commands_in_force
from redox_tui.tui.clipboard import Clipboard, clipboard
from redox_tui.tui.filtering import FilteringApp
from redox_tui.tui.messages import (
    ConnectTo,
    DescribeProfile,
    ExportLog,
    GoBack,
    GroupFailures,
    LeaveProgram,
    OpenLog,
    ProfileStored,
    RunQuery,
    StepLog,
    SteppedToFailure,
    Working,
)
from redox_tui.tui.safety import HarmlessFilter
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.services import Services
from redox_tui.tui.styles import styles_dir
from redox_tui.tui.unsaved import ask_first

if TYPE_CHECKING:
    from textual.command import Provider


_ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def _palette() -> "type[Provider]":
    from redox_tui.tui.palette import RegistryProvider

    return RegistryProvider


class RedoxApp(FilteringApp, Scoped, inherit_bindings=False):
    """The app on one connection, or on none yet. After a crash `crash` holds the one line that may be said about it.

    `lock_after` is for how many seconds nobody may have touched a key before the app locks itself, None for ever. With
    `read_only` no connection changes anything.
    """

    TITLE = "redox-tui"
    SCOPES = ("app",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("app")
    CSS_PATH: ClassVar = sorted(styles_dir().glob("*.tcss"))
    COMMANDS: ClassVar = {_palette}
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = "logs"
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (60, "-narrow"), (120, "-wide")]  # noqa: RUF012 - declared by App
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (15, "-short"), (36, "-tall")]  # noqa: RUF012 - declared by App
    ESCAPE_TO_MINIMIZE = False

    def __init__(
        self,
        services: Services | None,
        query: LogQuery,
        credentials: Credentials,
        clock: Callable[[], datetime],
        *,
        lock_after: float | None = None,
        poll: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
        copies: Clipboard | None = None,
        read_only: bool = False,
    ) -> None:
        super().__init__(
            lock_after=lock_after,
            monotonic=monotonic,
            copies=copies or clipboard("osc52", "bare", {"TERM": "xterm"}),
        )
        self.animation_level = "none"
        self.crash: str | None = None
        self._services = services
        self._query = query
        self._credentials = credentials
        self._clock = clock
        self._poll = poll
        self._read_only = read_only
        if services:
            services.hear = self._say_working
        self._harmless = HarmlessFilter()
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        self.theme = themes.DARK.name

    def on_mount(self) -> None:
        self.add_mode("logs", self.get_default_screen)
        self.add_mode("filters", self.filters_screen)
        self.add_mode("credentials", self._credentials_screen)
        loop = asyncio.get_running_loop()
        for number in _ENDING_SIGNALS:
            loop.add_signal_handler(number, self._end, number)
        loop.set_exception_handler(lambda _, context: self._handle_loop_error(context.get("exception")))

    def _say_working(self, words: str) -> None:
        self.screen.post_message(Working(words))

    def get_default_screen(self) -> Screen[None]:
        """Where everything begins: nothing is drawn before it."""
        if self._services:
            return LogsScreen(self._services, self._query)
        from redox_tui.tui.screens.welcome import WelcomeScreen

        return WelcomeScreen(self._credentials)

    def _credentials_screen(self) -> Screen[None]:
        from redox_tui.tui.screens.credentials import CredentialsScreen

        return CredentialsScreen(
            self._credentials, self._clock, lambda: self._services.access.name if self._services else ""
        )

    @property
    def services_in_use(self) -> Services | None:
        return self._services

    async def on_unmount(self) -> None:
        self._credentials.lock()
        if self._services:
            await self._services.close()

    async def _shutdown(self) -> None:
        """End all work before the widgets go: what it brings would find none of them any more.

        So does what the app's own queue is at, which may be a lock or an unlocking: it changes places.
        """
        self.workers.cancel_all()
        await self._close_messages(wait=False)
        if self._task and self._task is not asyncio.current_task():
            await asyncio.wait({self._task})
        await super()._shutdown()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters and the last net before the terminal."""
        return [*super().get_line_filters(), self._harmless]

    @on(OpenLog)
    def _open_log(self, message: OpenLog) -> None:
        from redox_tui.tui.screens.log_detail import LogDetailScreen

        if not self.is_held(message) and self._services and self._logs and self.screen is self._logs:
            self.push_screen(
                LogDetailScreen(
                    self._services, self._logs.place, self._logs.environment, message.log, message.data_mode
                )
            )

    @on(StepLog)
    def _step_log(self, message: StepLog) -> None:
        from redox_tui.tui.screens.log_detail import LogDetailScreen

        if self._logs and isinstance(self.screen, LogDetailScreen):
            if message.failed_from:
                self._logs.step_to_failure(message.step, message.failed_from)
            elif isinstance(found := self._logs.step(message.step), str):
                self.screen.note(found)
            else:
                self.screen.show(found)

    @on(SteppedToFailure)
    def _show_failure(self, message: SteppedToFailure) -> None:
        from redox_tui.tui.screens.log_detail import LogDetailScreen

        if isinstance(self.screen, LogDetailScreen):
            self.screen.take_failure(message.log, message.words)

    @on(ExportLog)
    def _export_log(self, message: ExportLog) -> None:
        if self._logs and not self.is_locked:
            self._logs.export_one(message.log)

    @on(GroupFailures)
    def _group_failures(self, message: GroupFailures) -> None:
        from redox_tui.tui.screens.failures import FailuresScreen

        if not self.is_held(message) and self._services and self._logs and self.screen is self._logs:
            place = self._logs.place, self._logs.environment
            self.push_screen(FailuresScreen(self._services, *place, message.query, message.search, message.zone))

    @on(RunQuery)
    async def _run_query(self, message: RunQuery) -> None:
        if not self.is_held(message) and self._logs and self.screen is not self._logs:
            await self.pop_screen()
            self._logs.run_for(message.query, message.logs)

    @on(ConnectTo)
    async def _connect(self, message: ConnectTo) -> None:
        """Show another server's logs. The client of the one before is dropped first, so nothing of it can be sent."""
        if self.is_locked:
            message.access.lock()
            return
        if not message.is_sure:
            ask_first(self, lambda: self.post_message(ConnectTo(message.access, True)), message.access.lock)
            return
        if self._services:
            self._services.lock()
        self._services = Services(
            message.access, self._clock, self._say_working, poll=self._poll, read_only=self._read_only
        )
        self._query = LogQuery.kept(message.access.remembered.get("query"), self._clock())
        await self.switch_mode("credentials")
        for mode, screen in (("logs", self.get_default_screen), ("filters", self.filters_screen)):
            await self.remove_mode(mode)
            self.add_mode(mode, screen)
        await self.switch_mode("logs")

    @on(LeaveProgram)
    def _leave(self) -> None:
        ask_first(self, self.exit)

    @on(DescribeProfile)
    def _describe_profile(self, message: DescribeProfile) -> None:
        from redox_tui.tui.screens.profile_form import ProfileForm

        if not self.is_held(message):
            self.push_screen(ProfileForm(self._credentials, message.name, message.known))

    @on(ProfileStored)
    async def _go_on_with(self, message: ProfileStored) -> None:
        """The form has done its work; who has just made a first profile wants to see its logs."""
        from redox_tui.tui.screens.credentials import CredentialsScreen
        from redox_tui.tui.screens.profile_form import ProfileForm

        if self.is_held(message):
            return
        if isinstance(self.screen, ProfileForm):
            await self.pop_screen()
        await self.switch_mode("credentials")
        if isinstance(self.screen, CredentialsScreen):
            self.screen.show_stored(message.name, is_opened=self._services is None)

    @on(GoBack)
    def _go_back(self) -> None:
        self.switch_mode("logs")

    def action_logs(self) -> None:
        self.switch_mode("logs")

    def action_filters(self) -> None:
        self.switch_mode("filters")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        is_there = action != "filters" or self._services is not None
        return is_there and super().check_action(action, parameters)

    def action_credentials(self) -> None:
        self.switch_mode("credentials")

    @property
    def holds_secrets(self) -> bool:
        return self._credentials.is_open or self._services is None or self._services.access.is_secret

    def drop_secrets(self) -> None:
        self._credentials.lock()
        if self._services:
            self._services.lock()

    def get_secrets_again(self, person: PersonAtApp) -> None:
        if self._services:
            self._services.access.unlock(person)
            self._services.unlock()

    async def action_quit(self) -> None:
        ask_first(self, self.exit)

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
