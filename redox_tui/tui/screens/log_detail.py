"""One log: why it is filtered or is not, what the inspector says, and the logs beside it, without leaving."""

import asyncio
import json
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType

from redox_tui.api.errors import PlatformError
from redox_tui.api.in_force import decided_by, filter_of
from redox_tui.domain.filter_draft import rule_of
from redox_tui.domain.filters import Rule
from redox_tui.domain.in_force import why
from redox_tui.domain.logs import Log
from redox_tui.domain.problem import Problem
from redox_tui.store.message_file import read_message
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.filter_messages import EditFilter
from redox_tui.tui.messages import (
    ExportLog,
    ExportSaid,
    InspectionArrived,
    InspectionFailed,
    MessageRead,
    StepLog,
    WhyArrived,
    WhyFailed,
    reason,
)
from redox_tui.tui.screens.log_tabs import SNAPSHOT, Known, LogTabsScreen
from redox_tui.tui.screens.one_log_uses import OneLogUses
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.step_table import StepTable
from redox_tui.tui.widgets.why_list import WhyList

_NOT_IN_ANSWER = "The inspector's answer does not have this message."


class LogDetailScreen(OneLogUses, LogTabsScreen, Scoped):
    """One log, and what is asked for only when its tab is opened: why, and the inspector."""

    SCOPES = ("log",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("log")

    _has_asked_why = False
    _has_inspected = False
    _is_stepping = False
    _snapshot_title = ""

    def show(self, log: Log) -> None:
        self._is_stepping = False
        super().show(log)

    def forget(self, words: str) -> None:
        for group in ("log.why", "log.inspector", "log.filter", "log.file"):
            self.workers.cancel_group(self, group)
        self._has_asked_why = self._has_inspected = False
        self.query_one(WhyList).clear(words)
        self.query_one(StepTable).show(None, words)
        self.query_one(f"#{SNAPSHOT}", JsonView).show(None, words)

    def tab_opened(self) -> None:
        if self._is_reading or self._failure or self._services.is_locked:
            return
        if self._tab == "why" and not self._has_asked_why:
            self._has_asked_why = True
            self.query_one(WhyList).clear("Looking for the filter of this log … esc goes back")
            self._explain()
        elif self._tab == "inspector" and not self._has_inspected:
            self._has_inspected = True
            self.query_one(StepTable).show(None, "Running this log through today's settings … esc goes back")
            self._inspect()

    @work(group="log.why", exclusive=True)
    async def _explain(self) -> None:
        log, known = self._log, self._known
        try:
            client = await self._services.client()
            in_force = await filter_of(client, log)
            decided = await decided_by(client, log, in_force)
        except PlatformError as error:
            self.post_message(WhyFailed(log.id, reason(error)))
            return
        found = await asyncio.to_thread(why, in_force, decided, known.text if known else None)
        self.post_message(WhyArrived(log.id, found, self._message_words(known)))

    @on(WhyArrived)
    def _take_why(self, message: WhyArrived) -> None:
        if message.log_id == self._log.id and self._has_asked_why and not self._services.is_locked:
            self.query_one(WhyList).explain(self._log, message.why, message.message_words)

    @on(WhyFailed)
    def _note_no_why(self, message: WhyFailed) -> None:
        if message.log_id == self._log.id and self._has_asked_why:
            self._has_asked_why = False
            self.query_one(WhyList).clear("The filter could not be looked for; the line below says why.")
            if self._tab == "why":
                self.complain(message.reason)

    @work(group="log.inspector", exclusive=True)
    async def _inspect(self) -> None:
        log = self._log
        try:
            client = await self._services.client()
            inspection = await client.inspector.run(log)
        except PlatformError as error:
            self.post_message(InspectionFailed(log.id, reason(error)))
        else:
            self.post_message(InspectionArrived(log.id, inspection))

    @on(InspectionArrived)
    def _take_inspection(self, message: InspectionArrived) -> None:
        if message.log_id != self._log.id or not self._has_inspected or self._services.is_locked:
            return
        self.query_one(StepTable).show(message.inspection, "")
        if self._known is None and message.inspection.message is not None:
            self._take_message(Known(message.inspection.message, "from the inspector"))
        self.say()

    @on(InspectionFailed)
    def _note_no_inspection(self, message: InspectionFailed) -> None:
        if message.log_id == self._log.id and self._has_inspected:
            self._has_inspected = False
            self.query_one(StepTable).show(None, "There is no inspection of this log; the line below says why.")
            if self._tab == "inspector":
                self.complain(message.reason)

    @on(StepTable.Chosen)
    def _show_snapshot(self, message: StepTable.Chosen) -> None:
        self._snapshot_title = message.title
        self.query_one(f"#{SNAPSHOT}", JsonView).show(message.text, _NOT_IN_ANSWER)
        self.open(SNAPSHOT)

    @on(JsonView.RuleWanted)
    def _begin_rule(self, message: JsonView.RuleWanted) -> None:
        node = message.node
        if rule := rule_of(node.path, _scalar(node.subtree)) if node.path and node.is_scalar else None:
            self.note("looking for the filter of this log …")
            self._edit_filter(rule)
        else:
            self.note("No rule can be made of this: objects, arrays and nulls equal no text.")

    @work(group="log.filter", exclusive=True)
    async def _edit_filter(self, rule: Rule) -> None:
        """Open the filter that acts on this log's subscription, or a new one for it, with one rule more."""
        try:
            found = await filter_of(await self._services.client(), self._log)
        except PlatformError as error:
            self.complain(reason(error))
            return
        if found.subscription:
            self.note("")
            self.post_message(EditFilter(found.filter, found.subscription, rule))
        else:
            self.complain(found.why_none)

    @on(JsonView.SaveDocument)
    @work(group="log.document", exclusive=True)
    async def _save_document(self, message: JsonView.SaveDocument) -> None:
        from redox_tui.tui.document_saving import save_document

        try:
            self.note(await save_document(self.app, message.document))
        except Problem as problem:
            self.note(str(problem), error=True)

    def _message_words(self, known: Known | None) -> str:
        if known is None:
            helps = "f reads a file." if self.is_file else "I inspects, f reads a file."
            return f"there is none here, so no rule can be looked at. {helps}"
        return known.origin or f"as {'the file has it' if self.is_file else 'the API gave it'}"

    def parts(self) -> list[str]:
        found = super().parts()
        return [*found, self._snapshot_title] if self._tab == SNAPSHOT else found

    def _take_message(self, known: Known) -> None:
        """Take a message that the API did not give: it is shown, and why is asked anew."""
        self.know(known)
        self._has_asked_why = False
        self.query_one(WhyList).clear("")
        self.tab_opened()

    @work(group="log.file", exclusive=True)
    async def action_file(self) -> None:
        """Ask for a file, and take what is in it for the message."""
        from redox_tui.tui.dialogs.path import PathDialog

        log = self._log
        path = await self.app.push_screen_wait(PathDialog("The file with this log's message"))
        if path is None:
            return
        try:
            text = await asyncio.to_thread(read_message, Path(path))
        except Problem as problem:
            self.complain(str(problem))
        else:
            self.post_message(MessageRead(log.id, Path(path).name, text))

    @on(MessageRead)
    def _take_file(self, message: MessageRead) -> None:
        if message.log_id == self._log.id and not self._is_reading and not self._services.is_locked:
            self._take_message(Known(message.text, f"from file {message.name}"))
            if self._tab != "why":
                self.open("payload")

    def take_failure(self, log: Log | None, words: str) -> None:
        """The list has come to a failed log, or says why there is none."""
        if self._is_stepping:
            self._is_stepping = False
            if log:
                self.show(log)
            else:
                self.note(words)

    def action_newer(self) -> None:
        self.post_message(StepLog(-1))

    def action_older(self) -> None:
        self.post_message(StepLog(1))

    def action_export(self) -> None:
        self.post_message(ExportLog(self._log))

    @on(ExportSaid)
    def _say_export(self, message: ExportSaid) -> None:
        self.note(message.words, error=message.is_error)

    def action_failure_below(self) -> None:
        self._step_to_failure(1)

    def action_failure_above(self) -> None:
        self._step_to_failure(-1)

    def _step_to_failure(self, step: int) -> None:
        self._is_stepping = True
        self.note("looking for the next failed log … esc goes back")
        self.post_message(StepLog(step, failed_from=self._log))


def _scalar(text: str) -> object:
    """A value of a payload, None where it is no JSON or a number with more digits than anybody means."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return value
