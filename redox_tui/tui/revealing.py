"""When patient data that somebody revealed is hidden again: a minute after the last key, whatever shows it."""

from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

from textual.timer import Timer
from textual.widget import Widget

IDLE: Final = 60.0
"""Seconds without a key after which nothing that was revealed stays on the screen."""


@runtime_checkable
class KnowsIdleness(Protocol):
    """An app that notes when somebody last touched a key."""

    @property
    def idle_for(self) -> float:
        """Seconds since then."""


class Hiding:
    """Hides what a widget has revealed once nobody has touched a key for `IDLE` seconds; `hide` is called once."""

    def __init__(self, widget: Widget, hide: Callable[[], None]) -> None:
        self._widget = widget
        self._hide = hide
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Something was revealed."""
        self._wait(IDLE)

    def end(self) -> None:
        """It is hidden, or gone."""
        if self._timer:
            self._timer.stop()
            self._timer = None

    def look(self) -> None:
        """Hide it if it is time, else look again when it may be."""
        app = self._widget.app
        left = IDLE - (app.idle_for if isinstance(app, KnowsIdleness) else IDLE)
        if left > 0:
            self._wait(left)
        else:
            self.end()
            self._hide()

    def _wait(self, seconds: float) -> None:
        self.end()
        self._timer = self._widget.set_timer(seconds, self.look)
