"""A payload as a tree of lines. Nothing of it is drawn before it is revealed, and nothing of it stays after that."""

import time
from bisect import bisect_left
from collections.abc import Callable
from typing import ClassVar, Final, Protocol, runtime_checkable

from rich.segment import Segment
from rich.style import Style
from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import get_current_worker

from redox_tui.domain import display
from redox_tui.domain.documents import Document, document_in
from redox_tui.domain.folds import Folds
from redox_tui.domain.jsontree import Node
from redox_tui.domain.payload import PayloadReader
from redox_tui.domain.textsearch import Hits
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets import payload_page as pages
from redox_tui.tui.widgets.find_field import FindField
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.payload_lines import PayloadStyles, segments_of
from redox_tui.tui.widgets.payload_page import Change, PayloadPage

HIDE_AFTER: Final = 60.0
"""Seconds without a key after which a payload is hidden again (security.md PH-10)."""

_LOOK_EVERY: Final = 1.0
_SAY_EVERY: Final = 0.5
_LONG: Final = 1_000_000
"""Characters from which a value is decoded in a thread."""

_ON_A_TREE = frozenset(
    {"hide", "fold_or_unfold", "fold", "unfold", "level_less", "level_more", "unfold_all"}
    | {"find", "next_hit", "previous_hit", "show_value", "save_document"}
)


@runtime_checkable
class _KnowsIdleness(Protocol):
    @property
    def untouched(self) -> float: ...


class JsonView(LineList):
    """The lines of one payload, once it is revealed; or, over them, those of one of its values."""

    SCOPES = ("payload", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("payload")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json-view--key",
        "json-view--string",
        "json-view--scalar",
        "json-view--fold",
        "json-view--hit",
        "json-view--mark",
    }

    class VisibilityChanged(Message):
        """The payload appeared, or was hidden again."""

    class SaveDocument(Message):
        """Somebody wants a document of the payload in a file."""

        def __init__(self, document: Document) -> None:
            super().__init__()
            self.document = document

    class _Grown(Message):
        """More of a page has been read."""

        def __init__(self, page: PayloadPage) -> None:
            super().__init__()
            self.page = page

    class _Folded(Message):
        def __init__(self, page: PayloadPage, folds: Folds, line: int) -> None:
            super().__init__()
            self.page, self.folds, self.line = page, folds, line

    class _Searched(Message):
        def __init__(self, page: PayloadPage, hits: Hits) -> None:
            super().__init__()
            self.page, self.hits = page, hits

    class _ValueRead(Message):
        def __init__(self, page: PayloadPage, title: str, value: str) -> None:
            super().__init__()
            self.page, self.title, self.value = page, title, value

    def __init__(self) -> None:
        super().__init__()
        self._text: str | None = None
        self._pages: list[PayloadPage] = []
        self._notice = ""
        self._find = FindField(self._look_for)
        self._hiding: Timer | None = None
        self._styles = PayloadStyles(self._own)

    def on_mount(self) -> None:
        if isinstance(self.parent, Widget):
            self.parent.mount(self._find, after=self)

    def show(self, text: str | None, notice: str = "") -> None:
        """Take a payload, hidden; or say why there is none. Whatever was shown, found or looked for is dropped."""
        self.workers.cancel_node(self)
        self._pages.clear()
        self._find.forget()
        if self._hiding:
            self._hiding.stop()
            self._hiding = None
        self._text = text
        self._notice = "payload hidden · enter reveals it" if text is not None else notice
        self.cursor = 0
        self.rows_changed()
        self.post_message(self.VisibilityChanged())

    @property
    def is_revealed(self) -> bool:
        """Whether patient data is on the screen."""
        return bool(self._pages)

    @property
    def node(self) -> Node | None:
        """What is under the cursor, or is shown as a whole value; None while it is hidden, or not read to its end."""
        return self._pages[0].node(self._row_in_payload) if self._pages else None

    @property
    def path(self) -> str:
        """The JSON path of the line under the cursor, or of the value on show; empty where the text has none."""
        return self._pages[0].path(self._row_in_payload) if self._pages else ""

    @property
    def where(self) -> str:
        """Where the cursor is and what is going on, in words."""
        page = self._page
        if not page:
            return ""
        rows, is_whole = page.rows, page.outline.is_complete
        parts = [f"line {self.cursor + 1:,} of {'' if is_whole else '>'}{rows:,}" if rows else ""]
        parts.append("" if is_whole else "indexing…")
        parts.append("folding…" if page.is_folding or (page.changes and is_whole) else "")
        parts.append("folds when indexed" if page.changes and not is_whole else "")
        parts.append(_said_of(page))
        parts.append(page.reader.notice if is_whole else "")
        parts.append(f"value of {page.title}" if page.title else self.path)
        return " · ".join(filter(None, parts))

    @property
    def row_count(self) -> int:
        return self._page.rows if self._page else 0

    @property
    def _page(self) -> PayloadPage | None:
        return self._pages[-1] if self._pages else None

    @property
    def _row_in_payload(self) -> int:
        return self.cursor if len(self._pages) == 1 else self._pages[0].cursor

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        page = self._page
        if not page:
            return []
        self._styles.base = style
        return segments_of(page, row, width - bool(page.hits), self._styles)

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        if not self._page or not self._page.hits:
            return strip
        is_marked = self._has_hit(self._page, self._page.hits, y)
        mark = Segment("▐", self._styles.own("mark")) if is_marked else Segment(" ", self.frame_style)
        return Strip([*strip.crop(0, strip.cell_length - 1), mark])

    def blank_line(self, y: int, width: int) -> Strip:
        text = display.line(self._notice) if y == 1 and not self._pages else ""
        return Strip([Segment(f" {text}", self.frame_style)]).adjust_cell_length(width, self.frame_style)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "reveal":
            return self._text is not None and not self.is_revealed
        if action == "close_value":
            return len(self._pages) > 1
        return self.is_revealed if action in _ON_A_TREE else True

    def action_reveal(self) -> None:
        if self._text is not None and not self._pages:
            self._open(PayloadPage(PayloadReader(self._text)))
            self._hiding = self.set_interval(_LOOK_EVERY, self.hide_if_untouched)
            self.post_message(self.VisibilityChanged())

    def action_hide(self) -> None:
        if self._text is not None and self._pages:
            self.show(self._text)

    def hide_if_untouched(self) -> None:
        """Hide the payload where nobody has touched a key for a minute, or somebody has gone to another place."""
        is_idle = isinstance(self.app, _KnowsIdleness) and self.app.untouched >= HIDE_AFTER
        if is_idle or self.screen not in self.app.screen_stack:
            self.action_hide()

    def action_show_value(self) -> None:
        page, node = self._page, self._page.node(self.cursor) if self._page else None
        if page and node and node.is_scalar:
            begin, end = node.span
            title = node.path or f"line {self.cursor + 1:,}"
            if end - begin < _LONG:
                self._show_value(self._ValueRead(page, title, node.value))
            else:
                self._decode(page, title, node)

    def action_close_value(self) -> None:
        if len(self._pages) > 1:
            self._pages.pop()
            self._find.forget()
            page = self._pages[-1]
            self.cursor = page.cursor
            self.rows_changed()
            self.move_to(page.cursor, top=page.top)
            self.post_message(self.VisibilityChanged())

    def action_save_document(self) -> None:
        node = self.node
        if (
            node
            and node.is_scalar
            and self._pages
            and (document := document_in(self._pages[0].outline.text, *node.span))
        ):
            self.post_message(self.SaveDocument(document))

    def action_fold_or_unfold(self) -> None:
        self._change_at_cursor(pages.fold_or_unfold)

    def action_fold(self) -> None:
        self._change_at_cursor(pages.fold)

    def action_unfold(self) -> None:
        self._change_at_cursor(pages.unfold)

    def action_level_less(self) -> None:
        self._change_at_cursor(lambda line: pages.fold_by(-1, line))

    def action_level_more(self) -> None:
        self._change_at_cursor(lambda line: pages.fold_by(1, line))

    def action_unfold_all(self) -> None:
        self._change_at_cursor(lambda line: pages.fold_by(1_000, line))

    def action_find(self) -> None:
        self._find.ask()

    def action_next_hit(self) -> None:
        self._go_on(1)

    def action_previous_hit(self) -> None:
        self._go_on(-1)

    def _own(self, name: str) -> Style:
        return self.get_component_rich_style(f"json-view--{name}", partial=True)

    def _open(self, page: PayloadPage) -> None:
        if self._page:
            self._page.cursor, self._page.top = self.cursor, self.scroll_offset.y
        self._pages.append(page)
        self.cursor = 0
        self.rows_changed()
        self.move_to(0, top=0)
        if not page.outline.is_complete:
            # The first lines are drawn before a thread takes its share of the processor.
            self.call_after_refresh(self._start_reading, page)

    def _start_reading(self, page: PayloadPage) -> None:
        if page in self._pages:
            self._read_on(page)

    def _change_at_cursor(self, change: Callable[[int], Change]) -> None:
        if self._page and self._page.rows:
            self._change(self._page, change(self._page.line(self.cursor)))

    def _change(self, page: PayloadPage, change: Change) -> None:
        page.changes.append(change)
        self._work_off(page)
        self.moved()

    def _work_off(self, page: PayloadPage) -> None:
        while page.changes and page.outline.is_complete and not page.is_folding:
            change = page.changes.pop(0)
            if page.is_small:
                self._take_folds(page, *change(page.outline, page.folds))
            else:
                page.is_folding = True
                self._fold(page, change)

    def _take_folds(self, page: PayloadPage, folds: Folds, line: int) -> None:
        page.folds = folds
        if page is self._page:
            self.rows_changed()
            self.move_to(folds.row(line))

    def _look_for(self, text: str) -> None:
        page = self._page
        if not page:
            return
        self.workers.cancel_group(self, "payload.search")
        page.hits = page.hit = None
        if text.strip():
            page.hits = Hits(page.outline.text, text, is_json=page.reader.is_json)
            self._search(page, page.hits)
        self.refresh()
        self.moved()

    def _go_on(self, step: int) -> None:
        page, hits = self._page, self._page.hits if self._page else None
        if not page or not hits or not hits.is_complete or not len(hits):
            return
        line = page.line(self.cursor)
        if page.hit is not None and page.outline.line_at(hits.starts[page.hit]) == line:
            wanted = page.hit + step
        elif step > 0:
            wanted = bisect_left(hits.starts, page.outline.end(line))
        else:
            wanted = bisect_left(hits.starts, page.outline.starts[line]) - 1
        self._go_to(page, wanted % len(hits))

    def _go_to(self, page: PayloadPage, hit: int) -> None:
        hits = page.hits
        if hits:
            page.hit = hit
            if not page.folds.firsts and hits.starts[hit] < page.outline.at:
                self.move_to(page.outline.line_at(hits.starts[hit]))
                self.refresh()
            else:
                self._change(page, pages.open_to(hits.starts[hit]))

    def _has_hit(self, page: PayloadPage, hits: Hits, y: int) -> bool:
        """Whether the part of the payload that a line of the scrollbar stands for has a hit."""
        height, rows = max(1, self.scrollable_content_region.height), page.rows
        first, after = y * rows // height, (y + 1) * rows // height
        if rows <= height:
            first, after = y, y + 1
        if first >= min(after, rows):
            return False
        end = page.outline.end(page.line(rows - 1)) if after >= rows else page.outline.starts[page.line(after)]
        return hits.has_any(page.outline.starts[page.line(first)], end)

    @work(thread=True, group="payload.index")
    def _read_on(self, page: PayloadPage) -> None:
        worker, said = get_current_worker(), time.monotonic()
        for _ in page.steps:
            if worker.is_cancelled:
                return
            if time.monotonic() - said >= _SAY_EVERY:
                said = time.monotonic()
                self.post_message(self._Grown(page))
        self.post_message(self._Grown(page))

    @work(thread=True, group="payload.fold")
    def _fold(self, page: PayloadPage, change: Change) -> None:
        self.post_message(self._Folded(page, *change(page.outline, page.folds)))

    @work(thread=True, group="payload.search")
    def _search(self, page: PayloadPage, hits: Hits) -> None:
        worker = get_current_worker()
        for _ in hits.find():
            if worker.is_cancelled:
                return
        self.post_message(self._Searched(page, hits))

    @work(thread=True, group="payload.value", exclusive=True)
    def _decode(self, page: PayloadPage, title: str, node: Node) -> None:
        self.post_message(self._ValueRead(page, title, node.value))

    @on(_Grown)
    def _take_more(self, message: _Grown) -> None:
        page = message.page
        if page in self._pages:
            row = page.grow(self.cursor if page is self._page else page.cursor)
            if page is self._page:
                self.cursor = row
                self.rows_changed()
            else:
                page.cursor = row
            self._work_off(page)

    @on(_Folded)
    def _end_folding(self, message: _Folded) -> None:
        page = message.page
        page.is_folding = False
        if page in self._pages:
            self._take_folds(page, message.folds, message.line)
            self._work_off(page)
            self.moved()

    @on(_Searched)
    def _take_hits(self, message: _Searched) -> None:
        page, hits = message.page, message.hits
        if page is self._page and hits is page.hits:
            if len(hits):
                here = page.outline.starts[page.line(self.cursor)]
                self._go_to(page, bisect_left(hits.starts, here) % len(hits))
            self.refresh()
            self.moved()

    @on(_ValueRead)
    def _show_value(self, message: _ValueRead) -> None:
        if message.page is self._page:
            width = max(20, self.scrollable_content_region.width - 2)
            self._find.forget()
            self._open(PayloadPage(PayloadReader(message.value, width, is_part=True), message.title))
            self.post_message(self.VisibilityChanged())


def _said_of(page: PayloadPage) -> str:
    hits = page.hits
    if hits is None:
        return ""
    if not hits.is_complete:
        return "searching…"
    if not len(hits):
        return "no hits"
    return f"hit {(page.hit or 0) + 1:,} of {hits.count}"
