"""What workers and screens tell each other. Nothing here is asked for twice: a message carries all that it is about."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

from redox_tui.api.errors import PlatformError
from redox_tui.domain.connection import FilterVersion
from redox_tui.domain.fields import Fields
from redox_tui.domain.filter_draft import Draft
from redox_tui.domain.filter_list import FilterPage
from redox_tui.domain.filters import Filter, Rule
from redox_tui.domain.logs import Environment, Log, LogDetail, LogPage
from redox_tui.domain.subscriptions import Subscription
from redox_tui.domain.window import PageRequest
from redox_tui.tui.access import Access

if TYPE_CHECKING:
    from redox_tui.store.profiles import Profile
    from redox_tui.tui.impact_live import Judged
    from redox_tui.tui.sampling import Gathered


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
class LogFound(Message):
    """A log that was looked for, and its row in the list, None where that cannot be told or it has none."""

    log: Log = field(repr=False)
    row: int | None


@dataclass
class OpenLog(Message):
    """Show this log."""

    log: Log = field(repr=False)
    data_mode: str | None = None


@dataclass
class StepLog(Message):
    """Show the next log of the list: 1 is older, -1 newer."""

    step: int


@dataclass
class EnvironmentsFailed(Message):
    """The environments could not be read; `reason` says why."""

    reason: str


@dataclass
class EnvironmentChosen(Message):
    """Somebody has chosen the environment whose filters are to be listed."""

    environment: Environment


@dataclass
class FilterPageArrived(Message):
    """A page of the list of filters, and which calls of the API it came by; `epoch` names the reading of the list."""

    epoch: int
    number: int
    page: FilterPage = field(repr=False)
    version: FilterVersion


@dataclass
class FilterPageFailed(Message):
    """A page of the list of filters could not be read; `reason` says why, and which key helps."""

    epoch: int
    number: int
    reason: str


@dataclass
class ShowVersions(Message):
    """Show the versions of a filter of this environment; `asked_by` is its id where the connection names none."""

    known: Filter
    environment: Environment | None
    asked_by: str | None


@dataclass
class FilterGone(Message):
    """A filter is no more: it was deleted here, or by somebody else."""

    filter_id: str


@dataclass
class VersionsArrived(Message):
    """Every version of a filter, newest first, each with what it changed of the one before."""

    versions: tuple[Filter, ...]
    changes: tuple[list[str], ...]


@dataclass
class VersionsFailed(Message):
    """The versions could not be read; `reason` says why, and which key helps."""

    reason: str


@dataclass
class DifferenceArrived(Message):
    """The difference of two versions of a filter, by their numbers."""

    numbers: tuple[int | None, int | None]
    lines: list[str]


@dataclass
class ChangeEnded(Message):
    """A change of a filter was made, was not, or nobody agreed to it: then there are no words.

    `saved` is what is in force of the filter where that was read, `gone` the id of a filter that is no more.
    """

    words: str = ""
    is_error: bool = False
    saved: Filter | None = None
    gone: str | None = None


@dataclass
class EditFilter(Message):
    """Open the editor: for a filter that is known, or for a new one, perhaps of a subscription or with a first rule.

    `environment` is where it is or will be; None is the connection's.
    """

    known: Filter | None
    subscription: Subscription | None = None
    rule: Rule | None = None
    environment: Environment | None = None


@dataclass
class FilterSaved(Message):
    """A filter was changed: `saved` is what is in force now."""

    saved: Filter


@dataclass
class FieldsArrived(Message):
    """The fields of a data model, with what samples add to them."""

    fields: Fields = field(repr=False)


@dataclass
class SamplesArrived(Message):
    """Sample messages were read."""

    gathered: "Gathered" = field(repr=False)


@dataclass
class DraftJudged(Message):
    """The impact of a draft was worked out."""

    draft: Draft = field(repr=False)
    judged: "Judged" = field(repr=False)


@dataclass
class JudgingGoesOn(Message):
    """The impact of a draft is being worked out: so many looks into messages are done, of so many."""

    draft: Draft = field(repr=False)
    done: int
    total: int


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
