"""The real program in a real terminal: a rule is built on real messages, saved, and the old version is brought back."""

from collections.abc import Callable
from typing import TypeAlias

from tests.e2e.terminal import Terminal, redox_tui
from tests.e2e.test_filters import in_production

Run: TypeAlias = Callable[..., Terminal]

NAME = "Final results of our facilities"


def test_a_rule_is_built_on_what_messages_have_saved_and_taken_back(run: Run) -> None:
    terminal = run(redox_tui("demo", "--logs", "20000"))
    in_production(terminal)
    terminal.press("\r")
    terminal.until("no sample messages: s chooses some")
    terminal.press("s")
    terminal.until("the latest logs of this subscription")
    terminal.press("j\r")
    terminal.until("now   proposed")
    terminal.press("a")
    terminal.press("facilityc\r\t")
    terminal.until("sample messages; they may be patient data.")
    terminal.press(" \r")
    terminal.until("rule 2 of 4 · not saved")
    terminal.press("\r")
    terminal.press("S")
    terminal.until(f"Save “{NAME}”, version 3 → 4?")
    terminal.press(f"{NAME}\r")
    terminal.until("Saved as version 4.")
    terminal.press("R")
    terminal.until(f"Restore version 3 of “{NAME}”?")
    terminal.press(f"{NAME}\r")
    terminal.until("Version 3 is in force again, as version 5.")
    terminal.press("q")
    terminal.until("row 1 of 2 ·")
    terminal.press("q")
    terminal.until("enter open")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.last_words() == ""
