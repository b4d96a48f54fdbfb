"""A memory that does not grow: what was remembered longest goes first."""

from typing import TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


def keep(memory: dict[_K, _V], key: _K, value: _V, most: int) -> None:
    """Remember a value; the one that was remembered longest goes when there are too many."""
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > most:
        del memory[next(iter(memory))]
