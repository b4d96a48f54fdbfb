"""Groups of failed logs, one a line."""

from datetime import UTC, datetime, timedelta, tzinfo

from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.domain.failures import FailureGroup
from redox_tui.domain.logs import Party
from redox_tui.tui.widgets.line_list import LineList

_TIME = "%H:%M"
_DATE = "%m-%d %H:%M"
_ONE_DAY = timedelta(days=1, minutes=1)
"""Up to here the time of day tells when it was; above, dates are shown too."""


class FailureTable(LineList):
    """Biggest first."""

    HEADER_LINES = 1

    def __init__(self) -> None:
        super().__init__()
        self._groups: tuple[FailureGroup, ...] = ()
        self._zone: tzinfo = UTC

    def show(self, groups: tuple[FailureGroup, ...], zone: tzinfo, notice: str) -> None:
        """Show groups; the cursor stays on its group while others come. `notice` stands where there are none."""
        before = self.current
        self._groups, self._zone = groups, zone
        self.say(notice)
        self.rows_changed()
        if before and self.cursor:
            keys = [group.newest.id for group in groups]
            if before.newest.id in keys:
                self.move_to(keys.index(before.newest.id))

    @property
    def row_count(self) -> int:
        return len(self._groups)

    @property
    def current(self) -> FailureGroup | None:
        """The group under the cursor."""
        return self._groups[self.cursor] if self.cursor < len(self._groups) else None

    def draw_header(self, width: int) -> str:
        model, way = self._widths(width)
        times = f"{'FIRST':<{self._time_width}}  {'LAST':<{self._time_width}}"
        return f"{'FAILED':>6}  {times}  TRY  {'MODEL · EVENT':<{model}}  {'SOURCE → DESTINATION':<{way}}"

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        group = self._groups[row]
        model, way = self._widths(width)
        log = group.newest
        what = "·".join(part for part in (log.data_model, log.event_type) if part) or "–"
        tries = "–" if group.attempts is None else str(group.attempts)
        cells = (
            f"{group.count:>6,}",
            f"{self._time(group.first):<{self._time_width}}",
            f"{self._time(group.last):<{self._time_width}}",
            f"{tries:>3}",
            display.fit(what, model),
            display.fit(_way(log.source, log.destination, way), way),
        )
        return [Segment("  ".join(cells), style)]

    @property
    def _form(self) -> str:
        seen = [at for group in self._groups for at in (group.first, group.last) if at]
        return _TIME if not seen or max(seen) - min(seen) <= _ONE_DAY else _DATE

    @property
    def _time_width(self) -> int:
        return 5 if self._form == _TIME else 11

    def _time(self, instant: datetime | None) -> str:
        return instant.astimezone(self._zone).strftime(self._form) if instant else "–"

    def _widths(self, width: int) -> tuple[int, int]:
        room = max(18, width - 2 * self._time_width - 19)
        return room * 2 // 5, room - room * 2 // 5


def _way(source: Party | None, destination: Party | None, width: int) -> str:
    """Both ends, each with half of the room where it is scarce."""
    left, right = (display.or_dash((party.name or party.id) if party else None) for party in (source, destination))
    half = (width - 3) // 2
    left = display.clip(left, max(half, width - 3 - len(right)))
    return f"{left} → {right}"
