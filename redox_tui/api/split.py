"""A search that takes the server too long is read in parts: 504 is a verdict on the size (platform-api.md §2.6).

Nobody who asks for a page has to know: the parts are read as one list. What cannot be read even in the shortest range
is a gap, which every page names.
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from redox_tui.api.errors import NotFound, TooSlow
from redox_tui.api.halving import BEGIN, SHORTEST, Read, oldest_in
from redox_tui.api.memory import keep
from redox_tui.api.parts import Parts
from redox_tui.domain.logs import FIRST_PAGE, LogPage, PageRef, PartRef
from redox_tui.domain.search import LogSearch

_SPLIT_SEARCHES: Final = 64
"""How many are remembered; one query may be 16 of them."""
_CURSORS: Final = 1_000
"""How many are remembered."""


class Searches:
    """Reads pages of searches, in parts where it has to, and remembers which those are.

    `clock` says when "now" is, where a range has no end.
    """

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], datetime]) -> None:
        self._tell = tell
        self._clock = clock
        self._serial = itertools.count()
        self._in_parts: dict[int, Parts] = {}
        self._whole: dict[tuple[LogSearch, int], Parts] = {}
        self._too_wide: dict[object, timedelta] = {}
        self._sizes: dict[tuple[LogSearch, int], int] = {}
        self._reached: dict[tuple[tuple[LogSearch, int], PageRef], datetime] = {}
        self._splitting: dict[tuple[LogSearch, int], asyncio.Lock] = {}

    async def page(self, read: Read, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        """A page of a search; raises PlatformError."""
        if isinstance(ref, PartRef):
            if not (parts := self._in_parts.get(ref.of)):
                raise NotFound("This list is too old to be read on.", hint="Refresh it.")
            return await parts.page(read, ref)
        key = (replace(search, pin=None), count)
        is_anew = ref == FIRST_PAGE and search.pin is None
        rest = self._reached.get((key, ref))
        if not is_anew and not rest and isinstance(ref, int) and (parts := self._whole.get(key)):
            return await parts.page(read, ref)
        is_refused = False
        if not (isinstance(ref, int) and self._is_too_wide(search)):
            try:
                return self._noted(key, await read(search, ref, count))
            except TooSlow:
                is_refused = True
                self._note_width(search)
                if isinstance(ref, str) and not rest:
                    raise
        if rest and not is_anew:
            parts = await self._split(read, replace(search, pin=rest), count)
            return await parts.page(read, FIRST_PAGE)
        before = self._whole.get(key)
        if key not in self._splitting:
            keep(self._splitting, key, asyncio.Lock(), _SPLIT_SEARCHES)
        async with self._splitting[key]:
            parts = self._whole.get(key)
            if parts is None or (is_anew and parts is before):
                parts = await self._split(read, search, count, is_refused=is_refused or self._is_too_wide(search))
                keep(self._whole, key, parts, _SPLIT_SEARCHES)
        return await parts.page(read, ref)

    async def _split(self, read: Read, search: LogSearch, count: int, *, is_refused: bool = False) -> Parts:
        number = next(self._serial)
        size = self._sizes.get((replace(search, pin=None), count), count)
        parts = Parts(number, search, size, self._clock(), self._tell)
        await parts.begin(read, is_refused=is_refused)
        keep(self._in_parts, number, parts, _SPLIT_SEARCHES)
        return parts

    def _noted(self, key: tuple[LogSearch, int], page: LogPage) -> LogPage:
        """Remember how far a list without totals has come, in case that the server cannot go on from there."""
        if isinstance(page.next, int) and page.logs:
            keep(self._sizes, key, len(page.logs), _SPLIT_SEARCHES)
        is_followed = page.total is None or key[0].on == "updated"
        if is_followed and isinstance(page.next, int | str) and (oldest := oldest_in(page)):
            keep(self._reached, (key, page.next), oldest, _CURSORS)
        return page

    def _note_width(self, search: LogSearch) -> None:
        terms = (search.terms, search.on)
        self._too_wide[terms] = min(self._width(search), self._too_wide.get(terms, timedelta.max))

    def _is_too_wide(self, search: LogSearch) -> bool:
        width = self._width(search)
        return width > SHORTEST and width >= self._too_wide.get((search.terms, search.on), timedelta.max)

    def _width(self, search: LogSearch) -> timedelta:
        return (search.range.until or self._clock()) - (search.range.since or BEGIN)
