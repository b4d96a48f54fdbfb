"""A list of filters as it is read: which page is wanted next, and how it stands, in words."""

from dataclasses import replace
from datetime import UTC

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from redox_tui.api.errors import PlatformError
from redox_tui.domain import display
from redox_tui.domain.connection import FilterVersion
from redox_tui.domain.filter_list import FilterSearch
from redox_tui.domain.filter_listing import FilterListing
from redox_tui.domain.filters import Filter
from redox_tui.tui.filter_messages import FilterPageArrived, FilterPageFailed
from redox_tui.tui.messages import Locked, Unlocked, Working, reason
from redox_tui.tui.screens.filter_place import FilterPlaceScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.field import Field
from redox_tui.tui.widgets.filter_table import FilterTable, saved_words
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.name_field import NameField
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.too_small import TooSmall

_IN_VAIN = 4
"""Pages without a new row after which somebody has to move on: through v0 a page is fifty calls."""


class FilterListScreen(FilterPlaceScreen):
    """The filters of one environment, read as they are looked at."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._listing = FilterListing()
        self._asked_by: str | None = None
        self._version: FilterVersion | None = services.connection.filters
        self._is_reading = self._is_changing = self._is_showing = self._is_cut = False
        self._in_vain = 0
        self._working = self._failure = ""
        self._notice: tuple[str, bool, int] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlaceLine()
            yield NameField()
            yield FilterTable(self._services.clock(), UTC)
            yield Line(classes="what")
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one(FilterTable).moved = self._moved
        self._show_place()
        self.find_environments()
        self._pump()

    def place_changed(self) -> None:
        """Begin anew where it is another environment; else only more is known of it."""
        self._show_place()
        if self.asked_by != self._asked_by:
            self._asked_by = self.asked_by
            self._show(())
            self._read_anew(replace(self._listing.search, name=None))
            self._end_typing("")
        self._pump()

    def _moved(self) -> None:
        if not self._is_showing:
            self._in_vain = 0
            self._pump()

    def _pump(self) -> None:
        """Ask for the next page where the cursor is near the end of what is read."""
        table, listing = self.query_one(FilterTable), self._listing
        is_near = table.view.last + table.page_rows >= table.row_count or not listing.pages
        is_wanted = is_near and self.is_placed and self._in_vain < _IN_VAIN
        if is_wanted and listing.next is not None and not self._is_reading and not self._failure:
            self._is_reading = True
            self._read(listing, listing.next)
        self._say()

    @work(group="filters.page", exclusive=True)
    async def _read(self, listing: FilterListing, number: int) -> None:
        try:
            client = await self._services.client()
            calls = client.filters_of(self.asked_by)
            page = await calls.list(listing.search, number)
            version = await calls.version()
        except PlatformError as error:
            self.post_message(FilterPageFailed(listing.epoch, number, reason(error)))
        else:
            self.post_message(FilterPageArrived(listing.epoch, number, page, version))

    @on(FilterPageArrived)
    def _put(self, message: FilterPageArrived) -> None:
        if message.epoch != self._listing.epoch:
            return
        before = len(self._listing.rows)
        self._is_reading, self._working, self._version = False, "", message.version
        self._listing = self._listing.put(message.number, message.page)
        rows = self._listing.rows
        self._in_vain = 0 if len(rows) > before else self._in_vain + 1
        self._show(rows)
        self._show_place()
        self._pump()

    @on(FilterPageFailed)
    def _note_failure(self, message: FilterPageFailed) -> None:
        if message.epoch == self._listing.epoch:
            self._is_reading, self._working, self._failure = False, "", message.reason
            self._show(self._listing.rows)
            self._say()

    @on(Working)
    def _say_working(self, message: Working) -> None:
        if self._is_reading or self._is_changing:
            self._working = message.words
            self._say()

    @on(Locked)
    def _stop_for_lock(self) -> None:
        self._is_cut = self._is_reading or self._is_cut
        self._stop("Locked before this was read. r tries again.")

    @on(Unlocked)
    def _go_on(self) -> None:
        if self._is_cut:
            self.action_refresh()

    def _stop(self, why: str) -> None:
        if self._is_reading:
            self.workers.cancel_group(self, "filters.page")
            self._is_reading, self._working, self._failure = False, "", why
            self._say()

    def action_refresh(self) -> None:
        """Go on where it failed; else read the list anew."""
        self._notice, self._is_cut = None, False
        self.find_environments()
        if self._failure and self._listing.pages:
            self._failure = ""
            self._pump()
        elif not self._is_reading:
            self._read_anew(self._listing.search, self._listing.name)

    def action_name(self) -> None:
        field = self.query_one(NameField)
        field.display = True
        field.edit()

    def action_deleted(self) -> None:
        search = self._listing.search
        self._read_anew(replace(search, deleted=not search.deleted), self._listing.name)

    @on(Field.Submitted)
    def _find(self, message: Field.Submitted) -> None:
        text = message.text.strip()
        self._end_typing(text)
        if self._version == "v0" and not self._listing.search.name:
            self._listing, self._in_vain = replace(self._listing, name=text), 0
            self._show(self._listing.rows)
            self._notice = None
            self._pump()
        else:
            self._read_anew(replace(self._listing.search, name=text or None))

    @on(Field.Left)
    def _leave_name(self) -> None:
        self._end_typing(self._listing.name or self._listing.search.name or "")

    def _end_typing(self, text: str) -> None:
        field = self.query_one(NameField)
        field.show(text)
        field.display = bool(text)

    def _read_anew(self, search: FilterSearch, name: str = "") -> None:
        """Read a list from its first page; the rows of the one before stay until that is there."""
        self.workers.cancel_group(self, "filters.page")
        self._listing = FilterListing(search, self._listing.epoch + 1, name)
        self._is_reading, self._failure, self._notice, self._in_vain = False, "", None, 0
        self._show_place()
        self._pump()

    def _show(self, rows: tuple[Filter, ...]) -> None:
        self._is_showing = True
        self.query_one(FilterTable).show(rows)
        self._is_showing = False

    def _show_place(self) -> None:
        parts = [
            "Filters",
            "v0" if self._version == "v0" else "",
            "deleted too" if self._listing.search.deleted else "",
        ]
        parts.append("read-only" if self._services.read_only else "")
        place = self._services.place(self.environment, is_whole=self.is_whole)
        self.query_one(PlaceLine).show(place, self.environment, tuple(part for part in parts if part))

    def complain(self, words: str, *, error: bool = True) -> None:
        """Say something that stands until the cursor moves or something else is done."""
        self._notice = (words, error, self.query_one(FilterTable).cursor)
        self._say()

    def _say(self) -> None:
        table, line, listing = self.query_one(FilterTable), self.query_one(StatusLine), self._listing
        self.query_one(".what", Line).update(f" {_acts_on(table.current)}", layout=False)
        if self._notice and self._notice[2] == table.cursor:
            line.say(self._notice[0], error=self._notice[1])
            return
        self._notice = None
        if self._is_changing and self._working:
            line.say(self._working)
        elif self._failure:
            table.say("", "The filters could not be read; the line below says why.")
            line.say(self._failure, error=True)
        elif not self.is_placed:
            table.say("", *self._where_words())
            reading = "reading the environments … esc goes back" if self.has_environments is None else ""
            line.say(self.nowhere or reading, error=bool(self.nowhere))
        elif not listing.pages:
            table.say("", "Reading filters … esc stops.")
            line.say(f"{self._working or 'reading filters …'} · esc stops")
        else:
            table.say("", *self._no_rows_words())
            line.say(" · ".join(part for part in self._parts(table) if part))

    def _where_words(self) -> tuple[str, ...]:
        if self.has_environments is None:
            return ("Filters are listed by environment.",)
        if not self.has_environments:
            return ("Filters are listed by environment, and this credential sees none.", "r looks again.")
        return ("Filters are listed by environment.", "e chooses one.")

    def _no_rows_words(self) -> tuple[str, ...]:
        wanted = self._listing.name or self._listing.search.name
        if self._listing.next is not None:
            return ("", "None so far.") if self._is_reading else ("None so far.", "j reads on.")
        if wanted:
            return (f"No filter has “{wanted}” in its name.", "/ looks for another one.")
        where = "no subscription has one" if self._version == "v0" else "this environment has none"
        return (f"There are no filters: {where}.", "" if self._services.read_only else "n makes one.")

    def _parts(self, table: FilterTable) -> list[str]:
        listing, current = self._listing, table.current
        said = [listing.count_words(table.cursor)]
        if self._is_reading:
            said.append(f"{self._working or 'reading on …'} · esc stops")
        if listing.name:
            said.append("v0: names are looked for among what is read")
        if current:
            change = current.deleted or current.updated
            said.append(f"{'deleted' if current.deleted else 'saved'} {saved_words(change, UTC)}")
        return said


def _acts_on(one: Filter | None) -> str:
    """Where a filter acts, in full."""
    if one is None or one.deleted:
        return ""
    if one.problem:
        return display.line(f"{one.problem}; a save would lose that, so it is not edited here", 400)
    places = "; ".join(link.words for link in one.live_links)
    if not places:
        places = f"subscription {one.subscription}" if one.subscription else ""
    return display.line(f"acts on {places}" if places else "not linked, it does nothing", 400)
