"""When patient data that somebody revealed is hidden again: one rule for whatever shows it (security.md PH-10)."""

from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

from textual.timer import Timer
from textual.widget import Widget

HIDE_AFTER: Final = 60.0
"""Seconds without a key after which nothing that was revealed stays on the screen."""

_LOOK_EVERY: Final = 1.0


@runtime_checkable
class _KnowsIdleness(Protocol):
    @property
    def untouched(self) -> float:
        """Seconds since somebody touched a key."""


class Hiding:
    """Calls `hide` once nobody has touched a key for a minute, or somebody has gone from a widget to another place."""

    def __init__(self, widget: Widget, hide: Callable[[], None]) -> None:
        self._widget = widget
        self._hide = hide
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Something was revealed."""
        self.end()
        self._timer = self._widget.set_interval(_LOOK_EVERY, self.look)

    def end(self) -> None:
        """It is hidden, or gone."""
        if self._timer:
            self._timer.stop()
            self._timer = None

    def look(self) -> None:
        """Hide it if it is time."""
        app = self._widget.app
        is_idle = isinstance(app, _KnowsIdleness) and app.untouched >= HIDE_AFTER
        if is_idle or self._widget.screen not in app.screen_stack:
            self.end()
            self._hide()
