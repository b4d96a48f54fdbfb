"""Repeatable randomness: numbers that depend on a seed and a place only, so that nothing has to be remembered."""

import random
from hashlib import blake2b

_MASK = (1 << 64) - 1


def key(seed: int, purpose: str) -> int:
    """A 64-bit key; different purposes get unrelated keys from one seed."""
    return int.from_bytes(blake2b(f"{seed}:{purpose}".encode(), digest_size=8).digest(), "big")


def mix(value: int) -> int:
    """Scatter an integer over 64 bits (the finaliser of SplitMix64); equal inputs give equal outputs."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def dice(seed: int) -> random.Random:
    """A generator that throws the same numbers for the same seed."""
    return random.Random(seed)  # noqa: S311 - synthetic traffic wants repeatable numbers, not secret ones
