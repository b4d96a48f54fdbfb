"""A term with several values is several lists of the server, since it takes one value of each (platform-api.md §3.4).

Nobody who asks for a page has to know: the lists are read as one.
"""

import itertools
from dataclasses import replace
from typing import Final

from redox_tui.api.errors import NotFound
from redox_tui.api.halving import Read
from redox_tui.api.memory import keep
from redox_tui.api.merged import Merged
from redox_tui.domain.logs import FIRST_PAGE, LogPage, MergedRef, PageRef
from redox_tui.domain.search import LogSearch

_LISTS: Final = 4
"""Merged lists that are remembered."""


class Several:
    """Reads pages of searches, merged from several lists where it has to, and remembers which those are."""

    def __init__(self) -> None:
        self._serial = itertools.count()
        self._merged: dict[int, Merged] = {}
        self._whole: dict[tuple[LogSearch, int], Merged] = {}

    async def page(self, read: Read, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        """A page of a search; raises PlatformError."""
        if len(search.each) == 1:
            return await read(search.each[0], ref, count)
        if isinstance(ref, MergedRef):
            if not (merged := self._merged.get(ref.of)):
                raise NotFound("This list is too old to be read on.", hint="Refresh it.")
            return await merged.page(read, ref)
        whole = replace(search, pin=None)
        known = self._whole.get((whole, count))
        if known is None or (ref == FIRST_PAGE and search.pin is None):
            known = Merged(next(self._serial), search, count)
            keep(self._merged, known.number, known, _LISTS)
            keep(self._whole, (whole, count), known, _LISTS)
        page = await known.page(read, ref)
        if page.size and page.size != count:
            # From now on a reader asks for as many as the server gives.
            keep(self._whole, (whole, page.size), known, _LISTS)
        return page
