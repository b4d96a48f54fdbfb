"""Counts over a list of logs: a histogram above it, which is asked for after its rows, and narrowing it by them."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from textual import on, work
from textual.events import Resize

from redox_tui.api.errors import PlatformError
from redox_tui.domain.bars import FAILED, Histogram, edges, of_rows
from redox_tui.domain.census import TimeCensus, bounds, most_bars
from redox_tui.domain.logs import Log
from redox_tui.domain.parties import PARTY_KEYS
from redox_tui.domain.query import LogQuery
from redox_tui.domain.timerange import iso
from redox_tui.tui.counting import Counting, fill
from redox_tui.tui.following import Follow
from redox_tui.tui.messages import CountsArrived, GroupFailures, Locked, Unlocked, reason
from redox_tui.tui.screens.log_looks import LogLooksScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.histogram import HistogramLine
from redox_tui.tui.widgets.log_table import LogTable
from redox_tui.tui.widgets.query_bar import QueryBar

_LEAST_HEIGHT: Final = 20
"""Lines of a terminal from which one is spared for the histogram."""

_MILLISECOND: Final = timedelta(milliseconds=1)


class LogCountsScreen(LogLooksScreen):
    """A list of logs under a histogram. The server counts where it has totals, else loaded rows are counted."""

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__(services, query)
        self._counting = Counting()

    @on(Resize)
    def _show_or_hide(self) -> None:
        line = self.query_one(HistogramLine)
        line.display = self.size.height >= _LEAST_HEIGHT
        if line.display and self._window.answered:
            self.call_after_refresh(self._count)

    def _show_window(self) -> None:
        super()._show_window()
        now = self._services.clock()
        if self._reading.following.state is Follow.ON and self._counting.goes_on(self._window.epoch, now):
            self._show_counts()
            return
        self.workers.cancel_group(self, "logs.counts")
        self._counting = Counting()
        self._show_counts()

    def rows_arrived(self) -> None:
        super().rows_arrived()
        if self.query_one(HistogramLine).display:
            # Rows come first: nothing is counted before they have been drawn.
            self.call_after_refresh(self._count)

    def _count(self) -> None:
        """Count this window, unless that has begun; loaded rows are counted again."""
        window, counting, now = self._window, self._counting, self._services.clock()
        if not window.answered:
            return
        if counting.epoch == window.epoch:
            if counting.is_of_rows:
                self._count_rows()
            return
        search = window.search
        counting.epoch, counting.begun_at = window.epoch, now
        if (ends := bounds(search, now)) is None:
            counting.histogram = Histogram((), note="no histogram: the range has no beginning, t gives it one")
        elif window.total is None or self._reading.query.local:
            counting.edges = edges(*ends, zone=self._layout_of_rows.zone)
            self._count_rows()
        else:
            counting.edges = edges(*ends, zone=self._layout_of_rows.zone, most=most_bars(search))
            counting.census = TimeCensus(search, counting.edges, expected=window.total)
            self._ask(counting.census)
        self._show_counts()

    def _count_rows(self) -> None:
        window, counting = self._window, self._counting
        counting.is_of_rows = True
        is_whole = not window.is_growing and window.held == window.known
        counting.histogram = of_rows(
            window.loaded, counting.edges, window.search.on, fits=self._reading.query.matches, is_whole=is_whole
        )
        self._show_counts()

    @work(group="logs.counts", exclusive=True)
    async def _ask(self, census: TimeCensus) -> None:
        from redox_tui.api.census import NoTotals

        try:
            failure = await fill(self._services, census, lambda: self.post_message(CountsArrived(census)))
        except PlatformError as error:
            failure = error
            census.give_up(str(error))
        except NoTotals as error:
            failure = None
            census.give_up(str(error))
        self.post_message(CountsArrived(census, reason(failure) if failure else census.trouble))

    @on(CountsArrived)
    def _take_counts(self, message: CountsArrived) -> None:
        if message.census is not self._counting.census:
            return
        self._show_counts()
        if message.reason and not self._lacks_rows:
            self.complain(f"Not everything was counted. {message.reason}")

    @property
    def _lacks_rows(self) -> bool:
        """Whether rows are missing too: these come first, and why they are missing is said."""
        return bool(self._window.gaps or self._window.missing)

    def _show_counts(self) -> None:
        self.query_one(HistogramLine).show(self._counting.shown, self._layout_of_rows.zone)
        self._mark_bar()

    def cursor_moved(self) -> None:
        super().cursor_moved()
        self._mark_bar()

    def _mark_bar(self) -> None:
        if (log := self.query_one(LogTable).current) and (number := self._bar_of(log)) is not None:
            self.query_one(HistogramLine).mark(number)

    def _bar_of(self, log: Log) -> int | None:
        at = log.updated_at if self._window.search.on == "updated" else log.created_at
        return self._counting.histogram_now.at(at.instant) if at and at.instant else None

    @on(Locked)
    def _stop_counting(self) -> None:
        if (census := self._counting.census) and not census.is_done:
            self.workers.cancel_group(self, "logs.counts")
            census.give_up("Stopped.")
            self._show_counts()

    @on(Unlocked)
    def _count_on(self) -> bool:
        """Ask for what was not counted; False where all was."""
        census = self._counting.census
        if census is None or not census.trouble:
            return False
        census.is_done, census.trouble = False, ""
        self._remark = None
        self._ask(census)
        self._show_counts()
        self._say()
        return True

    def action_stop(self) -> None:
        super().action_stop()
        self._stop_counting()

    def action_refresh(self) -> None:
        if self._lacks_rows or not self._count_on():
            super().action_refresh()

    def action_zoom(self) -> None:
        """Narrow the range to the bar of the current row."""
        log, histogram = self.query_one(LogTable).current, self._counting.histogram_now
        number = self._bar_of(log) if log else None
        if number is None:
            self.complain("There is no bar for this row; bars appear when the rows have been counted.", error=False)
            return
        bar, is_last = histogram.bars[number], number == len(histogram.bars) - 1
        if len(histogram.bars) < 2 or bar.end - bar.begin <= _MILLISECOND:
            self.complain("This range is as narrow as can be.", error=False)
            return
        since, until = self._query.value("since"), self._query.value("until")
        begin = since if number == 0 and since else iso(bar.begin)
        self.run_anew(self._query.within(begin, until if is_last else iso(bar.end - _MILLISECOND)))

    @work(group="logs.facets", exclusive=True)
    async def action_counts(self) -> None:
        """Show what the logs consist of; a value that is taken narrows the query."""
        from redox_tui.domain import facets
        from redox_tui.tui.dialogs.facets import FacetsDialog
        from redox_tui.tui.facet_counting import facet_of

        if not self._window.answered:
            return
        window, asked = self._window, self._reading.query
        count = partial(facet_of, self._services, window, asked, list(self.environment_ids))
        chosen = await self.app.push_screen_wait(FacetsDialog(str(self._query), count))
        if chosen and asked is self._reading.query:
            parties = self.query_one(QueryBar).known.parties
            name = parties.sole_name(chosen.key, chosen.value) if chosen.key in PARTY_KEYS else None
            change = facets.excluding if chosen.is_excluded else facets.narrowed
            self.run_query(change(self._query, chosen.key, name or chosen.value))

    def action_failures(self) -> None:
        statuses = self._query.values("status")
        if statuses and FAILED not in statuses:
            self.complain(f"This query shows {', '.join(statuses)} logs only; / changes it.")
            return
        search = self._window.search.only("status", FAILED)
        self.post_message(GroupFailures(self._reading.query, search, self._layout_of_rows.zone))

    def run_for(self, query: LogQuery, logs: tuple[Log, ...]) -> None:
        """Run a query that was made elsewhere, with parties by their names where these are theirs alone."""
        bar = self.query_one(QueryBar)
        bar.learn(logs)
        parties = bar.known.parties
        named = (
            replace(term, values=tuple(parties.sole_name(term.key, value) or value for value in term.values))
            if term.key in PARTY_KEYS
            else term
            for term in query.terms
        )
        self.run_query(replace(query, terms=tuple(named)))
