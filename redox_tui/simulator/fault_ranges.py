"""Searches that take the server too long: what range of time one spans, and whether a fault finds it too wide."""

from collections.abc import Mapping
from dataclasses import dataclass

from redox_tui.simulator.faults import Fault
from redox_tui.simulator.parameters import moment_of
from redox_tui.simulator.rhythm import HOUR, MINUTE


@dataclass(frozen=True, slots=True)
class Range:
    """A range of time in epoch milliseconds, both ends inclusive; None is an open end."""

    after: int | None
    before: int | None

    def is_wider(self, width: float, now: int) -> bool:
        """Whether it spans more milliseconds; without a beginning it does, and without an end it ends now."""
        return self.after is None or (now if self.before is None else self.before) - self.after > width

    def touches(self, first: int, last: int) -> bool:
        """Whether it has a moment in common with another."""
        return (self.after is None or self.after <= last) and (self.before is None or self.before >= first)


def ranges_of(fields: Mapping[str, object]) -> tuple[Range, Range]:
    """The ranges of `created…` and `updated…` that a query or a body asks for (platform-api.md §3.1, §3.4)."""
    return _range(fields, "created"), _range(fields, "updated")


def is_too_wide(ranges: tuple[Range, Range], fault: Fault, now: int) -> bool:
    """Whether `504-wide` plays: both ranges are wider than its hours."""
    return all(one.is_wider(fault.number * HOUR, now) for one in ranges)


def touches_hole(ranges: tuple[Range, Range], fault: Fault, newest: int) -> bool:
    """Whether `504-hole` plays: both ranges touch the minute that lies its hours before the newest log."""
    first = int(newest - fault.number * HOUR) // MINUTE * MINUTE
    return all(one.touches(first, first + MINUTE - 1) for one in ranges)


def _range(fields: Mapping[str, object], name: str) -> Range:
    return Range(moment_of(fields, f"{name}After", up=True), moment_of(fields, f"{name}Before", up=False))
