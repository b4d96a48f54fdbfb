"""The bytes of a file at any place, without keeping it open: it may be huge, change, shrink or be one of thousands."""

import os
import stat
from pathlib import Path
from typing import IO, Final, Protocol

from redox_tui.store.errors import StoreError

MOST_IN_MEMORY: Final = 256 << 20
"""Bytes that are taken of what can be read only once, such as a pipe."""

CHANGED: Final = "the file has changed"


class RecordFileError(StoreError):
    """A file whose records cannot be read; the sentences say why and what helps."""

    exit_code = 8


class Bytes(Protocol):
    """Bytes that can be read at any place."""

    @property
    def size(self) -> int:
        """How many there were at first."""

    @property
    def has_changed(self) -> bool:
        """Whether they are others by now, as far as that can be seen from outside."""

    def read(self, spans: list[tuple[int, int]]) -> list[bytes]:
        """The bytes of each (offset, length), fewer where the file is shorter by now; raises RecordFileError."""


class FileBytes:
    """The bytes of a regular file. It is opened for each reading, and has to be the same file then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._known = path.stat()
        except OSError as error:
            raise RecordFileError(f"{path} cannot be read: {error.strerror}.") from None
        self.size = self._known.st_size

    @property
    def has_changed(self) -> bool:
        """Whether size or time of change are others by now."""
        try:
            now = self._path.stat()
        except OSError:
            return True
        return (now.st_size, now.st_mtime_ns) != (self._known.st_size, self._known.st_mtime_ns)

    def read(self, spans: list[tuple[int, int]]) -> list[bytes]:
        """The bytes of each (offset, length); `pread`, since a map of a file that shrinks ends the process."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise RecordFileError(f"{self._path} cannot be read any more: {error.strerror}.") from None
        try:
            found = os.fstat(descriptor)
            if (found.st_dev, found.st_ino) != (self._known.st_dev, self._known.st_ino):
                raise RecordFileError(f"Another file has taken the place of {self._path}.", hint="Open it again.")
            return [_whole(descriptor, offset, length) for offset, length in spans]
        except OSError as error:
            raise RecordFileError(f"{self._path} cannot be read any more: {error.strerror}.") from None
        finally:
            os.close(descriptor)


class MemoryBytes:
    """Bytes that could be read once only: those of a pipe."""

    has_changed = False

    def __init__(self, stream: IO[bytes], name: str) -> None:
        try:
            self._bytes = stream.read(MOST_IN_MEMORY + 1)
        except OSError as error:
            raise RecordFileError(f"{name} cannot be read: {error.strerror}.") from None
        if len(self._bytes) > MOST_IN_MEMORY:
            raise RecordFileError(
                f"{name} brings more than {MOST_IN_MEMORY >> 20} MiB, which are not kept in memory.",
                hint="Write it to a file and open that.",
            )
        self.size = len(self._bytes)

    def read(self, spans: list[tuple[int, int]]) -> list[bytes]:
        """The bytes of each (offset, length)."""
        return [self._bytes[offset : offset + length] for offset, length in spans]


def open_bytes(path: Path) -> Bytes:
    """The bytes of a path; what is no regular file is read into memory, once."""
    try:
        if stat.S_ISREG(path.stat().st_mode):
            with path.open("rb"):
                return FileBytes(path)
        with path.open("rb") as stream:
            return MemoryBytes(stream, str(path))
    except OSError as error:
        raise RecordFileError(f"{path} cannot be read: {error.strerror}.") from None


def _whole(descriptor: int, offset: int, length: int) -> bytes:
    """As many bytes as there are; one call brings two gigabytes at most."""
    found = os.pread(descriptor, length, offset)
    while 0 < len(found) < length and (more := os.pread(descriptor, length - len(found), offset + len(found))):
        found += more
    return found
