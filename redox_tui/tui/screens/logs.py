"""The list of logs, where the app begins, and how logs are found in it: failures, an id, a time, a mark, matches."""

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType

from redox_tui.api.errors import PlatformError
from redox_tui.domain import pasted, timerange
from redox_tui.domain.logs import Log
from redox_tui.domain.pasted import Pasted
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import iso
from redox_tui.domain.window import CAPACITY
from redox_tui.tui import finding
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.dialogs.paste import PasteDialog
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.finding import FAILED, Landing
from redox_tui.tui.messages import LogFound, OpenLog, SteppedToFailure, reason
from redox_tui.tui.screens.log_uses import LogUsesScreen
from redox_tui.tui.widgets.log_table import LogTable
from redox_tui.tui.widgets.status_line import StatusLine


class LogsScreen(LogUsesScreen, Scoped):
    """Where the app begins."""

    SCOPES = ("logs",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("logs")
    AUTO_FOCUS = "LogTable"

    def action_failure_below(self) -> None:
        self._find_failure(1)

    def action_failure_above(self) -> None:
        self._find_failure(-1)

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

    def step_to_failure(self, step: int, log: Log) -> None:
        """Go to the next failed log from one that is shown by itself; what comes of it is told as a message."""
        row = self._window.row_of(log.id)
        if row is not None:
            self._show_all()
            self.query_one(LogTable).move_to(row)
            self._find_failure(step)
        elif words := self._why_no_failures:
            self._say_no_failure(words, error=True)
        else:
            self._ask_for_failure(log, step, {log.id})

    def _find_failure(self, step: int) -> None:
        """Go to the next failed log, from what is loaded or, where that ends, from what the server says."""
        if not self._window.answered:
            self._say_no_failure("Nothing has been read yet.")
            return
        self._show_all()
        window, table = self._window, self.query_one(LogTable)
        if words := self._why_no_failures:
            self._say_no_failure(words, error=True)
            return
        row, last = table.cursor + step, table.current
        while 0 <= row < window.known and isinstance(log := window[row], Log):
            if log.status == FAILED and self._reading.query.matches(log):
                table.move_to(row, direction=step)
                self.post_message(SteppedToFailure(log))
                return
            row, last = row + step, log
        if row < 0 or (row >= window.known and not window.is_growing):
            self._say_no_failure(f"No failed log {'below' if step > 0 else 'above'} this one.")
        elif last is None:
            self._say_no_failure("This row has not been read yet.")
        else:
            self._ask_for_failure(last, step, {one.id for one in self._loaded(row, table.cursor, step)})

    @property
    def _why_no_failures(self) -> str:
        """That the query asks for other logs; empty where it may find failed ones."""
        wanted = self._query.value("status")
        is_other = wanted and FAILED not in self._query.values("status")
        return f"This query shows {wanted} logs only; / changes it." if is_other else ""

    def _say_no_failure(self, words: str, *, error: bool = False) -> None:
        self.complain(words, error=error)
        self.post_message(SteppedToFailure(words=words))

    def _loaded(self, end: int, begin: int, step: int) -> list[Log]:
        found = (self._window[row] for row in range(begin, end, step))
        return [log for log in found if isinstance(log, Log)]

    def _doing(self, words: str) -> None:
        self._working, self._remark = words, None
        self.query_one(StatusLine).say(f"{words} … esc stops")

    @work(group="logs.find", exclusive=True)
    async def _ask_for_failure(self, log: Log, step: int, known: set[str]) -> None:
        self._doing("looking for the next failed log")
        find = finding.failure_below if step > 0 else finding.failure_above
        try:
            client = await self._services.client()
            found = await find(
                client, self._window.search, log, lambda one: one.id not in known and self._reading.query.matches(one)
            )
            row = await finding.rank(client, self._window.search, found) if found else None
        except PlatformError as error:
            self._say_no_failure(reason(error), error=True)
            return
        if found:
            self.post_message(LogFound(found, row))
            self.post_message(SteppedToFailure(found))
        else:
            self._say_no_failure(f"No failed log {'below' if step > 0 else 'above'} this one.")

    @work(group="logs.find", exclusive=True)
    async def action_jump(self) -> None:
        """Ask for an id or a message, and go to the log that it names."""
        self._show_all()
        text = await self.app.push_screen_wait(PasteDialog("Log id, attempt id, or a whole message"))
        if not text:
            return
        named = pasted.read(text)
        if not named:
            self.complain("There is no id in what was pasted: a log has a UUID, or a whole number.")
            return
        chosen: int | None = 0
        if len(named) > 1:
            chosen = await self.app.push_screen_wait(PickDialog("Which log?", [one.ids[0] for one in named]))
        if chosen is not None:
            await self._jump_to(named[chosen])

    async def _jump_to(self, named: Pasted) -> None:
        for log_id in named.ids:
            if (row := self._row_of(log_id)) is not None:
                self.query_one(LogTable).go_to(row)
                return
        self._doing(f"looking for {named.ids[0]}")
        try:
            client = await self._services.client()
            found = (await client.logs.get(named.ids[0], self._window.search.data_mode)).log
            row = await finding.rank(client, self._window.search, found)
        except PlatformError as error:
            attempt = " An attempt's id is only known while its log is loaded." if not named.attempt_id else ""
            self.complain(f"{error}{attempt}")
            return
        self.post_message(LogFound(replace(found, id=found.id or named.ids[0]), row))

    def _row_of(self, id_: str) -> int | None:
        """The row of a loaded log by its id or that of its latest attempt."""
        if (row := self._window.row_of(id_)) is not None:
            return row
        rows = ((row, self._window[row]) for row in range(min(self._window.known, CAPACITY)))
        return next(
            (row for row, log in rows if isinstance(log, Log) and log.latest_attempt and log.latest_attempt.id == id_),
            None,
        )

    @work(group="logs.find", exclusive=True)
    async def action_time_jump(self) -> None:
        """Ask for a time, and go to the first log from then on."""
        from redox_tui.tui.dialogs.moment import MomentDialog

        if not self._window.answered:
            return
        self._show_all()
        now, log = self._services.clock(), self.query_one(LogTable).current
        day = ((log.created_at and log.created_at.instant if log else None) or now).date()
        ask = MomentDialog("Jump to a time (UTC)", lambda text: timerange.parse_moment(text, now, day))
        instant = await self.app.push_screen_wait(ask)
        if instant is None:
            return
        search = self._window.search
        if search.on != "created":
            self.complain("By the time of update rows are in no order, so there is no row for a time.")
        elif not search.range.holds(instant):
            self.complain(f"{iso(instant)} is outside of this range; t changes it.")
        else:
            await self._jump_to_time(search, instant)

    async def _jump_to_time(self, search: LogSearch, instant: datetime) -> None:
        self._doing(f"looking for the logs of {iso(instant)}")
        row: int | None = None
        if self._window.total is not None:
            try:
                row = await finding.row_at(await self._services.client(), search, instant)
            except PlatformError as error:
                self.complain(reason(error))
                return
        row = self._window.row_since(instant) if row is None else row
        self._working = ""
        if row is None:
            self.complain("This list has not been read that far; G reads on.", error=False)
            return
        self._show_all()
        self.query_one(LogTable).go_to(row)
        self._say()

    @on(LogFound)
    def _go_to_found(self, message: LogFound) -> None:
        self._working = ""
        self._show_all()
        row = self._window.row_of(message.log.id)
        if row is not None:
            self.query_one(LogTable).go_to(row)
        elif message.row is not None or (self._window.is_growing and not self._window.total):
            # Its row is that in the window on screen: a newer window that is on its way is given up.
            self._reading.following.give_up()
            self._reading.landing = Landing(message.log)
            self.query_one(LogTable).go_to(self._window.known if message.row is None else message.row)
            self.rows_arrived()
        else:
            self.post_message(OpenLog(message.log, message.log.data_mode or self._window.search.data_mode))
        self._say()

    def rows_arrived(self) -> None:
        """Put the cursor on the log that is being looked for once it is loaded; read on where the list grows."""
        super().rows_arrived()
        landing, table = self._reading.landing, self.query_one(LogTable)
        if landing is None:
            return
        self._show_all()
        if (row := self._window.row_of(landing.log.id)) is not None:
            self._reading.landing = None
            table.go_to(row)
        elif not self._window.is_waiting_for(table.view) or not self._window.total:
            if landing.may_read_on(self._window):
                table.go_to(self._window.known)
            else:
                self._reading.landing = None
                self.complain("That log is not in this list any more; it is opened by itself.", error=False)
                self.post_message(OpenLog(landing.log, landing.log.data_mode or self._window.search.data_mode))

    def go_to_row(self, number: int) -> None:
        """Go to a row, counted from 1."""
        self._show_all()
        self.query_one(LogTable).go_to(number - 1)

    def action_mark(self) -> None:
        table = self.query_one(LogTable)
        if (log := table.current) and log.id:
            marked = dict(table.marked)
            if marked.pop(log.id, None) is None:
                marked[log.id] = log
            table.marked = marked
            table.refresh()
            table.move_to(table.cursor + 1, direction=1)

    def action_next_mark(self) -> None:
        self._show_all()
        table = self.query_one(LogTable)
        rows = sorted(row for log_id in table.marked if (row := self._window.row_of(log_id)) is not None)
        if not table.marked:
            self.complain("Nothing is marked; m marks a log.", error=False)
        elif not rows:
            self.complain("No marked log is loaded in this list.", error=False)
        else:
            table.go_to(next((row for row in rows if row > table.cursor), rows[0]))

    def action_only_matches(self) -> None:
        """Show only the rows that match what is looked at here; again, look further; at the end, show all again."""
        if not self._window.answered:
            return
        table, is_first = self.query_one(LogTable), self._reading.sieve is None
        if not self._reading.query.local:
            self.complain("Every row matches: the server has answered the whole query.", error=False)
        elif self._reading.look_for_matches():
            table.show_rows(self._reading.only)
            if is_first:
                table.move_to(0)
        else:
            self._show_all()
        self._pump()

    def action_stop(self) -> None:
        if self._reading.following.is_wanted or not self._show_all():
            super().action_stop()

    def _show_all(self) -> bool:
        """Show every row again; False where all are shown."""
        self._reading.sieve = None
        return self.query_one(LogTable).show_all()
