"""A message from a file of the user's, for logs whose payload the API does not give."""

import os
import stat
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from redox_tui.domain.problem import Problem

MOST_BYTES: Final = 64 << 20
"""Longer files are no messages that somebody would read here."""


def read_message(path: Path) -> str:
    """The text of a file, bytes that are no UTF-8 kept; raises Problem. It may take long: not for the loop."""
    try:
        path = path.expanduser()
        # Without waiting, so that a pipe that nobody writes to does not hold whoever named it.
        with ExitStack() as opened:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            opened.callback(os.close, descriptor)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Problem(f"{path} is no file with a message in it.")
            with open(descriptor, "rb", closefd=False) as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RuntimeError):
        raise Problem("That is no path of a file.") from None
    if len(data) > MOST_BYTES:
        raise Problem(f"{path} is longer than {MOST_BYTES >> 20} MB.")
    return data.decode("utf-8-sig", errors="surrogateescape")
