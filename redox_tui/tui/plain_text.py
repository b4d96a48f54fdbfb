"""The lines of a list as plain text, as they stand in it."""

from typing import Final

from rich.style import Style

from redox_tui.tui.messages import ShowPlain
from redox_tui.tui.widgets.line_list import LineList

MOST_LINES: Final = 2_000
"""Lines that are taken, half of them above the cursor: more than a terminal scrolls through for a selection."""

_WHOLE: Final = 4_000


def plain_text(shown: LineList, *, is_payload: bool = False, is_wide: bool = True) -> ShowPlain:
    """What a list shows, in lines as long as they are; or, where that is asked for, as wide as they are drawn."""
    width = _WHOLE if is_wide else shown.scrollable_content_region.width - 1
    first = max(0, min(shown.cursor - MOST_LINES // 2, shown.row_count - MOST_LINES))
    rows = range(first, min(first + MOST_LINES, shown.row_count))
    header = [shown.draw_header(width).rstrip()] if shown.HEADER_LINES else []
    lines = ["".join(part.text for part in shown.draw_row(row, width, Style.null())).rstrip() for row in rows]
    return ShowPlain([*header, *lines], shown.cursor - first + len(header), is_payload)
