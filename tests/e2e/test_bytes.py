"""How much is sent over the line: what a person on SSH feels of each key.

The bounds are about a third above what was measured; whole frames break each of them.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import pytest

from tests.e2e.terminal import Terminal, redox_tui

Run: TypeAlias = Callable[..., Terminal]

MOVES: Final = 15
PAGES: Final = 4
PAGE_DOWN: Final = "\x1b[6~"
QUIET: Final = 0.3


class Most(NamedTuple):
    """Bytes that are sent at most, each time, on a terminal of so many columns and lines."""

    columns: int
    lines: int
    first: int
    move: int
    edge: int
    page: int
    open: int
    payload: int
    help: int
    compare: int


SMALL = Most(80, 24, first=10_000, move=520, edge=850, page=2_500, open=7_500, payload=3_500, help=6_700, compare=5_500)
LARGE = Most(
    120, 40, first=21_000, move=620, edge=1_050, page=5_700, open=11_000, payload=4_800, help=13_500, compare=12_500
)


def sent(terminal: Terminal, wanted: str | Callable[[str], bool], keys: str = "") -> int:
    """Bytes that are sent for keys, until what is wanted is on the screen and no more comes."""
    before = len(terminal.written)
    terminal.press(keys)
    terminal.until(wanted)
    terminal.silence(QUIET)
    return len(terminal.written) - before


@pytest.mark.parametrize("most", [SMALL, LARGE], ids=["small", "large"])
def test_moves_in_the_list_send_few_bytes(most: Most, run: Run) -> None:
    terminal = run(redox_tui("demo", "--logs", "1000"), columns=most.columns, lines=most.lines)
    assert sent(terminal, " exact") <= most.first
    terminal.press("j")
    terminal.until("row 2 of ")

    before = len(terminal.written)
    for row in range(3, 3 + MOVES):
        terminal.press("j")
        terminal.until(f"row {row} of ")
    assert len(terminal.written) - before <= most.move * MOVES

    terminal.silence(QUIET)
    before = len(terminal.written)
    for _ in range(PAGES):
        sent(terminal, "row ", PAGE_DOWN)
    assert len(terminal.written) - before <= most.page * PAGES

    sent(terminal, "row 1 of ", "g")
    sent(terminal, f"row {most.lines} of ", "j" * (most.lines - 1))
    before = len(terminal.written)
    for row in range(most.lines + 1, most.lines + 1 + MOVES):
        terminal.press("j")
        terminal.until(f"row {row} of ")
    assert len(terminal.written) - before <= most.edge * MOVES


@pytest.mark.parametrize("most", [SMALL, LARGE], ids=["small", "large"])
def test_other_places_are_opened_with_few_bytes(most: Most, run: Run) -> None:
    terminal = run(redox_tui("demo", "--logs", "1000"), columns=most.columns, lines=most.lines)
    sent(terminal, " exact")
    assert sent(terminal, "A page down", "?") <= most.help
    sent(terminal, lambda text: "A page down" not in text, "q")
    assert sent(terminal, "Log id", "\r") <= most.open
    sent(terminal, "payload hidden", "p")
    assert sent(terminal, "PHI shown", "\r") <= most.payload
    sent(terminal, "row 1 of ", "q")
    sent(terminal, "row 2 of ", "m")
    assert sent(terminal, "Compare", "=") <= most.compare
