"""The impact of a change while it is typed: what was found in the samples is kept, and only what is new is looked at.

A set of messages is a number with a bit for each of them, so hundreds of rules over thousands of messages are added up
in less than a millisecond; `domain.impact` gives the same answers without keeping anything.
"""

import json
from collections import Counter, OrderedDict
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, Final

from redox_tui.domain.fieldpath import FieldPath, FieldPathError, compiled
from redox_tui.domain.fields import values_seen
from redox_tui.domain.filters import ASSUMED, SEND, Filter, Meaning, Policy
from redox_tui.domain.impact import Changed, Impact, RuleCount
from redox_tui.domain.samples import Sample

MOST: Final = 10_000
"""Sample messages at once."""

_MOST_PARSED: Final = 2_000
"""Messages that are kept parsed, at ten times the memory of their text; the rest is parsed again for each new path."""

_SLICE: Final = 16
_MOST_PATHS: Final = 64
_MOST_RULES: Final = 1_200
_NOTHING: Final[list[Any]] = []

Progress = tuple[int, int]
"""How many looks into messages are done, of how many."""


class SampleSet:
    """Sample messages, which are patient data: who holds this drops it on lock and on leaving."""

    def __init__(self, samples: Iterable[Sample] = ()) -> None:
        self.names: list[str] = []
        self._messages: list[Any] = []
        self._found: OrderedDict[str, list[list[Any]]] = OrderedDict()
        self._held: OrderedDict[tuple[str, bool, frozenset[str], Policy], int] = OrderedDict()
        self._seen: dict[str, Counter[str]] = {}
        for sample in samples:
            self.add(sample)

    def __len__(self) -> int:
        return len(self.names)

    def add(self, sample: Sample) -> None:
        """A message more, before anything is asked."""
        packed = json.dumps(sample.message) if len(self) >= _MOST_PARSED else sample.message
        self.names.append(sample.name)
        self._messages.append(packed)

    def message(self, index: int) -> Any:
        """One message, parsed."""
        kept = self._messages[index]
        return json.loads(kept) if isinstance(kept, str) else kept

    def messages(self, most: int = MOST) -> Iterator[Any]:
        """The messages in order, one by one."""
        return (self.message(index) for index in range(min(most, len(self))))

    def seen(self, path: str) -> Counter[str]:
        """The values at a path with their counts; none where no rule had this path in the last impact."""
        try:
            canonical = compiled(path).canonical
        except FieldPathError:
            return Counter()
        if canonical in self._found and canonical not in self._seen:
            self._seen[canonical] = values_seen(self._found[canonical])
        return self._seen.get(canonical, Counter())

    def look(self, path: str) -> Generator[Progress, None, Counter[str]]:
        """The values at a path with their counts, looked for where no rule had it yet; it yields as `impact` does."""
        try:
            wanted = compiled(path)
        except FieldPathError:
            return Counter()
        yield from self._look({wanted.canonical: wanted})
        return self.seen(path)

    def impact(
        self, current: Filter | None, proposed: Filter | None, policy: Policy = ASSUMED
    ) -> Generator[Progress, None, Impact]:
        """Compare two filters as `impact.impact` does; None is no filter at all. Raises FilterError.

        It yields after every few looks into messages, so that its caller may pause, show how far it is, or give up.
        """
        meanings = [Meaning(one or Filter("", SEND), policy) for one in (current, proposed)]
        rules = {self._key(rule, policy): rule for meaning in meanings for rule in meaning.rules}
        paths = {rule.path.canonical: rule.path for rule in rules.values()}
        yield from self._look(paths)
        for key, rule in rules.items():
            if key not in self._held:
                found = self._found[rule.path.canonical]
                held = 0
                for begin in range(0, len(found), _SLICE):
                    bits = 0
                    for place, values in enumerate(found[begin : begin + _SLICE]):
                        bits |= rule.holds(values, policy) << place
                    held |= bits << begin
                    yield 1, 1
                self._held[key] = held
            self._held.move_to_end(key)
        now, then = (
            _Side(one, [self._held[self._key(rule, policy)] for rule in one.rules], len(self)) for one in meanings
        )
        yield 1, 1
        answer = Impact(
            len(self), now.delivered.bit_count(), then.delivered.bit_count(), then.counts(), _changed(now, then)
        )
        self._forget_old(paths)
        return answer

    def _look(self, paths: dict[str, FieldPath]) -> Iterator[Progress]:
        """Find the values at each path that is new, in all messages."""
        new = [path for canonical, path in paths.items() if canonical not in self._found]
        found: list[list[list[Any]]] = [[] for _ in new]
        total = len(new) * len(self)
        if new:
            for index in range(len(self)):
                message = self.message(index)
                for path, values in zip(new, found, strict=True):
                    values.append(path.values(message) or _NOTHING)
                    if len(new) > _SLICE:
                        yield len(new) * index, total
                if index % _SLICE == 0 and len(new) <= _SLICE:
                    yield len(new) * index, total
        for path, values in zip(new, found, strict=True):
            self._found[path.canonical] = values
        for canonical in paths:
            self._found.move_to_end(canonical)

    def _forget_old(self, paths: dict[str, FieldPath]) -> None:
        """Each letter of a path may be a path; what was found at those of long ago is not needed again."""
        while len(self._found) > max(_MOST_PATHS, len(paths)):
            gone, _ = self._found.popitem(last=False)
            self._seen.pop(gone, None)
        while len(self._held) > _MOST_RULES:
            self._held.popitem(last=False)

    @staticmethod
    def _key(rule: Any, policy: Policy) -> tuple[str, bool, frozenset[str], Policy]:
        return rule.path.canonical, rule.rule.allow, rule.wanted, policy


class _Side:
    """One of the two filters: which messages it delivers, and which each rule is the first to stop."""

    def __init__(self, meaning: Meaning, held: Sequence[int], messages: int) -> None:
        left = every = (1 << messages) - 1
        self.held = held
        self.stopped: list[int] = []
        for bits in held:
            self.stopped.append(left & ~bits if meaning.filter.action == SEND else 0)
            left &= bits
        if meaning.filter.action != SEND:
            left = every & ~left if meaning.policy.block_all == "if rules hold" else 0
        self.delivered = left

    def counts(self) -> tuple[RuleCount, ...]:
        pairs = zip(self.held, self.stopped, strict=True)
        return tuple(
            RuleCount(number, held.bit_count(), stopped.bit_count()) for number, (held, stopped) in enumerate(pairs, 1)
        )


def _changed(now: _Side, then: _Side) -> tuple[Changed, ...]:
    """The messages that only one of the two delivers, in order, with the rule of the other one."""
    differ = now.delivered ^ then.delivered
    rules: dict[int, int] = {}
    for side, delivered in ((now, then.delivered), (then, now.delivered)):
        for number, stopped in enumerate(side.stopped, 1):
            for index in _places(stopped & differ & delivered):
                rules[index] = number
    return tuple(Changed(index, bool(then.delivered >> index & 1), rules.get(index)) for index in _places(differ))


def _places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    text = f"{bits:b}"[::-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)
