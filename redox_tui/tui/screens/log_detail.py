"""One log: what is known of it, and the message that it is about, hidden until somebody wants to see it."""

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.api.errors import PlatformError
from redox_tui.domain.logs import Environment, Log
from redox_tui.domain.problem import Problem
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.dialogs.dialog import Dismissable
from redox_tui.tui.messages import DetailArrived, DetailFailed, ExportLog, ExportSaid, Locked, StepLog, Unlocked, reason
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.log_facts import facts
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.too_small import TooSmall

_NO_PAYLOAD = "The API gives no payload with this log: its generation has none, or your role may not see it."


class LogDetailScreen(Dismissable[None], Scoped):
    """One log. What the list knows is shown at once, the rest when it has been read."""

    SCOPES = ("log",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("log")
    AUTO_FOCUS = "FactList"

    def __init__(
        self, services: Services, place: str, environment: Environment | None, log: Log, data_mode: str | None
    ) -> None:
        super().__init__()
        self._services = services
        self._place = place
        self._environment = environment
        self._log = log
        self._data_mode = data_mode
        self._is_reading = False
        self._failure = ""
        self._noted = ("", "", False)
        """Where the cursor was when something was said of a document, the words, and whether they are an error."""

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlaceLine()
            yield FactList()
            yield JsonView()
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one(JsonView).display = False
        self.query_one(JsonView).moved = self.query_one(FactList).moved = self._say
        self.show(self._log)

    def show(self, log: Log) -> None:
        """Show another log in the same place; its payload is hidden."""
        self._log = log
        self._is_reading, self._failure = True, ""
        self.query_one(FactList).show(list(facts(log)))
        self.query_one(JsonView).show(None, "Reading this log …")
        self._show_place()
        self._say()
        self._read()

    def say_end(self) -> None:
        """There is no log to step to."""
        self.query_one(StatusLine).say("That is the end of what is loaded; the list shows more.")

    @work(group="log.detail", exclusive=True)
    async def _read(self) -> None:
        log = self._log
        try:
            client = await self._services.client()
            detail = await client.logs.get(log.id, log.data_mode or self._data_mode)
        except PlatformError as error:
            self.post_message(DetailFailed(log.id, reason(error)))
        else:
            self.post_message(DetailArrived(log.id, detail))

    @on(DetailArrived)
    def _take_detail(self, message: DetailArrived) -> None:
        if message.log_id != self._log.id or self._services.is_locked:
            return
        detail = message.detail
        self._is_reading = False
        self._log = replace(detail.log, id=detail.log.id or message.log_id)
        self.query_one(FactList).show(list(facts(self._log)))
        self.query_one(JsonView).show(detail.payload, _NO_PAYLOAD)
        self._say()

    @on(DetailFailed)
    def _note_failure(self, message: DetailFailed) -> None:
        if message.log_id == self._log.id:
            self._is_reading, self._failure = False, message.reason
            self.query_one(JsonView).show(None, "This log could not be read; the line below says why.")
            self._say()

    @on(Locked)
    def _drop_payload(self) -> None:
        self.workers.cancel_group(self, "log.detail")
        self._is_reading, self._failure = False, "Locked. r reads this log again."
        self.query_one(JsonView).show(None, "Locked. The payload has left the memory.")
        self._say()

    @on(Unlocked)
    def _read_again(self) -> None:
        self.show(self._log)

    @on(JsonView.VisibilityChanged)
    def _show_place(self) -> None:
        self.refresh_bindings()
        self.query_one(PlaceLine).show(
            self._place,
            self._environment,
            (f"Logs › {self._log.id[:8]}",),
            revealed=self.query_one(JsonView).is_revealed,
        )

    @on(JsonView.SaveDocument)
    @work(group="log.document", exclusive=True)
    async def _save_document(self, message: JsonView.SaveDocument) -> None:
        from redox_tui.tui.document_saving import save_document

        try:
            said = await save_document(self.app, message.document)
            self._noted = self.query_one(JsonView).where, said, False
        except Problem as problem:
            self._noted = self.query_one(JsonView).where, str(problem), True
        self._say()

    def _say(self) -> None:
        view, facts = self.query_one(JsonView), self.query_one(FactList)
        if self._is_reading or self._failure:
            self.query_one(StatusLine).say(
                self._failure or "reading this log … esc goes back", error=bool(self._failure)
            )
            return
        where, note, is_error = self._noted
        if view.display and note and where == view.where:
            self.query_one(StatusLine).say(note, error=is_error)
        elif view.display:
            self.query_one(StatusLine).say(view.where)
        else:
            self.query_one(StatusLine).say(f"line {facts.cursor + 1:,} of {facts.row_count:,} · times are UTC")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        shows_payload = self.is_mounted and bool(self.query_one(JsonView).display)
        return {"overview": shows_payload, "payload": not shows_payload}.get(action, True)

    def action_overview(self) -> None:
        self._show(self.query_one(FactList), self.query_one(JsonView))

    def action_payload(self) -> None:
        self._show(self.query_one(JsonView), self.query_one(FactList))

    def _show(self, shown: LineList, hidden: LineList) -> None:
        hidden.display = False
        shown.display = True
        self.set_focus(shown)
        self.refresh_bindings()
        self._say()

    def action_newer(self) -> None:
        self.post_message(StepLog(-1))

    def action_older(self) -> None:
        self.post_message(StepLog(1))

    def action_export(self) -> None:
        self.post_message(ExportLog(self._log))

    @on(ExportSaid)
    def _say_export(self, message: ExportSaid) -> None:
        self.query_one(StatusLine).say(message.words, error=message.is_error)

    def action_refresh(self) -> None:
        self.show(self._log)

    def action_back(self) -> None:
        self.dismiss()
