"""The real program in a real terminal, on simulated traffic: a whole visit, and every way to end it."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.e2e.terminal import Terminal, in_shell, redox_tui

Run: TypeAlias = Callable[..., Terminal]

DEMO = redox_tui("demo", "--logs", "2000")
PAGE_DOWN, F1 = "\x1b[6~", "\x1bOP"


def test_a_visit_from_the_first_row_to_the_end(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    assert terminal.lines[0].startswith(" demo/12345/")
    assert "TIME" in terminal.lines[3]
    assert terminal.lines[4].startswith(">")
    terminal.until("PROD  ")

    terminal.press(PAGE_DOWN)
    terminal.until("row 19 of ")
    terminal.press("G")
    terminal.until(lambda text: ">" in text.splitlines()[21][:1] and "row 19 of" not in text)

    terminal.press("/")
    terminal.until("esc leave")
    terminal.press("status:failed since:7d\r")
    terminal.until("last 7 d UTC")
    terminal.until(lambda text: "row 1 of " in text and "succeeded" not in text)

    terminal.press("\r")
    terminal.until("Log id")
    terminal.press("p")
    terminal.until("payload hidden")
    terminal.press("\r")
    terminal.until("PHI shown")
    terminal.until('"Meta": {')

    terminal.press("?")
    terminal.until("Hide the payload")
    terminal.press("q")
    terminal.until('"Meta": {')
    terminal.press("q")
    terminal.until("row 1 of ")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert terminal.last_words() == ""


def test_the_program_draws_in_the_alternate_screen_only(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    assert terminal.is_on_alternate_screen
    assert not terminal.is_restored
    before = terminal.written.split(b"\x1b[?1049h")[0]
    assert b"Lakeside" not in before
    terminal.press("q")
    assert terminal.end() == 0
    assert b"Lakeside" not in terminal.written.rsplit(b"\x1b[?1049l", 1)[-1]


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
    ids=str,
)
def test_a_signal_ends_the_program_with_the_terminal_restored(run: Run, number: signal.Signals, code: int) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    assert terminal.end(number) == code
    assert terminal.is_restored
    assert terminal.last_words() == ""


@pytest.mark.parametrize("keys", ["\x03", "\x11"], ids=["ctrl+c", "ctrl+q"])
def test_ctrl_c_and_ctrl_q_quit(run: Run, keys: str) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    terminal.press(keys)
    assert terminal.end() == 0
    assert terminal.is_restored


def test_nothing_is_written_while_nobody_does_anything(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    terminal.until("PROD  ")
    assert terminal.silence(1.0) == b""
    terminal.press("j")
    terminal.until("row 2 of ")


def test_the_terminal_is_drawn_on_where_errors_go_to_a_file(run: Run, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    terminal = run(in_shell(DEMO, f"2>{errors}"))
    terminal.until("row 1 of ")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert errors.read_text() == ""


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_be_drawn_on_is_refused(run: Run, term: str) -> None:
    terminal = run(DEMO, TERM=term)
    assert terminal.end() == 7
    assert b"\x1b" not in terminal.written
    assert "TERM says that this terminal cannot be drawn on" in terminal.text


@pytest.mark.parametrize("redirection", ["</dev/null", ">/dev/null"])
def test_a_program_without_a_terminal_says_so(run: Run, redirection: str) -> None:
    terminal = run(in_shell(DEMO, redirection))
    assert terminal.end() == 7
    assert b"\x1b" not in terminal.written
    assert "The app needs a terminal" in terminal.text


def test_the_settings_of_textual_are_ignored_and_that_is_said(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "textual.log"
    terminal = run(DEMO, TEXTUAL_LOG=str(log), TEXTUAL="devtools,debug", TEXTUAL_PRESS="q")
    terminal.until("row 1 of ")
    terminal.press("jjj")
    terminal.until("row 4 of ")
    terminal.press("q")
    assert terminal.end() == 0
    assert not log.exists()
    assert b"ignored in the environment: TEXTUAL, TEXTUAL_LOG, TEXTUAL_PRESS" in terminal.written


def test_the_mouse_is_left_alone_over_ssh(run: Run) -> None:
    terminal = run(DEMO, SSH_CONNECTION="10.0.0.1 50000 10.0.0.2 22")
    terminal.until("row 1 of ")
    assert terminal.modes() & {1000, 1002, 1003, 1006, 1015} == set()
    terminal.press("q")
    assert terminal.end() == 0


def test_nothing_is_left_in_the_home_directory(run: Run, home: Path) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    terminal.press("\r")
    terminal.until("Log id")
    terminal.press("qq")
    assert terminal.end() == 0
    assert list(home.rglob("*")) == []


def test_a_terminal_that_grows_is_used(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    terminal.resize(120, 40)
    terminal.until("FACILITY")
    terminal.resize(50, 12)
    terminal.until("redox-tui needs 60×15 cells")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored


def test_an_unknown_locale_and_few_colours_are_no_obstacle(run: Run) -> None:
    terminal = run(DEMO, LANG="C", LC_ALL="C", TERM="xterm", NO_COLOR="1")
    terminal.until("row 1 of ")
    assert "✓ succeeded" in terminal.text
    terminal.press("q")
    assert terminal.end() == 0
