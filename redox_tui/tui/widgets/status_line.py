"""What is loaded, what is being waited for, what failed and which key helps."""

from redox_tui.domain import display
from redox_tui.tui.widgets.line import Line


class StatusLine(Line):
    """A sentence; an error is marked by a word and a colour."""

    _said = ""

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a sentence. Only an error may take more than one line, so only then is the screen laid out again."""
        shown = f"{'! ' if error else ''}{display.line(text, 400)}"
        if shown == self._said:
            return
        self._said = shown
        lays_out = error or self.has_class("-error")
        self.set_class(error, "-error")
        self.update(shown, layout=lays_out)
