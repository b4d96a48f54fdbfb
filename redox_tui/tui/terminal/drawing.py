"""The app that draws with `FrugalDriver`, wherever Textual would draw with its own driver of terminals of Unix."""

from textual import on
from textual.app import App
from textual.driver import Driver


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

    @on(Driver.SignalResume)
    def _draw_after_suspension(self) -> None:
        self.draw_whole()
