"""What a copy puts on the wire of a real terminal, over SSH, in tmux, and that nothing is copied that is hidden."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.e2e.terminal import Terminal, redox_tui

Run: TypeAlias = Callable[..., Terminal]

DEMO = redox_tui("demo", "--logs", "2000")
SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
OSC_52 = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
WRAPPED = re.compile(rb"\x1bPtmux;\x1b\x1b\]52;c;([A-Za-z0-9+/=]*)\x07\x1b\\")


def copied(terminal: Terminal) -> list[str]:
    """The texts that were handed to the terminal, bare or wrapped."""
    return [base64.b64decode(encoded).decode() for encoded in OSC_52.findall(terminal.written)]


def an_id(terminal: Terminal) -> str:
    """The id that the menu names."""
    found = re.search(r"Log id  ([0-9a-f-]{36})", terminal.text)
    assert found
    return found[1]


def test_an_id_is_sent_to_the_terminal_over_ssh(run: Run) -> None:
    terminal = run(DEMO, **SSH, DISPLAY=":99")
    terminal.until("row 1 of ")
    terminal.press("y")
    terminal.until("Log id")
    wanted = an_id(terminal)
    terminal.press("\r")
    terminal.until("sent 36 bytes to the terminal's clipboard")
    assert copied(terminal) == [wanted]
    assert not WRAPPED.search(terminal.written)
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert copied(terminal) == [wanted]


def test_in_tmux_both_forms_are_sent_and_the_setting_of_tmux_is_named_once(run: Run) -> None:
    terminal = run(DEMO, **SSH, TMUX="/tmp/tmux-0/default,1,0")
    terminal.until("row 1 of ")
    terminal.press("y")
    terminal.until("Log id")
    wanted = an_id(terminal)
    terminal.press("\r")
    terminal.until("set -s set-clipboard on")
    assert [base64.b64decode(one).decode() for one in WRAPPED.findall(terminal.written)] == [wanted]
    assert copied(terminal) == [wanted, wanted]


def test_ph_01_nothing_of_a_payload_is_copied_while_it_is_hidden(run: Run) -> None:
    terminal = run(DEMO, **SSH)
    terminal.until("row 1 of ")
    terminal.press("\r")
    terminal.until("Log id")
    terminal.press("p")
    terminal.until("payload hidden")
    terminal.press("y")
    terminal.until("Log id")
    assert "Value" not in terminal.text
    assert copied(terminal) == []
    terminal.press("q")
    terminal.until("payload hidden")
    terminal.press("\r")
    terminal.until('"DataModel"')
    terminal.press("jjy")
    terminal.until("Path  $.Meta.DataModel")
    terminal.press("\r")
    terminal.until("to the terminal's clipboard")
    (value,) = copied(terminal)
    assert value
    assert f'"DataModel": "{value}"' in terminal.text
    terminal.press("H")
    terminal.until("payload hidden")
    terminal.press("y")
    terminal.until("Log id")
    assert copied(terminal) == [value]


def test_settings_turn_the_clipboard_off(run: Run, home: Path) -> None:
    folder = home / "store"
    folder.mkdir(0o700)
    settings = folder / "settings.toml"
    settings.touch(0o600)
    settings.write_text('clipboard = "off"\n')
    terminal = run(DEMO, **SSH, REDOX_TUI_HOME=str(folder))
    terminal.until("row 1 of ")
    terminal.press("y")
    terminal.until("Log id")
    terminal.press("\r")
    terminal.until("The clipboard is off")
    assert copied(terminal) == []


@pytest.mark.parametrize("text", ['clipboard = "on"\n', "clipboard\n"])
def test_settings_that_make_no_sense_end_the_program_before_it_draws(run: Run, home: Path, text: str) -> None:
    folder = home / "store"
    folder.mkdir(0o700)
    settings = folder / "settings.toml"
    settings.touch(0o600)
    settings.write_text(text)
    terminal = run(DEMO, REDOX_TUI_HOME=str(folder))
    assert terminal.end() == 2
    assert "settings.toml, line 1" in terminal.text.replace("\n", "")
    assert b"\x1b[?1049h" not in terminal.written


def test_plain_text_stays_inside_the_alternate_screen_without_the_mouse(run: Run) -> None:
    terminal = run(DEMO)
    terminal.until("row 1 of ")
    with_mouse = terminal.modes()
    assert 1000 in with_mouse
    terminal.press("V")
    terminal.until("select with the terminal's own mouse")
    assert terminal.is_on_alternate_screen
    assert 1000 not in terminal.modes()
    terminal.press("\x1b")
    terminal.until("row 1 of ")
    assert terminal.modes() == with_mouse
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored
