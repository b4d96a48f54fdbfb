"""How one line of a payload is drawn: its parts in their colours, long values with their length, hits marked."""

from collections.abc import Callable, Iterator
from typing import Final

from rich.segment import Segment
from rich.style import Style

from redox_tui.domain import display
from redox_tui.domain.documents import document_in
from redox_tui.domain.jsontree import json_line
from redox_tui.domain.textscan import text_line
from redox_tui.tui.widgets.payload_page import PayloadPage

_LEAST_VALUE: Final = 30
"""Cells of a value that are drawn however long its key is."""

_DOCUMENT_HEAD: Final = 16
_CONTEXT: Final = 12
_CLOSERS: Final = {"{": "}", "[": "]"}


class PayloadStyles:
    """The style of a line, and those of its parts on it. `look_up` finds a part's own style by its name."""

    def __init__(self, look_up: Callable[[str], Style]) -> None:
        self.base = Style.null()
        self._look_up = look_up

    def own(self, name: str) -> Style:
        """The style of a part."""
        return self.base + self._look_up(name)


def segments_of(page: PayloadPage, row: int, width: int, styles: PayloadStyles) -> list[Segment]:
    """The segments of a row, at most about `width` cells."""
    number, outline = page.line(row), page.outline
    indent = " " * min(2 * outline.depths[number], width // 3)
    segments = [Segment(indent, styles.base)]
    room = width - len(indent)
    if not page.reader.is_json:
        begin, end = text_line(outline, number)
        cut = outline.is_open_ended(number)
        return segments + list(_clipped(page, begin, end, room, "", styles, is_cut=cut))
    line, text = json_line(outline, number), outline.text
    if line.key[0] < line.key[1]:
        key = list(_clipped(page, *line.key, max(width // 2, _LEAST_VALUE), "key", styles, is_cut=False))
        segments += [*key, Segment(": ", styles.base)]
        room -= sum(segment.cell_length for segment in key) + 2
    begin, end = line.value
    first = text[begin : begin + 1]
    comma = "," * line.has_comma
    if line.node is not None and page.folds.is_folded(outline, line.node):
        size = outline.size(line.node)
        count = f" {size:,} item{'s' * (size != 1)}"
        folded = f"{first}…{_CLOSERS[first]}"
        return [*segments, Segment(folded, styles.base), Segment(count, styles.own("fold"))]
    if first in _CLOSERS and line.node is None and not line.is_cut:
        return [*segments, Segment(first + _CLOSERS[first] + comma, styles.base)]
    kind = "string" if first == '"' else "" if line.node is not None or first in "}]" else "scalar"
    room = max(room - len(comma), _LEAST_VALUE)
    document = document_in(text, begin, end) if kind == "string" else None
    if document and not line.is_cut:
        head = max(min(room - len(document.words) - 4, _DOCUMENT_HEAD), 4)
        segments += _pieces(page, begin, begin + head, head, kind, styles)
        segments.append(Segment(f"… {document.words}", styles.own("fold")))
    else:
        segments += _clipped(page, begin, end, room, kind, styles, is_cut=line.is_cut)
    return [*segments, Segment(comma, styles.base)]


def _clipped(
    page: PayloadPage, begin: int, end: int, room: int, kind: str, styles: PayloadStyles, *, is_cut: bool
) -> Iterator[Segment]:
    """A part of the text in so many cells; where it has more, its length is said, and the hit of the cursor shown."""
    whole = list(_pieces(page, begin, end, room, kind, styles)) if end - begin <= room and not is_cut else []
    if end - begin <= room and not is_cut and sum(segment.cell_length for segment in whole) <= room:
        yield from whole
        return
    quotes = 2 * (kind in ("string", "key") and not is_cut)
    count = f"… {'>' * is_cut}{end - begin - quotes:,} characters"
    room = max(room - len(count), 4)
    start = _start(page, begin, end, room)
    if start > begin:
        yield Segment("…", styles.own("fold"))
        room -= 1
    used = 0
    for segment in _pieces(page, start, min(end, start + room), room, kind, styles):
        if used + segment.cell_length > room:
            text = display.clip(segment.text, room - used) if room - used > 1 else ""
            yield Segment(text.removesuffix("…"), segment.style)
            break
        used += segment.cell_length
        yield segment
    yield Segment(count, styles.own("fold"))


def _pieces(page: PayloadPage, begin: int, end: int, room: int, kind: str, styles: PayloadStyles) -> Iterator[Segment]:
    """A part of the text as it may be drawn, hits in a style of their own."""
    text, at = page.outline.text, begin
    plain = styles.own(kind) if kind else styles.base
    for first, after in page.hits.within(begin, end) if page.hits else ():
        if first > at:
            yield _harmless(text[at:first], plain)
        yield _harmless(text[max(first, at) : min(after, end)], styles.own("hit"))
        at = min(after, end)
    if at < end:
        yield _harmless(text[at:end], plain)


def _start(page: PayloadPage, begin: int, end: int, room: int) -> int:
    """From where a part that does not fit is drawn: the hit that was gone to is in sight."""
    if page.hits is None or page.hit is None:
        return begin
    hit = page.hits.starts[page.hit]
    return hit - min(_CONTEXT, room // 3) if begin + room * 2 // 3 < hit < end else begin


def _harmless(text: str, style: Style) -> Segment:
    return Segment(display.line(text.replace("\t", "    ")), style)
