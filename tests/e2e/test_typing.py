"""Keys that arrive faster than they are drawn: over a slow line many come in one piece, and each still means itself."""

from collections.abc import Callable
from typing import TypeAlias

from tests.e2e.terminal import Terminal, redox_tui

Run: TypeAlias = Callable[..., Terminal]

DEMO = redox_tui("demo", "--logs", "2000")
PASTE = "\x1b[200~{}\x1b[201~"


def test_a_query_that_arrives_in_one_piece_with_its_slash_is_typed_and_run(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    terminal.press("/status:failed since:7d\rjj")
    terminal.until("last 7 d UTC")
    terminal.until(lambda text: " of " in text and "succeeded" not in text)
    assert terminal.lines[1].strip() == "/ status:failed since:7d"


def test_a_paste_right_behind_the_slash_goes_to_the_bar(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    terminal.press("/" + PASTE.format("status:failed since:7d") + "\r")
    terminal.until("last 7 d UTC")
    assert terminal.lines[1].strip() == "/ status:failed since:7d"


def test_what_is_typed_behind_enter_goes_to_the_list_not_into_the_query(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    terminal.press("/lakeside\r" + "j" * 3)
    terminal.until("dim rows do not match lakeside")
    assert terminal.lines[1].strip() == "/ lakeside"
    terminal.until("enter open")


def test_another_query_takes_the_place_of_the_one_that_runs(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    terminal.press("/lakeside\r/status:failed\r")
    terminal.until("/ status:failed")
    terminal.until("enter open")
    assert "lakeside" not in terminal.lines[1]
