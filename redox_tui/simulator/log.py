"""One log as the world shows it at a moment; everything that an answer or a message is made of."""

from dataclasses import dataclass

from redox_tui.simulator.cast import Patient
from redox_tui.simulator.search import Mode
from redox_tui.simulator.traffic import Route


@dataclass(frozen=True, slots=True)
class Log:
    """A log record's facts (platform-api.md §3.3). Times are epoch milliseconds; `index` counts from the oldest.

    `dealt` is the status that it was dealt, which its message fits; `judge` is the id and the version of the filter
    that decided on it, where there was one; `filtered_by` is the same where a filter that was saved since stopped it.
    """

    index: int
    mode: Mode
    id: str
    route: Route
    status: str
    created: int
    updated: int
    attempts: int
    attempt_id: str
    patient: Patient
    dealt: str = ""
    judge: tuple[str, int] | None = None
    filtered_by: tuple[str, int] | None = None
