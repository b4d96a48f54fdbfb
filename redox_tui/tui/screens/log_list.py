"""A list of logs: what its reading wants is fetched, what arrives is shown, and how it stands is said."""

import asyncio
from collections.abc import Iterable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from redox_tui.api.errors import PlatformError
from redox_tui.domain import environments
from redox_tui.domain.logs import Environment
from redox_tui.domain.query import LogQuery
from redox_tui.domain.timerange import TimeError
from redox_tui.domain.window import LogWindow, PageRequest
from redox_tui.tui import memory, remembering
from redox_tui.tui.following import Follow
from redox_tui.tui.messages import (
    EnvironmentsArrived,
    LeaveProgram,
    Locked,
    PageArrived,
    PageFailed,
    Unlocked,
    Working,
    reason,
)
from redox_tui.tui.reading import Change, Reading
from redox_tui.tui.screens.query_screen import QueryScreen
from redox_tui.tui.services import Services
from redox_tui.tui.standing import Remark, Standing
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.histogram import HistogramLine
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.log_table import LogTable
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.query_bar import QueryBar
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.time_picker import TimePicker
from redox_tui.tui.widgets.too_small import TooSmall


class LogListScreen(QueryScreen):
    """The rows of one query, read as they are looked at; followed, sifted, and over one range or another."""

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__(services, query)
        self._reading = Reading(query, LogWindow(query.search(services.started)))
        self._environments = services.access.environments
        self._working = self._aside = ""
        self._remark: Remark | None = None
        self._layout_of_rows = remembering.layout(services.access.remembered, services.zone)

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlaceLine()
            yield QueryBar(self._services.clock)
            yield TimePicker(self._services.clock)
            yield HistogramLine()
            yield LogTable()
            yield FactList(classes="preview")
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one(QueryBar).text = str(self._query)
        self._show_window()
        self.query_one(LogTable).moved = self._pump
        self._follow_timer = self.set_interval(self._services.poll, self._look, pause=True)
        self._pump()

    @property
    def _window(self) -> LogWindow:
        return self._reading.window

    @property
    def environment(self) -> Environment | None:
        """The environment of these logs as far as it is known; where none is named or none could be, all as one."""
        found = self._environments or ()
        wanted = self._services.connection.environment
        return environments.by_id(found, wanted) if wanted and not self._window.origin else environments.as_one(found)

    def environment_of(self, environment_id: str | None) -> Environment | None:
        """An environment by its id as far as it is known; without one, that of these logs."""
        if environment_id is None:
            return self.environment
        return environments.by_id(self._environments or (), environment_id) or Environment(environment_id)

    @property
    def place(self) -> str:
        """Where these logs are from."""
        return self._services.place(self.environment, is_whole=bool(self._window.origin))

    @property
    def environment_ids(self) -> Iterable[str]:
        wanted = self._services.connection.environment
        return [wanted] if wanted else [found.id for found in self._environments or ()]

    def _pump(self) -> None:
        """Ask for what the window wants, as far as there is room for requests."""
        table = self.query_one(LogTable)
        if table.view.first or table.cursor:
            self._reading.following.pause()
        self.cursor_moved()
        for request in self._reading.requests(table.window_view):
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
        if self._reading.is_waiting:
            self._working = message.words
            self._say()

    @on(Locked)
    def _wait_for_unlocking(self) -> None:
        self._environments = self._environments or None
        if self._reading.stop("Locked before this was read."):
            self.workers.cancel_group(self, "logs.page")
            self._working = ""
            self._say()

    @on(Unlocked)
    def _retry(self) -> bool:
        """Ask again for what failed; False where nothing has."""
        if has_failed := self._window.retry():
            self.query_one(LogTable).refresh()
            self._pump()
        return has_failed

    @on(PageArrived)
    def _put(self, message: PageArrived) -> None:
        table = self.query_one(LogTable)
        self._working = ""
        self.query_one(QueryBar).learn(message.page.logs)
        change = self._reading.put(message.request, message.page)
        if change is Change.WINDOW:
            self._show_newer()
        elif change is Change.ROWS:
            table.show_rows(self._reading.only)
            self.rows_arrived()
            self._show_place()
        if change is not Change.NOTHING and self._environments is None:
            self._environments = ()
            table.call_after_refresh(self._find_environments)
        self._pump()
        table.call_after_refresh(memory.settle)

    @on(PageFailed)
    def _note_failure(self, message: PageFailed) -> None:
        table = self.query_one(LogTable)
        self._working = ""
        change = self._reading.fail(message.request, message.reason)
        if change is Change.ROWS:
            table.refresh()
        self._pump()
        if change is Change.WINDOW:
            self.complain(f"{message.reason} The rows are those of before.")
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

    def action_refresh(self) -> None:
        self._remark = None
        following = self._reading.following
        if self._retry():
            return
        if following.state is Follow.PAUSED and following.news.count and self._reading.take_newer():
            self._show_newer()
        elif following.state is not Follow.OFF:
            self._look()
        elif self._window.known and self._resolved(self._query) == self._reading.query:
            # The rows stay until there are newer ones: the line may be down.
            self._reading.landing, self._working = None, ""
            self.workers.cancel_group(self, "logs.find")
            self._look(is_wanted=True)
            self._say()
        else:
            self.run_query(self._query)

    def action_stop(self) -> None:
        self._reading.landing = self._remark = None
        self.workers.cancel_group(self, "logs.find")
        if self._reading.stop("Stopped. r tries again."):
            self.workers.cancel_group(self, "logs.page")
            self.query_one(LogTable).refresh()
        self._working = ""
        self._say()

    def action_follow(self) -> None:
        """Follow, or stop following; paused, go on."""
        self._remark = None
        following = self._reading.following
        if self.environment and not self.environment.is_live:
            self.complain("Nothing comes into a file; redox-tui logs --follow asks a server.")
        elif following.state is Follow.ON:
            following.state = Follow.OFF
            self._follow_timer.pause()
            self._say()
        elif self._query.value("until"):
            self.complain("This range has an end, so nothing new comes into it; t opens it.")
        else:
            following.state = Follow.ON
            self._follow_timer.resume()
            if self._reading.take_newer():
                self._show_newer()
            else:
                self.query_one(LogTable).move_to(0)
                self._look()

    def _look(self, *, is_wanted: bool = False) -> None:
        """Look what is new; where that is wanted, it is shown whatever it is."""
        if request := self._reading.look(self._services.clock(), is_wanted=is_wanted):
            self._fetch(request)

    def _show_newer(self) -> None:
        """Show a newer reading of the same list, from its top."""
        self._remark = None
        self._show_window()
        self.rows_arrived()
        self._pump()

    def complain(self, words: str, *, error: bool = True) -> None:
        """Say something that stands until the cursor moves or something else is done."""
        self._working = ""
        self._remark = Remark(words, error, self.query_one(LogTable).cursor)
        self._say()

    def action_leave(self) -> None:
        if self._reading.is_waiting:
            self.action_stop()
        else:
            self.post_message(LeaveProgram())

    def run_query(self, query: LogQuery) -> bool:
        asked = self._resolved(query)
        try:
            search = asked.search(self._services.clock())
        except TimeError as error:
            self.complain(str(error))
            return False
        self.workers.cancel_group(self, "logs.page")
        self.workers.cancel_group(self, "logs.find")
        self._query = query
        self._working, self._remark = "", None
        self._follow_timer.pause()
        self._reading = Reading(asked, LogWindow(search, epoch=self._window.epoch + 1))
        self.query_one(QueryBar).show(str(query))
        self._show_window()
        self._pump()
        return True

    def _resolved(self, query: LogQuery) -> LogQuery:
        """A query with ids for names, as far as they are known by now."""
        return query.resolved(self.query_one(QueryBar).known.parties)

    def _show_window(self) -> None:
        reading, now = self._reading, self._services.clock()
        self._layout_of_rows = self._layout_of_rows.over(reading.window.search.range, now)
        self.query_one(LogTable).show(reading.window, reading.query, self._layout_of_rows, reading.only)
        self._show_place()

    def _show_place(self) -> None:
        now, zone = self._services.clock(), self._layout_of_rows.zone
        words = self._query.range_in_words(now, zone)
        self.query_one(PlaceLine).show(self.place, self.environment, ("Logs", f"{words} {now.astimezone(zone):%Z}"))

    def _say(self) -> None:
        table = self.query_one(LogTable)
        if self._remark and self._remark.row != table.cursor:
            self._remark = None
        standing = Standing(
            self._reading,
            table.window_view,
            table.cursor,
            self._services.clock(),
            self._layout_of_rows.zone,
            remark=self._remark,
            working=self._working,
            aside=self._aside,
            clock_warning=self._services.clock_warning,
        )
        table.say(*standing.instead_of_rows)
        words, is_error = standing.line
        self.query_one(StatusLine).say(words, error=is_error)

    def rows_arrived(self) -> None:
        """There are more rows than before, or others."""

    def cursor_moved(self) -> None:
        """The cursor, or what is under it, may be another."""
