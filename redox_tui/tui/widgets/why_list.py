"""Why a message is filtered or is not: filters, rules and values; the values that were found are hidden at first."""

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from redox_tui.domain.in_force import Why
from redox_tui.domain.logs import Log
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.why_facts import holds_values, why_facts


class WhyList(FactList):
    """The explanation of one log, or a sentence that says why there is none yet."""

    SCOPES = ("why", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("why")

    class VisibilityChanged(Message):
        """Values appeared, or were hidden again."""

    def __init__(self) -> None:
        super().__init__()
        self._explained: tuple[Log, Why, str] | None = None
        self.is_revealed = False

    def explain(self, log: Log, why: Why, message_words: str) -> None:
        """Take an explanation; what was found is hidden. `message_words` say which message it is about, or why none."""
        self._explained = log, why, message_words
        self.cursor = 0
        self._set(revealed=False)

    def clear(self, notice: str) -> None:
        """Drop the explanation, and say why there is none."""
        self._explained = None
        self.say(notice)
        self._set(revealed=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        can = self._explained is not None and holds_values(self._explained[1])
        return {"reveal": can and not self.is_revealed, "hide": self.is_revealed}.get(action, True)

    def action_reveal(self) -> None:
        self._set(revealed=True)

    def action_hide(self) -> None:
        if self.is_revealed:
            self._set(revealed=False)

    def _set(self, *, revealed: bool) -> None:
        self.is_revealed = revealed
        self.show(list(why_facts(*self._explained, revealed=revealed)) if self._explained else [])
        self.post_message(self.VisibilityChanged())
