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
    write, send = FrugalDriver.write, LinuxDriver.write

    def recording(driver: FrugalDriver, data: str) -> None:
        with writing:
            write(driver, data)
            os.write(kept, json.dumps([data, "".join(sent), list(driver._size_now())]).encode() + b"\n")
            sent.clear()

    def sending(driver: LinuxDriver, data: str) -> None:
        sent.append(data)
        send(driver, data)

    FrugalDriver.write = recording  # type: ignore[assignment, method-assign]
    LinuxDriver.write = sending  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    record(sys.argv.pop(1))
    sys.exit(main())
