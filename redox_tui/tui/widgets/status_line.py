"""What is loaded, what is being waited for, what failed and which key helps."""

from textual.widgets import Static

from redox_tui.domain import display


class StatusLine(Static):
    """A sentence; an error is marked by a word and a colour."""

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a sentence, without a repaint where it is the same."""
        self.set_class(error, "-error")
        shown = f" {'! ' if error else ''}{display.line(text, 400)}"
        if shown != getattr(self, "_said", None):
            self._said = shown
            self.update(shown)
