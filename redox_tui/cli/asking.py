"""Asking for what no command line may hold: on the terminal without echo, or from a descriptor that a script opened."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from redox_tui.cli.exits import CommandError, Exit, say

TERMINAL: Final = "/dev/tty"
MAX_LINE: Final = 4_096


class Secrets:
    """Where passphrases come from: the lines of a descriptor in the order in which they are asked for, else a person.

    What is returned is a bytearray, so that it can be overwritten.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @property
    def can_be_asked_again(self) -> bool:
        """Whether a wrong passphrase may be followed by another try."""
        return self._descriptor is None

    def ask(self, what: str, note: str = "") -> bytearray:
        """The passphrase of `what`; CommandError where there is none to be had."""
        if note:
            say(note)
        secret = _asked(f"Passphrase of {what}: ", echo=False) if self._descriptor is None else self._next(what)
        if not secret:
            raise CommandError(f"No passphrase of {what} was given.", Exit.AUTH)
        return secret

    def agrees(self, question: str, word: str) -> bool:
        """Whether the person at the terminal types this word; CommandError where there is nobody."""
        *before, last = question.splitlines()
        for line in before:
            say(line)
        return bytes(_asked(f"{last} Type {word}: ", echo=True)).decode(errors="replace").strip() == word

    def _next(self, what: str) -> bytearray:
        assert self._descriptor is not None  # noqa: S101 - for the type checker
        try:
            return read_line(self._descriptor)
        except OSError as error:
            raise CommandError(
                f"The passphrase of {what} cannot be read from descriptor {self._descriptor}: {error.strerror}.",
                Exit.AUTH,
            ) from None


def _asked(prompt: str, *, echo: bool) -> bytearray:
    try:
        terminal = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        if echo:
            raise CommandError(f"There is no terminal to ask on: {prompt.strip(' :')}.", Exit.REFUSED) from None
        words = f"There is no terminal to ask on for the {prompt.strip(' :').lower()}; --passphrase-fd N reads it."
        raise CommandError(words, Exit.AUTH) from None
    try:
        with _in_lines(terminal, echo=echo):
            os.write(terminal, prompt.encode())
            try:
                return read_line(terminal)
            finally:
                if not echo:
                    os.write(terminal, b"\n")
    finally:
        os.close(terminal)


@contextmanager
def _in_lines(terminal: int, *, echo: bool) -> Iterator[None]:
    """A terminal that gives whole lines. It is as it was again however this ends, by a signal too."""
    import termios

    before = termios.tcgetattr(terminal)
    now = termios.tcgetattr(terminal)
    now[3] = now[3] | termios.ICANON | termios.ISIG
    if not echo:
        now[3] = now[3] & ~termios.ECHO
    # A shell would show a suspended program's echo again when it goes on.
    now[6][termios.VSUSP] = bytes([os.fpathconf(terminal, "PC_VDISABLE")])
    ending = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, now)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        for number, handler in ending.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def read_line(descriptor: int) -> bytearray:
    """The next line without its end, empty at the end of all; nothing behind it is taken away."""
    line = bytearray()
    while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
        line += byte
        if len(line) > MAX_LINE:
            raise CommandError(f"A passphrase has at most {MAX_LINE:,} bytes.", Exit.AUTH)
    return line.removesuffix(b"\r")
