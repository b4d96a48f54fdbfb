"""Files of this user alone: read only where nobody else could read or replace them, replaced whole or not at all.

What is checked is what was opened: between a look at a path and its use another file could take its place.
"""

import contextlib
import errno
import os
import re
import secrets
import shlex
import stat
import time
from pathlib import Path
from typing import Final

from redox_tui.store.errors import NotSaved, StoreError, UnsafeFile

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
MAX_BYTES: Final = 4 << 20
"""The most bytes that a file of the store may have."""

STRAY_AFTER: Final = 60.0
"""Seconds after which a temporary file must be one that a killed run has left (CS-04)."""

_OTHERS, _WRITABLE_BY_OTHERS = 0o077, 0o022
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{16}\.tmp")


def read(path: Path, limit: int = MAX_BYTES) -> bytes | None:
    """Read a whole file, None where there is none; UnsafeFile where others can reach it (CS-02), else StoreError."""
    if "\0" in str(path):
        raise StoreError("A path that holds a NUL character leads nowhere.")
    check_way(path)
    try:
        descriptor = os.open(path, _READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unopened(path, error) from None
    try:
        check_file(path, os.fstat(descriptor))
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise _unopened(path, error) from None
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise UnsafeFile(f"{path} is larger than {limit:,} bytes.")
    return data


def write(path: Path, data: bytes) -> None:
    """Replace a file whole and for good, or leave what was there: NotSaved (CS-06), UnsafeFile for a planted path."""
    check_way(path)
    with contextlib.suppress(FileNotFoundError):
        check_file(path, os.lstat(path))
    new, old = (path.with_name(temporary_name(path.name, secrets.token_hex(8))) for _ in range(2))
    try:
        _create(new, data)
        had_old = _keep(path, old)
        os.replace(new, path)
        try:
            _sync_folder(path.parent)
        except OSError:
            # The new file may not last. What is said to have failed must not be there.
            if had_old:
                os.replace(old, path)
            else:
                path.unlink()
            raise
    except OSError as error:
        raise NotSaved(
            f"{path} could not be saved: {os.strerror(error.errno or errno.EIO)}.",
            "What was there before is unchanged.",
        ) from None
    finally:
        for temporary in (new, old):
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a file for good, where there is one; NotSaved where that fails."""
    try:
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise NotSaved(f"{path} could not be removed: {error.strerror}.") from None


def make_private_folder(path: Path) -> None:
    """Make a folder for this user alone, and what it lies in where that is missing too (CS-01)."""
    try:
        for folder in (*reversed(path.parents), path):
            with contextlib.suppress(FileExistsError):
                folder.mkdir(FOLDER_MODE)
    except OSError as error:
        raise NotSaved(f"{path} could not be made: {error.strerror}.") from None
    check_private_folder(path)


def check_private_folder(path: Path) -> bool:
    """Refuse a folder of the store that is not this user's alone; False where there is none."""
    check_way(path)
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unopened(path, error) from None
    if not stat.S_ISDIR(found.st_mode):
        raise UnsafeFile(f"{path} is {_kind(found.st_mode)}, not a folder.", hint="Move it away.")
    if found.st_uid != os.geteuid():
        raise UnsafeFile(f"The folder {path} belongs to another user (uid {found.st_uid}).")
    if found.st_mode & _OTHERS:
        raise UnsafeFile(
            f"Others can look into the folder {path} (mode {_mode(found)}).", hint=f"Type: chmod 700 {_quoted(path)}"
        )
    return True


def check_way(path: Path) -> None:
    """Refuse a path that somebody else could make lead elsewhere: each folder above it is looked at (CS-03)."""
    path = path.absolute()
    real = Path(os.path.realpath(path.parent), path.name)
    for folder in dict.fromkeys((*path.parents, *real.parents)):
        for look in (os.lstat, os.stat):
            try:
                _check_folder(folder, look(folder))
            except OSError:
                break  # what cannot be seen here cannot be opened either


def check_file(path: Path, found: os.stat_result, reachable: int = _OTHERS) -> None:
    """Refuse what is no plain file of this user, or has one of the mode bits `reachable` (CS-02)."""
    if not stat.S_ISREG(found.st_mode):
        leads = f" It leads to {os.path.realpath(path)}." if stat.S_ISLNK(found.st_mode) else ""
        raise UnsafeFile(f"{path} is {_kind(found.st_mode)} (mode {_mode(found)}), not a plain file.{leads}")
    if found.st_uid != os.geteuid():
        raise UnsafeFile(
            f"{path} belongs to another user (uid {found.st_uid}, mode {_mode(found)}).", hint="Use a file of your own."
        )
    if found.st_mode & reachable:
        raise UnsafeFile(
            f"Others on this machine can reach {path} (mode {_mode(found)}).", hint=f"Type: chmod 600 {_quoted(path)}"
        )


def sweep(folder: Path, now: float | None = None) -> None:
    """Remove temporary files that a killed run has left; `now` is the epoch time, the clock's where it is not given."""
    oldest = (time.time() if now is None else now) - STRAY_AFTER
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY.fullmatch(entry.name) and entry.stat(follow_symlinks=False).st_ctime < oldest:
                os.unlink(entry.path)


def temporary_name(name: str, random: str) -> str:
    """The name of a file while it is written, beside the one that it will replace."""
    return f".{name}.{random}.tmp"


def _create(path: Path, data: bytes) -> None:
    descriptor = os.open(path, _CREATE, FILE_MODE)
    try:
        os.fchmod(descriptor, FILE_MODE)  # a umask may have taken our own bits
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep(path: Path, other: Path) -> bool:
    """Give a file a second name; False where there is none."""
    try:
        os.link(path, other, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_folder(folder: Path, found: os.stat_result) -> None:
    if found.st_uid not in (0, os.geteuid()):
        raise UnsafeFile(f"{folder} belongs to another user (uid {found.st_uid}), who could replace what is in it.")
    is_shared = stat.S_ISDIR(found.st_mode) and found.st_mode & _WRITABLE_BY_OTHERS
    if is_shared and not found.st_mode & stat.S_ISVTX:
        raise UnsafeFile(
            f"Others can replace what is in the folder {folder} (mode {_mode(found)}).",
            hint=f"Type: chmod go-w {_quoted(folder)}",
        )


def _unopened(path: Path, error: OSError) -> StoreError:
    if error.errno == errno.ELOOP:
        return UnsafeFile(f"{path} is a symbolic link. It leads to {os.path.realpath(path)}.")
    return StoreError(f"{path} cannot be read: {error.strerror}.")


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFREG: "a file"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _mode(found: os.stat_result) -> str:
    return f"{stat.S_IMODE(found.st_mode):04o}"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
