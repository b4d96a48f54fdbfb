"""The numbers that options take, each within its bounds."""

import argparse
from typing import Final

SHIELD: Final = "\0"
"""Stands before an argument that begins like an option and is none; argparse would refuse it (`-status:succeeded`)."""

LOCK_AFTER: Final = 10
"""Minutes without a key after which the app locks itself."""

POLL: Final = 5
"""Seconds between two looks at what is new, while a list is followed."""

BY: Final = ("status", "type", "model", "event", "source", "dest")
"""What logs can be counted by, besides time."""

_BUCKETS = 32
_MAX_DESCRIPTOR = 65_535


def seed(text: str) -> int:
    """The seed of simulated traffic."""
    return whole(text, 0, 10**9)


def positive(text: str) -> int:
    """How many, at least one."""
    return whole(text, 1, 10**9)


def rate(text: str) -> int:
    """Requests in 5 minutes."""
    return whole(text, 10, 10_000)


def minutes(text: str) -> int:
    """Minutes without a key."""
    return whole(text, 1, 15)


def logs(text: str) -> int:
    """How many simulated logs."""
    return whole(text, 1, 1_000_000)


def port(text: str) -> int:
    """A TCP port, 0 for a free one."""
    return whole(text, 0, 65535)


def seconds(text: str) -> int:
    """How late, in s."""
    return whole(text, 0, 3_600)


def interval(text: str) -> int:
    """Seconds between two looks."""
    return whole(text, 1, 3_600)


def milliseconds(text: str) -> int:
    """A pause in ms."""
    return whole(text, 0, 60_000)


def whole(text: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`; ArgumentTypeError for anything else."""
    text = text.removeprefix(SHIELD)
    if not text.isascii() or not text.isdecimal() or not least <= int(text[:12]) <= most:
        raise argparse.ArgumentTypeError(f"“{text[:20]}” is no whole number from {least:,} to {most:,}")
    return int(text)


def by(text: str) -> tuple[str, int]:
    """What to count by, and into how many buckets of time."""
    key, colon, buckets = text.removeprefix(SHIELD).partition(":")
    if key == "time":
        return key, whole(buckets, 1, 1_000) if colon else _BUCKETS
    if key not in BY or colon:
        raise argparse.ArgumentTypeError(f"“{text[:20]}” is none of {', '.join(BY)}, time, time:BUCKETS")
    return key, 0


def descriptor(text: str) -> int:
    """The number of a file descriptor."""
    if not text.isascii() or not text.isdecimal() or int(text[:6]) > _MAX_DESCRIPTOR:
        raise argparse.ArgumentTypeError(f"“{text[:20]}” is no number of a file descriptor")
    return int(text)
