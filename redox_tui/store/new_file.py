"""A new file of this user's alone, for something that was asked for: it never replaces another (security.md PH-12)."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from redox_tui.store.errors import NotSaved
from redox_tui.store.secure_file import FILE_MODE

_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_new(path: Path, pieces: Iterable[bytes]) -> int:
    """Write pieces to a file that does not exist yet, and how many bytes they were; NotSaved where that fails.

    What is not written whole is removed again, whatever came in between.
    """
    if "\0" in str(path):
        raise NotSaved("A path that holds a NUL character leads nowhere.")
    try:
        descriptor = os.open(path, _CREATE, FILE_MODE)
    except FileExistsError:
        raise NotSaved(f"{path} exists already; nothing was written.", hint="Name a new file.") from None
    except OSError as error:
        raise NotSaved(f"{path} cannot be created: {error.strerror}.") from None
    is_whole = False
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, FILE_MODE)
            size = sum(map(file.write, pieces))
            file.flush()
            os.fsync(descriptor)
        is_whole = True
    except OSError as error:
        raise NotSaved(f"{path} could not be written: {error.strerror}. Nothing is left of it.") from None
    finally:
        if not is_whole:
            path.unlink(missing_ok=True)
    return size
