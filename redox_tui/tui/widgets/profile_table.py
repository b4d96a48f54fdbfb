"""The list of profiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message

from redox_tui.domain import display
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.line_list import LineList


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A profile as it is listed. `kind` is its environment's flag; `problem` says why it cannot be used."""

    name: str
    is_default: bool = False
    is_in_use: bool = False
    organization: str = ""
    environment: str = ""
    kind: str = ""
    is_production: bool = True
    key: str = ""
    credential: str = ""
    used: str = ""
    problem: str = ""


class ProfileTable(LineList):
    """One profile a line; `*` marks the default."""

    SCOPES = ("profiles", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("profiles")
    HEADER_LINES = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {"profile-table--production", "profile-table--problem"}

    class MadeDefault(Message):
        """The profile under the cursor is to be the default."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[ProfileRow] = ()

    def show(self, rows: Sequence[ProfileRow], *notice: str) -> None:
        """Take other rows, with the cursor on the same profile where it is still there; or say why there are none."""
        before = self.current
        self._rows = rows
        self.say(*notice)
        at = next((at for at, row in enumerate(rows) if before and row.name == before.name), None)
        if at is None:
            at = next((at for at, row in enumerate(rows) if row.is_in_use), 0)
        self.rows_changed()
        self.move_to(at)

    @property
    def row_count(self) -> int:
        return len(self._rows)

    @property
    def current(self) -> ProfileRow | None:
        """The profile under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def action_use_by_default(self) -> None:
        self.post_message(self.MadeDefault())

    def draw_header(self, width: int) -> str:
        return "".join(f"{display.fit(title, cells)}  " for title, cells in _columns(width))

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        shown = self._rows[row]
        mark = "* " if shown.is_default else "  "
        if shown.problem:
            wrong = self.get_component_rich_style("profile-table--problem", partial=True)
            return [Segment(f"{mark}{display.line(shown.name)}: ! {display.line(shown.problem)}", style + wrong)]
        place = (mark + shown.name, shown.organization, shown.kind)
        texts = (*place, shown.credential, shown.used, shown.key, shown.environment)
        cells = [f"{display.fit(text, room)}  " for text, (_, room) in zip(texts, _columns(width), strict=False)]
        own = self.get_component_rich_style("profile-table--production", partial=True)
        return [
            Segment("".join(cells[:_KIND]), style),
            Segment(cells[_KIND], style + own if shown.is_production else style),
            Segment("".join(cells[_KIND + 1 :]), style),
        ]


_WIDE: Final = 118
_KIND: Final = 2
_COLUMNS: Final = (
    ("  NAME", 18),
    ("ORG", 8),
    ("KIND", 8),
    ("CREDENTIAL", 10),
    ("LAST USED", 11),
    ("KEY", 12),
    ("ENVIRONMENT", 36),
)


def _columns(width: int) -> Sequence[tuple[str, int]]:
    return _COLUMNS if width >= _WIDE else _COLUMNS[:-1]
