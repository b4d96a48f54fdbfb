"""Which rows a page of a list holds: told by its number where there are totals, else only as far as was read."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from redox_tui.domain.logs import FIRST_PAGE, PageRef

PAGE_SIZE: Final = 50
"""The largest page that the API gives (platform-api.md §2.2)."""

_EMPTY_PAGES: Final = 3
"""Empty pages in a row, each with a next one, after which a growing list is taken to have ended."""


@dataclass(slots=True)
class Numbered:
    """Pages of one size, of which any can be asked for at once. `total` is None before anything is known."""

    total: int | None = None
    size: int = PAGE_SIZE
    is_growing = False

    @property
    def known(self) -> int:
        """Rows that are known to exist."""
        return self.total or 0

    @property
    def rows(self) -> int:
        """Rows that can be scrolled to."""
        return self.known

    @property
    def pages(self) -> int:
        """Pages that can be asked for."""
        return -(-self.known // self.size)

    def ref(self, index: int) -> PageRef:
        """What the server calls a page."""
        return index + 1

    def index(self, row: int) -> int:
        """The page that holds a row."""
        return row // self.size

    def start(self, index: int) -> int:
        """The first row of a page."""
        return index * self.size

    def end(self, index: int) -> int:
        """The row behind the last one of a page."""
        return min(self.start(index + 1), self.known)


@dataclass(slots=True)
class Growing:
    """Pages that become known one after the other; each tells how the next one is called.

    `total` is what the server said at first, where it did; it does not say where a page begins.
    """

    total: int | None = None
    size: int = PAGE_SIZE
    known: int = 0
    is_growing: bool = True
    _refs: list[PageRef] = field(default_factory=lambda: [FIRST_PAGE])
    _starts: list[int] = field(default_factory=list)
    _empty_pages: int = 0

    @property
    def rows(self) -> int:
        """Rows that can be scrolled to: one more than are known, in which the next page will appear."""
        return self.known + self.is_growing

    @property
    def pages(self) -> int:
        """Pages that can be asked for."""
        return len(self._starts) + self.is_growing

    def ref(self, index: int) -> PageRef:
        """What the server calls a page."""
        return self._refs[index]

    def index(self, row: int) -> int:
        """The page that holds a row."""
        is_beyond = row >= self.known and self.is_growing
        return len(self._starts) if is_beyond else max(bisect_right(self._starts, row) - 1, 0)

    def start(self, index: int) -> int:
        """The first row of a page."""
        return self._starts[index] if index < len(self._starts) else self.known

    def end(self, index: int) -> int:
        """The row behind the last one of a page."""
        return self.start(index + 1)

    def put(self, index: int, rows: int, following: PageRef | None) -> bool:
        """Note how many rows a page has, and what comes behind it; False where the server repeats itself there."""
        if index < len(self._starts):
            shift = rows - (self.end(index) - self.start(index))
            self._starts[index + 1 :] = [start + shift for start in self._starts[index + 1 :]]
            self.known += shift
            return True
        self._starts.append(self.known)
        self.known += rows
        self._empty_pages = 0 if rows else self._empty_pages + 1
        if following is None or following in self._refs or self._empty_pages >= _EMPTY_PAGES:
            self.is_growing = False
            return following is None
        self._refs.append(following)
        return True
