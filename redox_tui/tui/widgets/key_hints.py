"""The line at the bottom: the keys that matter where the focus is, in one widget."""

from textual.content import Content
from textual.screen import Screen

from redox_tui.tui.bindings import commands_in_force
from redox_tui.tui.commands import key_sign
from redox_tui.tui.widgets.line import Line

_ALWAYS = frozenset({"keys", "back", "leave", "close"})


class KeyHints(Line):
    """The commands in force that have a hint; what does not fit is left to the help."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._show)
        self._show(self.screen)

    def on_resize(self) -> None:
        self._show(self.screen)

    def _show(self, screen: Screen[object]) -> None:
        hints = [(key_sign(c.keys[0]), c.hint) for c, _ in commands_in_force(screen) if c.hint and c.keys]
        room = self.size.width + 1
        shown: set[tuple[str, str]] = set()
        # The way out and how to see all keys always fit.
        for hint in sorted(hints, key=lambda hint: hint[1] not in _ALWAYS):
            room -= len(hint[0]) + len(hint[1]) + 3
            if room < 0:
                break
            shown.add(hint)
        parts = [
            Content.assemble((key, "$text-accent bold"), f" {word}") for key, word in hints if (key, word) in shown
        ]
        self.update(Content(" ") + Content("  ").join(parts), layout=False)
