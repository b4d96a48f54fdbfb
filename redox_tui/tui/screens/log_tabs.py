"""One log in tabs: what is known of it at once, its message hidden, each tab in the same place for every log."""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from redox_tui.api.errors import PlatformError
from redox_tui.domain.logs import Environment, Log, LogDetail
from redox_tui.tui.commands import key_sign, of_scope
from redox_tui.tui.dialogs.dialog import Dismissable
from redox_tui.tui.messages import DetailArrived, DetailFailed, Locked, Unlocked, Untouched, reason
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.log_facts import attempt_facts, facts
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.record_view import RecordView
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.step_table import StepTable
from redox_tui.tui.widgets.tab_line import TabLine
from redox_tui.tui.widgets.too_small import TooSmall
from redox_tui.tui.widgets.why_list import WhyList

TABS: Final = {
    "overview": "Overview",
    "attempts": "Attempts",
    "payload": "Payload",
    "why": "Why filtered",
    "raw": "Raw",
    "inspector": "Inspector",
}
"""The tabs in their order with their titles; each is opened by the command of its name."""

SNAPSHOT: Final = "snapshot"
"""A message of the inspector, which is looked at in the place of its steps."""


@dataclass(frozen=True, slots=True)
class Known:
    """A log's message as far as it is known: its text, and where that is from; empty is the API's own answer."""

    text: str = field(repr=False)
    origin: str = ""


class LogTabsScreen(Dismissable[None]):
    """What the list knows is shown at once, the rest when it has been read."""

    AUTO_FOCUS = ".-open"
    _SNAPSHOT_OF: ClassVar[dict[str, str]] = {SNAPSHOT: "inspector"}

    def __init__(
        self, services: Services, place: str, environment: Environment | None, log: Log, data_mode: str | None
    ) -> None:
        super().__init__()
        self._services = services
        self._place = place
        self._environment = environment
        self._log = log
        self._data_mode = data_mode
        self._tab = "overview"
        self._known: Known | None = None
        self._is_reading = False
        self._failure = ""
        self._trouble = ""
        self._noted: tuple[tuple[str, int], str, bool] | None = None

    def compose(self) -> ComposeResult:
        keys = {command.action: key_sign(command.keys[0]) for command in of_scope("log")}
        with Vertical(id="screen"):
            yield PlaceLine()
            yield TabLine([(name, keys[name], title) for name, title in TABS.items()])
            yield _named(FactList(), "overview")
            yield _named(FactList(), "attempts")
            yield _named(JsonView(), "payload")
            yield _named(WhyList(), "why")
            yield _named(RecordView(), "raw")
            yield _named(StepTable(), "inspector")
            yield _named(JsonView(), SNAPSHOT)
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        for name in (*TABS, SNAPSHOT):
            view = self.view(name)
            view.display = name == self._tab
            view.set_class(view.display, "-open")
            view.moved = self.say
        self.query_one(TabLine).show(self._tab)
        self.show(self._log)

    def view(self, name: str) -> LineList:
        """What shows a tab."""
        found = self.query_one(f"#{name}")
        assert isinstance(found, LineList)  # noqa: S101 - every tab is one
        return found

    @property
    def payload_view(self) -> JsonView:
        """What shows the message."""
        return self.query_one("#payload", JsonView)

    def show(self, log: Log) -> None:
        """Show another log in the same place; its payload is hidden."""
        self._log, self._known = log, None
        self._is_reading, self._failure, self._trouble, self._noted = True, "", "", None
        self._show_facts()
        self.payload_view.show(None, "Reading this log …")
        self.forget("Reading this log …")
        if self._tab == SNAPSHOT:
            self.open(self._SNAPSHOT_OF[SNAPSHOT])
        self.show_place()
        self.say()
        self._read()

    def forget(self, words: str) -> None:
        """Drop all that was found out about a log besides its record; `words` are a sentence for what is empty now."""

    def tab_opened(self) -> None:
        """A tab was opened, or what it needs has been read."""

    @property
    def is_file(self) -> bool:
        """Whether this log is from a file, about which no server can be asked."""
        return self._environment is not None and not self._environment.is_live

    def note(self, words: str, *, error: bool = False) -> None:
        """Say something until the cursor moves."""
        self._noted = self._where, words, error
        self.say()

    def complain(self, words: str) -> None:
        """Say what went wrong on the open tab, until another one is opened."""
        self._trouble = words
        self.say()

    def _show_facts(self) -> None:
        self.query_one("#overview", FactList).show(list(facts(self._log)))
        self.query_one("#attempts", FactList).show(list(attempt_facts(self._log)))
        self.query_one(RecordView).show(self._log.record)

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
        self._show_facts()
        known = Known(detail.payload) if detail.payload is not None else None
        self.know(known, _not_in_file(detail.log) if self.is_file else _why_no_payload(detail))
        self.say()
        self.tab_opened()

    def know(self, known: Known | None, why_not: str = "") -> None:
        """Take a message, hidden; or say why there is none."""
        self._known = known
        self.payload_view.show(known.text if known else None, why_not)

    @on(DetailFailed)
    def _note_failure(self, message: DetailFailed) -> None:
        if message.log_id == self._log.id:
            self._is_reading, self._failure = False, message.reason
            self.payload_view.show(None, "This log could not be read; the line below says why.")
            self.forget("This log could not be read; the line below says why.")
            self.say()

    @on(Untouched)
    def _hide(self) -> None:
        for view in (*self.query(JsonView), *self.query(WhyList)):
            view.action_hide()

    @on(Locked)
    def _drop_message(self) -> None:
        self.workers.cancel_group(self, "log.detail")
        self._is_reading, self._failure = False, "Locked. r reads this log again."
        self._known = None
        self.payload_view.show(None, "Locked. The payload has left the memory.")
        self.forget("Locked. What was found has left the memory.")
        self.say()

    @on(Unlocked)
    def _read_again(self) -> None:
        self.show(self._log)

    @on(JsonView.VisibilityChanged)
    @on(WhyList.VisibilityChanged)
    def show_place(self) -> None:
        """Say whose log this is, and whether patient data is shown."""
        self.refresh_bindings()
        revealed = any(view.is_revealed for view in self.query(JsonView)) or self.query_one(WhyList).is_revealed
        self.query_one(PlaceLine).show(
            self._place, self._environment, (f"Logs › {self._log.id[:8]}",), revealed=revealed
        )

    def say(self) -> None:
        """Say where the cursor is; what is waited for, and what failed, goes before."""
        line = self.query_one(StatusLine)
        if failure := self._failure or self._trouble:
            line.say(failure, error=True)
        elif self._is_reading:
            line.say("reading this log … esc goes back")
        elif self._noted and self._noted[0] == self._where:
            line.say(self._noted[1], error=self._noted[2])
        else:
            self._noted = None
            line.say(" · ".join(part for part in self.parts() if part))

    @property
    def _where(self) -> tuple[str, int]:
        """The open tab and the row of its cursor."""
        return self._tab, self.view(self._tab).cursor

    def parts(self) -> list[str]:
        """What the status line says of the open tab."""
        shown = self.view(self._tab)
        where = f"line {shown.cursor + 1:,} of {shown.row_count:,}" if shown.row_count else ""
        if isinstance(shown, JsonView):
            origin = self._known.origin if self._known and self._tab == "payload" else ""
            return [shown.where, origin]
        return [where, "times are UTC" if self._tab in ("overview", "attempts") else ""]

    def open(self, name: str) -> None:
        """Open a tab, or the snapshot that belongs to one."""
        before, shown = self.view(self._tab), self.view(name)
        self._tab, self._trouble = name, ""
        before.display = False
        before.remove_class("-open")
        shown.display = True
        shown.add_class("-open")
        self.set_focus(shown)
        self.query_one(TabLine).show(self._SNAPSHOT_OF.get(name, name))
        self.refresh_bindings()
        self.say()
        self.tab_opened()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != self._tab if action in TABS else True

    def action_overview(self) -> None:
        self.open("overview")

    def action_attempts(self) -> None:
        self.open("attempts")

    def action_payload(self) -> None:
        self.open("payload")

    def action_why(self) -> None:
        self.open("why")

    def action_raw(self) -> None:
        self.open("raw")

    def action_inspector(self) -> None:
        self.open("inspector")

    def action_refresh(self) -> None:
        self.show(self._log)

    def action_back(self) -> None:
        if self._tab == SNAPSHOT:
            self.open(self._SNAPSHOT_OF[SNAPSHOT])
        else:
            self.dismiss()


def _named(view: LineList, name: str) -> LineList:
    view.id = name
    return view


def _not_in_file(log: Log) -> str:
    if log.problem:
        return "No message can be read from this record; o says what is wrong with it."
    return "The file does not have this log's message. f reads it from another file."


def _why_no_payload(detail: LogDetail) -> str:
    """Why there is no message, in a line, with the keys that help."""
    log = detail.log
    if (log.type or "").casefold() == "unknown":
        return "No message: processing broke before there was one. R shows the record."
    if detail.is_metadata:
        return "This generation of the API gives no payloads. I inspects, f reads a file."
    if log.data_mode == "backfill":
        return "The API gives no payload with this backfilled log. I inspects, f reads a file."
    return "The API gives no payload here; your role may not see it. I inspects, f a file."
