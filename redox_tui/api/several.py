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
from redox_tui.domain.query import LogSearch

_LISTS: Final = 8
"""Merged lists that are remembered, each by the count that was asked for and by that which the server gives."""


class Several:
    """Reads pages of searches, merged from several lists where it has to, and remembers which those are."""

    def __init__(self) -> None:
        self._serial = itertools.count()
        self._merged: dict[tuple[LogSearch, int], Merged] = {}

    async def page(self, read: Read, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        """A page of a search; raises PlatformError."""
        if len(search.each) == 1:
            return await read(search.each[0], ref, count)
        if isinstance(ref, MergedRef):
            found = next((one for one in self._merged.values() if one.number == ref.of), None)
            if not found:
                raise NotFound("This list is too old to be read on.", hint="Refresh it.")
            return await found.page(read, ref)
        key = (replace(search, pin=None), count)
        merged = self._merged.get(key)
        if merged is None or (ref == FIRST_PAGE and search.pin is None):
            merged = Merged(next(self._serial), search, count)
            keep(self._merged, key, merged, _LISTS)
        page = await merged.page(read, ref)
        if page.size and page.size != count:
            keep(self._merged, (key[0], page.size), merged, _LISTS)
        return page
