"""What the app does around filters: their place, the editor, the versions, and the word from those to the list."""

from textual import on
from textual.screen import Screen

from redox_tui.tui.copying import CopyingApp
from redox_tui.tui.filter_messages import EditFilter, FilterGone, FilterSaved, ShowVersions
from redox_tui.tui.screens.logs import LogsScreen


class FilteringApp(CopyingApp):
    """An app with filters, which may be opened from the list of logs too."""

    @property
    def _logs(self) -> LogsScreen | None:
        """The list of logs, None while nothing is connected."""
        base = self._screen_stacks["logs"][0]
        return base if isinstance(base, LogsScreen) else None

    def filters_screen(self) -> Screen[None]:
        """The place of filters; only with a connection anybody gets there."""
        from redox_tui.tui.screens.filters import FiltersScreen

        assert self.services_in_use  # noqa: S101 - check_action keeps everybody else away
        return FiltersScreen(self.services_in_use)

    @on(ShowVersions)
    def _show_versions(self, message: ShowVersions) -> None:
        from redox_tui.tui.screens.filter_versions import FilterVersionsScreen

        services = self.services_in_use
        if not self.is_held(message) and services and self.current_mode == "filters":
            self.push_screen(FilterVersionsScreen(services, services.place(message.environment), message))

    @on(FilterSaved)
    @on(FilterGone)
    def _tell_list_of_filters(self, message: FilterSaved | FilterGone) -> None:
        from redox_tui.tui.screens.filters import FiltersScreen

        for screen in self._screen_stacks.get("filters", ())[:1]:
            if isinstance(screen, FiltersScreen):
                screen.note(message)

    @on(EditFilter)
    def _edit_filter(self, message: EditFilter) -> None:
        from redox_tui.tui.screens.filter_editor import FilterEditor

        services, logs, known = self.services_in_use, self._logs, message.known
        if self.is_held(message) or not services or isinstance(self.screen, FilterEditor):
            return
        named = (known.environment if known else None) or services.connection.environment
        environment = message.environment or (logs.environment_of(named) if logs else None)
        place = services.place(environment)
        loaded = logs.loaded if logs else tuple
        wanted = EditFilter(known, message.subscription, message.rule, environment)
        self.push_screen(FilterEditor(services, place, wanted, loaded))
