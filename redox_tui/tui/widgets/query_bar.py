"""The query bar: the language of ux.md §2, checked while it is typed."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from redox_tui.domain.query import LogQuery, QueryError
from redox_tui.domain.timerange import TimeError
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.field import Field


class QueryBar(Field):
    """A query; `enter` runs it, `esc` goes back to the one that runs."""

    SCOPES = ("query",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("query")
    LABEL = "/"
    PLACEHOLDER = "no query, for example: status:failed model:PatientAdmin since:3h"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock

    def problem(self, text: str) -> tuple[str, int, int] | None:
        try:
            LogQuery.parse(text).search(self._clock())
        except QueryError as error:
            return str(error), error.start, error.end
        except TimeError as error:
            return str(error), 0, len(text)
        return None
