"""What has been read of a list of filters, and which rows that makes: a value, each answer gives the next one."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from redox_tui.domain.filter_list import FilterPage, FilterSearch, newest_of_each
from redox_tui.domain.filters import Change, Filter


@dataclass(frozen=True)
class FilterListing:
    """A list as far as it was read; `next` is the page to read then, None at its end, `pages` how many were read.

    `name` is a part of a name that is looked for among what was read, as v0 has no such parameter; the server is asked
    by `search`. `epoch` tells this reading of the list from others.
    """

    search: FilterSearch = field(default_factory=FilterSearch)
    epoch: int = 0
    name: str = ""
    found: tuple[Filter, ...] = ()
    next: int | None = 1
    total: int | None = None
    pages: int = 0

    def put(self, number: int, page: FilterPage) -> "FilterListing":
        """With a page; one that nobody waits for changes nothing."""
        if number != self.next:
            return self
        following = page.next if page.next and page.next > number else None
        return replace(
            self,
            found=self.found + page.filters,
            next=following,
            total=None if self.search.deleted else page.total,
            pages=self.pages + 1,
        )

    def with_saved(self, saved: Filter) -> "FilterListing":
        """With what is in force of a filter, in its place; a new one comes first."""
        at = next((place for place, one in enumerate(self.found) if one.id == saved.id), None)
        if at is None:
            total = None if self.total is None else self.total + 1
            return replace(self, found=(saved, *self.found), total=total)
        others = tuple(one for one in self.found[at + 1 :] if one.id != saved.id)
        return replace(self, found=(*self.found[:at], saved, *others))

    def without(self, filter_id: str) -> "FilterListing":
        """With a filter deleted: it is no row any more, or one that says so where deleted ones are listed."""
        gone = next((one for one in self.rows if one.id == filter_id), None)
        if gone is None:
            return self
        if self.search.deleted:
            return self.with_saved(replace(gone, deleted=gone.deleted or Change(), links=()))
        total = None if self.total is None else self.total - 1
        return replace(self, found=tuple(one for one in self.found if one.id != filter_id), total=total)

    @cached_property
    def rows(self) -> tuple[Filter, ...]:
        """Each filter once, in its newest version."""
        wanted = self.name.casefold()
        return tuple(one for one in newest_of_each(self.found) if wanted in one.name.casefold())

    def count_words(self, row: int) -> str:
        """Where a row (from 0) is in the list: `row 3 of 12`, of `>50` where the list goes on."""
        rows = len(self.rows)
        if not rows:
            return "no filters" if self.next is None else "none so far"
        end = f"{rows:,}"
        if self.next is not None:
            end = f"{self.total:,}" if self.total and self.total > rows and not self.name else f">{rows:,}"
        return f"row {row + 1:,} of {end}"
