"""Two changes of one filter, made at the same time, as one: what only one of them has changed is taken from it.

The order of rules means nothing (all of them have to hold), so rules that either side has added are all kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from redox_tui.domain.filter_diff import rule_line
from redox_tui.domain.filters import Filter, Rule


@dataclass(frozen=True, slots=True)
class Clash:
    """A part that both have changed, each to something else, in words; the merged filter has yours."""

    what: str
    base: str
    theirs: str
    yours: str


@dataclass(frozen=True, slots=True)
class Merged:
    """`filter` is theirs with what was changed by you; of a clash it has your side."""

    filter: Filter
    clashes: tuple[Clash, ...] = ()


def merge(base: Filter, theirs: Filter, yours: Filter) -> Merged:
    """Take from each side what only that one has changed since `base`."""
    clashes: list[Clash] = []
    name = _one("name", base.name, theirs.name, yours.name, clashes)
    action = _one("action", base.action, theirs.action, yours.action, clashes)
    rules = _rules(base.rules, theirs.rules, yours.rules, clashes)
    return Merged(replace(theirs, name=name, action=action, rules=rules), tuple(clashes))


def _one(what: str, base: str, theirs: str, yours: str, clashes: list[Clash]) -> str:
    if theirs not in (base, yours) and yours != base:
        clashes.append(Clash(what, base, theirs, yours))
    return theirs if yours == base else yours


def _rules(
    base: Sequence[Rule], theirs: Sequence[Rule], yours: Sequence[Rule], clashes: list[Clash]
) -> tuple[Rule, ...]:
    their, your = _Side(base, theirs), _Side(base, yours)
    merged = _added(their.added.get(0, []), your.added.get(0, []))
    for at, rule in enumerate(base):
        one, other = their.fate[at], your.fate[at]
        if not (_same(one, other) or _same(one, rule) or _same(other, rule)):
            clashes.append(Clash(f"rule {at + 1}", rule_line(rule), _words(one), _words(other)))
        kept = one if _same(other, rule) else other
        merged += [kept] if kept else []
        merged += _added(their.added.get(at + 1, []), your.added.get(at + 1, []))
    return tuple(merged)


class _Side:
    """What one side did to the rules: `fate` is what became of each, `added` the new ones by the rule before them."""

    def __init__(self, base: Sequence[Rule], side: Sequence[Rule]) -> None:
        self.fate: list[Rule | None] = [None] * len(base)
        self.added: dict[int, list[Rule]] = {}
        left: list[int] = []
        matcher = SequenceMatcher(a=[_key(rule) for rule in base], b=[_key(rule) for rule in side], autojunk=False)
        new: list[tuple[int, Rule]] = []
        for kind, begin, end, first, last in matcher.get_opcodes():
            if kind == "equal":
                self.fate[begin:end] = side[first:last]
                continue
            left += range(begin, end)
            new += ((end, rule) for rule in side[first:last])
        for alike in (_same_place, _same_path):
            for place, rule in list(new):
                if (at := next((at for at in left if alike(base[at], rule)), None)) is not None:
                    self.fate[at] = rule
                    left.remove(at)
                    new.remove((place, rule))
        for place, rule in new:
            self.added.setdefault(place, []).append(rule)


def _added(theirs: list[Rule], yours: list[Rule]) -> list[Rule]:
    known = [_key(rule) for rule in theirs]
    return [*theirs, *(rule for rule in yours if _key(rule) not in known)]


def _words(rule: Rule | None) -> str:
    return rule_line(rule) if rule else "removed"


def _key(rule: Rule) -> tuple[str, bool, tuple[str, ...]]:
    return rule.path, rule.allow, rule.values


def _same(one: Rule | None, other: Rule | None) -> bool:
    return (one and _key(one)) == (other and _key(other))


def _same_place(one: Rule, other: Rule) -> bool:
    return _same_path(one, other) and one.allow is other.allow


def _same_path(one: Rule, other: Rule) -> bool:
    return one.path == other.path
