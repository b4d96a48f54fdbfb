"""Somebody who sits at a terminal and answers what the program asks there."""

import os
import pty
from threading import Event, Thread
from types import TracebackType
from typing import Self

_MARKER = "\0"


class Person:
    """Answers prompts in the order that was agreed on; what the terminal has shown is kept."""

    def __init__(self) -> None:
        self._hand, self._terminal = pty.openpty()
        self._script: list[tuple[str, str]] = []
        self._shown = ""
        self._marked = Event()
        self._reader = Thread(target=self._sit)

    def answers(self, *script: tuple[str, str]) -> None:
        """Agree on prompts, or ends of them, with the line to type at each."""
        self._script = list(script)

    @property
    def terminal(self) -> str:
        """The path of the terminal."""
        return os.ttyname(self._terminal)

    @property
    def settings(self) -> list[object]:
        """How the terminal is set."""
        import termios

        return list(termios.tcgetattr(self._terminal))

    @property
    def saw(self) -> str:
        """What the terminal has shown, to the last byte that was written before this is read."""
        self._marked.clear()
        os.write(self._terminal, _MARKER.encode())
        assert self._marked.wait(20)
        return self._shown

    def _sit(self) -> None:
        while True:
            try:
                data = os.read(self._hand, 4_096)
            except OSError:
                return
            self._shown += data.decode()
            if self._shown.endswith(_MARKER):
                self._shown = self._shown.removesuffix(_MARKER)
                self._marked.set()
            if self._script and self._shown.endswith(self._script[0][0]):
                _, line = self._script.pop(0)
                os.write(self._hand, f"{line}\n".encode())

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._terminal)
        self._reader.join()
        os.close(self._hand)
