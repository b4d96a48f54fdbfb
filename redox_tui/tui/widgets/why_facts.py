"""An explanation as names and values: which filter, its verdict, and each rule with what it found and what it wants."""

from collections.abc import Iterator
from typing import Final

from redox_tui.domain import display
from redox_tui.domain.filters import BLOCK_ALL, POINTS, Filter, Finding, Rule
from redox_tui.domain.in_force import Decided, Explained, InForce, Why, disagreement, verdict_words
from redox_tui.domain.logs import Log
from redox_tui.tui.widgets.fact_list import Fact
from redox_tui.tui.widgets.log_facts import time_words

_MOST: Final = 20
"""Values that are listed; more are counted."""


_TONES: Final = {True: ("✓", "succeeded"), False: ("⊘", "filtered"), None: ("!", "failed")}


def why_facts(log: Log, why: Why, message_words: str, *, revealed: bool) -> Iterator[Fact]:
    """All that is to be said, the version that decided first."""
    subscription = why.in_force.subscription
    yield Fact("Message", message_words)
    if subscription:
        yield Fact("Subscription", subscription.id or "– (its record has no id)")
    decided = why.decided
    if decided and not decided.is_now:
        yield Fact("THEN", _then(decided))
        if decided.filter:
            yield from _filter(decided.filter, why.then, log, revealed=revealed)
        yield Fact("NOW", _now(why.in_force, decided))
    elif decided:
        yield Fact("NOW", f"{_version(why.in_force.filter)}, which is also what ran in the latest attempt")
    else:
        yield Fact("NOW", _now(why.in_force, None))
    if why.in_force.filter:
        its_log = log if why.decisive is why.now else None
        yield from _filter(why.in_force.filter, why.now, its_log, revealed=revealed)


def holds_values(why: Why) -> bool:
    """Whether a rule found anything that could be shown."""
    explained = [one for one in (why.now, why.then) if one and one.verdict]
    return any(finding.found for one in explained if one.verdict for finding in one.verdict.findings)


def _then(decided: Decided) -> str:
    version = (
        "a version that is not said" if decided.operation.version is None else f"version {decided.operation.version}"
    )
    ran = f"{version} ran in the latest attempt"
    return f"{ran}. {decided.why_none}" if decided.why_none else ran


def _now(in_force: InForce, decided: Decided | None) -> str:
    if in_force.filter is None:
        return in_force.why_none
    if decided is None:
        return f"{_version(in_force.filter)} is in force; the log does not say which filter ran then"
    if decided.operation.operation_id != in_force.filter.id:
        return f"another filter is in force, {_version(in_force.filter)}"
    return f"{_version(in_force.filter)} is in force: the filter has changed since"


def _version(filter_: Filter | None) -> str:
    number = filter_.filter_version if filter_ else None
    return "a version without a number" if number is None else f"version {number}"


def _filter(filter_: Filter, explained: Explained | None, log: Log | None, *, revealed: bool) -> Iterator[Fact]:
    yield Fact("Filter", filter_.name or "– (without a name)")
    yield Fact("", filter_.id)
    if filter_.updated.at:
        by = f" by {filter_.updated.by.name}" if filter_.updated.by and filter_.updated.by.name else ""
        yield Fact("Saved", f"{time_words(filter_.updated.at)}{by}")
    if filter_.problem:
        yield Fact("Record", f"! {filter_.problem}", "failed")
    yield Fact("Action", "block-all" if filter_.action == BLOCK_ALL else filter_.action)
    verdict = explained.verdict if explained else None
    if explained:
        sign, tone = _TONES[verdict.delivered if verdict else None]
        yield Fact("Verdict", f"{sign} {verdict_words(explained)}", tone)
        for point in verdict.assumed if verdict else ():
            yield Fact("", f"This stands on what no document says: {POINTS[point]}.")
        if log and (words := disagreement(log, explained)):
            yield Fact("", words)
    else:
        yield Fact("Verdict", "not known without a message")
    for number, rule in enumerate(filter_.rules, 1):
        yield from _rule(number, rule, verdict.findings[number - 1] if verdict else None, revealed=revealed)


def _rule(number: int, rule: Rule, finding: Finding | None, *, revealed: bool) -> Iterator[Fact]:
    sign, tone = ("·", "") if finding is None else ("✓", "succeeded") if finding.holds else ("✗", "failed")
    yield Fact(f"{sign} rule {number}", rule.path or "– (no path)", tone)
    yield Fact(f"  {'is in' if rule.allow else 'is not in'}", _listed(rule.values) or "– (no values)")
    if finding is not None:
        yield Fact("  found", _found(finding, revealed=revealed))


def _found(finding: Finding, *, revealed: bool) -> str:
    count = len(finding.found)
    if not count:
        return "nothing at this path"
    if not revealed:
        return f"{count:,} {'value' if count == 1 else 'values'}, hidden"
    return _listed(tuple("a null, an object or an array" if one is None else f"“{one}”" for one in finding.found))


def _listed(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - _MOST:,} more" if len(values) > _MOST else ""
    return ", ".join(display.line(value, 400) for value in values[:_MOST]) + more
