"""What workers and screens tell each other. Nothing here is asked for twice: a message carries all that it is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual.message import Message

from redox_tui.api.errors import PlatformError
from redox_tui.domain.logs import Environment, Log, LogDetail, LogPage
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.window import PageRequest
from redox_tui.tui.access import Access

if TYPE_CHECKING:
    from redox_tui.domain.census import TimeCensus
    from redox_tui.domain.diff import Difference, DiffLine
    from redox_tui.domain.in_force import Why
    from redox_tui.domain.inspection import Inspection
    from redox_tui.store.profiles import Profile


@dataclass
class PageArrived(Message):
    """A page that the window asked for."""

    request: PageRequest
    page: LogPage = field(repr=False)


@dataclass
class PageFailed(Message):
    """A page could not be read; `reason` says why, and which key helps."""

    request: PageRequest
    reason: str


@dataclass
class Working(Message):
    """What the client is doing while somebody waits for it, in words."""

    words: str


@dataclass
class EnvironmentsArrived(Message):
    """The environments that this credential can see."""

    environments: tuple[Environment, ...]


@dataclass
class DetailArrived(Message):
    """A log was read by this id."""

    log_id: str
    detail: LogDetail = field(repr=False)


@dataclass
class DetailFailed(Message):
    """A log could not be read by this id; `reason` says why, and which key helps."""

    log_id: str
    reason: str


@dataclass
class WhyArrived(Message):
    """What is to be said of why this log is filtered or is not; `message_words` say which message that is about."""

    log_id: str
    why: "Why" = field(repr=False)
    message_words: str


@dataclass
class WhyFailed(Message):
    """Why this log is filtered could not be found out; `reason` says why, and which key helps."""

    log_id: str
    reason: str


@dataclass
class InspectionArrived(Message):
    """A dry run of this log."""

    log_id: str
    inspection: "Inspection" = field(repr=False)


@dataclass
class InspectionFailed(Message):
    """This log could not be inspected; `reason` says why, and which key helps."""

    log_id: str
    reason: str


@dataclass
class MessageRead(Message):
    """A file was read as the message of this log; `name` is the file's own."""

    log_id: str
    name: str
    text: str = field(repr=False)


@dataclass
class LogFound(Message):
    """A log that was looked for, and its row in the list, None where that cannot be told or it has none."""

    log: Log = field(repr=False)
    row: int | None


@dataclass
class CountsArrived(Message):
    """A census knows more than before; `reason` says why it has ended before its time, where it has."""

    census: "TimeCensus" = field(repr=False)
    reason: str = ""


@dataclass
class GroupFailures(Message):
    """Group the failed logs that `search` finds; `query` is what it was made of."""

    query: LogQuery = field(repr=False)
    search: LogSearch = field(repr=False)
    zone: tzinfo


@dataclass
class FailuresArrived(Message):
    """More failed logs of a reading: its first message has their number, its last one says how it ended."""

    logs: tuple[Log, ...] = field(repr=False)
    total: int | None = None
    is_first: bool = False
    is_last: bool = False
    is_whole: bool = False
    reason: str = ""


@dataclass
class RunQuery(Message):
    """Show what a query finds. `logs` are some of these, so that parties can be named."""

    query: LogQuery = field(repr=False)
    logs: tuple[Log, ...] = field(repr=False)


@dataclass
class OpenLog(Message):
    """Show this log."""

    log: Log = field(repr=False)
    data_mode: str | None = None


@dataclass
class StepLog(Message):
    """Show the next log of the list, or the next failed one from a log `failed_from`: 1 is older, -1 newer."""

    step: int
    failed_from: Log | None = field(default=None, repr=False)


@dataclass
class SteppedToFailure(Message):
    """The list has come to the next failed log; `log` is None where there is none, and `words` say so."""

    log: Log | None = field(default=None, repr=False)
    words: str = ""


@dataclass
class ExportLog(Message):
    """Ask how this log is to be exported, and do it."""

    log: Log = field(repr=False)


@dataclass
class ExportSaid(Message):
    """How an export stands, or how it `ended`, in words."""

    words: str
    is_error: bool = False
    ended: bool = False


@dataclass
class CompareLogs(Message):
    """Compare two logs; where there is no `left`, with the last one like `right` that succeeded before it."""

    place: str
    environment: Environment | None
    left: Log | None = field(repr=False)
    right: Log = field(repr=False)
    data_mode: str | None = None


@dataclass
class LogsRead(Message):
    """Both logs of a comparison were read, each as far as it could be: its text is the reason where it could not."""

    epoch: int
    left: LogDetail | str = field(repr=False)
    right: LogDetail | str = field(repr=False)


@dataclass
class NothingToCompare(Message):
    """There is no other log to compare with; `reason` says why, and which key helps."""

    epoch: int
    reason: str


@dataclass
class Compared(Message):
    """A section of a comparison has been compared, or its lines were chosen anew."""

    epoch: int
    section: str
    difference: "Difference" = field(repr=False)
    lines: "Sequence[DiffLine]" = field(repr=False)
    stacked: "Sequence[DiffLine]" = field(repr=False)


@dataclass
class OfferCopies(Message):
    """Let somebody choose by title what is copied: texts, or functions that make them, None where they may no more."""

    texts: Sequence[tuple[str, str | Callable[[], str | None]]] = field(repr=False)


@dataclass
class ShowPlain(Message):
    """Show these lines for the terminal's own selection. What is a payload is hidden as a payload is."""

    lines: Sequence[str] = field(repr=False)
    cursor: int = 0
    is_payload: bool = False


@dataclass
class Untouched(Message):
    """Nobody has touched a key for a minute, or somebody went elsewhere: patient data is hidden (security.md PH-10)."""


@dataclass
class LockNow(Message):
    """Cover the screen; `why` is a sentence for the cover."""

    why: str


@dataclass
class AtHandAgain(Message):
    """The credential is there again, so the cover can go."""


@dataclass
class Covered(Message):
    """The cover has been drawn, so nothing else is on the screen any more."""


@dataclass
class Locked(Message):
    """Credentials were dropped; a screen drops payloads and secrets too, and waits for nothing."""


@dataclass
class Unlocked(Message):
    """The credential is there again; what was not read because of the lock can be."""


@dataclass
class UnlockNow(Message):
    """Somebody wants to go on."""


@dataclass
class ConnectTo(Message):
    """Show the logs of this server instead of the one in use; `is_sure` says that what was typed may be lost."""

    access: Access = field(repr=False)
    is_sure: bool = False


@dataclass
class LeaveProgram(Message):
    """Somebody wants to end the program."""


@dataclass
class GoBack(Message):
    """Show the place where one was before."""


@dataclass
class DescribeProfile(Message):
    """Open the form, for a profile that is known or, without a name, for a new one."""

    name: str = ""
    known: "Profile | None" = None


@dataclass
class ProfileStored(Message):
    """The form has stored a profile."""

    name: str


def reason(error: PlatformError) -> str:
    """Why something could not be read, and the key that tries again where that may help."""
    return f"{error} r tries again." if error.is_retryable else str(error)
