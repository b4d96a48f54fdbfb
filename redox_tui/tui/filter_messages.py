"""What workers and screens of filters tell each other, and the app."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

from redox_tui.domain.logs import Environment

if TYPE_CHECKING:
    from redox_tui.domain.connection import FilterVersion
    from redox_tui.domain.fields import Fields
    from redox_tui.domain.filter_draft import Draft
    from redox_tui.domain.filter_list import FilterPage
    from redox_tui.domain.filters import Filter, Rule
    from redox_tui.domain.subscriptions import Subscription
    from redox_tui.tui.impact_live import Judged
    from redox_tui.tui.sampling import Gathered


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
    page: "FilterPage" = field(repr=False)
    version: "FilterVersion"


@dataclass
class FilterPageFailed(Message):
    """A page of the list of filters could not be read; `reason` says why, and which key helps."""

    epoch: int
    number: int
    reason: str


@dataclass
class ShowVersions(Message):
    """Show the versions of a filter of this environment; `asked_by` is its id where the connection names none."""

    known: "Filter"
    environment: Environment | None
    asked_by: str | None


@dataclass
class FilterGone(Message):
    """A filter is no more: it was deleted here, or by somebody else."""

    filter_id: str


@dataclass
class VersionsArrived(Message):
    """Every version of a filter, newest first, each with what it changed of the one before."""

    versions: "tuple[Filter, ...]"
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
    saved: "Filter | None" = None
    gone: str | None = None


@dataclass
class EditFilter(Message):
    """Open the editor: for a filter that is known, or for a new one, perhaps of a subscription or with a first rule.

    `environment` is where it is or will be; None is the connection's.
    """

    known: "Filter | None"
    subscription: "Subscription | None" = None
    rule: "Rule | None" = None
    environment: Environment | None = None


@dataclass
class FilterSaved(Message):
    """A filter was changed: `saved` is what is in force now."""

    saved: "Filter"


@dataclass
class FieldsArrived(Message):
    """The fields of a data model, with what samples add to them."""

    fields: "Fields" = field(repr=False)


@dataclass
class SamplesArrived(Message):
    """Sample messages were read."""

    gathered: "Gathered" = field(repr=False)


@dataclass
class DraftJudged(Message):
    """The impact of a draft was worked out."""

    draft: "Draft" = field(repr=False)
    judged: "Judged" = field(repr=False)


@dataclass
class JudgingGoesOn(Message):
    """The impact of a draft is being worked out: so many looks into messages are done, of so many."""

    draft: "Draft" = field(repr=False)
    done: int
    total: int
