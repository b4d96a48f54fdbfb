"""Messages that a filter stopped must be such that it stops them: one value is set so that a rule does not hold."""

import re
from collections.abc import Sequence

from redox_tui.domain.filters import Rule
from redox_tui.simulator.payloads.parts import Json

BREAKABLE = 2
"""Rules from the first on that may be broken; behind them one says that every message is a test."""
_UNLISTED = "Preliminary"
_STEP = re.compile(r"\.(\w+)|\[\*\]")


def break_one(message: Json, rules: Sequence[Rule], turn: int) -> None:
    """Set the value of one rule's path, which is made of names and `[*]`, to one that the rule stops."""
    rule = rules[turn % len(rules)]
    value = _UNLISTED if rule.allow else rule.values[0]
    *way, last = [found.group(1) for found in _STEP.finditer(rule.path)]
    places: list[object] = [message]
    for name in way:
        places = [
            inner
            for place in places
            for inner in (place if isinstance(place, list) else [place.get(name)] if isinstance(place, dict) else [])
        ]
    for place in places:
        if isinstance(place, dict) and last:
            place[last] = value
