"""What is wrong, or probably not meant, in a filter: said before it is saved, since then it acts at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from redox_tui.domain.fieldpath import FieldPath, FieldPathError, compiled
from redox_tui.domain.fields import Fields
from redox_tui.domain.filters import ACTIONS, BLOCK_ALL, Filter, Rule

Place = Literal["name", "action", "rules", "path", "values"]

_MOST_SUGGESTIONS: Final = 20
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a part of a filter.

    An error keeps a filter from being saved, another remark does not. `rule` is a number (1 is the first), `column`
    one within its path.
    """

    words: str
    place: Place
    rule: int | None = None
    column: int | None = None
    is_error: bool = False

    def __str__(self) -> str:
        rule = f"Rule {self.rule}: " if self.rule else ""
        column = f" (column {self.column})" if self.column else ""
        return f"{rule}{self.words}{column}"


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    rule: Rule
    path: FieldPath


def remarks(
    filter_: Filter, fields: Fields | None = None, seen: Callable[[str], Mapping[str, int]] | None = None
) -> tuple[Remark, ...]:
    """All that there is to say about a filter, errors first.

    Args:
        filter_: the filter.
        fields: what is known of its data model; unknown paths are not pointed out without it.
        seen: the values seen at a path, with their counts; values that miss them by a hair are not without it.
    """
    found = [*_of_head(filter_)]
    rules: list[_Numbered] = []
    for number, rule in enumerate(filter_.rules, 1):
        try:
            path = compiled(rule.path)
            rules.append(_Numbered(number, rule, path))
            found += [Remark(words, "path", number) for words in path.warnings]
        except FieldPathError as error:
            found.append(Remark(str(error), "path", number, error.column, is_error=True))
        found += _of_values(number, rule)
    found += _unknown_paths(rules, fields or Fields())
    found += [one for rule in rules for one in _near_misses(rule, seen)] if seen else []
    found += _repeated(rules)
    found += _never_true(rules)
    return tuple(sorted(found, key=lambda remark: not remark.is_error))


def errors(filter_: Filter) -> tuple[Remark, ...]:
    """What keeps a filter from being saved."""
    return tuple(remark for remark in remarks(filter_) if remark.is_error)


def _of_head(filter_: Filter) -> Iterator[Remark]:
    if not filter_.name.strip():
        yield Remark("A filter needs a name.", "name", is_error=True)
    if filter_.action not in ACTIONS:
        yield Remark(
            f"The action “{filter_.action}” is unknown; there are {' and '.join(ACTIONS)}.", "action", is_error=True
        )
    if filter_.action == BLOCK_ALL and filter_.rules:
        yield Remark("Under block-all rules are assumed to play no part: nothing is delivered.", "rules")
    if filter_.action != BLOCK_ALL and not filter_.rules:
        yield Remark("Without rules everything is delivered.", "rules")


def _of_values(number: int, rule: Rule) -> Iterator[Remark]:
    if not rule.values:
        yield Remark("It has no values.", "values", number, is_error=True)
    if "" in rule.values:
        yield Remark("One value is empty; it equals only an empty text.", "values", number)
    if padded := [value for value in rule.values if value != value.strip()]:
        yield Remark(f"{_named(padded)} begins or ends with a space, which counts.", "values", number)
    if len(set(rule.values)) < len(rule.values):
        twice = [value for value, count in Counter(rule.values).items() if count > 1]
        yield Remark(f"{_named(twice)} stands in it more than once.", "values", number)


def _unknown_paths(rules: list[_Numbered], fields: Fields) -> Iterator[Remark]:
    unknown: dict[str, str] = {}
    for one in rules:
        if fields.knows(one.path):
            continue
        text = one.path.text
        if text not in unknown and fields.is_inner(one.path):
            unknown[text] = "The path leads to an object or an array, which no value equals."
        elif text not in unknown:
            nearest = fields.nearest(one.path) if len(unknown) < _MOST_SUGGESTIONS else None
            meant = f"; did you mean {nearest}?" if nearest else "."
            unknown[text] = f"{text} is not known in this data model{meant}"
        yield Remark(unknown[text], "path", one.number)


def _near_misses(one: _Numbered, seen: Callable[[str], Mapping[str, int]]) -> Iterator[Remark]:
    counts = seen(one.rule.path)
    alike: dict[str, str] = {}
    for value in counts:
        alike.setdefault(_squeezed(value), value)
    for value in one.rule.values:
        close = alike.get(_squeezed(value))
        if close is not None and value not in counts:
            yield Remark(
                f"“{value}” differs from “{close}”, which messages have, by case or spaces.", "values", one.number
            )


def _repeated(rules: list[_Numbered]) -> Iterator[Remark]:
    first: dict[tuple[str, bool, frozenset[str]], int] = {}
    for one in rules:
        same = first.setdefault((one.path.canonical, one.rule.allow, frozenset(one.rule.values)), one.number)
        if same != one.number:
            yield Remark(f"It says the same as rule {same}.", "rules", one.number)


def _never_true(rules: list[_Numbered]) -> Iterator[Remark]:
    """Rules that no message can hold together.

    Where a path may have several values, two allow lists may each be met by another one.
    """
    by_path: dict[str, list[_Numbered]] = {}
    for one in rules:
        by_path.setdefault(one.path.canonical, []).append(one)
    for group in by_path.values():
        allowing = [one for one in group if one.rule.allow and one.rule.values]
        denied = {value: one.number for one in reversed(group) if not one.rule.allow for value in one.rule.values}
        common: set[str] | None = None
        for one in allowing:
            left = set(one.rule.values) if common is None else common & set(one.rule.values)
            if not left:
                others = _listed(earlier.number for earlier in allowing if earlier.number < one.number)
                yield Remark(f"Never true together with {others}: no value is in all their lists.", "rules", one.number)
                break
            if left <= denied.keys():
                verb = "deny" if len({denied[value] for value in left}) > 1 else "denies"
                by = _listed({denied[value] for value in left})
                values = _named([value for value in one.rule.values if value in left])
                yield Remark(f"Never true: it allows only {values}, {by} {verb} that.", "rules", one.number)
                break
            common = left if one.path.is_single else None


def _listed(numbers: Iterable[int]) -> str:
    return " and ".join(f"rule {number}" for number in sorted(numbers))


def _named(values: list[str] | tuple[str, ...]) -> str:
    shown = ", ".join(f"“{value}”" for value in values[:_MOST_NAMED])
    return f"{shown} and {len(values) - _MOST_NAMED:,} more" if len(values) > _MOST_NAMED else shown


def _squeezed(value: str) -> str:
    return "".join(value.split()).casefold()
