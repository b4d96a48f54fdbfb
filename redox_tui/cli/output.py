"""Where a command's data goes: stdout, or a new file of this user's alone that never replaces another."""

import contextlib
import os
import re
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from redox_tui.cli.exits import CommandError, Exit, flush_stdout, say
from redox_tui.domain import display

_UNWRITABLE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
"""Halves of characters that JSON may hold as an escape; the other surrogates stand for bytes that are no UTF-8."""


class Output:
    """A context that data is written to. A file carries the suffix `.part` until `finish` says that it is complete."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None
        self._file: IO[bytes] | None = None
        if not path and sys.stdout is None:
            raise CommandError("stdout is closed, so there is nowhere to write to.")
        self._is_terminal = not path and sys.stdout.isatty()

    def __enter__(self) -> Self:
        if self._path:
            if self._path.exists():
                raise CommandError(f"{self._path} exists already; nothing was written. Name a new file.", Exit.REFUSED)
            self._file = self._create(self._part(self._path))
        return self

    def write(self, text: str) -> None:
        """Write text; for a terminal it is made harmless first."""
        text = display.printable(text) if self._is_terminal else _UNWRITABLE.sub("\ufffd", text)
        data = text.encode("utf-8", errors="surrogateescape")
        try:
            if self._file:
                self._file.write(data)
            else:
                sys.stdout.buffer.write(data)
                flush_stdout()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CommandError(f"Writing failed: {error.strerror}.", Exit.REFUSED) from None

    def finish(self, *, complete: bool) -> None:
        """The data is all there, or will stay in the `.part` file as far as it came."""
        if not self._path or not self._file:
            return
        part = self._part(self._path)
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            if complete:
                os.link(part, self._path)
                part.unlink()
            elif part.stat().st_size:
                say(f"what was read so far is in {part}")
        except FileExistsError:
            raise CommandError(f"{self._path} appeared meanwhile; the data is in {part}.", Exit.REFUSED) from None
        except OSError as error:
            raise CommandError(f"{part} could not be completed: {error.strerror}.") from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file and self._path:
            self._file.close()
            part = self._part(self._path)
            with contextlib.suppress(OSError):
                if not part.stat().st_size:
                    part.unlink()

    @staticmethod
    def _part(path: Path) -> Path:
        return path.with_name(path.name + ".part")

    @staticmethod
    def _create(path: Path) -> IO[bytes]:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            return os.fdopen(os.open(path, flags, 0o600), "wb")
        except FileExistsError:
            raise CommandError(
                f"{path} is left from an earlier run; look at it, then remove it.", Exit.REFUSED
            ) from None
        except OSError as error:
            raise CommandError(f"{path} cannot be created: {error.strerror}.") from None
