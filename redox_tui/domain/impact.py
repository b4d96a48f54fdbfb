"""What a change of a filter would do to sample messages: how many pass then, which ones change, by which rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from redox_tui.domain.fieldpath import FieldPath
from redox_tui.domain.filters import ASSUMED, SEND, Filter, Meaning, Policy


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a rule of the proposed filter does: of how many messages it holds, and how many it is the first to stop."""

    number: int
    holds: int
    stops: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A message that would be treated differently.

    `index` is its place among the samples (0 is the first), `delivered` what would happen now. `rule` is the first
    rule that stops it: of the proposed filter where it would be filtered, of the current one where it was; None where
    no rule did, but block-all.
    """

    index: int
    delivered: bool
    rule: int | None


@dataclass(frozen=True, slots=True)
class Impact:
    """Counts over all samples, and the messages that change in the order of the samples."""

    messages: int
    delivered_now: int
    delivered_proposed: int
    rules: tuple[RuleCount, ...]
    changed: tuple[Changed, ...]

    @property
    def filtered_now(self) -> int:
        """Messages that the current filter stops."""
        return self.messages - self.delivered_now

    @property
    def filtered_proposed(self) -> int:
        """Messages that the proposed filter would stop."""
        return self.messages - self.delivered_proposed


def impact(
    current: Filter | None, proposed: Filter | None, messages: Iterable[Any], policy: Policy = ASSUMED
) -> Impact:
    """Compare two filters over messages (parsed JSON), which are looked at once and not kept; None is no filter at all.

    A generator of messages may count them for a progress bar, and raise to stop. Raises FilterError.
    """
    paths: dict[str, FieldPath] = {}
    now, then = _Side(current, policy, paths), _Side(proposed, policy, paths)
    evaluators = [path.values for path in paths.values()]
    delivered_now = delivered_then = count = 0
    changed: list[Changed] = []
    for message in messages:
        # Both filters mostly have the same paths, and evaluating them is what takes the time.
        values = [values_of(message) for values_of in evaluators]
        before, stopped_before = now.verdict(values)
        after, stopped_after = then.verdict(values)
        delivered_now += before
        delivered_then += after
        if before is not after:
            changed.append(Changed(count, after, stopped_before if after else stopped_after))
        count += 1
    return Impact(count, delivered_now, delivered_then, then.counts(), tuple(changed))


class _Side:
    """One of the two filters, with what its rules have done so far. `paths` collects the different ones of both."""

    def __init__(self, filter_: Filter | None, policy: Policy, paths: dict[str, FieldPath]) -> None:
        self._meaning = Meaning(filter_ or Filter("", SEND), policy)
        self._policy = policy
        rules = self._meaning.rules
        for rule in rules:
            paths.setdefault(rule.path.canonical, rule.path)
        places = list(paths)
        # What a rule says of nothing is worked out once, since much is missing in most messages.
        self._rules = [(rule, places.index(rule.path.canonical), rule.holds((), policy)) for rule in rules]
        self._holds = [0] * len(rules)
        self._stops = [0] * len(rules)

    def verdict(self, values: list[list[Any]]) -> tuple[bool, int | None]:
        """Whether a message with these values at the paths is delivered, and the number of the rule that stops it."""
        policy = self._policy
        holding = [rule.holds(values[at], policy) if values[at] else of_none for rule, at, of_none in self._rules]
        for place, holds in enumerate(holding):
            if holds:
                self._holds[place] += 1
        delivered = self._meaning.verdict_of(holding)
        if delivered or self._meaning.filter.action != SEND:
            return delivered, None
        first = holding.index(False)
        self._stops[first] += 1
        return delivered, first + 1

    def counts(self) -> tuple[RuleCount, ...]:
        """What each rule has done."""
        pairs = zip(self._holds, self._stops, strict=True)
        return tuple(RuleCount(number, holds, stops) for number, (holds, stops) in enumerate(pairs, 1))
