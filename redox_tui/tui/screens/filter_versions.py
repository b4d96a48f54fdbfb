"""The versions of one filter: who saved what when, the difference of any two, and the way back to one of them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.api.errors import PlatformError
from redox_tui.domain import display
from redox_tui.domain.filter_diff import differences, rule_line
from redox_tui.domain.filters import Filter
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.dialogs.dialog import Dismissable
from redox_tui.tui.filter_changes import FilterChanges
from redox_tui.tui.filter_messages import (
    ChangeEnded,
    DifferenceArrived,
    FilterGone,
    FilterSaved,
    ShowVersions,
    VersionsArrived,
    VersionsFailed,
)
from redox_tui.tui.messages import Locked, Unlocked, Working, reason
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.too_small import TooSmall
from redox_tui.tui.widgets.version_table import DifferenceList, VersionTable


class FilterVersionsScreen(Dismissable[None], Scoped):
    """One filter through time. What is compared is the version under the cursor, with the marked or the one before."""

    SCOPES = ("versions",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("versions")
    AUTO_FOCUS = "VersionTable"

    def __init__(self, services: Services, place: str, asked: ShowVersions) -> None:
        super().__init__()
        self._services = services
        self._place = place
        self._asked = asked
        self._known = asked.known
        self._versions: tuple[Filter, ...] = ()
        self._changes: tuple[list[str], ...] = ()
        self._is_reading = self._is_changing = False
        self._trying: FilterChanges | None = None
        self._working = self._failure = ""
        self._notice: tuple[str, bool, int | None] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlaceLine()
            yield Line(classes="title")
            yield VersionTable(UTC)
            yield Line(classes="what")
            yield DifferenceList()
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one(VersionTable).moved = self._compare
        self.query_one(DifferenceList).moved = self._say
        parts = ("Filters › versions", "read-only" if self._services.read_only else "")
        self.query_one(PlaceLine).show(self._place, self._asked.environment, tuple(part for part in parts if part))
        self._begin_reading()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "restore" or not self._services.read_only

    def _begin_reading(self) -> None:
        self._is_reading, self._failure = True, ""
        self._read()
        self._say()

    @work(group="versions.page", exclusive=True)
    async def _read(self) -> None:
        try:
            client = await self._services.client()
            calls = client.filters_of(self._asked.asked_by)
            versions = await calls.versions(self._known.id, self._known.subscription)
        except PlatformError as error:
            self.post_message(VersionsFailed(reason(error)))
        else:
            self.post_message(VersionsArrived(versions, await asyncio.to_thread(_changes, versions)))

    @on(VersionsArrived)
    def _take(self, message: VersionsArrived) -> None:
        self._is_reading, self._failure = False, ""
        self._versions, self._changes = message.versions, message.changes
        self._known = message.versions[0]
        table = self.query_one(VersionTable)
        if table.marked not in [one.filter_version for one in self._versions]:
            table.marked = None
        table.show(self._versions, self._changes)
        self._compare()

    @on(VersionsFailed)
    def _note_failure(self, message: VersionsFailed) -> None:
        self._is_reading, self._failure = False, message.reason
        self._say()

    @on(Locked)
    def _stop_reading(self) -> None:
        self.workers.cancel_group(self, "versions.page")
        self._is_reading, self._failure = False, "Locked. r reads the versions again."

    @on(Unlocked)
    def _read_again(self) -> None:
        self._begin_reading()

    def _pair(self) -> tuple[Filter | None, Filter] | None:
        """What is compared, the older one first: with the marked version, else with the one before."""
        table = self.query_one(VersionTable)
        current = table.current
        if current is None:
            return None
        if table.marked is not None and table.marked != current.filter_version:
            other = next(one for one in self._versions if one.filter_version == table.marked)
            older, newer = sorted((other, current), key=lambda one: one.filter_version or 0)
            return older, newer
        before = self._versions[table.cursor + 1 :]
        return (before[0] if before else None), current

    def _compare(self) -> None:
        """Show the difference; of two that do not follow each other it is worked out in a thread."""
        self._say()
        pair = self._pair()
        if pair is None:
            return
        older, newer = pair
        at = self._versions.index(newer)
        if older is None:
            self._show_difference(f"version {newer.filter_version}, the first that the server has", _content(newer))
        elif self._versions[at + 1] is older:
            self._show_difference(_title(older, newer), self._changes[at])
        else:
            self.query_one(".what", Line).update(f" {_title(older, newer)} …", layout=False)
            self._work_out(older, newer)

    @work(group="versions.difference", exclusive=True)
    async def _work_out(self, older: Filter, newer: Filter) -> None:
        lines = await asyncio.to_thread(differences, older, newer)
        self.post_message(DifferenceArrived((older.filter_version, newer.filter_version), lines))

    @on(DifferenceArrived)
    def _take_difference(self, message: DifferenceArrived) -> None:
        pair = self._pair()
        if pair and pair[0] and (pair[0].filter_version, pair[1].filter_version) == message.numbers:
            self._show_difference(_title(pair[0], pair[1]), message.lines)

    def _show_difference(self, title: str, lines: Sequence[str]) -> None:
        self.query_one(".what", Line).update(f" {title}", layout=False)
        self.query_one(DifferenceList).show(lines or ["Both have the same name, action and rules."])

    def action_mark(self) -> None:
        table = self.query_one(VersionTable)
        if table.current:
            number = table.current.filter_version
            table.marked = None if table.marked == number else number
            table.refresh()
            self._compare()

    def action_restore(self) -> None:
        wanted = self.query_one(VersionTable).current
        if self._is_changing or wanted is None:
            return
        if self._versions[0].deleted:
            self._complain("The filter is deleted, so there is nothing in force that could go back to a version.")
        elif wanted is self._versions[0]:
            self._complain("This version is in force; choose another one to restore.")
        else:
            self._is_changing, asked = True, self._asked
            self._trying = FilterChanges(self.app, self._services, asked.asked_by, asked.environment, self._tell)
            self._restore(self._trying, self._versions[0], wanted)

    @work(group="versions.change")
    async def _restore(self, trying: FilterChanges, base: Filter, wanted: Filter) -> None:
        self.post_message(await trying.restore(base, wanted))

    def _tell(self, words: str) -> None:
        self.post_message(Working(words))

    @on(Working)
    def _say_working(self, message: Working) -> None:
        if self._is_reading or self._is_changing:
            self._working = message.words
            self._say()

    @on(ChangeEnded)
    def _note_end(self, message: ChangeEnded) -> None:
        self._is_changing, self._working = False, ""
        if message.gone:
            self.post_message(FilterGone(message.gone))
        if message.saved:
            self.post_message(FilterSaved(message.saved))
        if message.words:
            self._complain(message.words, error=message.is_error)
        if message.saved and message.saved.filter_version != self._versions[0].filter_version:
            self._begin_reading()

    def action_other_pane(self) -> None:
        table = self.query_one(VersionTable)
        self.set_focus(self.query_one(DifferenceList) if table.has_focus else table)

    def action_refresh(self) -> None:
        self._notice = None
        self._begin_reading()

    def action_back(self) -> None:
        if not self._is_changing or self._trying is None:
            self.dismiss()
        elif self._trying.is_sent:
            self._complain("The change is being made and cannot be stopped; wait until it has ended.")
        else:
            self.workers.cancel_group(self, "versions.change")
            self._is_changing, self._working = False, ""
            self._complain("Stopped. Nothing was sent.", error=False)

    def _complain(self, words: str, *, error: bool = True) -> None:
        """Say something that stands until the cursor moves or something else is done."""
        self._notice = (words, error, self._number)
        self._say()

    @property
    def _number(self) -> int | None:
        """The version under the cursor; its row changes when there is a new one."""
        current = self.query_one(VersionTable).current
        return current.filter_version if current else None

    def _say(self) -> None:
        table, line = self.query_one(VersionTable), self.query_one(StatusLine)
        headline = display.line(_headline(self._known), 200)
        self.query_one(".title", Line).update(f" {headline}", layout=False)
        if self._is_changing and self._working:
            line.say(self._working)
        elif self._notice and self._notice[2] == self._number:
            line.say(self._notice[0], error=self._notice[1])
        elif self._failure:
            self._notice = None
            table.say("The versions could not be read; the line below says why.")
            line.say(self._failure, error=True)
        elif self._is_reading:
            table.say("Reading the versions …")
            line.say("reading the versions … esc goes back")
        else:
            self._notice = None
            shown = self.query_one(DifferenceList)
            rows = f"row {table.cursor + 1:,} of {table.row_count:,}"
            marked = f"compared with version {table.marked}, m takes the mark away" if table.marked else "times are UTC"
            lines = f"line {shown.cursor + 1:,} of {shown.row_count:,}" if shown.has_focus else rows
            line.say(f"{lines} · {marked}")


def _changes(versions: tuple[Filter, ...]) -> tuple[list[str], ...]:
    """What each version changed of the one before it; the oldest nothing."""
    pairs = zip(versions[1:], versions, strict=False)
    return (*(differences(older, newer) for older, newer in pairs), [])


def _content(one: Filter) -> list[str]:
    rules = (f"rule {number} {rule_line(rule)}" for number, rule in enumerate(one.rules, 1))
    return [f"name: “{one.name}”", f"action: {one.action}", *rules]


def _title(older: Filter, newer: Filter) -> str:
    return f"what changed from version {older.filter_version} to version {newer.filter_version}"


def _headline(one: Filter) -> str:
    places = "; ".join(link.words for link in one.live_links)
    state = "deleted" if one.deleted else f"acts on {places}" if places else "not linked, it does nothing"
    return f"{one.name} · {state}"
