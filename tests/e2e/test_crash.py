"""An error that nobody expected, in the real program: one line, nothing of what was in memory, exit code 1."""

import sys
import textwrap

import pytest

from tests.e2e.terminal import Terminal
from tests.e2e.test_demo import Run

CANARY = "Jane-Canary-4711"

BREAKING = """\
import sys
from redox_tui.cli import main

def break_down(*args, **kwargs):
    patient = "-".join(["Jane", "Canary", "4711"])
    raise LookupError(f"cannot read {patient}")

async def break_down_later(*args, **kwargs):
    break_down()

PATCH
sys.exit(main(["demo", "--logs", "200"]))
"""

PATCHES = {
    "in an action": """
        from redox_tui.tui.screens.logs import LogsScreen
        LogsScreen.action_time = break_down
    """,
    "in drawing": """
        from redox_tui.tui.widgets.time_picker import TimePicker
        TimePicker.edit = lambda self: self.app.set_timer(0.01, break_down)
    """,
    "in a worker": """
        from redox_tui.api.logs import LogCalls
        from redox_tui.tui.screens.logs import LogsScreen
        def break_calls(self):
            LogCalls.page = break_down_later
            self.action_refresh()
        LogsScreen.action_time = break_calls
    """,
    "in a thread": """
        from redox_tui.tui.screens.logs import LogsScreen
        LogsScreen.action_time = lambda self: self.run_worker(break_down, thread=True)
    """,
}


@pytest.mark.parametrize("place", PATCHES)
def test_a_crash_says_one_line_and_nothing_of_what_was_in_memory(run: Run, place: str) -> None:
    program = BREAKING.replace("PATCH", textwrap.dedent(PATCHES[place]))
    terminal: Terminal = run([sys.executable, "-c", program])
    terminal.until("row 1 of ")
    terminal.press("t")
    assert terminal.end() == 1
    assert terminal.is_restored
    words = terminal.last_words()
    assert words.startswith("redox-tui: internal error LookupError")
    assert words.endswith("please report this line.")
    assert "\n" not in words
    assert CANARY.encode() not in terminal.written
    assert b"Traceback" not in terminal.written


def test_a_crash_before_the_first_paint_says_one_line_too(run: Run) -> None:
    patch = "from redox_tui.tui.screens.logs import LogsScreen\nLogsScreen.compose = break_down"
    terminal = run([sys.executable, "-c", BREAKING.replace("PATCH", patch)])
    assert terminal.end() == 1
    assert terminal.is_restored
    assert terminal.last_words().startswith("redox-tui: internal error LookupError")
    assert CANARY.encode() not in terminal.written
