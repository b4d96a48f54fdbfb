"""Identifiers that carry their own meaning: a keyed permutation makes UUIDs of (kind, index) and reads them back.

Nothing is stored per log, yet an id is found in constant time and an invented id is recognised.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

from redox_tui.simulator.mixing import key, mix

_HALF = 61
_MASK = (1 << _HALF) - 1
_ROUNDS = 4
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


class Kind(IntEnum):
    """What an id names."""

    REALTIME = 1
    BACKFILL = 2
    CURSOR = 3


@dataclass(frozen=True, slots=True)
class Named:
    """What stands behind an id: the log `index` of a kind; `attempt` is 0 for the log itself."""

    kind: Kind
    index: int
    attempt: int = 0


class Ids:
    """A permutation of the 122 free bits of a version 4 UUID, keyed by the seed of a world."""

    def __init__(self, seed: int) -> None:
        self._keys = tuple(key(seed, f"id round {number}") for number in range(_ROUNDS))

    def name(self, named: Named) -> str:
        """The UUID text; `index` must be below 2**61 and `attempt` below 256."""
        left, right = named.kind << 8 | named.attempt, named.index
        for round_key in self._keys:
            left, right = right, left ^ (mix(right ^ round_key) & _MASK)
        bits = left << _HALF | right
        text = f"{bits >> 74:012x}4{bits >> 62 & 0xFFF:03x}{1 << 63 | bits & (1 << 62) - 1:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def read(self, text: str) -> Named | None:
        """What an id names, or None for a text that is no id of this world."""
        if not _UUID4.fullmatch(text):
            return None
        number = int(text.replace("-", ""), 16)
        bits = (number >> 80) << 74 | (number >> 64 & 0xFFF) << 62 | number & (1 << 62) - 1
        left, right = bits >> _HALF, bits & _MASK
        for round_key in reversed(self._keys):
            left, right = right ^ (mix(left ^ round_key) & _MASK), left
        if left >> 8 not in tuple(Kind):
            return None
        return Named(Kind(left >> 8), right, left & 0xFF)
