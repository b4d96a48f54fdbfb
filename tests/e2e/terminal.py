"""A terminal to run the program in: a real pty, read by an emulator, with everything that was written kept."""

import ctypes
import os
import re
import shlex
import signal
import sys
import termios
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pyte

PATIENCE = 60.0
"""Seconds until a test gives up: many, since the machine may be busy; none of them is spent where all is well."""

_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_KEY = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO?[A-Za-z]|.", re.DOTALL)
# The emulator does not know the keyboard protocol, and would print a part of it.
_KEYBOARD = re.compile(rb"\x1b\[[<>=][\d;]*u")
_WRAP, _CURSOR, _ALTERNATE_SCREEN = 7, 25, 1049
_ON_BY_DEFAULT = {_WRAP, _CURSOR}


def environment(home: Path, **more: str) -> dict[str, str]:
    """What the program needs of the environment, with nothing in it that steers it."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "PYTHONPATH") if name in os.environ}
    return {"LANG": "C.UTF-8", **kept, "HOME": str(home), "TERM": "xterm-256color", **more}


def redox_tui(*arguments: str) -> list[str]:
    """The program with arguments."""
    return [sys.executable, "-m", "redox_tui", *arguments]


class Terminal:
    """A terminal of 80×24 with one program in it."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, columns: int = 80, lines: int = 24) -> None:
        self.written = b""
        self.keys = 0
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        with warnings.catch_warnings():
            # From Python 3.12 on; the child becomes another program at once, so threads here are no danger to it.
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
            self._child: pexpect.spawn[bytes] = pexpect.spawn(
                command[0], list(command[1:]), env=dict(env), dimensions=(lines, columns), timeout=PATIENCE
            )
        self._line = _other_end(self._child.child_fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._line)
        self._child.close(force=True)

    @property
    def pid(self) -> int:
        """The process that runs in it."""
        assert self._child.pid
        return self._child.pid

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, from top to bottom."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    @property
    def cursor(self) -> str:
        """The line that the cursor is in: one drawn in reverse, else the one of the terminal's own."""
        reversed_ones = (y for y, line in self._screen.buffer.items() if any(cell.reverse for cell in line.values()))
        return self.lines[next(reversed_ones, self._screen.cursor.y)]

    def press(self, keys: str) -> None:
        """Send keys as the terminal would."""
        self.keys += len(_KEY.findall(keys))
        self._child.send(keys)

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the terminal."""
        self._screen.resize(lines, columns)
        self._child.setwinsize(lines, columns)

    def until(self, wanted: str | Callable[[str], bool]) -> None:
        """Read until a text, or what a function wants, is on the screen."""
        is_there = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        deadline = time.monotonic() + PATIENCE
        while not is_there(self.text):
            is_alive = self._reads()
            assert is_alive, f"ended without {wanted!r} on\n{self.text}"
            assert time.monotonic() < deadline, f"never saw {wanted!r} on\n{self.text}"

    def show(self, sequence: str) -> None:
        """Show what another program has written to the terminal."""
        self._stream.feed(sequence.encode())

    def silence(self, seconds: float) -> bytes:
        """Read until nothing has come for a while; what came in twice that time afterwards."""
        while self._comes(seconds):
            pass
        before = len(self.written)
        self._comes(2 * seconds)
        return self.written[before:]

    def end(self, signal_number: signal.Signals | None = None) -> int:
        """Send a signal if one is given, and wait for the end; the exit code as a shell would tell it."""
        if signal_number is not None:
            self._child.kill(signal_number)
        deadline = time.monotonic() + PATIENCE
        while self._reads():
            assert time.monotonic() < deadline, f"never ended; on the screen is\n{self.text}"
        self._child.wait()
        killed_by, code = self._child.signalstatus, self._child.exitstatus
        if killed_by is not None:
            return 128 + killed_by
        assert code is not None
        return code

    def hang_up(self) -> None:
        """Drop the line, as a broken connection does, and wait for the end; nothing can be read any more."""
        nobody = os.open(os.devnull, os.O_RDWR)
        os.dup2(nobody, self._child.child_fd)
        os.close(nobody)
        deadline = time.monotonic() + PATIENCE
        while self._child.isalive():
            assert time.monotonic() < deadline, "it goes on without a terminal"
            time.sleep(0.01)

    def modes(self) -> set[int]:
        """The private modes that differ from those of a fresh terminal."""
        modes = set(_ON_BY_DEFAULT)
        for numbers, action in _MODE.findall(self.written):
            changed = {int(number) for number in numbers.split(b";")}
            modes = modes | changed if action == b"h" else modes - changed
        return modes ^ _ON_BY_DEFAULT

    @property
    def is_on_alternate_screen(self) -> bool:
        """Whether what is drawn now goes away with the program."""
        return _ALTERNATE_SCREEN in self.modes()

    @property
    def is_restored(self) -> bool:
        """Whether the terminal is as a fresh one: every mode, the keyboard's protocol, and how it reads lines."""
        pushed, popped = (len(re.findall(rb"\x1b\[%b\d*u" % sign, self.written)) for sign in (b">", b"<"))
        return not self.modes() and pushed == popped and self.reads_lines()

    def reads_lines(self) -> bool:
        """Whether the terminal is as a shell needs it: it reads lines, echoes, and lets keys send signals."""
        flags = int(termios.tcgetattr(self._line)[3])
        wanted = termios.ICANON | termios.ECHO | termios.ISIG
        return flags & wanted == wanted

    def last_words(self) -> str:
        """What was written after the alternate screen had been left, without escape sequences."""
        after = self.written.rsplit(b"\x1b[?1049l", 1)[-1]
        plain = re.sub(rb"\x1b(\[[0-?]*[ -/]*[@-~]|[@-_])", b"", after)
        return plain.decode().replace("\r\n", "\n").strip()

    def _comes(self, seconds: float) -> bool:
        """Read what comes within some seconds; whether anything did."""
        before = len(self.written)
        self._reads(seconds)
        return len(self.written) > before

    def _reads(self, seconds: float = 0.2) -> bool:
        """Read what comes within some seconds; False once the program has ended and all of it has been read."""
        try:
            data = self._child.read_nonblocking(65_536, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.written += data
        self._stream.feed(_KEYBOARD.sub(b"", data))
        return True


def _other_end(master: int) -> int:
    """The program's end of a pty, held open: the kernel resets its settings when nobody holds it any more."""
    library = ctypes.CDLL(None)
    library.ptsname.restype = ctypes.c_char_p
    return os.open(library.ptsname(master), os.O_RDWR | os.O_NOCTTY)


def in_shell(command: Sequence[str], redirection: str) -> list[str]:
    """A command with its input or output redirected."""
    return ["/bin/sh", "-c", f"exec {shlex.join(command)} {redirection}"]
