"""How a command speaks and ends: words on stderr, exit codes, the error that carries both."""

import contextlib
import os
import sys
from enum import IntEnum

from redox_tui.domain import display


class Exit(IntEnum):
    """The exit codes of every command; 128 + n is a signal."""

    OK = 0
    CRASH = 1
    USAGE = 2
    AUTH = 3
    UNSAFE_FILE = 4
    DAMAGED_STORE = 5
    NETWORK = 6
    NO_TERMINAL = 7
    NOT_FOUND = 8
    REFUSED = 9
    CHANGES = 10
    INTERRUPTED = 128 + 2
    BROKEN_PIPE = 128 + 13


class CommandError(Exception):
    """A command that cannot go on: a sentence for stderr and the exit code."""

    def __init__(self, message: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.code = code


def say(message: str) -> None:
    """Words for the person: on stderr, harmless, behind the program's name."""
    if sys.stderr is None:
        return  # closed by the caller; print would take stdout instead
    with contextlib.suppress(OSError):
        print(f"redox-tui: {display.printable(message)}", file=sys.stderr, flush=True)


def flush_stdout() -> None:
    """Write what stdout still holds; CommandError where it takes no more."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_stdout()
        raise CommandError(f"Writing failed: {error.strerror}.", Exit.REFUSED) from None


def abandon_stdout() -> None:
    """Nobody reads stdout any more, or it is full: what it still holds goes nowhere, and nothing complains of that."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
