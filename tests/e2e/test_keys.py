"""Keys of the user's own, in the real program: they act, and help, hints and palette name them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.e2e.terminal import Terminal, redox_tui

Run: TypeAlias = Callable[..., Terminal]

DEMO = redox_tui("demo", "--logs", "2000")


@pytest.fixture
def write(home: Path) -> Callable[[str], dict[str, str]]:
    """Write settings.toml; the variable that says where it is."""

    def write(text: str) -> dict[str, str]:
        folder = home / "settings"
        folder.mkdir(0o700)
        file = folder / "settings.toml"
        file.touch(0o600)
        file.write_text(text)
        return {"REDOX_TUI_HOME": str(folder)}

    return write


def test_keys_of_the_user_act_and_are_named_everywhere(run: Run, write: Callable[[str], dict[str, str]]) -> None:
    text = """[keys]
logs.open = ["o", "f5"]
log.overview = ["1"]
list.cursor_down = ["e", "down"]
"logs.failure_below" = [","]
app.quit = ["ctrl+x"]
app.help = ["f8"]
"""
    terminal = run(DEMO, **write(text))
    terminal.until("row 1 of ")
    terminal.until("o open")
    assert "F8 keys" in terminal.text
    assert ", failure" in terminal.text
    terminal.press("\x11e")  # ctrl+q is nobody's key any more
    terminal.until("row 2 of ")
    terminal.press("\x1b[19~")
    terminal.until("o F5 ")
    assert "Open the log" in terminal.text
    terminal.press("q:")
    terminal.until("A command …")
    terminal.press("open the")
    terminal.until(lambda shown: "open the" in shown and "Open the log" in shown and "o F5 " in shown)
    terminal.press("\x1b")
    terminal.until(lambda shown: "open the" not in shown)
    terminal.press("/zzo")
    terminal.until(lambda shown: "/ zzo" in shown and "esc leave" in shown)
    terminal.press("\x1b")
    terminal.until("o open")
    terminal.press("o")
    terminal.until("Log id")
    terminal.until("1 Overview")
    terminal.press("\x18")
    assert terminal.end() == 0
    assert terminal.is_restored


def test_a_key_of_two_commands_ends_the_program_before_it_draws(
    run: Run, write: Callable[[str], dict[str, str]]
) -> None:
    terminal = run(DEMO, **write('read_only = true\n[keys]\nlogs.columns = ["f5"]\n"logs.open" = ["x"]\n'))
    assert terminal.end() == 2
    words = " ".join(terminal.last_words().split())
    assert "settings.toml, line 4, keys.logs.open: x is a key of logs.only_matches too; give one of them" in words
