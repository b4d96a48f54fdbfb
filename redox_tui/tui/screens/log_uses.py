"""What can be done with the logs of a list: open, compare, copy and export them, and show them as plain text."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work

from redox_tui.api.errors import PlatformError
from redox_tui.api.protocol import AsCurl
from redox_tui.domain.logs import Log
from redox_tui.domain.problem import Problem
from redox_tui.domain.query import LogQuery
from redox_tui.domain.records import CONSENT
from redox_tui.domain.window import LogWindow
from redox_tui.tui import log_texts
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.messages import CompareLogs, ExportSaid, Locked, OfferCopies, OpenLog
from redox_tui.tui.plain_text import plain_text
from redox_tui.tui.screens.log_counts import LogCountsScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.log_table import LogTable

if TYPE_CHECKING:
    from redox_tui.store.export import Plan
    from redox_tui.tui.exporting import Exporting


class LogUsesScreen(LogCountsScreen):
    """A list of logs whose rows can be used elsewhere. An export goes on while one moves around in the list."""

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__(services, query)
        self._exporting: Exporting | None = None
        self._why_stopped = ""

    def loaded(self) -> tuple[Log, ...]:
        """The logs that are on hand, newest first."""
        return self._window.loaded

    def announce(self, words: str, *, error: bool) -> None:
        """Say what was copied, until the cursor moves."""
        self.complain(words, error=error)

    def action_open(self) -> None:
        log = self.query_one(LogTable).current
        if log and log.id:
            self.post_message(OpenLog(log, log.data_mode or self._window.search.data_mode))
        elif self._window.known:
            why = log.problem if log else "it has not been read"
            self.complain(f"This log cannot be opened: {why}.")

    def action_compare(self) -> None:
        """Compare the log under the cursor with the marked one; of two marked logs, these two."""
        if not (log := self._usable()):
            return
        marked = self.query_one(LogTable).marked
        others = [one for log_id, one in marked.items() if log_id != log.id]
        if len(others) == 2 and log.id not in marked:
            self._compare(others[0], others[1])
        elif len(others) == 1:
            self._compare(others[0], log)
        elif not others:
            self.complain("Mark another log with m first; W compares with the last good one.")
        else:
            self.complain(f"{len(marked)} logs are marked; leave one marked, or two with the cursor elsewhere.")

    def action_compare_good(self) -> None:
        if log := self._usable():
            self._compare(None, log)

    def _compare(self, left: Log | None, right: Log) -> None:
        self.post_message(CompareLogs(self.place, self.environment, left, right, self._window.search.data_mode))

    @work(group="logs.copy", exclusive=True)
    async def action_copy(self) -> None:
        log = self.query_one(LogTable).current
        texts = log_texts.texts(log) if log else []
        try:
            logs = (await self._services.client()).logs
            if isinstance(logs, AsCurl) and log and log.id:
                curl = logs.get_as_curl(log.id, log.data_mode or self._window.search.data_mode)
                texts.append(("Request of this log as curl, token left out", curl))
            if isinstance(logs, AsCurl):
                texts.append(("Request of this list as curl, token left out", logs.page_as_curl(self._window.search)))
        except PlatformError as error:
            self.complain(str(error))
        if texts:
            self.post_message(OfferCopies(texts))

    def action_plain(self) -> None:
        self.post_message(plain_text(self.query_one(LogTable), is_wide=False))

    def _usable(self) -> Log | None:
        log = self.query_one(LogTable).current
        if log and log.id:
            return log
        if self._window.known:
            self.complain(f"This log cannot be compared: {log.problem if log else 'it has not been read'}.")
        return None

    def action_export(self) -> None:
        table = self.query_one(LogTable)
        if self._window.answered:
            self._export(table.current, tuple(table.marked.values()))

    def export_one(self, log: Log) -> None:
        """Ask how one log is to be exported, and do it."""
        self._export(log)

    @work(group="logs.export")
    async def _export(self, row: Log | None, marked: Sequence[Log] | None = None) -> None:
        """Ask, and write. Without `marked` it is about this one log only."""
        if self._exporting:
            self._tell("An export is under way; esc in the list stops it.", is_error=True)
            return
        from redox_tui.tui import export_choice
        from redox_tui.tui.dialogs.export import ExportDialog

        window, query = self._window, self._reading.query
        on_hand = export_choice.scopes(window, query, row, marked)
        offer = export_choice.offer(window, query, on_hand, self._services.clock())
        choice = await self.app.push_screen_wait(ExportDialog(offer))
        if choice is None:
            return
        chosen, plan = on_hand.get(choice.scope), export_choice.plan(choice, self._services.connection, query)
        if choice.with_messages:
            messages = len(chosen) if chosen else window.total
            question = await asyncio.to_thread(export_choice.question, plan, messages)
            if await self.app.push_screen_wait(ConfirmDialog(question, CONSENT)) is not True:
                return
        await self._write(plan, window, query, chosen, resumes=choice.resumes)

    async def _write(
        self, plan: "Plan", window: LogWindow, query: LogQuery, chosen: Sequence[Log] | None, *, resumes: bool
    ) -> None:
        from redox_tui.tui.exporting import Exporting, of_list, of_logs

        total = len(chosen) if chosen is not None else None if window.is_growing else window.total
        self._exporting = exporting = Exporting(plan, window.search, total, self._tell)
        self._why_stopped = ""
        self._tell("exporting … esc stops")
        client, with_messages = self._services.client, plan.with_messages
        try:
            if chosen is None:
                source = of_list(client, query, with_messages=with_messages)
            else:
                source = of_logs(client, chosen, window.search.data_mode, with_messages=with_messages)
            said, is_error = await exporting.run(source, resumes=resumes), False
        except Problem as problem:
            said = f"Locked. {exporting.left()}" if self._services.is_locked else str(problem)
            is_error = True
        except asyncio.CancelledError:
            self._end(f"{self._why_stopped or 'Stopped.'} {exporting.left()}", is_error=bool(self._why_stopped))
            raise
        self._end(said, is_error=is_error)

    def _tell(self, words: str, *, is_error: bool = False) -> None:
        self.post_message(ExportSaid(words, is_error))

    def _end(self, words: str, *, is_error: bool) -> None:
        self._exporting = None
        self.post_message(ExportSaid(words, is_error, ended=True))

    @on(ExportSaid)
    def _hear(self, message: ExportSaid) -> None:
        is_under_way = not message.ended and not message.is_error
        if is_under_way:
            # What was said before it began is over; what is said meanwhile stands until the cursor moves.
            self._remark = self._remark if self._aside else None
            self._aside = message.words
            self._say()
        else:
            self._aside = "" if message.ended else self._aside
            self.complain(message.words, error=message.is_error)
        if self.app.screen is not self:
            self.app.screen.post_message(ExportSaid(message.words, message.is_error, message.ended))

    @on(Locked)
    def _stop_for_lock(self) -> None:
        self._stop_export("Locked.")

    def action_stop(self) -> None:
        if self._exporting:
            self._stop_export("")
        else:
            super().action_stop()

    def action_leave(self) -> None:
        if self._exporting:
            self._stop_export("")
        else:
            super().action_leave()

    def _stop_export(self, why: str) -> None:
        if self._exporting:
            self._why_stopped = why
            self.workers.cancel_group(self, "logs.export")
