"""The time field: one digit for a usual range, or any time."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from redox_tui.domain.timerange import PRESETS, TimeError, parse_range
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.field import Field


class TimePicker(Field):
    """A range of time; hidden until it is asked for."""

    SCOPES = ("time",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("time")
    LABEL = "time "
    PLACEHOLDER = "  ".join(f"{digit} {age}" for digit, age in PRESETS.items()) + "  or a time, or A..B"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock

    def problem(self, text: str) -> tuple[str, int, int] | None:
        try:
            if text.strip():
                parse_range(text, self._clock())
        except TimeError as error:
            return str(error), 0, len(text)
        return None
