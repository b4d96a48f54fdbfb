"""A list of logs that can be exported: what is offered, what is asked, and the worker that goes on meanwhile."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work

from redox_tui.domain.logs import Log, LogBatch, LogDetail
from redox_tui.domain.problem import Problem
from redox_tui.domain.query import LogQuery, LogSearch
from redox_tui.domain.records import CONSENT
from redox_tui.domain.window import PAGE_SIZE, LogWindow
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.messages import ExportSaid, Locked
from redox_tui.tui.screens.log_counts import LogCountsScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.log_table import LogTable

if TYPE_CHECKING:
    from redox_tui.store.export import Export, Plan
    from redox_tui.tui.dialogs.export import Choice, Offer
    from redox_tui.tui.exporting import Exporting, Source

_FORMATS = (
    ("ndjson", "NDJSON: a record a line, as the server sent it"),
    ("csv", "CSV: eleven columns"),
    ("json", "JSON: one array"),
)
_PARQUET = ("parquet", "Parquet: a folder of part files")
_ALL, _ROW, _MARKED, _LOADED = "all", "row", "marked", "loaded"


class LogExportScreen(LogCountsScreen):
    """A list of logs whose rows can be written to a file while one moves around in it."""

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__(services, query)
        self._exporting: Exporting | None = None
        self._why_stopped = ""

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
        from redox_tui.tui.dialogs.export import ExportDialog

        window, query = self._window, self._reading.query
        scopes: dict[str, tuple[Log, ...]] = {_ROW: (row,) if row else ()}
        if marked is not None:
            scopes[_MARKED] = tuple(marked)
            scopes[_LOADED] = tuple(log for log in window.loaded if query.matches(log))
        choice = await self.app.push_screen_wait(ExportDialog(self._offer(scopes, is_list=marked is not None)))
        if choice is None:
            return
        chosen = scopes.get(choice.scope)
        plan = self._plan(choice, window.search, query)
        if choice.with_messages and not await self._agrees(plan, len(chosen) if chosen else window.total):
            return
        await self._write(plan, choice, window, query, chosen)

    async def _agrees(self, plan: "Plan", messages: int | None) -> bool:
        """Whether it was typed that messages go into a file (PH-12)."""
        from redox_tui.store import export

        many = (
            "Each is read by itself" if messages is None or messages == 1 else f"Up to {messages:,} are read one by one"
        )
        about = f"Payloads are patient data. They go into {plan.path}, for you alone. {many}."
        others = await asyncio.to_thread(export.open_to_others, plan.path)
        question = "\n".join(part for part in (about, others) if part)
        return await self.app.push_screen_wait(ConfirmDialog(question, CONSENT)) is True

    async def _write(
        self, plan: "Plan", choice: "Choice", window: LogWindow, query: LogQuery, chosen: Sequence[Log] | None
    ) -> None:
        from redox_tui.tui.exporting import Exporting

        total = len(chosen) if chosen is not None else None if window.is_growing else window.total
        self._exporting = exporting = Exporting(plan, window.search, total, self._tell)
        self._why_stopped = ""
        self._tell("exporting … esc stops")
        try:
            source = self._all(plan, query) if chosen is None else self._these(plan, chosen, window.search.data_mode)
            said, is_error = await exporting.run(source, resumes=choice.resumes), False
        except Problem as problem:
            said = f"Locked. {exporting.left()}" if self._services.is_locked else str(problem)
            is_error = True
        except asyncio.CancelledError:
            self._end(f"{self._why_stopped or 'Stopped.'} {exporting.left()}", is_error=bool(self._why_stopped))
            raise
        self._end(said, is_error=is_error)

    def _all(self, plan: "Plan", query: LogQuery) -> "Source":
        async def rows(begun: "Export") -> AsyncGenerator[LogBatch, None]:
            client = await self._services.client()
            found = client.every_log(
                begun.search,
                wanted=lambda log: query.matches(log) and begun.is_new(log),
                with_messages=plan.with_messages,
            )
            async with aclosing(found) as batches:
                async for batch in batches:
                    yield batch

        return rows

    def _these(self, plan: "Plan", chosen: Sequence[Log], data_mode: str | None) -> "Source":
        async def rows(begun: "Export") -> AsyncGenerator[LogBatch, None]:
            if plan.with_messages:
                client = await self._services.client()
                async with aclosing(client.with_messages(chosen, data_mode)) as batches:
                    async for batch in batches:
                        yield batch
                return
            for at in range(0, len(chosen), PAGE_SIZE):
                part = chosen[at : at + PAGE_SIZE]
                yield LogBatch(tuple(map(LogDetail, part)), len(part))

        return rows

    def _plan(self, choice: "Choice", search: LogSearch, query: LogQuery) -> "Plan":
        from redox_tui.domain.masking import Mask
        from redox_tui.store import export

        can_go_on = choice.scope == _ALL and not choice.is_masked
        rows = (choice.format, choice.with_messages, None)
        return export.Plan(
            Path(choice.file).expanduser(),
            choice.format,
            export.identity(self._services.connection, query, *rows) if can_go_on else None,
            choice.with_messages,
            Mask(secrets.token_bytes(32)) if choice.is_masked else None,
        )

    def _offer(self, scopes: dict[str, tuple[Log, ...]], *, is_list: bool) -> "Offer":
        from redox_tui.store.export_parquet import is_available
        from redox_tui.tui.dialogs.export import Offer

        words = {_ROW: "this log", _MARKED: "{:,} marked", _LOADED: "{:,} loaded that match"}
        offered = [(name, words[name].format(len(rows))) for name, rows in scopes.items() if rows]
        if is_list:
            offered.append((_ALL, self._all_in_words()))
        formats = (*_FORMATS, _PARQUET) if is_available() else _FORMATS
        return Offer(offered, formats, f"logs-{self._services.clock():%Y-%m-%dT%H%M}")

    def _all_in_words(self) -> str:
        """How much has to be fetched for all rows: exact where the server gives totals."""
        total = self._window.total
        if total is None or self._window.is_growing:
            return "all that match (nobody knows how many pages)"
        pages = -(-total // PAGE_SIZE)
        which = f"all that match of {total:,}" if self._reading.query.local else f"all {total:,}"
        return f"{which} (will fetch {pages:,} page{'' if pages == 1 else 's'})"

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
