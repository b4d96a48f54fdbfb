"""Counts of what a query finds, by value; a value narrows the query, or is excluded from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from redox_tui.domain import display
from redox_tui.domain.facets import Facet
from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.facets import FacetList
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line

Count: TypeAlias = Callable[[str, Callable[[Facet], None]], Awaitable[Facet]]
"""Counts a key; it tells meanwhile what is known by then."""


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """A value of a key that was taken, or is to be excluded."""

    key: str
    value: str
    is_excluded: bool


@dataclass
class FacetArrived(Message):
    """More is known of a facet."""

    facet: Facet = field(repr=False)


class FacetsDialog(Dialog[FacetChoice | None]):
    """Facets, each counted when it is opened; None where the dialog is left."""

    SCOPES = ("facets", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("facets")
    AUTO_FOCUS = "FacetList"

    def __init__(self, query: str, count: Count) -> None:
        super().__init__()
        self._query = query
        self._count = count

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line(f"Counts of {display.line(self._query, 60) or 'all logs'}", classes="title")
            yield FacetList()
            yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(FacetList).rows_changed()

    def action_choose(self) -> None:
        """Open or close a key; take a value."""
        shown = self.query_one(FacetList)
        line = shown.current
        if not line.is_title:
            self._take(is_excluded=False)
        elif line.key in shown.open:
            self.workers.cancel_group(self, f"facets.{line.key}")
            shown.close(line.key)
        else:
            shown.show(Facet(line.key, words="counting …"))
            self.run_worker(self._ask(line.key), group=f"facets.{line.key}", exclusive=True)

    def action_exclude(self) -> None:
        self._take(is_excluded=True)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _take(self, *, is_excluded: bool) -> None:
        line = self.query_one(FacetList).current
        if line.row:
            self.dismiss(FacetChoice(line.key, line.row.value, is_excluded))

    async def _ask(self, key: str) -> None:
        def tell(facet: Facet) -> None:
            self.post_message(FacetArrived(facet))

        tell(await self._count(key, tell))

    @on(FacetArrived)
    def _show(self, message: FacetArrived) -> None:
        shown = self.query_one(FacetList)
        if message.facet.key in shown.open:
            shown.show(message.facet)
