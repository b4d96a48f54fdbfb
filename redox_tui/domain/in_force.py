"""Which filter is in force for a log, which one decided on it then, and what either says of its message."""

import json
from dataclasses import dataclass, field

from redox_tui.domain import filters
from redox_tui.domain.filters import Filter, FilterError, Verdict
from redox_tui.domain.logs import Log, Operation
from redox_tui.domain.models import same_model
from redox_tui.domain.subscriptions import Subscription

SYNCHRONOUS = ("request", "respond")
"""Types of logs that no filter acts on (platform-api.md §4.3)."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The filter that acts on a log's subscription now; where there is none, `why_none` is a sentence that says why.

    `is_refused` says that the credential may not read what would tell.
    """

    subscription: Subscription | None = None
    filter: Filter | None = None
    why_none: str = ""
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The filter that ran in the latest attempt, in the version of then.

    `filter` is None where that version cannot be had, and `why_none` says why; `is_now` says that it is the filter in
    force, in its present version.
    """

    operation: Operation
    filter: Filter | None = None
    why_none: str = ""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """What a filter says of a message; `verdict` is None where it says nothing, for the reason in `problem`."""

    filter: Filter
    verdict: Verdict | None = field(default=None, repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """All that is to be said of whether a log is filtered: by the filter in force now, and by that of then.

    The explanations are None where there is no filter, or no message; `then` also where it is the filter of now.
    """

    in_force: InForce
    decided: Decided | None = None
    now: Explained | None = None
    then: Explained | None = None

    @property
    def decisive(self) -> Explained | None:
        """What explains the log's status: the version that decided where it is known, else the one in force."""
        return self.then or (self.now if self.decided is None or self.decided.is_now else None)


def why(in_force: InForce, decided: Decided | None, message: str | None) -> Why:
    """What both filters say of a message's text. It may be long: not for the loop that draws the screen."""
    if message is None:
        return Why(in_force, decided)
    now = explained(in_force.filter, message) if in_force.filter else None
    is_other = decided is not None and decided.filter is not None and not decided.is_now
    then = explained(decided.filter, message) if decided and decided.filter and is_other else None
    return Why(in_force, decided, now, then)


def verdict_words(found: Explained) -> str:
    """A verdict as a sentence, or why there is none."""
    verdict = found.verdict
    if verdict is None:
        return found.problem
    if verdict.delivered:
        return "delivered: every rule holds" if found.filter.rules else "delivered: the filter has no rule"
    if found.filter.action == filters.BLOCK_ALL:
        return "filtered: the action is block-all, which stops everything"
    return f"filtered: rule {verdict.rule} does not hold"


def disagreement(log: Log, found: Explained | None) -> str:
    """That a log's status says something else than a verdict; empty where they agree, or nothing is known."""
    if found is None or found.verdict is None:
        return ""
    doubt = "It was another message or another filter then, or what no document says is otherwise."
    if log.status == "filtered" and found.verdict.delivered:
        return f"The log says filtered, but this filter delivers this message. {doubt}"
    if log.status == "succeeded" and not found.verdict.delivered:
        return f"The log says succeeded, but this filter stops this message. {doubt}"
    return ""


def deciding_operation(log: Log) -> Operation | None:
    """The filter's operation of a log's latest attempt; the word of its type is inferred (platform-api.md §3.3)."""
    found = log.latest_attempt.operations if log.latest_attempt else ()
    return next((one for one in reversed(found) if (one.type or "").casefold().startswith("filter")), None)


def why_never(log: Log) -> str:
    """Why no filter can act on a log, empty where one can."""
    if (log.type or "").casefold() in SYNCHRONOUS:
        return f"No filter acts on this log: its type is {log.type}, and filters act on asynchronous messages only."
    missing = [
        name
        for name, value in (
            ("source", log.source and log.source.id),
            ("destination", log.destination and log.destination.id),
            ("data model", log.data_model),
        )
        if not value
    ]
    if missing:
        return f"The log's record names no {' and no '.join(missing)}, so its subscription is not known."
    return ""


def acts_on(candidate: Filter, log: Log) -> bool:
    """Whether a living filter acts on a log by its links; one of a subscription without links acts on all of it."""
    if candidate.deleted:
        return False
    if candidate.subscription and not candidate.links:
        return True
    return any(_fits(link.event_type, log.event_type) for link in links_to(candidate, log))


def links_to(candidate: Filter, log: Log) -> tuple[filters.FilterLink, ...]:
    """The living links of a filter to a log's source, destination and data model."""
    return tuple(
        link
        for link in candidate.live_links
        if link.source
        and link.destination
        and log.source
        and log.destination
        and (link.source.id, link.destination.id) == (log.source.id, log.destination.id)
        and same_model(link.data_model or "", log.data_model or "")
    )


def explained(filter_: Filter, message: str) -> Explained:
    """What a filter says of a message's text. It may be long: not for the loop that draws the screen."""
    try:
        parsed = json.loads(message)
    except RecursionError:
        return Explained(filter_, problem="The message is nested too deeply to be looked at.")
    except ValueError:
        return Explained(filter_, problem="The message is no JSON, so no path of a rule finds anything in it.")
    try:
        return Explained(filter_, filters.explain(filter_, parsed))
    except FilterError as error:
        return Explained(filter_, problem=str(error))
    except RecursionError:
        return Explained(filter_, problem="The message is nested too deeply to be looked at.")


def _fits(event_of_link: str | None, event: str | None) -> bool:
    return not event_of_link or event_of_link.casefold() == (event or "").casefold()
