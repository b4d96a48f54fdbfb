"""The app that draws with `FrugalDriver`, wherever Textual would draw with its own driver of terminals of Unix."""

from textual import on
from textual.app import App
from textual.driver import Driver
from textual.events import DescendantFocus
from textual.widgets import Input


class DrawingApp(App[None]):
    """An app on a terminal that may be far away."""

    def get_driver_class(self) -> type[Driver]:
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from redox_tui.tui.terminal.driver import FrugalDriver

        return FrugalDriver

    def draw_whole(self) -> None:
        """Draw everything anew, whatever the terminal shows: something else may have written to it."""
        if forget := getattr(self._driver, "forget_screen", None):
            forget()
        self.screen.refresh()

    def action_redraw(self) -> None:
        self.draw_whole()

    @on(DescendantFocus)
    def _hold_cursor_still(self, event: DescendantFocus) -> None:
        """A cursor that blinks sends bytes twice a second while nobody types."""
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = False

    @on(Driver.SignalResume)
    def _draw_after_suspension(self) -> None:
        self.draw_whole()
