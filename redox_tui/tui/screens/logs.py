"""The list of logs: it turns a query into a window, fetches what the window wants, and says how it stands."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen

from redox_tui.api.errors import PlatformError
from redox_tui.domain import timerange
from redox_tui.domain.logs import Environment, Log
from redox_tui.domain.query import LogQuery
from redox_tui.domain.timerange import TimeError
from redox_tui.domain.window import LogWindow, PageRequest
from redox_tui.tui import memory
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.messages import (
    EnvironmentsArrived,
    Locked,
    OpenLog,
    PageArrived,
    PageFailed,
    Unlocked,
    Working,
    reason,
)
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.field import Field
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.log_columns import DATE, TIME, YEAR
from redox_tui.tui.widgets.log_table import LogTable
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.query_bar import QueryBar
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.time_picker import TimePicker
from redox_tui.tui.widgets.too_small import TooSmall

_IN_FLIGHT = 4
"""Pages asked for at once: enough to hide latency, few enough that a held page key leaves little behind."""

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_ONE_DAY = timedelta(days=1, minutes=1)
"""Up to here the time of day tells rows apart; above, the list shows dates too."""


class LogsScreen(Screen[None], Scoped):
    """Where the app begins."""

    SCOPES = ("logs",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("logs")
    AUTO_FOCUS = "LogTable"

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__()
        self._services = services
        self._query = query
        self._window = LogWindow(query.search(services.started))
        self._environments: tuple[Environment, ...] | None = None
        self._working = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlaceLine()
            yield QueryBar(self._services.clock)
            yield TimePicker(self._services.clock)
            yield LogTable()
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one(QueryBar).text = str(self._query)
        self._show_window()
        self.query_one(LogTable).moved = self._pump
        self._pump()

    @property
    def environment(self) -> Environment | None:
        """The environment of these logs as far as it is known; where none is named or none could be, all as one.

        All of them count as production where any is.
        """
        found = self._environments or ()
        wanted = self._services.connection.environment
        if wanted and not self._window.origin:
            return next((e for e in found if e.id.casefold() == wanted.casefold()), None)
        if len(found) < 2:
            return found[0] if found else None
        flag = next((e.flag for e in found if not e.flag or e.flag.lower().startswith("prod")), found[0].flag)
        return Environment("", "all environments", flag)

    @property
    def place(self) -> str:
        """Where these logs are from."""
        return self._services.place(self.environment, is_whole=bool(self._window.origin))

    def step(self, rows: int) -> Log | None:
        """Move the cursor and give the log there; None at an end, or where it is not loaded yet, and then stay."""
        table = self.query_one(LogTable)
        before = table.cursor
        table.move_to(before + rows, direction=rows)
        if table.cursor != before and table.current:
            return table.current
        table.move_to(before, direction=rows)
        return None

    def _pump(self) -> None:
        """Ask for what the window wants, as far as there is room for requests."""
        view = self.query_one(LogTable).view
        while len(self._window.in_flight) < _IN_FLIGHT and (request := self._window.next_request(view)):
            self._fetch(request)
        self._say()

    @work(group="logs.page", exclusive=False)
    async def _fetch(self, request: PageRequest) -> None:
        try:
            page = await self._services.page(request)
        except PlatformError as error:
            self.post_message(PageFailed(request, reason(error)))
        else:
            self.post_message(PageArrived(request, page))

    @on(Working)
    def _say_working(self, message: Working) -> None:
        if self._window.in_flight:
            self._working = message.words
            self._say()

    @on(Locked)
    def _wait_for_unlocking(self) -> None:
        self._environments = self._environments or None
        if self._window.in_flight:
            self.workers.cancel_group(self, "logs.page")
            self._window.stop("Locked before this was read.")
            self._working = ""

    @on(Unlocked)
    def _go_on(self) -> None:
        if self._window.retry():
            self.query_one(LogTable).refresh()
            self._pump()

    @on(PageArrived)
    def _put(self, message: PageArrived) -> None:
        table = self.query_one(LogTable)
        self._working = ""
        if self._window.put(message.request, message.page):
            table.rows_changed()
            self._show_place()
            if self._environments is None:
                self._environments = ()
                table.call_after_refresh(self._find_environments)
        self._pump()
        table.call_after_refresh(memory.settle)

    @on(PageFailed)
    def _note_failure(self, message: PageFailed) -> None:
        table = self.query_one(LogTable)
        self._working = ""
        if self._window.fail(message.request, message.reason):
            table.refresh()
        self._pump()
        table.call_after_refresh(memory.settle)

    @work(group="logs.environments", exclusive=True)
    async def _find_environments(self) -> None:
        try:
            client = await self._services.client()
            self.post_message(EnvironmentsArrived(await client.directory.environments()))
            await asyncio.to_thread(self._services.access.note_use)
        except PlatformError:
            # The name and flag stay unknown, which the place line shows as production.
            return

    @on(EnvironmentsArrived)
    def _take_environments(self, message: EnvironmentsArrived) -> None:
        self._environments = message.environments
        self._show_place()

    def action_open(self) -> None:
        log = self.query_one(LogTable).current
        if log and log.id:
            self.post_message(OpenLog(log, log.data_mode or self._window.search.data_mode))
        elif self._window.known:
            why = log.problem if log else "it has not been read"
            self.query_one(StatusLine).say(f"This log cannot be opened: {why}.", error=True)

    def action_query(self) -> None:
        self.query_one(QueryBar).edit()

    def action_time(self) -> None:
        picker = self.query_one(TimePicker)
        picker.display = True
        picker.text = ""
        picker.edit()

    def action_refresh(self) -> None:
        if self._window.retry():
            self.query_one(LogTable).refresh()
            self._pump()
        else:
            self._run(self._query)

    def action_stop(self) -> None:
        if self._window.in_flight:
            self.workers.cancel_group(self, "logs.page")
            self._window.stop("Stopped. r tries again.")
            self._working = ""
            self.query_one(LogTable).refresh()
            self._say()

    def action_leave(self) -> None:
        if self._window.in_flight:
            self.action_stop()
        else:
            self.app.exit()

    @on(Field.Submitted)
    def _apply(self, message: Field.Submitted) -> None:
        self._leave(message.field)
        if isinstance(message.field, QueryBar):
            self._run(LogQuery.parse(message.text))
        elif message.text.strip():
            self._run(self._query.within(*timerange.terms(message.text, self._services.clock())))

    @on(Field.Left)
    def _leave_field(self, message: Field.Left) -> None:
        self._leave(message.field)

    def _leave(self, field: Field) -> None:
        self.query_one(QueryBar).text = str(self._query)
        if isinstance(field, TimePicker):
            field.display = False
        self.set_focus(self.query_one(LogTable))

    def _run(self, query: LogQuery) -> None:
        try:
            search = query.search(self._services.clock())
        except TimeError as error:
            self.query_one(StatusLine).say(str(error), error=True)
            return
        self.workers.cancel_group(self, "logs.page")
        self._query = query
        self._working = ""
        self._window = LogWindow(search, epoch=self._window.epoch + 1)
        self.query_one(QueryBar).text = str(query)
        self._show_window()
        self._pump()

    def _show_window(self) -> None:
        bounds = self._window.search.range
        now = self._services.clock()
        begin, end = bounds.since or _LONG_AGO, bounds.until or now
        form = YEAR if begin.year != now.year else DATE if end - begin > _ONE_DAY else TIME
        self.query_one(LogTable).show(self._window, self._query, time_format=form)
        self._show_place()

    def _show_place(self) -> None:
        words = self._query.range_in_words(self._services.clock())
        self.query_one(PlaceLine).show(self.place, self.environment, ("Logs", f"{words} UTC"))

    def _say(self) -> None:
        table, line, window = self.query_one(LogTable), self.query_one(StatusLine), self._window
        if gap := window.gap_in(table.view):
            table.say("", "The logs could not be read; the line below says why.")
            line.say(gap, error=True)
            return
        if not window.answered:
            table.say("", "Reading the newest logs … esc stops.")
            line.say(f"{self._working} · esc stops" if self._working else "reading the newest logs … esc stops")
            return
        if not window.known and window.missing:
            table.say(
                "", "The server took too long: nobody knows what this range holds.", "r tries again, t narrows it."
            )
        elif not window.known:
            words = self._query.range_in_words(self._services.clock())
            table.say("", f"No logs match in this range ({words}).", "t widens the range, / changes the query.")
        line.say(" · ".join(part for part in self._parts(table, window) if part))

    def _parts(self, table: LogTable, window: LogWindow) -> list[str]:
        end = f">{window.known:,}" if window.is_growing else f"{window.known:,}"
        more = "more are read at the end" if window.is_growing and not window.missing else ""
        waiting = f"{self._working} · esc stops" if self._working else "reading … esc stops"
        local = " ".join(str(term) for term in self._query.local)
        unread = f"{window.gaps} page{'s' if window.gaps > 1 else ''} not read, r tries again"
        return [
            f"row {table.cursor + 1:,} of {end}" if window.known else "" if window.missing else "no logs",
            waiting if window.is_waiting_for(table.view) else "",
            self._missing(),
            *window.notes,
            unread if window.gaps else "",
            f"dim rows do not match {local}" if local and window.known else "",
            more,
            self._services.clock_warning,
        ]

    def _missing(self) -> str:
        """Ranges that are missing, in words."""
        found = [timerange.to_the_second(gap) for gap in self._window.missing]
        words = f"{', '.join(found[:2])}{f' and {len(found) - 2} more ranges' if len(found) > 2 else ''}"
        return f"not read: {words}, too slow; r tries again" if found else ""
