"""An export that is one file of text: private, `.part` until it is whole, and never in the place of another file."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from redox_tui.domain.logs import LogDetail
from redox_tui.store import secure_file
from redox_tui.store.errors import Conflict, NotSaved, StoreError
from redox_tui.store.export_tail import Kept, Tail, tail_of
from redox_tui.store.export_text import TextFormat

_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class TextFile:
    """The file while it is written, under the name `part`. What is written is whole rows, or is taken back."""

    def __init__(self, path: Path, part: Path, form: TextFormat, *, is_new: bool) -> None:
        self.rows = 0
        self._path = path
        self._part = part
        self._form = form
        self._follows = False
        self._descriptor = _open(part, is_new=is_new)
        self._size = 0 if is_new else os.fstat(self._descriptor).st_size

    @property
    def kept(self) -> int:
        """Rows that stay when nothing more is written."""
        return self.rows

    def mark(self, row: LogDetail) -> bytes:
        """What a row without an id is known by."""
        return self._form.row(row)

    def cut(self, *, by_creation: bool, before: datetime | None) -> Tail:
        """Cut off what is torn, or not later than `before`, and say what is left; Unreadable where it is not ours."""
        with open(os.dup(self._descriptor), "rb") as file:

            def rows() -> Iterator[Kept]:
                file.seek(0)
                return self._form.read(file)

            tail = tail_of(rows, by_creation=by_creation, before=before)
        self._size = tail.end if tail.rows else 0
        os.ftruncate(self._descriptor, self._size)
        os.lseek(self._descriptor, self._size, os.SEEK_SET)
        self.rows = tail.rows
        return tail

    def append(self, rows: Sequence[LogDetail]) -> None:
        """Write rows; NotSaved where that fails, and then none of them is there."""
        if not rows:
            return
        begin = b"" if self._size else self._form.begin
        self._write(begin + self._form.joined([self._form.row(row) for row in rows], follows=self._follows))
        self._follows = True
        self.rows += len(rows)

    def complete(self) -> None:
        """Write the end and give the file its name; NotSaved where something has that name by now."""
        self._write((b"" if self._size else self._form.begin) + self._form.end)
        try:
            os.fsync(self._descriptor)
            self._check_name()
            os.link(self._part, self._path, follow_symlinks=False)
            self._part.unlink()
        except FileExistsError:
            raise NotSaved(f"{self._path} appeared meanwhile; the data is in {self._part}.") from None
        except OSError as error:
            raise NotSaved(f"{self._part} could not be completed: {error.strerror}.") from None

    def close(self) -> None:
        """Write no more; an empty file does not stay."""
        with contextlib.suppress(OSError):
            if not os.fstat(self._descriptor).st_size:
                self._check_name()
                self._part.unlink()
        os.close(self._descriptor)

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
                os.lseek(self._descriptor, self._size, os.SEEK_SET)
            raise NotSaved(f"Writing {self._part} failed: {error.strerror}.") from None
        self._size += len(data)

    def _check_name(self) -> None:
        """What has the name must still be what is written to."""
        ours = os.fstat(self._descriptor)
        found = os.lstat(self._part)
        if (found.st_dev, found.st_ino) != (ours.st_dev, ours.st_ino):
            raise NotSaved(f"{self._part} was replaced meanwhile by something else.")


def _open(part: Path, *, is_new: bool) -> int:
    try:
        descriptor = os.open(part, _NEW if is_new else _OLD, secure_file.FILE_MODE)
    except FileExistsError:
        raise NotSaved(f"{part} is left from an earlier run.", hint="Resume it, or look at it and remove it.") from None
    except OSError as error:
        raise NotSaved(f"{part} cannot be {'created' if is_new else 'opened'}: {error.strerror}.") from None
    try:
        if is_new:
            os.fchmod(descriptor, secure_file.FILE_MODE)  # a umask may have taken our own bits
        secure_file.check_file(part, os.fstat(descriptor))
        lock(descriptor, part)
    except StoreError:
        os.close(descriptor)
        raise
    return descriptor


def lock(descriptor: int, part: Path) -> None:
    """Let nobody else write to the same export; Conflict where somebody does."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Conflict(f"Another run is writing {part}.") from None


def is_same(one: Path, other: Path) -> bool:
    """Whether two names lead to one plain file: a run was ended between giving it its name and taking the old one."""
    try:
        left, right = os.lstat(one), os.lstat(other)
    except OSError:
        return False
    return stat.S_ISREG(left.st_mode) and (left.st_dev, left.st_ino) == (right.st_dev, right.st_ino)
