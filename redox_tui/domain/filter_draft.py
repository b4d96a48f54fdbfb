"""A filter while somebody edits it: every text as it was typed, the filter that it makes, and the way back.

A draft is a value: typing gives another one, so that undoing is going back to the one before.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from redox_tui.domain import value_text
from redox_tui.domain.fieldpath import FieldPathError, compiled
from redox_tui.domain.filters import BLOCK_ALL, SEND, Extra, Filter, Rule, as_text
from redox_tui.domain.lint import Remark
from redox_tui.domain.value_text import ValueTextError

_MOST_STEPS: Final = 1_000


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as it is typed; `extra` are fields that this program does not know."""

    path: str = ""
    values: str = ""
    allow: bool = True
    extra: Extra = ()

    @classmethod
    def of(cls, rule: Rule) -> "RuleText":
        """The texts of a rule."""
        return cls(rule.path, value_text.write(rule.values), rule.allow, rule.extra)

    @property
    def rule(self) -> Rule:
        """The rule that the texts make; raises ValueTextError. Its path may still make no sense."""
        return Rule(self.path, value_text.parse(self.values), self.allow, self.extra)


@dataclass(frozen=True, slots=True)
class Texts:
    """All that can be typed."""

    name: str = ""
    action: str = SEND
    rules: tuple[RuleText, ...] = ()

    @classmethod
    def of(cls, filter_: Filter) -> "Texts":
        """The texts of a filter."""
        return cls(filter_.name, filter_.action, tuple(map(RuleText.of, filter_.rules)))


@dataclass(frozen=True, slots=True)
class Step:
    """What was there before a change, and the row of the rule that was changed, None for name and action."""

    texts: Texts
    row: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts on top of a filter.

    `base` is the filter as it was read, or for a new one what is known of it besides what is typed; `start` is what
    stood there when nothing had been typed; `past` are the steps that can be undone, newest last. `field` is where
    somebody types: all letters there are one step, until `settled`.
    """

    base: Filter
    texts: Texts
    start: Texts
    past: tuple[Step, ...] = field(default=(), repr=False)
    field: str = ""

    @classmethod
    def of(cls, base: Filter) -> "Draft":
        """The draft of a filter that nobody has changed yet; one without an id is new."""
        texts = Texts.of(base)
        return cls(base, texts, texts)

    @property
    def is_new(self) -> bool:
        """Whether the filter is not saved yet."""
        return not self.base.id

    @property
    def current(self) -> Filter | None:
        """The filter that is in force now, None where there is none yet."""
        return None if self.is_new else self.base

    @property
    def is_changed(self) -> bool:
        """Whether anything would be lost without a save."""
        return self.texts != self.start

    @property
    def rules(self) -> tuple[RuleText, ...]:
        """The rules as they are typed."""
        return self.texts.rules

    @property
    def proposed(self) -> Filter | None:
        """The filter that the texts make, None while values of a rule cannot be read."""
        try:
            rules = tuple(one.rule for one in self.rules)
        except ValueTextError:
            return None
        return replace(self.base, name=self.texts.name, action=self.texts.action, rules=rules)

    @property
    def unread(self) -> tuple[Remark, ...]:
        """The values that cannot be read, as errors."""
        found = []
        for number, one in enumerate(self.rules, 1):
            try:
                value_text.parse(one.values)
            except ValueTextError as error:
                found.append(Remark(str(error), "values", number, error.column, is_error=True))
        return tuple(found)

    def type_name(self, text: str) -> "Draft":
        """Another name."""
        return self._changed(replace(self.texts, name=text), None, "name")

    def type_path(self, row: int, text: str) -> "Draft":
        """Another path of a rule."""
        return self._with_rule(row, replace(self.rules[row], path=text), f"path {row}")

    def type_values(self, row: int, text: str) -> "Draft":
        """Other values of a rule."""
        return self._with_rule(row, replace(self.rules[row], values=text), f"values {row}")

    def settled(self) -> "Draft":
        """What is typed next is a step of its own."""
        return replace(self, field="")

    def switch_action(self) -> "Draft":
        """Send if every rule holds, or block all."""
        action = SEND if self.texts.action == BLOCK_ALL else BLOCK_ALL
        return self._changed(replace(self.texts, action=action), None)

    def toggle(self, row: int) -> "Draft":
        """The rule allows instead of denying, or the other way round."""
        return self._with_rule(row, replace(self.rules[row], allow=not self.rules[row].allow))

    def add(self, row: int, rule: RuleText) -> "Draft":
        """A rule more, in this row."""
        return self._changed(replace(self.texts, rules=(*self.rules[:row], rule, *self.rules[row:])), row)

    def remove(self, row: int) -> "Draft":
        """A rule less."""
        return self._changed(replace(self.texts, rules=(*self.rules[:row], *self.rules[row + 1 :])), row)

    def take(self, content: Filter) -> "Draft":
        """Name, action and rules of another filter instead; undoing brings back what was typed."""
        return self._changed(Texts.of(content), 0)

    def on(self, base: Filter) -> "Draft":
        """The same texts on top of another filter: of what was saved, or of what somebody else has saved."""
        return replace(self, base=base, start=Texts.of(base), field="")

    def undo(self) -> tuple["Draft", int | None]:
        """The draft before the last step, and the row that is back as it was; the same where nothing was typed."""
        if not self.past:
            return self, None
        last = self.past[-1]
        return replace(self, texts=last.texts, past=self.past[:-1], field=""), last.row

    def _with_rule(self, row: int, rule: RuleText, field: str = "") -> "Draft":
        return self._changed(replace(self.texts, rules=(*self.rules[:row], rule, *self.rules[row + 1 :])), row, field)

    def _changed(self, texts: Texts, row: int | None, field: str = "") -> "Draft":
        if texts == self.texts:
            return self
        if field and field == self.field:
            return replace(self, texts=texts)
        past = (*self.past[-_MOST_STEPS + 1 :], Step(self.texts, row))
        return replace(self, texts=texts, past=past, field=field)


def rule_of(path: str, value: Any) -> Rule | None:
    """The rule that allows what a message has at a path, `[*]` in place of each index.

    None where no rule can be made of it: of an object, an array or a null, which no text equals, or of no path.
    """
    text = as_text(value)
    try:
        general = compiled(path).general
    except FieldPathError:
        return None
    return Rule(general, (text,)) if general and text is not None else None
