"""How a list of logs looks: its columns, the zone of its times, a preview below; and that this is remembered."""

import asyncio
from dataclasses import replace
from datetime import UTC

from textual import work

from redox_tui.domain.query import LogQuery
from redox_tui.tui import remembering
from redox_tui.tui.dialogs.toggle import ToggleDialog
from redox_tui.tui.screens.log_list import LogListScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.log_columns import OPTIONAL, Layout
from redox_tui.tui.widgets.log_facts import facts
from redox_tui.tui.widgets.log_table import LogTable


class LogLooksScreen(LogListScreen):
    """A list of logs whose looks can be changed, and are kept when they are."""

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__(services, query)
        self._has_preview = services.access.remembered.get("preview") is True
        self._kept = remembering.Memory(services.access.remember)

    def on_mount(self) -> None:
        self.query_one(FactList).display = self._has_preview

    @work(group="logs.columns", exclusive=True)
    async def action_columns(self) -> None:
        width = self.size.width
        on = {name: self._layout_of_rows.has(name, width) for name in OPTIONAL}
        chosen = await self.app.push_screen_wait(ToggleDialog("Columns", OPTIONAL, on))
        if chosen is not None:
            changed = tuple((name, is_on) for name, is_on in chosen.items() if is_on != on[name])
            wanted = {**dict(self._layout_of_rows.wanted), **dict(changed)}
            self._lay_out(replace(self._layout_of_rows, wanted=tuple(wanted.items())))

    def action_zone(self) -> None:
        zone = UTC if self._layout_of_rows.zone is not UTC else self._services.zone
        self._lay_out(replace(self._layout_of_rows, zone=zone))
        self._show_place()

    def _lay_out(self, layout: Layout) -> None:
        self._layout_of_rows = layout
        self.query_one(LogTable).lay_out(layout)
        self._remember()

    def run_query(self, query: LogQuery) -> bool:
        is_run = super().run_query(query)
        if is_run:
            self._remember()
        return is_run

    @work(group="logs.remember")
    async def _remember(self) -> None:
        """Keep how the list looks, at once: the line may be cut at any moment."""
        self._kept.values = remembering.values(self._query, self._layout_of_rows, has_preview=self._has_preview)
        await asyncio.to_thread(self._kept.keep)

    def action_preview(self) -> None:
        pane = self.query_one(FactList)
        pane.display = self._has_preview = not self._has_preview
        self.cursor_moved()
        self._remember()

    def cursor_moved(self) -> None:
        pane = self.query_one(FactList)
        if pane.display:
            log = self.query_one(LogTable).current
            pane.show(list(facts(log)) if log else [])
