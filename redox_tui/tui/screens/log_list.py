"""A list of logs: a query becomes a window, what the window wants is fetched, and how it stands is said."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from redox_tui.api.errors import PlatformError
from redox_tui.domain import timerange
from redox_tui.domain.logs import Environment, Log
from redox_tui.domain.production import is_production
from redox_tui.domain.query import LogQuery
from redox_tui.domain.sieve import Sieve
from redox_tui.domain.timerange import TimeError
from redox_tui.domain.window import LogWindow, PageRequest
from redox_tui.tui import memory, remembering
from redox_tui.tui.finding import Landing
from redox_tui.tui.following import Follow, Following
from redox_tui.tui.messages import (
    EnvironmentsArrived,
    LeaveProgram,
    Locked,
    OpenLog,
    PageArrived,
    PageFailed,
    Unlocked,
    Working,
    reason,
)
from redox_tui.tui.screens.query_screen import QueryScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.field import Field
from redox_tui.tui.widgets.histogram import HistogramLine
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


class LogListScreen(QueryScreen):
    """The rows of one query, read as they are looked at; followed, sifted, and over one range or another."""

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__(services)
        self._query = query
        self._asked = query
        self._window = LogWindow(query.search(services.started))
        self._environments = services.access.environments
        self._working = ""
        self._following = Following()
        self._landing: Landing | None = None
        self._before: list[tuple[str | None, str | None]] = []
        self._notice: tuple[str, bool, int] | None = None
        self._sieve: Sieve | None = None
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
        flag = next((e.flag for e in found if is_production(e.flag)), found[0].flag)
        return Environment("", "all environments", flag)

    def environment_of(self, environment_id: str | None) -> Environment | None:
        """An environment by its id as far as it is known; without one, that of these logs."""
        if environment_id is None:
            return self.environment
        found = (one for one in self._environments or () if one.id.casefold() == environment_id.casefold())
        return next(found, Environment(environment_id))

    @property
    def place(self) -> str:
        """Where these logs are from."""
        return self._services.place(self.environment, is_whole=bool(self._window.origin))

    @property
    def environment_ids(self) -> Iterable[str]:
        wanted = self._services.connection.environment
        return [wanted] if wanted else [found.id for found in self._environments or ()]

    def loaded(self) -> tuple[Log, ...]:
        """The logs that are on hand, newest first."""
        return self._window.loaded

    def step(self, rows: int) -> Log | str:
        """Move the cursor and give the log there; else stay, and say why there is none to go to."""
        table = self.query_one(LogTable)
        before = table.cursor
        table.move_to(before + rows, direction=rows)
        if table.cursor != before and table.current:
            return table.current
        is_end = table.cursor == before and not (rows > 0 and self._window.is_growing)
        table.move_to(before, direction=rows)
        if is_end:
            return f"This is the {'last' if rows > 0 else 'first'} log of the list."
        return "The next log is not loaded yet; the list says how far it is."

    def _pump(self) -> None:
        """Ask for what the window wants, as far as there is room for requests."""
        table = self.query_one(LogTable)
        view = table.view
        if self._following.state is Follow.ON and (view.first or table.cursor):
            self._following.state = Follow.PAUSED
        self.cursor_moved()
        for wanted in (table.window_view, self._sieve.wants(self._window) if self._sieve else None):
            while wanted and len(self._window.in_flight) < _IN_FLIGHT:
                if not (request := self._window.next_request(wanted)):
                    break
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
            self._following.give_up()
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
        if newer := self._following.take(message.request, message.page, self._window):
            self._take_over(newer)
        elif self._window.put(message.request, message.page):
            self.query_one(QueryBar).learn(message.page.logs)
            self._sift()
            table.rows_changed()
            self.rows_arrived()
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
        self._following.fail(message.request)
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
            self.complain(f"This log cannot be opened: {why}.")

    def action_time(self) -> None:
        picker = self.query_one(TimePicker)
        picker.display = True
        picker.text = ""
        picker.edit()

    def action_refresh(self) -> None:
        self._notice = None
        if self._window.retry():
            self.query_one(LogTable).refresh()
            self._pump()
        elif self._following.state is Follow.PAUSED and self._following.news.count:
            if newer := self._following.shown():
                self._take_over(newer)
        elif self._following.state is not Follow.OFF:
            self._look()
        else:
            self._run(self._query)

    def action_stop(self) -> None:
        if self._show_all():
            return
        self._landing = self._notice = None
        self._following.give_up()
        self.workers.cancel_group(self, "logs.find")
        if self._window.in_flight:
            self.workers.cancel_group(self, "logs.page")
            self._window.stop("Stopped. r tries again.")
            self.query_one(LogTable).refresh()
        self._working = ""
        self._say()

    def action_follow(self) -> None:
        """Follow, or stop following; paused, go on."""
        self._notice = None
        following = self._following
        if self.environment and not self.environment.is_live:
            self.complain("Nothing comes into a file; redox-tui logs --follow asks a server.")
            return
        if following.state is Follow.ON:
            following.state = Follow.OFF
            self._follow_timer.pause()
            self._say()
            return
        if self._query.value("until"):
            self.complain("This range has an end, so nothing new comes into it; t opens it.")
            return
        following.state = Follow.ON
        self._follow_timer.resume()
        if newer := following.shown():
            self._take_over(newer)
        else:
            self.query_one(LogTable).move_to(0)
            self._look()

    def _look(self) -> None:
        """Look what is new."""
        if request := self._following.look(self._asked, self._window.epoch + 1, self._services.clock()):
            self._fetch(request)

    def _take_over(self, newer: LogWindow) -> None:
        """Show a newer reading of the same list, from its top."""
        self._window = newer
        self._notice = None
        self._sieve = Sieve(self._asked) if self._sieve else None
        self._show_window()
        self._sift()
        self._pump()

    def action_only_matches(self) -> None:
        """Show only the rows that match what is looked at here; again, look further; at the end, show all again."""
        if not self._window.answered:
            return
        if not self._asked.local:
            self.complain("Every row matches: the server has answered the whole query.", error=False)
        elif self._sieve is None:
            self._sieve = Sieve(self._asked)
            self._sift()
            self.query_one(LogTable).move_to(0)
        elif self._sieve.may_go_on(self._window):
            self._sieve.go_on()
            self._sift()
        else:
            self._show_all()
        self._pump()

    def _sift(self) -> None:
        if self._sieve:
            table = self.query_one(LogTable)
            self._sieve.take(self._window)
            table.only = self._sieve.rows
            table.rows_changed()

    def _show_all(self) -> bool:
        """Show every row again; False where all are shown."""
        if self._sieve is None:
            return False
        table, rows = self.query_one(LogTable), self._sieve.rows
        row = rows[table.cursor] if table.cursor < len(rows) else 0
        self._sieve = table.only = None
        table.rows_changed()
        table.go_to(row)
        return True

    def action_earlier(self) -> None:
        self._shift(-1)

    def action_later(self) -> None:
        self._shift(1)

    def _shift(self, lengths: int) -> None:
        try:
            self._run_anew(self._query.shifted(lengths, self._services.clock()))
        except TimeError as error:
            self.complain(str(error))

    def action_range_before(self) -> None:
        if self._before:
            self._run(self._query.within(*self._before.pop()))
        else:
            self.complain("There is no range before this one.", error=False)

    def _run_anew(self, query: LogQuery) -> None:
        """Run a query with another range; the one before can be had again."""
        before = self._query.value("since"), self._query.value("until")
        if self._run(query):
            self._before.append(before)

    def _doing(self, words: str) -> None:
        self._working, self._notice = words, None
        self.query_one(StatusLine).say(f"{words} … esc stops")

    def complain(self, words: str, *, error: bool = True) -> None:
        """Say something that stands until the cursor moves or something else is done."""
        self._working = ""
        self._notice = (words, error, self.query_one(LogTable).cursor)
        self._say()

    def action_leave(self) -> None:
        if self._window.in_flight:
            self.action_stop()
        else:
            self.post_message(LeaveProgram())

    @on(Field.Submitted)
    def _apply(self, message: Field.Submitted) -> None:
        self._leave(message.field)
        if isinstance(message.field, QueryBar):
            self.note_run(message.text)
            self._run(self._query.rewritten(message.text))
        elif message.text.strip():
            self._run_anew(self._query.within(*timerange.terms(message.text, self._services.clock())))

    @on(Field.Left)
    def _leave_field(self, message: Field.Left) -> None:
        self._leave(message.field)

    def _leave(self, field: Field) -> None:
        self.query_one(QueryBar).show(str(self._query))
        if isinstance(field, TimePicker):
            field.display = False

    def _run(self, query: LogQuery) -> bool:
        """Show what a query finds; False where its range makes no sense."""
        asked = query.resolved(self.query_one(QueryBar).known.parties)
        try:
            search = asked.search(self._services.clock())
        except TimeError as error:
            self.complain(str(error))
            return False
        self.workers.cancel_group(self, "logs.page")
        self.workers.cancel_group(self, "logs.find")
        self._query, self._asked = query, asked
        self._working = ""
        self._notice = None
        self._landing = self._sieve = None
        self._following = Following()
        self._follow_timer.pause()
        self._window = LogWindow(search, epoch=self._window.epoch + 1)
        self.query_one(QueryBar).show(str(query))
        self._show_window()
        self._pump()
        self.looks_changed()
        return True

    def _show_window(self) -> None:
        bounds = self._window.search.range
        now = self._services.clock()
        begin, end = bounds.since or _LONG_AGO, bounds.until or now
        form = YEAR if begin.year != now.year else DATE if end - begin > _ONE_DAY else TIME
        self._layout_of_rows = replace(self._layout_of_rows, time_format=form)
        self.query_one(LogTable).show(self._window, self._asked, self._layout_of_rows)
        self._show_place()

    def _show_place(self) -> None:
        now, zone = self._services.clock(), self._layout_of_rows.zone
        words = self._query.range_in_words(now, zone)
        self.query_one(PlaceLine).show(self.place, self.environment, ("Logs", f"{words} {now.astimezone(zone):%Z}"))

    def _say(self) -> None:
        table, line, window = self.query_one(LogTable), self.query_one(StatusLine), self._window
        if self._notice and self._notice[2] == table.cursor:
            line.say(self._notice[0], error=self._notice[1])
            return
        self._notice = None
        if gap := window.gap_in(table.window_view):
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
            words = self._query.range_in_words(self._services.clock(), self._layout_of_rows.zone)
            table.say("", f"No logs match in this range ({words}).", "t widens the range, / changes the query.")
        elif self._sieve and not self._sieve.rows:
            table.say("", "No row among those that were looked at matches.", "x looks further, / changes the query.")
        line.say(self.aside() or " · ".join(part for part in self._parts(table, window) if part))

    def _parts(self, table: LogTable, window: LogWindow) -> list[str]:
        if self._sieve:
            found, looked = len(self._sieve.rows), f"{self._sieve.looked_at:,} looked at"
            key = "x looks further" if self._sieve.may_go_on(window) else "x shows all"
            return [f"{found:,} of {looked}", key, self._following.words(), *window.notes]
        end = f">{window.known:,}" if window.is_growing else f"{window.known:,}"
        more = "more are read at the end" if window.is_growing and not window.missing else ""
        waiting = f"{self._working} · esc stops" if self._working else "reading … esc stops"
        local = " ".join(str(term) for term in self._asked.local)
        unread = f"{window.gaps} page{'s' if window.gaps > 1 else ''} not read, r tries again"
        return [
            f"row {table.cursor + 1:,} of {end}" if window.known else "" if window.missing else "no logs",
            self._following.words(),
            waiting if window.is_waiting_for(table.window_view) else "",
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

    def aside(self) -> str:
        """What goes on beside the list, in words; empty where nothing does."""
        return ""

    def rows_arrived(self) -> None:
        """There are more rows than before, or others."""

    def cursor_moved(self) -> None:
        """The cursor, or what is under it, may be another."""

    def looks_changed(self) -> None:
        """The list is to look otherwise from now on."""
