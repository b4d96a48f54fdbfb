"""The filters of an environment: where they are found, opened for editing, linked, unlinked and deleted."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType

from redox_tui.domain.filters import Filter
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.filter_changes import FilterChanges
from redox_tui.tui.filter_messages import ChangeEnded, EditFilter, FilterGone, FilterSaved, ShowVersions
from redox_tui.tui.messages import GoBack, Locked, Working
from redox_tui.tui.screens.filter_list import FilterListScreen
from redox_tui.tui.widgets.filter_table import FilterTable

_CHANGING = frozenset({"new", "link", "delete"})
"""What does not exist in read-only mode."""


class FiltersScreen(FilterListScreen, Scoped):
    """The place of filters."""

    SCOPES = ("filters",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("filters")
    AUTO_FOCUS = "FilterTable"

    _changes: FilterChanges | None = None
    """The last change that was begun."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _CHANGING:
            return not self._services.read_only
        return action != "environment" or not self._services.connection.environment

    def note(self, message: FilterSaved | FilterGone) -> None:
        """Show what another screen has made of a filter, in its row; the cursor is on one that is new."""
        before = {one.id for one in self._listing.rows}
        if isinstance(message, FilterGone):
            self._listing = self._listing.without(message.filter_id)
        else:
            self._take(message.saved)
        self._show(self._listing.rows)
        if new := [row for row, one in enumerate(self._listing.rows) if one.id not in before]:
            self.query_one(FilterTable).move_to(new[0])
        self._say()

    def _take(self, saved: Filter) -> None:
        """Put what is in force of a filter into the list, where it belongs there."""
        if self.is_here(saved):
            self._listing = self._listing.with_saved(saved)

    def action_edit(self) -> None:
        if one := self._living("edited"):
            self.post_message(EditFilter(one, environment=self.environment_of(one)))

    def action_new(self) -> None:
        if self.is_placed:
            self.post_message(EditFilter(None, environment=self.environment))
        else:
            self.complain("A filter belongs to an environment; e chooses one.")

    def action_versions(self) -> None:
        one = self.query_one(FilterTable).current
        if one and one.id:
            self.post_message(ShowVersions(one, self.environment_of(one), self.asked_by))
        elif one:
            self.complain(f"This record has no versions: {one.problem or 'it has no id'}.")

    def action_delete(self) -> None:
        if one := self._living("deleted again"):
            self._begin(one, lambda changes: changes.delete(one))

    def action_link(self) -> None:
        if one := self._living("linked"):
            self._begin(one, lambda changes: changes.link_or_unlink(one))

    def _living(self, what: str) -> Filter | None:
        """The filter under the cursor, if something can be done with it; else it is said why not."""
        one = self.query_one(FilterTable).current
        if one is None:
            return None
        if one.deleted:
            self.complain(f"“{one.name}” is deleted and cannot be {what}; v shows its versions.")
        elif not one.id:
            self.complain(f"Nothing can be done with this record: {one.problem or 'it has no id'}.")
        else:
            return one
        return None

    def _begin(self, one: Filter, make: Callable[[FilterChanges], Awaitable[ChangeEnded]]) -> None:
        if self._is_changing:
            self.complain("A change is being made; wait until it has ended.")
            return
        self._is_changing = True
        environment = self.environment_of(one)
        self._changes = FilterChanges(self.app, self._services, self.asked_by, environment, self._tell)
        self._change(make(self._changes))

    @work(group="filters.change")
    async def _change(self, making: Awaitable[ChangeEnded]) -> None:
        self.post_message(await making)

    def _tell(self, words: str) -> None:
        self.post_message(Working(words))

    @on(ChangeEnded)
    def _note_end(self, message: ChangeEnded) -> None:
        self._is_changing, self._working = False, ""
        if message.gone:
            self._listing = self._listing.without(message.gone)
        elif message.saved:
            self._take(message.saved)
        self._show(self._listing.rows)
        if message.words:
            self.complain(message.words, error=message.is_error)
        else:
            self._pump()

    @on(Locked)
    def _note_cut(self) -> None:
        """What is in force after a change that a lock has cut is read again."""
        self._is_cut = self._is_cut or self._is_changing

    def action_back(self) -> None:
        if self._is_changing and self._changes and not self._changes.is_sent:
            self.workers.cancel_group(self, "filters.change")
            self._is_changing, self._working = False, ""
            self.complain("Stopped. Nothing was sent.", error=False)
        elif self._is_reading:
            self._stop("Stopped. r reads on.")
        else:
            self.post_message(GoBack())
