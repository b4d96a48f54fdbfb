"""Two logs compared: what is known of them and, once it is revealed, their messages."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.api.errors import PlatformError
from redox_tui.api.protocol import Client
from redox_tui.domain import display
from redox_tui.domain.diff import Kind, Stopped, compare, stacked
from redox_tui.domain.logs import Log, LogDetail
from redox_tui.tui import finding
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.comparing import METADATA, PAYLOAD, compared_section, no_payload, summary, texts_of
from redox_tui.tui.dialogs.dialog import Dismissable
from redox_tui.tui.messages import (
    Compared,
    CompareLogs,
    Locked,
    LogsRead,
    NothingToCompare,
    OfferCopies,
    Unlocked,
    Untouched,
    reason,
)
from redox_tui.tui.plain_text import plain_text
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.diff_view import DiffView, Section
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.too_small import TooSmall

_HIDDEN = "payloads hidden · enter reveals them"
_NO_GOOD = (
    "No log of the same source, destination, model and event succeeded in the 30 days before this one. r tries again."
)


class CompareScreen(Dismissable[None], Scoped):
    """Two logs, read by their ids. Where the left one is not known yet, it is looked for first."""

    SCOPES = ("compare",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("compare")
    AUTO_FOCUS = "DiffView"

    def __init__(self, services: Services, wanted: CompareLogs) -> None:
        super().__init__()
        self._services = services
        self._wanted = wanted
        self._logs: list[Log | None] = [wanted.left, wanted.right]
        self._texts: dict[str, tuple[str, str]] = {}
        self._sections: dict[str, Section] = {}
        self._is_everything = False
        self._is_revealed = False
        self._epoch = 0
        self._doing = ""
        self._failure = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlaceLine()
            yield Line(classes="log left")
            yield Line(classes="log right")
            yield DiffView()
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one(DiffView).moved = self._say
        self._begin()

    def _begin(self) -> None:
        """Read both logs, with their payloads hidden; what was under way counts no more."""
        self._epoch += 1
        self._forget()
        self._failure = ""
        self._doing = "reading both logs" if self._logs[0] else "looking for the last good log like this one"
        self._show()
        self._read(self._epoch)

    def _forget(self) -> None:
        self.workers.cancel_group(self, "compare.read")
        self._stop_comparing()
        self._texts, self._sections = {}, {}
        self._is_revealed = False

    @work(group="compare.read", exclusive=True)
    async def _read(self, epoch: int) -> None:
        right, mode = self._wanted.right, self._wanted.data_mode
        try:
            client = await self._services.client()
            left = self._wanted.left or await finding.last_good(client, right, mode)
        except PlatformError as error:
            self.post_message(NothingToCompare(epoch, reason(error)))
            return
        if left is None:
            self.post_message(NothingToCompare(epoch, _NO_GOOD))
            return
        details = await asyncio.gather(*(_detail(client, log, mode) for log in (left, right)))
        self.post_message(LogsRead(epoch, *details))

    @on(NothingToCompare)
    def _note_nothing(self, message: NothingToCompare) -> None:
        if message.epoch == self._epoch:
            self._doing, self._failure = "", message.reason
            self._show()

    @on(LogsRead)
    def _take_logs(self, message: LogsRead) -> None:
        if message.epoch != self._epoch or self._services.is_locked:
            return
        self._doing = ""
        found = [one for one in (message.left, message.right) if isinstance(one, LogDetail)]
        if len(found) < 2:
            sides = zip(("left", "right"), (message.left, message.right), strict=True)
            self._failure = " ".join(f"The {side} log: {one}" for side, one in sides if isinstance(one, str))
            self._show()
            return
        left, right = found
        self._logs = [left.log, right.log]
        self._texts = texts_of(left, right)
        self._sections = {
            METADATA: Section("METADATA", "comparing …"),
            PAYLOAD: Section("PAYLOAD", _HIDDEN if PAYLOAD in self._texts else no_payload(left, right)),
        }
        self._compare(METADATA)

    def _compare(self, name: str) -> None:
        """Compare a section, or choose its lines anew where it has been compared."""
        section = self._sections[name]
        left, right = self._texts[name]
        known, everything, epoch = section.difference, self._is_everything, self._epoch

        def compared(stopped: Callable[[], bool]) -> Compared:
            difference = known or compare(left, right, stopped)
            lines = difference.lines(everything=everything, stopped=stopped)
            return Compared(epoch, name, difference, lines, stacked(lines))

        self._doing = f"comparing {name}"
        self._show()
        self._work(compared)

    @work(group="compare.work")
    async def _work(self, compared: Callable[[Callable[[], bool]], Compared]) -> None:
        stop = Event()
        try:
            self.post_message(await asyncio.to_thread(compared, stop.is_set))
        except Stopped:
            return
        finally:
            stop.set()

    @on(Compared)
    def _take_comparison(self, message: Compared) -> None:
        section = self._sections.get(message.section)
        is_wanted = message.section == METADATA or self._is_revealed
        if message.epoch != self._epoch or section is None or not is_wanted or self._services.is_locked:
            return
        self._doing = ""
        self._sections[message.section] = compared_section(message)
        self._show()
        view = self.query_one(DiffView)
        if message.section == PAYLOAD and section.difference is None and view.current is None:
            view.go_to_section(1)

    def _show(self) -> None:
        self._show_place()
        for name, sign, log in zip(("left", "right"), "−+", self._logs, strict=True):
            self.query_one(f".{name}", Line).update(display.clip(f" {sign} {summary(log)}", self.app.size.width))
        self.query_one(DiffView).show(list(self._sections.values()))
        self.refresh_bindings()
        self._say()

    def _show_place(self) -> None:
        place, environment = self._wanted.place, self._wanted.environment
        self.query_one(PlaceLine).show(place, environment, ("Compare",), revealed=self._is_revealed)

    def _say(self) -> None:
        line = self.query_one(StatusLine)
        if self._failure:
            line.say(self._failure, error=True)
        elif self._doing:
            line.say(f"{self._doing} … esc {'stops' if self._sections else 'goes back'}")
        else:
            line.say(" · ".join(part for part in self._parts() if part))

    def _parts(self) -> list[str]:
        scope = "all lines" if self._is_everything else "only differences"
        current = self.query_one(DiffView).current
        if current is None:
            return [scope, "x changes that, n goes to a difference"]
        section, line = current
        difference = section.difference
        if difference is None:
            return [scope]
        number = f"difference {line.number:,} of {difference.count:,}" if line.number else ""
        return [number, difference.path(line), scope]

    def announce(self, words: str, *, error: bool = False) -> None:
        """Say something that stands until the cursor moves."""
        self.query_one(StatusLine).say(words, error=error)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "reveal":
            return PAYLOAD in self._texts and not self._is_revealed
        if action == "hide":
            return self._is_revealed
        return True

    def action_reveal(self) -> None:
        if PAYLOAD in self._texts and not self._is_revealed:
            self._is_revealed = True
            self._sections[PAYLOAD] = Section("PAYLOAD", "comparing …")
            self._compare(PAYLOAD)
            self.query_one(DiffView).go_to_section(1)

    @on(Untouched)
    def action_hide(self) -> None:
        if self._is_revealed:
            self._stop_comparing()
            self._is_revealed = False
            self._sections[PAYLOAD] = Section("PAYLOAD", _HIDDEN)
            if self._sections[METADATA].difference is None:
                self._compare(METADATA)
            self._show()

    def _stop_comparing(self) -> None:
        self.workers.cancel_group(self, "compare.work")
        self._doing = ""

    def action_next(self) -> None:
        self._go(1)

    def action_previous(self) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        if not self.query_one(DiffView).go_on(step) and not self._doing and not self._failure:
            self.announce(f"No difference {'below' if step > 0 else 'above'}.")

    def action_only_differences(self) -> None:
        self._is_everything = not self._is_everything
        for name, section in self._sections.items():
            if section.difference:
                self._compare(name)

    def action_copy(self) -> None:
        current = self.query_one(DiffView).current
        if current is None or current[0].difference is None or current[1].kind is Kind.GAP:
            self.announce("There is no value in this line.")
            return
        section, line = current
        path = section.difference.path(line) if section.difference else ""
        sides = (("Left value", line.left), ("Right value", line.right)) if line.left != line.right else ()
        texts = [(title, text) for title, text in (sides or (("Value", line.left),)) if text]
        texts.append((f"Path  {display.line(path)}", path))
        is_metadata = section is self._sections[METADATA]

        def shown(text: str) -> Callable[[], str | None]:
            return lambda: text if is_metadata or self._is_revealed else None

        self.post_message(OfferCopies([(title, shown(text)) for title, text in texts]))

    def action_plain(self) -> None:
        self.post_message(plain_text(self.query_one(DiffView), is_payload=self._is_revealed, is_wide=False))

    def action_refresh(self) -> None:
        self._begin()

    def action_back(self) -> None:
        if not self._doing or not self._sections:
            self.dismiss()
            return
        self._stop_comparing()
        for name, section in self._sections.items():
            if section.difference is None and name in self._texts and section.notice == "comparing …":
                self._sections[name] = replace(section, notice="Stopped. r compares again.")
        self._show()

    @on(Locked)
    def _drop(self) -> None:
        self._epoch += 1
        self._forget()
        self._failure = "Locked. r reads both logs again."
        self._show()

    @on(Unlocked)
    def _go_on(self) -> None:
        self._begin()


async def _detail(client: Client, log: Log, mode: str | None) -> LogDetail | str:
    """A log by its id, or why it could not be read."""
    try:
        found = await client.logs.get(log.id, log.data_mode or mode)
    except PlatformError as error:
        return reason(error)
    return replace(found, log=replace(found.log, id=found.log.id or log.id))
