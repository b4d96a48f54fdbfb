"""Textual's driver of real terminals, with frames cut down to what changes on the screen: over SSH bytes are time."""

import os
from threading import RLock
from typing import Any

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message
from textual.messages import InBandWindowResize

from redox_tui.tui.terminal.screen import Screen


class FrugalDriver(LinuxDriver):
    """Writes what makes the terminal show the same, in fewer bytes."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._shown = Screen()
        self._writing = RLock()  # the thread that reads keys writes too, and a signal that suspends in the midst of it
        self._is_stale = False

    def forget_screen(self) -> None:
        """Send the next frame whole, whatever the terminal shows now. Signal handlers may call it, and any thread."""
        self._is_stale = True

    def write(self, data: str) -> None:
        with self._writing:
            if self._is_stale:
                self._is_stale = False
                self._shown.forget()
            sent = self._shown.shorten(data, self._size_now())
            if self._is_stale:  # since a moment ago
                sent = data
            if sent:
                super().write(sent)

    def start_application_mode(self) -> None:
        self.forget_screen()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        self.forget_screen()
        super().stop_application_mode()

    def process_message(self, message: Message) -> None:
        if isinstance(message, Resize | InBandWindowResize):
            self.forget_screen()
        super().process_message(message)

    def _get_terminal_size(self) -> tuple[int, int]:
        # Asked for when the terminal has a new size, even if it is the old one again by now.
        self.forget_screen()
        return super()._get_terminal_size()

    def _size_now(self) -> tuple[int, int]:
        """The columns and lines of the terminal itself: the app may not have heard of them yet."""
        try:
            return os.get_terminal_size(self._file.fileno()) if self._file else (0, 0)
        except (OSError, ValueError):
            return (0, 0)
