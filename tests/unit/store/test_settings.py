"""settings.toml: what it may hold, and what is said about what it may not."""

import os

import pytest

from redox_tui.store import settings
from redox_tui.store.errors import BadSettings, UnsafeFile
from redox_tui.store.paths import Paths
from redox_tui.store.settings import Settings


def write(paths: Paths, text: str | bytes, mode: int = 0o600) -> None:
    paths.prepare()
    paths.config.mkdir(0o700, exist_ok=True)
    paths.settings.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.chmod(paths.settings, mode)


def test_without_a_file_everything_is_as_by_default(paths: Paths) -> None:
    assert settings.load(paths) == Settings("auto", "both", read_only=False)


def test_what_the_file_says_is_taken_and_the_rest_stays(paths: Paths) -> None:
    write(paths, '# mine\nclipboard = "osc52"\nread_only = true\n')
    assert settings.load(paths) == Settings("osc52", "both", read_only=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('\n\nclipboard = "x"', "line 3, clipboard: this is none of 'auto', 'osc52', 'native', 'file' or 'off'."),
        ('# no\nclipbord = "off"', "line 2, clipbord: there is no such setting; did you mean clipboard."),
        ("zoom = 1", "line 1, zoom: there is no such setting; there are clipboard, clipboard_tmux, read_only, keys."),
        ("read_only = 1", "line 1, read_only: this is neither true nor false."),
        ('read_only = "yes"', "line 1, read_only: this is neither true nor false."),
        ("[clipboard]\na = 1", "line 1, clipboard: this is none of"),
        ("\nread_only = ", "line 2: this is no TOML."),
        ("read_only = true\nread_only = true\n", "line 2"),
        (b"\nclipboard = '\xff'", "line 2: this is no UTF-8."),
        ("keys = 1", "line 1, keys: this is no table."),
        ("\n[keys]\n'logs.open' = 'o'", 'line 3, keys.logs.open: this is no list of keys, such as ["x", "f5"].'),
        ("[keys]\nlogs.leave = ['q']\nlogs.open = [1]", "line 3, keys.logs.open: this is no list of keys"),
        ("[keys.logs]\nleave = ['q']\nopen = 1", "line 3, keys.logs.open: this is no list of keys"),
    ],
)
def test_what_makes_no_sense_is_named_with_file_line_and_field(paths: Paths, text: str | bytes, words: str) -> None:
    write(paths, text)
    with pytest.raises(BadSettings) as caught:
        settings.load(paths)
    assert str(caught.value).startswith(f"{paths.settings}, ")
    assert words in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "text",
    ["[keys]\n'logs.open' = ['o', 'f5']", "[keys]\nlogs.open = ['o', 'f5']", "[keys.logs]\nopen = ['o', 'f5']"],
)
def test_keys_are_by_command_however_its_id_is_quoted(paths: Paths, text: str) -> None:
    write(paths, text)
    assert settings.load(paths).keys == {"logs.open": ("o", "f5")}


def test_a_file_that_others_can_reach_is_refused(paths: Paths) -> None:
    write(paths, "read_only = true", 0o644)
    with pytest.raises(UnsafeFile):
        settings.load(paths)


def test_every_setting_says_what_it_means() -> None:
    assert all(settings.help_of(name) for name in ("clipboard", "clipboard_tmux", "read_only", "keys"))
