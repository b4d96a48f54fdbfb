"""What a filter is and what it means: values as the Platform API has them, and whether a message passes.

`send` delivers only when every rule holds; `block-all` delivers nothing. An allow list holds when some value at its
path is in the list, a deny list when none is; values are strings, compared exactly (platform-api.md §4.3). What no
document says is a choice of `Policy`, and a verdict names the choices that decide it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Final, Literal

from redox_tui.domain.fieldpath import FieldPath, FieldPathError, compiled
from redox_tui.domain.logs import Party
from redox_tui.domain.timerange import Timestamp

SEND: Final = "send"
BLOCK_ALL: Final = "block-all"
ACTIONS: Final = (SEND, BLOCK_ALL)
"""The documented actions (platform-api.md §3.7)."""

Extra = tuple[tuple[str, str], ...]
"""Fields that this program does not know: name and JSON text, kept so that they can be written back."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who changed something: a number in v0, a number and a name in v1 (platform-api.md §3.7, §3.8)."""

    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """When something was made, changed or deleted, and by whom."""

    at: Timestamp | None = None
    by: User | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition: the values at `path` against `values`. `allow` is the API's `allowList`, true unless said."""

    path: str
    values: tuple[str, ...] = ()
    allow: bool = True
    extra: Extra = ()


@dataclass(frozen=True, slots=True)
class FilterLink:
    """Where a filter acts: a source, a destination and a data model; v0 may narrow it to one event type."""

    id: str = ""
    source: Party | None = None
    destination: Party | None = None
    data_model: str | None = None
    event_type: str | None = None
    environment: str | None = None
    organization: Party | None = None
    connecting_organization: Party | None = None
    filter_id: str | None = None
    schema_version: str | None = None
    created: Change = Change()
    updated: Change = Change()
    deleted: Change | None = None
    extra: Extra = ()

    @property
    def words(self) -> str:
        """Where it acts: `source → destination · data model`."""
        ends = " → ".join(
            (party.name or party.id or "–") if party else "–" for party in (self.source, self.destination)
        )
        return " · ".join(part for part in (ends, self.data_model, self.event_type) if part)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as it is saved, or as it is going to be (then `id` and `filter_version` may be missing).

    `filter_version` grows with every save, `schema_version` is the API's `version`; `deleted` is None for a living one;
    `subscription` is known where the filter was read through v0; `problem` says what of the record was unreadable.
    """

    name: str
    action: str = SEND
    rules: tuple[Rule, ...] = ()
    id: str = ""
    filter_version: int | None = None
    environment: str | None = None
    organization: str | None = None
    organization_name: str | None = None
    subscription: str | None = None
    links: tuple[FilterLink, ...] = ()
    schema_version: str | None = None
    path_type: str | None = None
    created: Change = Change()
    updated: Change = Change()
    deleted: Change | None = None
    extra: Extra = ()
    problem: str | None = field(default=None, compare=False)

    @property
    def meaning(self) -> tuple[str, str, tuple[Rule, ...]]:
        """What a save would change: name, action and rules."""
        return self.name, self.action, self.rules

    @property
    def live_links(self) -> tuple[FilterLink, ...]:
        """The links that are not deleted; without one a filter does nothing."""
        return tuple(link for link in self.links if link.deleted is None)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the documents leave open, a choice each; the first of each is what platform-api.md §4.3 holds for likely.

    `several`: with several values at a path, `any`, `every` or only the `first` has to be in the list.
    `missing`: no value (or null) at a path is `outside` of every list, or the rule `fails`, or it `holds`.
    `non_string`: numbers and booleans are compared by their `text`, or are `outside` of every list.
    `block_all`: it blocks `always`, or only `if rules hold`.
    """

    several: Literal["any", "every", "first"] = "any"
    missing: Literal["outside", "fails", "holds"] = "outside"
    non_string: Literal["text", "outside"] = "text"
    block_all: Literal["always", "if rules hold"] = "always"


ASSUMED: Final = Policy()
"""The choices that are assumed unless others are asked for."""

_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "several": ("any", "every", "first"),
    "missing": ("outside", "fails", "holds"),
    "non_string": ("text", "outside"),
}

POINTS: Final = {
    "several": "how several values at one path count",
    "missing": "what a missing value means",
    "non_string": "how numbers and booleans compare with texts",
    "block_all": "that rules play no part under block-all",
}
"""Each undocumented point in words: what a verdict that depends on it assumes."""


class FilterError(ValueError):
    """A filter that cannot be evaluated: a sentence, the rule (1 is the first) and the column that it is about."""

    def __init__(self, message: str, rule: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.column = column


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a message.

    `found` are the values at its path as they are compared (None is a null, an object or an array, which no text
    equals); `assumed` names the points of `Policy` on which `holds` depends.
    """

    number: int
    rule: Rule
    holds: bool
    found: tuple[str | None, ...]
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a message is delivered, and why: `rule` is the number of the first rule that stopped it, if one did.

    `assumed` names the points of `Policy` without which the verdict would not stand.
    """

    delivered: bool
    rule: int | None
    findings: tuple[Finding, ...]
    assumed: tuple[str, ...] = ()


class Meaning:
    """A filter that is ready to be evaluated on many messages; raises FilterError for one that cannot be."""

    def __init__(self, filter_: Filter, policy: Policy = ASSUMED) -> None:
        if filter_.action not in ACTIONS:
            raise FilterError(f"The action “{filter_.action}” is unknown; there are {' and '.join(ACTIONS)}.")
        self.filter = filter_
        self.policy = policy
        self.rules = tuple(_Compiled.of(number, rule) for number, rule in enumerate(filter_.rules, 1))
        # Much is missing in most messages, so what is to be said of nothing is worked out once.
        self._of_nothing = tuple(rule.finding((), policy) for rule in self.rules)

    def delivers(self, message: Any) -> bool:
        """Whether a message (parsed JSON) is delivered."""
        return self.verdict_of(rule.holds(rule.path.values(message), self.policy) for rule in self.rules)

    def verdict_of(self, holding: Iterable[bool]) -> bool:
        """Whether a message is delivered of which the rules say this, in their order."""
        if self.filter.action == SEND:
            return all(holding)
        return self.policy.block_all == "if rules hold" and not all(holding)

    def explain(self, message: Any) -> Verdict:
        """Whether a message is delivered, with what every rule found."""
        pairs = zip(self.rules, self._of_nothing, strict=True)
        findings = tuple(
            rule.finding(values, self.policy) if (values := rule.path.values(message)) else of_nothing
            for rule, of_nothing in pairs
        )
        delivered = self.verdict_of(finding.holds for finding in findings)
        stopped_by = next((f.number for f in findings if not f.holds), None) if self.filter.action == SEND else None
        return Verdict(delivered, stopped_by, findings, self._assumed(findings))

    def _assumed(self, findings: Sequence[Finding]) -> tuple[str, ...]:
        """The points behind a verdict: of every failing rule, none where one fails anyway; else of all that hold."""
        failing = [finding.assumed for finding in findings if not finding.holds]
        points = {point for assumed in failing or [f.assumed for f in findings] for point in assumed}
        if not all(failing):
            points = set()
        if self.filter.action == BLOCK_ALL:
            # Rules play a part only under the other choice, so they matter only where one of them could fail.
            may_fail = bool(failing) or any(finding.assumed for finding in findings)
            if self.policy.block_all == "always":
                return ("block_all",) if may_fail else ()
            points |= {"block_all"} if failing else set()
        return tuple(point for point in POINTS if point in points)


def evaluate(filter_: Filter, message: Any, policy: Policy = ASSUMED) -> bool:
    """Whether a filter delivers a message (parsed JSON); raises FilterError."""
    return Meaning(filter_, policy).delivers(message)


def explain(filter_: Filter, message: Any, policy: Policy = ASSUMED) -> Verdict:
    """Whether a filter delivers a message, and why; raises FilterError."""
    return Meaning(filter_, policy).explain(message)


def as_text(value: Any) -> str | None:
    """A value as a rule compares it: numbers and booleans as JavaScript writes them, None where no text equals it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else None


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule with its path compiled and its values as a set."""

    number: int
    rule: Rule
    path: FieldPath
    wanted: frozenset[str]

    @classmethod
    def of(cls, number: int, rule: Rule) -> "_Compiled":
        try:
            return cls(number, rule, compiled(rule.path), frozenset(rule.values))
        except FieldPathError as error:
            raise FilterError(f"Rule {number}: {error}", number, error.column) from None

    def holds(self, values: Sequence[Any], policy: Policy) -> bool:
        """Whether the rule holds where these values are at its path."""
        if len(values) == 1 and type(values[0]) is str:
            return (values[0] in self.wanted) is self.rule.allow
        present = [value for value in values if value is not None]
        if not present and policy.missing != "outside":
            return policy.missing == "holds"
        return self._is_in(present, policy) is self.rule.allow

    def finding(self, values: Sequence[Any], policy: Policy) -> Finding:
        """What is to be said of these values."""
        holds = self.holds(values, policy)
        found = tuple(as_text(value) for value in values)
        return Finding(self.number, self.rule, holds, found, self._points(values, policy, holds))

    def _is_in(self, present: Sequence[Any], policy: Policy) -> bool:
        if policy.several == "first":
            present = present[:1]
        are_in = (self._one_is_in(value, policy) for value in present)
        return all(are_in) and bool(present) if policy.several == "every" else any(are_in)

    def _one_is_in(self, value: Any, policy: Policy) -> bool:
        if isinstance(value, str):
            return value in self.wanted
        return policy.non_string == "text" and as_text(value) in self.wanted

    def _points(self, values: Sequence[Any], policy: Policy, holds: bool) -> tuple[str, ...]:
        """The points that decide: another choice of one alone turns the rule over, or of several only together."""
        open_points = list(_open_points(values))
        alone = tuple(point for point in open_points if self._turns(values, policy, holds, (point,)))
        if alone or len(open_points) < 2:
            return alone
        return tuple(open_points) if self._turns(values, policy, holds, open_points) else ()

    def _turns(self, values: Sequence[Any], policy: Policy, holds: bool, points: Sequence[str]) -> bool:
        choices = product(*(_CHOICES[point] for point in points))
        others = (replace(policy, **dict(zip(points, chosen, strict=True))) for chosen in choices)  # type: ignore[arg-type]
        return any(self.holds(values, other) is not holds for other in others)


def _open_points(values: Sequence[Any]) -> Iterator[str]:
    """The points that these values touch."""
    present = [value for value in values if value is not None]
    if not present:
        yield "missing"
    if len(present) > 1:
        yield "several"
    if any(isinstance(value, int | float) for value in present):
        yield "non_string"
