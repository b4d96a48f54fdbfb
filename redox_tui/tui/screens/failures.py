"""The failed logs of a range in groups: what fails most, since when; each group opens as a query."""

import contextlib
from collections.abc import AsyncGenerator
from datetime import tzinfo
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from redox_tui.api.errors import PlatformError
from redox_tui.domain.failures import FailureGroup, grouped
from redox_tui.domain.logs import Environment, Log
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.dialogs.dialog import Dismissable
from redox_tui.tui.messages import FailuresArrived, Locked, RunQuery, reason
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.failure_table import FailureTable
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.too_small import TooSmall

PORTION: Final = 1_000
"""Failed logs that are read before somebody has to ask for more: 20 requests."""


class FailuresScreen(Dismissable[None], Scoped):
    """Groups of the failed logs that `search` finds and that match the local terms of `query`, newest first."""

    SCOPES = ("failures",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("failures")
    AUTO_FOCUS = "FailureTable"

    def __init__(
        self,
        services: Services,
        place: str,
        environment: Environment | None,
        query: LogQuery,
        search: LogSearch,
        zone: tzinfo,
    ) -> None:
        super().__init__()
        self._services = services
        self._place = (place, environment)
        self._query = query
        self._search = search
        self._zone = zone
        self._limit = PORTION
        self._batches: AsyncGenerator[tuple[Log, ...], None] | None = None
        self._found: list[Log] = []
        self._groups: tuple[FailureGroup, ...] = ()
        self._read = 0
        self._total: int | None = None
        self._is_reading = self._is_whole = False
        self._failure = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlaceLine()
            yield FailureTable()
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        now = self._services.clock()
        words = f"{self._query.range_in_words(now, self._zone)} {now.astimezone(self._zone):%Z}"
        self.query_one(PlaceLine).show(*self._place, ("Failures", words))
        self._begin()

    async def on_unmount(self) -> None:
        if self._batches:
            # A reading that was cut off in the middle ends by itself.
            with contextlib.suppress(RuntimeError):
                await self._batches.aclose()

    def _begin(self) -> None:
        self._is_reading, self._failure = True, ""
        self._show()
        self._go_on()

    @work(group="failures.read", exclusive=True)
    async def _go_on(self) -> None:
        from redox_tui.api.census import NoTotals, count
        from redox_tui.api.walk import walk

        batches, limit = self._batches, self._limit
        try:
            client = await self._services.client()
            if batches is None:
                total = None
                with contextlib.suppress(NoTotals):
                    total = await count(client.logs, self._search)
                batches = self._batches = walk(client.logs, self._search)
                self.post_message(FailuresArrived((), total, is_first=True))
                read = 0
            else:
                read = self._read
            async for batch in batches:
                self.post_message(FailuresArrived(batch))
                read += len(batch)
                if read >= limit:
                    self.post_message(FailuresArrived((), is_last=True))
                    return
        except PlatformError as error:
            self._batches = None
            self.post_message(FailuresArrived((), is_last=True, reason=reason(error)))
        else:
            self.post_message(FailuresArrived((), is_last=True, is_whole=True))

    @on(FailuresArrived)
    def _take(self, message: FailuresArrived) -> None:
        if not self._is_reading:
            return
        if message.is_first:
            self._found, self._read, self._total = [], 0, message.total
        self._read += len(message.logs)
        self._found += [log for log in message.logs if self._query.matches(log)]
        if message.is_last:
            self._is_reading, self._is_whole, self._failure = False, message.is_whole, message.reason
        self._show()

    def _show(self) -> None:
        self._groups = grouped(self._found)
        self.query_one(FailureTable).show(self._groups, self._zone, "" if self._failure else self._notice())
        self.refresh_bindings()
        line = self.query_one(StatusLine)
        if self._failure:
            line.say(f"{self._failure} {f'Shown: {self._words()}.' if self._read else ''}".rstrip(), error=True)
        else:
            line.say(self._words())

    def _notice(self) -> str:
        """Why there are no groups."""
        if self._is_reading:
            return "Reading the newest failed logs …"
        if self._is_whole:
            return "No failed logs match in this range."
        return "None of the failed logs that were read match; m reads more."

    def _words(self) -> str:
        """How much of what there is these groups are made of."""
        local = f", {len(self._found):,} of which match" if self._query.local else ""
        total = "" if self._total is None else f" of {self._total:,}"
        groups = f"{len(self._groups):,} group{'' if len(self._groups) == 1 else 's'}"
        logs = "failed log" if (self._read if self._total is None else self._total) == 1 else "failed logs"
        if self._is_reading:
            return f"{groups} · reading, {self._read:,}{total} {logs} … esc stops"
        if self._is_whole and not self._read:
            return "no failed logs"
        if self._is_whole:
            return f"{groups} · all {self._read:,} failed log{'' if self._read == 1 else 's'}{local}"
        more = "" if self._failure else " · m more"
        return f"{groups} · newest {self._read:,}{total} {logs}{local}{more}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "more" or not (self._is_reading or self._is_whole)

    @on(Locked)
    def _drop(self) -> None:
        self._stop("Locked before all was read.")
        self._batches = None

    def _stop(self, why: str) -> None:
        if self._is_reading:
            self.workers.cancel_group(self, "failures.read")
            # What was cut off in the middle of a page cannot be read on.
            self._batches = None
            self._is_reading, self._failure = False, f"{why} r reads again."
            self._show()

    def action_open(self) -> None:
        if group := self.query_one(FailureTable).current:
            self.post_message(RunQuery(group.query(self._query), (group.newest,)))

    def action_more(self) -> None:
        self._limit = self._read + PORTION
        self._begin()

    def action_refresh(self) -> None:
        self.workers.cancel_group(self, "failures.read")
        self._batches, self._is_whole = None, False
        self._begin()

    def action_back(self) -> None:
        if self._is_reading:
            self._stop("Stopped.")
        else:
            self.dismiss()
