"""A program on a terminal of its own: a real pty of 140×40, and when each of its bytes came."""

import os
import pty
import select
import signal
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import NamedTuple, Self

ROOT = Path(__file__).parents[2]
COLUMNS, ROWS = 140, 40

QUIET = 0.06
"""Seconds without a byte after which a key counts as answered: more than three frames of Textual."""

_TIMEOUT = 30.0
_TIME_TO_QUIT = 5.0
_QUIT = b"\x11"


class Failed(Exception):
    """The harness could not measure: the program ended, or what was waited for never came."""


class Reaction(NamedTuple):
    """What a key caused: seconds until the last byte of the answer, and how many bytes."""

    seconds: float
    size: int


def environment(home: str) -> dict[str, str]:
    """All that programs are started with: PYTHONDONTWRITEBYTECODE, for one, would triple the time to start."""
    return {
        "PATH": os.defpath,
        "HOME": home,
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }


class Terminal:
    """Runs a module of Python until the end of the `with` block."""

    def __init__(self, module: Sequence[str], variables: Mapping[str, str]) -> None:
        self._output = bytearray()
        self._begin = perf_counter()
        self.pid, self._pty = pty.fork()
        if self.pid == 0:
            try:
                termios.tcsetwinsize(0, (ROWS, COLUMNS))
                os.chdir(ROOT)
                os.execve(sys.executable, [sys.executable, "-m", *module], dict(variables))
            finally:
                os._exit(127)
        self._last = self._begin

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            os.write(self._pty, _QUIT)
            while self._read(_TIME_TO_QUIT):
                pass
            os.kill(self.pid, signal.SIGKILL)
        except (Failed, OSError):
            pass  # it has ended
        os.close(self._pty)
        os.waitpid(self.pid, 0)

    def wait_for(self, text: str) -> float:
        """Read until a text has come; the seconds from the last key, or from the start, to the bytes that hold it."""
        wanted = text.encode()
        while wanted not in self._output:
            if not self._read(_TIMEOUT):
                raise Failed(f"“{text}” did not come within {_TIMEOUT:.0f} s: {bytes(self._output[-400:])!r}")
        return self._last - self._begin

    def settle(self, quiet: float = QUIET) -> int:
        """Read until nothing has come for so long; how many bytes have come since the last key, or since the start."""
        while self._read(quiet):
            pass
        return len(self._output)

    def press(self, key: str) -> Reaction:
        """Type a key and read its answer whole."""
        self._output.clear()
        self._begin = perf_counter()
        os.write(self._pty, key.encode())
        if not self._read(_TIMEOUT):
            raise Failed(f"the key {key!r} was not answered within {_TIMEOUT:.0f} s")
        size = self.settle()
        return Reaction(self._last - self._begin, size)

    def listen(self, seconds: float) -> int:
        """How many bytes come in a time in which nothing is typed."""
        before = len(self._output)
        end = perf_counter() + seconds
        while (left := end - perf_counter()) > 0:
            self._read(left)
        return len(self._output) - before

    def memory(self, field: str) -> float:
        """Megabytes that the program holds (`VmRSS`), or has held at most (`VmHWM`)."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith(f"{field}:"))
        return int(kilobytes) / 1024

    def _read(self, timeout: float) -> bool:
        """Take what comes within a time; False where nothing does."""
        if not select.select([self._pty], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self._pty, 65_536)
        except OSError:
            data = b""
        if not data:
            raise Failed(f"the program ended: {bytes(self._output[-400:])!r}")
        self._last = perf_counter()
        self._output += data
        return True
