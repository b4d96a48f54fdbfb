"""Keys of the user's own: which can be given, and what is said of those that cannot."""

import string

import pytest
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import _character_to_key

from redox_tui.tui import commands
from redox_tui.tui.commands import KEY_SIGNS, character_of, of_scope, rebind
from redox_tui.tui.keymap import KEYS, WrongKey, checked


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("o", "o"),
        ("O", "O"),
        ("#", "number_sign"),
        ("number_sign", "number_sign"),
        (",", "comma"),
        ("esc", "escape"),
        ("F5", "f5"),
        ("pgdn", "pagedown"),
        ("↓", "down"),
        ("Ctrl+N", "ctrl+n"),
        ("ctrl+shift+left", "ctrl+shift+left"),
        ("ö", "ö"),
    ],
)
def test_a_key_is_written_as_in_the_help_or_as_textual_names_it(written: str, key: str) -> None:
    assert checked({"app.theme": [written, written]}) == {"app.theme": (key,)}


@pytest.mark.parametrize("sign", string.punctuation)
def test_every_sign_of_a_keyboard_can_be_a_key_and_types_itself(sign: str) -> None:
    name = _character_to_key(sign)
    assert KEY_SIGNS[name] == sign
    assert character_of(name) == sign


def test_every_named_key_is_one_that_a_terminal_sends() -> None:
    sent = {key.value for keys in ANSI_SEQUENCES_KEYS.values() if isinstance(keys, tuple) for key in keys}
    assert sorted(KEYS - sent - {"space"}) == []
    assert not any(character_of(key) for key in KEYS - {"space"})


@pytest.mark.parametrize(
    ("command", "keys", "words"),
    [
        ("logs.opn", ["o"], "there is no such command; did you mean logs.open"),
        ("nonsense", ["o"], "there is no such command; docs/keys.md lists them"),
        ("logs.open", [], "there is no key; give it at least one"),
        ("logs.open", ["hyper+x"], "“hyper+x” is no key; keys are written as in the help"),
        ("logs.open", [""], "“” is no key"),
        ("logs.open", ["ctrl+m"], "“ctrl+m” is no key"),
        ("logs.open", ["enter", "c"], "c is a key of logs.columns too; give one of them another key"),
        ("logs.open", ["L"], "L is a key of app.lock too"),
        ("app.lock", ["x"], "x is a key of logs.only_matches too"),
        ("query.run", ["o"], "these keys type a letter there; give it one that does not, such as f5 or ctrl+n"),
        ("confirm.leave", ["q"], "these keys type a letter there"),
    ],
)
def test_what_would_get_lost_is_refused_with_what_helps(command: str, keys: list[str], words: str) -> None:
    with pytest.raises(WrongKey) as caught:
        checked({command: keys})
    assert caught.value.command == command
    assert words in str(caught.value)


def test_two_commands_may_change_their_keys_with_each_other() -> None:
    assert checked({"logs.columns": ["p"], "logs.preview": ["c"]}) == {"logs.columns": ("p",), "logs.preview": ("c",)}


def test_a_command_of_another_place_may_have_the_same_key() -> None:
    assert checked({"list.cursor_down": ["e", "down"]}) == {"list.cursor_down": ("e", "down")}


def test_the_registry_has_the_keys_of_the_user_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_own", {})
    before = {command.id: command.keys for command in of_scope("logs")}
    rebind({"logs.columns": ("f5",)})
    assert {command.id: command.keys for command in of_scope("logs")} == {**before, "logs.columns": ("f5",)}
