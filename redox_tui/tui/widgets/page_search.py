"""Finding a text in the page on top: typed into a field below it, looked for in a thread, marked at the right edge."""

from bisect import bisect_left

from rich.segment import Segment
from rich.style import Style
from textual import on, work
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import get_current_worker

from redox_tui.domain.textsearch import Hits
from redox_tui.tui.widgets import payload_page
from redox_tui.tui.widgets.find_field import FindField
from redox_tui.tui.widgets.page_list import PageList
from redox_tui.tui.widgets.payload_page import PayloadPage


class SearchedPages(PageList):
    """Pages with hits. The field is a neighbour of the list in the screen: a list that is drawn has no children."""

    class _Searched(Message):
        """A page has been looked through."""

        def __init__(self, page: PayloadPage, hits: Hits) -> None:
            super().__init__()
            self.page = page
            self.hits = hits

    def __init__(self) -> None:
        super().__init__()
        self.find_field = FindField(self.look_for)

    def on_mount(self) -> None:
        if isinstance(self.parent, Widget):
            self.parent.mount(self.find_field, after=self)

    def mark_style(self) -> Style:
        """The style of the marks beside the scrollbar."""
        raise NotImplementedError

    def look_for(self, text: str) -> None:
        """Look for a text; an empty one forgets the hits."""
        page = self.page
        if not page:
            return
        self.workers.cancel_group(self, "payload.search")
        page.hits = page.hit = None
        if text.strip():
            page.hits = Hits(page.outline.text, text, is_json=page.reader.is_json)
            self._search(page, page.hits)
        self.refresh()
        self.moved()

    def go_on(self, step: int) -> None:
        """Go to the next hit after the cursor, or before it; behind the last one is the first."""
        page, hits = self.page, self.page.hits if self.page else None
        if not page or not hits or not hits.is_complete:
            return
        line = page.line(self.cursor)
        if page.hit is not None and page.outline.line_at(hits.starts[page.hit]) == line:
            wanted = page.hit + step
        elif step > 0:
            wanted = bisect_left(hits.starts, page.outline.end(line))
        else:
            wanted = bisect_left(hits.starts, page.outline.starts[line]) - 1
        self._go_to(page, hits, wanted % len(hits))

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        if not self.page or not self.page.hits:
            return strip
        is_marked = self._has_hit(self.page, self.page.hits, y)
        mark = Segment("▐", self.mark_style()) if is_marked else Segment(" ", self.frame_style)
        return Strip([*strip.crop(0, strip.cell_length - 1), mark])

    @work(thread=True, group="payload.search")
    def _search(self, page: PayloadPage, hits: Hits) -> None:
        worker = get_current_worker()
        for _ in hits.find():
            if worker.is_cancelled:
                return
        self.post_message(self._Searched(page, hits))

    @on(_Searched)
    def _take_hits(self, message: _Searched) -> None:
        page, hits = message.page, message.hits
        if page is self.page and hits is page.hits:
            if hits:
                here = page.outline.starts[page.line(self.cursor)]
                self._go_to(page, hits, bisect_left(hits.starts, here) % len(hits))
            self.refresh()
            self.moved()

    def _go_to(self, page: PayloadPage, hits: Hits, hit: int) -> None:
        page.hit = hit
        if not page.folds.firsts and hits.starts[hit] < page.outline.at:
            self.move_to(page.outline.line_at(hits.starts[hit]))
            self.refresh()
        else:
            self.change_folds(page, payload_page.open_to(hits.starts[hit]))

    def _has_hit(self, page: PayloadPage, hits: Hits, y: int) -> bool:
        """Whether the part of the page that a line of the scrollbar stands for has a hit."""
        height, rows = max(1, self.scrollable_content_region.height), page.rows
        first, after = (y, y + 1) if rows <= height else (y * rows // height, (y + 1) * rows // height)
        if first >= min(after, rows):
            return False
        end = page.outline.end(page.line(rows - 1)) if after >= rows else page.outline.starts[page.line(after)]
        return hits.has_any(page.outline.starts[page.line(first)], end)
