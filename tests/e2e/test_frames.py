"""The real app sends frames that are cut down; after each, the screen is what whole ones would have made of it."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pyte
import pytest

from tests.e2e.grammar import foreign
from tests.e2e.terminal import Terminal, redox_tui
from tests.e2e.test_copying import OSC_52

Run: TypeAlias = Callable[..., Terminal]

SIZES = [(80, 24), (120, 40)]
PAGE_DOWN, PAGE_UP, SHIFT_TAB = "\x1b[6~", "\x1b[5~", "\x1b[Z"


class Written(NamedTuple):
    """What Textual wrote, what was sent instead, and the columns and lines of the terminal then."""

    whole: str
    sent: str
    size: tuple[int, int]


def recorded(record: Path, *arguments: str) -> list[str]:
    """The program, which keeps what Textual writes in a file."""
    program, _, _, *rest = redox_tui(*arguments)
    return [program, "-m", "tests.e2e.recorded", str(record), *rest]


def written(record: Path) -> Iterator[Written]:
    """What a recorded program wrote."""
    for line in record.read_text(encoding="utf-8").splitlines():
        whole, sent, (columns, lines) = json.loads(line)
        yield Written(whole, sent, (columns, lines))


def assert_same_screens(record: Path) -> int:
    """Fail where frames that were sent show anything else than the ones that Textual wrote; how many there were."""
    screens = pyte.Screen(80, 24), pyte.Screen(80, 24)
    streams = [pyte.Stream(screen) for screen in screens]
    record_of = list(written(record))
    for whole, sent, (columns, lines) in record_of:
        for screen, stream, text in zip(screens, streams, (whole, sent), strict=True):
            if (screen.columns, screen.lines) != (columns, lines):
                screen.resize(lines, columns)
            # The emulator does not know the keyboard protocol, and would print a part of it.
            if not text.startswith(("\x1b[>", "\x1b[<")):
                stream.feed(text)
        all_cells = [[[screen.buffer[y][x] for x in range(columns)] for y in range(lines)] for screen in screens]
        assert all_cells[0] == all_cells[1], f"after {whole!r}, for which was sent {sent!r}"
        assert len({(screen.cursor.x, screen.cursor.y, screen.cursor.attrs) for screen in screens}) == 1
    return len(record_of)


def assert_sent(record: Path, terminal: Terminal) -> None:
    """Fail where the terminal got anything else than what the record says."""
    sent = "".join(one.sent for one in written(record)).replace("\n", "\r\n").encode()
    assert sent in terminal.written
    assert not foreign(OSC_52.sub(b"", terminal.written))


@pytest.mark.parametrize("size", SIZES)
def test_a_visit_to_every_place_shows_what_whole_frames_would_show(
    size: tuple[int, int], run: Run, tmp_path: Path
) -> None:
    terminal = run(recorded(tmp_path / "record", "demo", "--logs", "2000"))
    terminal.resize(*size)
    terminal.until("row 1 of ")
    terminal.until(" exact")
    steps: list[tuple[str, str | Callable[[str], bool]]] = [
        ("jjj", "row 4 of "),
        (PAGE_DOWN, "row "),
        ("j" * 2 * size[1], "row "),
        ("k" * 3 * size[1], "row 1 of "),
        ("G", "row "),
        ("g", "row 1 of "),
        ("?", "A page down"),
        ("q", lambda text: "row 1 of " in text and "A page down" not in text),
        ("p", "row 1 of "),
        ("jjjkk", "row 2 of "),
        ("p", "row 2 of "),
        ("#", "Counts"),
        ("q", "row 2 of "),
        ("/", "esc leave"),
        ("status:f", "status:f"),
        ("ailed since:7d\r", "last 7 d UTC"),
        ("", "row 1 of "),
        ("F", " groups · all "),
        ("q", "row 1 of "),
        ("m", "row 2 of "),
        ("=", "Compare"),
        ("\r", "PHI shown"),
        ("nnnN", "PHI shown"),
        (PAGE_DOWN + PAGE_DOWN + PAGE_UP, "PHI shown"),
        ("x", "all lines"),
        ("q", "row 2 of "),
        ("\r", "Log id"),
        ("p", "payload hidden"),
        ("\r", "PHI shown"),
        ("j" * size[1], "PHI shown"),
        (PAGE_DOWN + "   <>*", "PHI shown"),
        ("y", "Path  "),
        ("j\r", "to the terminal's clipboard"),
        ("V", "select with "),
        ("q", "PHI shown"),
        ("a", "[a Attempts]"),
        ("w", "[w Why filtered]"),
        ("R", "[R Raw]"),
        ("o", "[o Overview]"),
        ("q", "row 2 of "),
        ("\x1bOR", "Filters"),
        ("\r", "Filters"),
        ("q", "Filters"),
        ("\x1bOS", "demo"),
        ("\x1bOQ", "row 2 of "),
        ("\x10", "A command"),
        ("light", "Light or dark"),
        ("\r", "row 2 of "),
        ("L", "Locked."),
        ("\r", "row 2 of "),
    ]
    for keys, wanted in steps:
        terminal.press(keys)
        terminal.until(wanted)
    terminal.press("\x11")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert assert_same_screens(tmp_path / "record") > 100
    assert_sent(tmp_path / "record", terminal)


def test_a_terminal_that_changes_its_size_again_and_again_shows_what_whole_frames_would_show(
    run: Run, tmp_path: Path
) -> None:
    terminal = run(recorded(tmp_path / "record", "demo", "--logs", "2000"))
    terminal.until("row 1 of ")
    for columns, lines in [(60, 20), (140, 40), (80, 24), (81, 24), (80, 24), (30, 8), (100, 30)]:
        terminal.resize(columns, lines)
        terminal.press("j")
    terminal.until(lambda text: max(map(len, text.splitlines())) == 100)
    terminal.press("g")
    terminal.until("row 1 of ")
    terminal.press("?")
    terminal.until("A page down")
    terminal.resize(80, 24)
    terminal.press("q")
    terminal.until("row 1 of ")
    terminal.press("jjj")
    terminal.until("row 4 of ")
    terminal.press("\x11")
    assert terminal.end() == 0
    assert_same_screens(tmp_path / "record")
    assert_sent(tmp_path / "record", terminal)


def test_after_a_suspension_everything_is_drawn_anew(run: Run, tmp_path: Path) -> None:
    terminal = run(recorded(tmp_path / "record", "demo", "--logs", "2000"))
    terminal.until("row 1 of ")
    terminal.until(" exact")
    terminal.silence(0.5)
    os.kill(terminal.pid, signal.SIGTSTP)
    terminal.until(lambda _: not terminal.is_on_alternate_screen)
    terminal.show("\x1b[2J\x1b[1;1H$ fg")
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.until("row 1 of ")
    terminal.until(" exact")
    terminal.press("j")
    terminal.until("row 2 of ")
    terminal.press("\x11")
    assert terminal.end() == 0
    assert_same_screens(tmp_path / "record")


def test_the_screen_is_drawn_again_where_something_else_has_written_on_it(run: Run) -> None:
    terminal = run(redox_tui("demo", "--logs", "2000"))
    terminal.until("row 1 of ")
    terminal.until(" exact")
    before = terminal.text
    terminal.show("\x1b[12;30HThe system is going down\x1b[1;1H")
    assert terminal.text != before
    terminal.press("\x0c")
    terminal.until(lambda text: text == before)


def test_ph_10_the_lock_covers_what_something_else_has_written_to_the_terminal(run: Run) -> None:
    terminal = run(redox_tui("demo", "--logs", "2000"))
    terminal.until("row 1 of ")
    terminal.until(" exact")
    terminal.show("\x1b[12;30HFerdinand\x1b[1;1H")
    terminal.press("j")
    terminal.until("row 2 of ")
    assert "Ferdinand" in terminal.text
    terminal.press("L")
    terminal.until("Locked.")
    terminal.until(lambda text: "Ferdinand" not in text)
