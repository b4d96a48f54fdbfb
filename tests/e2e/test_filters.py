"""The real program in a real terminal: a filter goes back to an older version, and read-only changes nothing."""

from collections.abc import Callable
from typing import TypeAlias

from tests.e2e.terminal import Terminal, redox_tui

Run: TypeAlias = Callable[..., Terminal]

NAME = "No drafts in the archive"


def in_production(terminal: Terminal) -> None:
    """Go to the filters of the production environment."""
    terminal.until("row 1 of ")
    terminal.press("2")
    terminal.until("Filters are listed by environment. Of which?")
    terminal.press("\r")
    terminal.until("row 1 of 2 ·")


def leave(terminal: Terminal) -> None:
    """Go from the filters to the logs, and out."""
    terminal.press("q")
    terminal.until("enter open")
    terminal.press("q")
    assert terminal.end() == 0


def test_an_older_version_is_restored_after_its_consequence_was_agreed_to(run: Run) -> None:
    terminal = run(redox_tui("demo", "--logs", "2000"))
    in_production(terminal)
    terminal.press("jv")
    terminal.until("what changed from version 2 to version 3")
    terminal.press("jR")
    terminal.until(f"Restore version 2 of “{NAME}”?")
    terminal.press("\r")
    terminal.until("Nothing was sent.")
    terminal.press(NAME)
    terminal.press("\r")
    terminal.until("Version 2 was restored as version 4.")
    terminal.press("q")
    terminal.until("v4")
    leave(terminal)
    assert terminal.last_words() == ""


def test_read_only_has_nothing_that_changes_a_filter(run: Run) -> None:
    terminal = run(redox_tui("demo", "--logs", "2000", "--read-only"))
    in_production(terminal)
    terminal.until("read-only")
    terminal.press("Dlnv")
    terminal.until("what changed from version 2 to version 3")
    assert "R restore" not in terminal.text
    terminal.press("q")
    terminal.until("row 1 of 2 ·")
    leave(terminal)
