"""One log as the world shows it at a moment; everything that an answer or a message is made of."""

from dataclasses import dataclass

from redox_tui.simulator.cast import Patient
from redox_tui.simulator.search import Mode
from redox_tui.simulator.traffic import Route


@dataclass(frozen=True, slots=True)
class Log:
    """A log record's facts (platform-api.md §3.3). Times are epoch milliseconds; `index` counts from the oldest.

    `filtered_by` is the id and the version of the filter that stopped it, where a saved filter did.
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
    filtered_by: tuple[str, int] | None = None
