"""One of the lists that are merged: its pages as they are read, and what they tell of the ages of its rows."""

from dataclasses import dataclass, field

from redox_tui.api.halving import Read
from redox_tui.api.memory import keep
from redox_tui.domain.logs import FIRST_PAGE, Log, LogPage, PageRef, PartRef, Place
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange

_EDGES = 256
"""Pages whose first and last age are remembered."""


@dataclass(slots=True)
class Rows:
    """The rows of a page with their ages; None is a row that the server counts and does not send.

    `given` are offsets of rows that somebody has got: they are read anew when they are asked for again.
    """

    logs: tuple[Log | None, ...]
    ages: tuple[float, ...]
    next: PageRef | None
    given: set[int] = field(default_factory=set)


class Strand:
    """A search with single values, read page by page. `total` is None where its answers carry none."""

    def __init__(self, search: LogSearch, size: int, kept: int) -> None:
        self.search = search
        self.size = size
        self.total: int | None = None
        self.gaps: tuple[TimeRange, ...] = ()
        self._kept = kept
        self._pages: dict[PageRef, Rows] = {}
        self._edges: dict[int, dict[int, float]] = {}

    async def read(self, read: Read, ref: PageRef) -> LogPage:
        """Read a page and remember it."""
        page = await read(self.search, ref, self.size)
        if self.total is not None and page.total is not None:
            self.total = page.total
        self.gaps = page.gaps
        self.put(ref, page)
        return page

    def put(self, ref: PageRef, page: LogPage) -> None:
        """Remember a page."""
        logs: tuple[Log | None, ...] = page.logs
        following = page.next
        if isinstance(ref, int) and self.total is not None:
            length = max(0, min(self.size, self.total - (ref - 1) * self.size))
            logs = (*page.logs[:length], *[None] * (length - len(page.logs)))
            if not isinstance(page.next, PartRef):
                following = ref + 1 if ref * self.size < self.total else None
        ages = _ages(logs)
        keep(self._pages, ref, Rows(logs, ages, following), self._kept)
        if isinstance(ref, int) and ages:
            first = (ref - 1) * self.size
            keep(self._edges, ref, {first: ages[0], first + len(ages) - 1: ages[-1]}, _EDGES)

    def has(self, ref: PageRef) -> bool:
        """Whether a page is remembered."""
        return ref in self._pages

    def rows(self, ref: PageRef) -> Rows:
        """A page that is remembered."""
        return self._pages[ref]

    def behind(self, number: int, many: int) -> range:
        """Up to so many pages behind one, as far as there are any and they can be kept."""
        last = -(-(self.total or 0) // self.size)
        return range(number + 1, min(number + min(many, self._kept - 2), last) + 1)

    def forget(self, ref: PageRef | None = None) -> None:
        """Forget a page, or all."""
        if ref is not None:
            self._pages.pop(ref, None)
            return
        self._pages.clear()
        self._edges.clear()

    def ages(self) -> dict[int, float]:
        """The ages of rows by their ranks, as far as they are known."""
        found = {rank: age for edges in self._edges.values() for rank, age in edges.items()}
        for ref, rows in self._pages.items():
            if isinstance(ref, int):
                found.update(enumerate(rows.ages, (ref - 1) * self.size))
        return found

    def has_seen(self, number: int) -> bool:
        """Whether the ages of a page are known."""
        return number in self._edges

    def place(self, rank: int) -> Place:
        """Where so many rows have been read."""
        if rank >= (self.total or 0):
            return Place(None)
        return Place(rank // self.size + FIRST_PAGE, rank % self.size)

    def rank(self, place: Place) -> int | None:
        """How many rows lie before a place; None where that is not known."""
        if place.ref is None:
            return self.total
        return (place.ref - FIRST_PAGE) * self.size + place.offset if isinstance(place.ref, int) else None


def _ages(logs: tuple[Log | None, ...]) -> tuple[float, ...]:
    """Seconds that grow as rows do; what has no time is as old as the row before it, else as young as can be."""
    ages: list[float] = []
    for log in logs:
        at = log.created_at.instant if log and log.created_at else None
        before = ages[-1] if ages else float("-inf")
        ages.append(max(before, -at.timestamp()) if at else before)
    return tuple(ages)
