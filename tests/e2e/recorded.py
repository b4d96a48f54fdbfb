"""Runs the program with what Textual writes kept beside what is sent instead: `python -m tests.e2e.recorded FILE …`."""

import json
import os
import sys
from threading import RLock

from textual.drivers.linux_driver import LinuxDriver

from redox_tui.__main__ import main
from redox_tui.tui.terminal.driver import FrugalDriver


def record(path: str) -> None:
    """Let the driver of frames add lines of JSON to a file: what was written, what was sent, columns and lines."""
    kept = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sent: list[str] = []
    writing = RLock()
    write, send, size_now = FrugalDriver.write, LinuxDriver.write, FrugalDriver._size_now
    size = (0, 0)

    def recording(driver: FrugalDriver, data: str) -> None:
        with writing:
            write(driver, data)
            os.write(kept, json.dumps([data, "".join(sent), list(size)]).encode() + b"\n")
            sent.clear()

    def measuring(driver: FrugalDriver) -> tuple[int, int]:
        # The size that a frame is cut down for; a moment later the terminal may have another one.
        nonlocal size
        size = size_now(driver)
        return size

    def sending(driver: LinuxDriver, data: str) -> None:
        sent.append(data)
        send(driver, data)

    FrugalDriver.write = recording  # type: ignore[assignment, method-assign]
    FrugalDriver._size_now = measuring  # type: ignore[assignment, method-assign]
    LinuxDriver.write = sending  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    record(sys.argv.pop(1))
    sys.exit(main())
