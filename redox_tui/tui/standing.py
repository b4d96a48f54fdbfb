"""How a list of logs stands, in words: for the line below it, and for the list itself where it has no rows."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from redox_tui.domain import timerange
from redox_tui.domain.sieve import Sieve
from redox_tui.domain.window import Viewport
from redox_tui.tui.reading import Reading


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about what was done, which stands while the cursor stays on a row."""

    words: str
    is_error: bool
    row: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A reading, and what of it is looked at: the rows of its window in `view`, with the cursor on a row of the list.

    `working` is what the client says that it does meanwhile, `aside` what goes on beside the list; empty where nothing
    does. Times are in `zone`.
    """

    reading: Reading
    view: Viewport
    row: int
    now: datetime
    zone: tzinfo
    remark: Remark | None = None
    working: str = ""
    aside: str = ""
    clock_warning: str = ""

    @property
    def line(self) -> tuple[str, bool]:
        """What the line below says, and whether that is an error."""
        if self.remark:
            return self.remark.words, self.remark.is_error
        if gap := self._gap:
            return gap, True
        if not self.reading.window.answered:
            return f"{self.working} · esc stops" if self.working else "reading the newest logs … esc stops", False
        sieve = self.reading.sieve
        parts = self._of_matches(sieve) if sieve else self._of_rows()
        return self.aside or " · ".join(part for part in parts if part), False

    @property
    def instead_of_rows(self) -> tuple[str, ...]:
        """The lines in the place of rows; none where the list has some."""
        window, sieve = self.reading.window, self.reading.sieve
        if self._gap:
            return "", "The logs could not be read; the line below says why."
        if not window.answered:
            return "", "Reading the newest logs … esc stops."
        if not window.known and window.missing:
            slow = "The server took too long: nobody knows what this range holds."
            return "", slow, "r tries again, t narrows it."
        if not window.known:
            words = self.reading.query.range_in_words(self.now, self.zone)
            return "", f"No logs match in this range ({words}).", "t widens the range, / changes the query."
        if sieve and not sieve.rows:
            none = "No row among those that were looked at matches."
            return "", none, f"{self._key_of(sieve)}, / changes the query."
        return ()

    @property
    def _gap(self) -> str | None:
        return self.reading.window.gap_in(self.view)

    def _key_of(self, sieve: Sieve) -> str:
        return "x looks further" if sieve.may_go_on(self.reading.window) else "x shows all"

    def _of_matches(self, sieve: Sieve) -> list[str]:
        return [
            f"{len(sieve.rows):,} of {sieve.looked_at:,} looked at",
            self._key_of(sieve),
            self.reading.following.words(),
            self._waiting(),
            *self._troubles(),
        ]

    def _of_rows(self) -> list[str]:
        window, is_growing = self.reading.window, self.reading.window.is_growing
        end = f"{'>' if is_growing else ''}{window.known:,}"
        local = " ".join(str(term) for term in self.reading.query.local)
        return [
            f"row {self.row + 1:,} of {end}" if window.known else "" if window.missing else "no logs",
            self.reading.following.words(),
            self._waiting(),
            *self._troubles(),
            f"dim rows do not match {local}" if local and window.known else "",
            "more are read at the end" if is_growing and not window.missing else "",
            self.clock_warning,
        ]

    def _waiting(self) -> str:
        if not self.reading.following.is_wanted and not self.reading.window.is_waiting_for(self.view):
            return ""
        return f"{self.working} · esc stops" if self.working else "reading … esc stops"

    def _troubles(self) -> list[str]:
        """What is missing, or is not as it should be."""
        window = self.reading.window
        ranges = [timerange.to_the_second(gap) for gap in window.missing]
        more = f" and {len(ranges) - 2} more ranges" if len(ranges) > 2 else ""
        return [
            f"not read: {', '.join(ranges[:2])}{more}, too slow; r tries again" if ranges else "",
            *window.notes,
            f"{window.gaps} page{'s' if window.gaps > 1 else ''} not read, r tries again" if window.gaps else "",
        ]
