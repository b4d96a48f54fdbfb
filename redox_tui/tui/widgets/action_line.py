"""What a filter does with a message: send it if every rule holds, or block all."""

from typing import Final

from textual.content import Content

from redox_tui.domain import display
from redox_tui.domain.filters import BLOCK_ALL, SEND
from redox_tui.tui.widgets.line import Line

_WORDS: Final = {SEND: "send if every rule holds", BLOCK_ALL: "block all"}


class ActionLine(Line):
    """Both actions, of which one is marked; an unknown one that the server has stands behind them."""

    def show(self, action: str) -> None:
        """Mark an action."""
        choices = [f"({'•' if name == action else ' '}) {words}" for name, words in _WORDS.items()]
        if action not in _WORDS:
            choices.append(f"(•) {display.line(action, 40)}")
        label = Content.styled(" Action  ", "$text-accent")
        self.update(Content.assemble(label, "     ".join(choices)), layout=False)
