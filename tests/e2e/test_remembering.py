"""What is remembered of a list, in a real terminal: a line that drops right after a change loses nothing."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Simulator
from tests.e2e.terminal import Terminal, redox_tui
from tests.e2e.test_demo import Run


def noted(home: Path) -> Any:
    """What the one state file of this home says of the profile's list."""
    [path] = home.rglob("state.json")
    return json.loads(path.read_text())["lists"]["lab"]


@pytest.fixture
def opened(run: Run, simulate: Callable[..., Simulator]) -> Callable[..., Terminal]:
    """Open the app on a profile lab of a simulator."""
    simulator = simulate()
    place = ("--base-url", simulator.url, "--organization", simulator.organization)
    adding = run(redox_tui("profiles", "add", "lab", *place, "--backend", "env", "--no-test"))
    assert adding.end() == 0, adding.text

    def start(*words: str) -> Terminal:
        terminal = run(redox_tui("open", "--profile", "lab", *words), REDOX_TUI_TOKEN=simulator.token)
        terminal.until("row 1 of ")
        return terminal

    return start


def change_all(terminal: Terminal) -> None:
    """Change zone, columns, preview and at last the query; return as soon as the last change is seen."""
    terminal.press("U")
    terminal.press("c")
    terminal.until("[ ] Type")
    terminal.press(" \r")
    terminal.until(lambda text: "[x] Type" not in text and "TYPE" in text)
    terminal.press("p")
    terminal.until("Model · event")
    terminal.press("/")
    terminal.until("esc leave")
    terminal.press("status:failed since:6h\r")
    terminal.until("last 6 h")


ALL = {"query": "status:failed since:6h", "columns": {"type": True}, "zone": "local", "preview": True}


def test_a_signal_right_after_a_change_loses_nothing(opened: Callable[..., Terminal], home: Path) -> None:
    terminal = opened()
    change_all(terminal)
    assert terminal.end(signal.SIGHUP) == 129
    assert noted(home) == ALL


def test_a_line_that_drops_right_after_a_change_loses_nothing(opened: Callable[..., Terminal], home: Path) -> None:
    terminal = opened()
    change_all(terminal)
    terminal.hang_up()
    assert noted(home) == ALL

    again = opened()
    again.until(lambda text: "status:failed since:6h" in text and "last 6 h" in text and "TYPE" in text)
    again.until("Model · event")
    assert "succeeded" not in again.text
    again.press("q")
    assert again.end() == 0
    assert again.is_restored


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=str)
def test_neither_does_another_end(number: signal.Signals, opened: Callable[..., Terminal], home: Path) -> None:
    terminal = opened("status:pending")
    terminal.press("U")
    terminal.press("p")
    terminal.until("Model · event")
    terminal.end(number)
    kept = noted(home)
    assert (kept["query"], kept["zone"], kept["preview"]) == ("status:pending", "local", True)


def test_changes_of_the_demo_are_nowhere(run: Run, home: Path) -> None:
    terminal = run(redox_tui("demo", "--logs", "2000"))
    terminal.until("row 1 of ")
    change_all(terminal)
    assert terminal.end(signal.SIGHUP) == 129
    assert list(home.rglob("*")) == []
