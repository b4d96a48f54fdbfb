"""The list of filters, and how times, people and places are written wherever filters are listed."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.domain.filters import BLOCK_ALL, Change, Filter, FilterLink, User
from redox_tui.domain.timerange import Timestamp
from redox_tui.tui.widgets.line_list import LineList

_WIDE: Final = 110
_LINKED: Final = 3
"""The column in which a record that could not be read says so."""


class FilterTable(LineList):
    """One filter a line. Times are in `zone`; `now` tells this year's from others."""

    HEADER_LINES = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "filter-table--blocking",
        "filter-table--deleted",
        "filter-table--problem",
    }

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        super().__init__()
        self._rows: Sequence[Filter] = ()
        self._now = now
        self._zone = zone

    def show(self, rows: Sequence[Filter]) -> None:
        """Take other rows, with the cursor on the same filter where it is still there."""
        before, cursor = self.current, self.cursor
        self._rows = rows
        at = next((at for at, one in enumerate(rows) if before and before.id and one.id == before.id), cursor)
        self.cursor = at
        self.rows_changed()
        self.move_to(self.cursor)

    @property
    def row_count(self) -> int:
        return len(self._rows)

    @property
    def current(self) -> Filter | None:
        """The filter under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def draw_header(self, width: int) -> str:
        return "  ".join(display.fit(title, room) for title, room in _columns(width))

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        shown = self._rows[row]
        columns = _columns(width)
        if shown.deleted:
            style += self.get_component_rich_style("filter-table--deleted", partial=True)
        cells = [
            display.fit(text, room)
            for text, (_, room) in zip(self._texts(shown, columns[_LINKED][1], width), columns, strict=True)
        ]
        if shown.problem:
            own = self.get_component_rich_style("filter-table--problem", partial=True)
            marked = _LINKED
        else:
            is_blocking = shown.action == BLOCK_ALL and not shown.deleted
            own = self.get_component_rich_style("filter-table--blocking", partial=True) if is_blocking else Style.null()
            marked = 1
        return [
            Segment("".join(f"{cell}  " for cell in cells[:marked]), style),
            Segment(cells[marked], style + own),
            Segment("".join(f"  {cell}" for cell in cells[marked + 1 :]), style),
        ]

    def _texts(self, one: Filter, room: int, width: int) -> list[str]:
        change = one.deleted or one.updated
        version = "–" if one.filter_version is None else f"v{one.filter_version}"
        texts = [
            one.name or "(no name)",
            "deleted" if one.deleted else one.action or "–",
            f"{len(one.rules):,}",
            f"! {one.problem}" if one.problem else linked_to(one, room),
            version,
        ]
        if width >= _WIDE:
            return [*texts, moment(change.at, self._zone), who(change.by)]
        return [*texts, _day(change.at, self._now, self._zone)]


def linked_to(one: Filter, room: int) -> str:
    """Where a filter acts, in `room` cells, with the data model in sight; of several links the first."""
    if not one.live_links:
        return "nothing" if one.subscription is None else f"subscription {one.subscription}"
    first, *others = one.live_links
    more = f" +{len(others)}" if others else ""
    return _place(first, room - len(more)) + more


def moment(at: Timestamp | None, zone: tzinfo) -> str:
    """A server's time to the minute; as it was written where it cannot be read."""
    if at is None:
        return "–"
    return f"{at.instant.astimezone(zone):%Y-%m-%d %H:%M}" if at.instant else display.line(at.text, 40)


def who(user: User | None) -> str:
    """Who did something: by name, else by number."""
    return display.line((user.name or user.id) if user else None, 60) or "–"


def saved_words(change: Change, zone: tzinfo) -> str:
    """When something was changed, and by whom."""
    by = f" by {who(change.by)}" if change.by else ""
    return f"{moment(change.at, zone)}{by}"


def _place(link: FilterLink, room: int) -> str:
    """Both ends and the data model; what is too long is shortened evenly."""
    model = display.clip(f" · {link.data_model}", max(room // 2, 6)) if link.data_model else ""
    left = max(room - cell_len(model) - 3, 2)
    ends = [
        display.line((party.name or party.id) if party else None, 200) or "–"
        for party in (link.source, link.destination)
    ]
    source, destination = ends
    half = max(left // 2, left - cell_len(destination))
    source = display.clip(source, half)
    return f"{source} → {display.clip(destination, left - cell_len(source))}{model}"


def _day(at: Timestamp | None, now: datetime, zone: tzinfo) -> str:
    if at is None or at.instant is None:
        return "–" if at is None else "?"
    there = at.instant.astimezone(zone)
    return f"{there:%m-%d}" if there.year == now.astimezone(zone).year else f"{there:%Y}"


def _columns(width: int) -> list[tuple[str, int]]:
    """Titles and widths: the name and what it is linked to share what the others leave."""
    last = [("SAVED", 16), ("BY", 16)] if width >= _WIDE else [("SAVED", 5)]
    fixed = [("ACTION", 9), ("RULES", 5), ("VER", 4), *last]
    left = max(width - sum(room for _, room in fixed) - 2 * (len(fixed) + 1), 20)
    name = left * 2 // 5
    return [("NAME", name), *fixed[:2], ("LINKED TO", left - name), *fixed[2:]]
