"""One writer at a time: a lock on a file that is never replaced, so that all programs lock the same one (CS-05)."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from redox_tui.store import secure_file
from redox_tui.store.errors import Conflict, NotSaved, UnsafeFile

PATIENCE: Final = 5.0
"""Seconds that are waited for another program; it needs milliseconds."""

_AGAIN_AFTER = 0.01
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MAX_PID = 20


@contextmanager
def locked(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock; Conflict, with the holder's process id, where it is not had within `patience` seconds."""
    secure_file.make_private_folder(path.parent)
    descriptor = _open(path)
    try:
        _wait(descriptor, path, patience)
        _sign(descriptor, f"{os.getpid()}")
        try:
            yield
        finally:
            _sign(descriptor, "")
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, _FLAGS, secure_file.FILE_MODE)
    except OSError as error:
        if path.is_symlink() or path.is_dir():
            raise UnsafeFile(f"{path} is not a plain file.", hint="Move it away.") from None
        raise NotSaved(f"{path} cannot be opened for writing: {error.strerror}.", "Nothing was changed.") from None
    try:
        secure_file.check_file(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _wait(descriptor: int, path: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Conflict(
                    f"Another program{_holder(descriptor)} is changing the store.",
                    "Nothing was changed.",
                    "Try again when it is done.",
                ) from None
            time.sleep(_AGAIN_AFTER)
        except OSError as error:
            raise NotSaved(f"{path} cannot be locked: {error.strerror}.", "Nothing was changed.") from None


def _holder(descriptor: int) -> str:
    pid = os.pread(descriptor, _MAX_PID, 0).decode("ascii", errors="replace")
    return f" (pid {pid})" if pid.isdecimal() else ""


def _sign(descriptor: int, pid: str) -> None:
    """Say who holds the lock. It holds without that too, for example on a full disk."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, pid.encode(), 0)
