"""How much is sent over the line: what a person on SSH feels of each key."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.e2e.terminal import Terminal, redox_tui

Run: TypeAlias = Callable[..., Terminal]

MOVES = 15


@pytest.mark.parametrize(("size", "most"), [((80, 24), 600), ((140, 40), 800)])
def test_a_move_of_the_cursor_sends_few_bytes(size: tuple[int, int], most: int, run: Run) -> None:
    terminal = run(redox_tui("demo", "--logs", "1000"))
    terminal.resize(*size)
    terminal.until("row 1 of ")
    terminal.until(" exact")
    terminal.press("j")
    terminal.until("row 2 of ")
    before = len(terminal.written)
    for row in range(3, 3 + MOVES):
        terminal.press("j")
        terminal.until(f"row {row} of ")
    assert len(terminal.written) - before <= most * MOVES
