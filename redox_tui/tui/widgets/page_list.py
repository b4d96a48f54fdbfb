"""A stack of texts in lines, of which the top one shows: read on and folded in threads where that takes a while."""

import time
from typing import Final

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from redox_tui.domain.folds import Folds
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.payload_page import Change, PayloadPage

_SAY_EVERY: Final = 0.5
"""Seconds between two looks at how far a text has been read."""


class PageList(LineList):
    """The lines of the page on top. What arrives for a page that has been dropped is nobody's."""

    class _Grown(Message):
        """More of a page has been read."""

        def __init__(self, page: PayloadPage) -> None:
            super().__init__()
            self.page = page

    class _Folded(Message):
        """What is folded has been worked out, and where the cursor then is."""

        def __init__(self, page: PayloadPage, folds: Folds, line: int) -> None:
            super().__init__()
            self.page = page
            self.folds = folds
            self.line = line

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[PayloadPage] = []

    @property
    def page(self) -> PayloadPage | None:
        """The page that shows."""
        return self.pages[-1] if self.pages else None

    @property
    def row_count(self) -> int:
        return self.page.rows if self.page else 0

    def open_page(self, page: PayloadPage) -> None:
        """Put a page on top."""
        if self.page:
            self.page.cursor, self.page.top = self.cursor, self.scroll_offset.y
        self.pages.append(page)
        self.cursor = 0
        self.rows_changed()
        self.move_to(0, top=0)
        if not page.outline.is_complete:
            # The first lines are drawn before a thread takes its share of the processor.
            self.call_after_refresh(self._start_reading, page)

    def close_page(self) -> None:
        """Go back to the page below, where it was left."""
        self.pages.pop()
        page = self.pages[-1]
        self.cursor = page.cursor
        self.rows_changed()
        self.move_to(page.cursor, top=page.top)

    def drop_pages(self) -> None:
        """Show nothing, and keep nothing."""
        self.workers.cancel_node(self)
        self.pages.clear()
        self.cursor = 0

    def change_folds(self, page: PayloadPage, change: Change) -> None:
        """Fold or unfold, once the page has been read and what was asked for before is done."""
        page.changes.append(change)
        self._work_off(page)
        self.moved()

    def _start_reading(self, page: PayloadPage) -> None:
        if page in self.pages:
            self._read_on(page)

    @work(thread=True, group="payload.index")
    def _read_on(self, page: PayloadPage) -> None:
        worker, said = get_current_worker(), time.monotonic()
        for _ in page.steps:
            if worker.is_cancelled:
                return
            time.sleep(0)  # lets the loop go on, which would else wait for the interpreter's next turn
            if time.monotonic() - said >= _SAY_EVERY:
                said = time.monotonic()
                self.post_message(self._Grown(page))
        self.post_message(self._Grown(page))

    @on(_Grown)
    def _take_more(self, message: _Grown) -> None:
        page = message.page
        if page not in self.pages:
            return
        if page is self.page:
            self.cursor = page.grow(self.cursor)
            self.rows_changed()
        else:
            page.cursor = page.grow(page.cursor)
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

    @work(thread=True, group="payload.fold")
    def _fold(self, page: PayloadPage, change: Change) -> None:
        self.post_message(self._Folded(page, *change(page.outline, page.folds)))

    @on(_Folded)
    def _end_folding(self, message: _Folded) -> None:
        page = message.page
        page.is_folding = False
        if page in self.pages:
            self._take_folds(page, message.folds, message.line)
            self._work_off(page)
            self.moved()

    def _take_folds(self, page: PayloadPage, folds: Folds, line: int) -> None:
        page.folds = folds
        if page is self.page:
            self.rows_changed()
            self.move_to(folds.row(line))
        else:
            page.cursor = folds.row(line)
