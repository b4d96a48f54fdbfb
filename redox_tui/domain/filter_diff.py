"""The difference of two filters in lines, as a plan, a save or a list of versions shows it."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from redox_tui.domain.filters import Filter, Rule

_MOST_VALUES: Final = 20


def differences(before: Filter, after: Filter) -> list[str]:
    """What a save of `after` changes of `before`, a line each; none where both mean the same."""
    lines = [
        f"{name}: “{old}” → “{new}”"
        for name, old, new in (("name", before.name, after.name), ("action", before.action, after.action))
        if old != new
    ]
    matcher = SequenceMatcher(a=[_key(rule) for rule in before.rules], b=[_key(rule) for rule in after.rules])
    for kind, begin, end, first, last in matcher.get_opcodes():
        if kind != "equal":
            lines += _block(before.rules[begin:end], after.rules[first:last], begin, first)
    return lines


def rule_line(rule: Rule) -> str:
    """A rule in one line: `allow $.Visit.PatientClass “Inpatient”, “Observation”`."""
    return f"{_kind(rule)} {rule.path} {_values(rule.values)}"


def _block(old: Sequence[Rule], new: Sequence[Rule], begin: int, first: int) -> Iterator[str]:
    """Rules that took the place of others; two of one kind and path are one rule whose values changed."""
    if len(old) == len(new) and all(_place(one) == _place(other) for one, other in zip(old, new, strict=True)):
        for number, (one, other) in enumerate(zip(old, new, strict=True), first + 1):
            yield f"rule {number} {_kind(other)} {other.path}: {_changed(one.values, other.values)}"
        return
    for number, rule in enumerate(old, begin + 1):
        yield f"- rule {number} {rule_line(rule)}"
    for number, rule in enumerate(new, first + 1):
        yield f"+ rule {number} {rule_line(rule)}"


def _changed(old: Sequence[str], new: Sequence[str]) -> str:
    before, after = set(old), set(new)
    gone = [value for value in old if value not in after]
    come = [value for value in new if value not in before]
    parts = [f"{sign} {_values(values)}" for sign, values in (("−", gone), ("+", come)) if values]
    return ", ".join(parts) or "the same values in another order"


def _values(values: Sequence[str]) -> str:
    shown = ", ".join(f"“{value}”" for value in values[:_MOST_VALUES])
    return f"{shown} and {len(values) - _MOST_VALUES:,} more" if len(values) > _MOST_VALUES else shown or "no values"


def _kind(rule: Rule) -> str:
    return "allow" if rule.allow else "deny"


def _place(rule: Rule) -> tuple[str, bool]:
    return rule.path, rule.allow


def _key(rule: Rule) -> tuple[str, bool, tuple[str, ...]]:
    return rule.path, rule.allow, rule.values
