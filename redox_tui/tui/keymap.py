"""The keys that this user wants instead of the registry's, checked so that no command and no way out gets lost.

The registry takes them before any widget or screen is loaded, so that bindings, help, hints and palette follow it.
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Final

from redox_tui.tui.commands import ABOVE_ALL, COMMANDS, KEY_SIGNS, Command, character_of, key_sign

_MOVING: Final = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown")
_FUNCTION: Final = tuple(f"f{number}" for number in range(1, 13))
_SAME_AS_OTHERS: Final = "him"
"""With ctrl these letters are backspace, tab and enter to a terminal."""

KEYS: Final = frozenset(
    {"enter", "escape", "tab", "shift+tab", "space", "backspace", "delete", "insert", *_MOVING, *_FUNCTION}
    | {f"{held}+{key}" for held in ("shift", "ctrl", "ctrl+shift") for key in _MOVING}
    | {f"ctrl+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in _SAME_AS_OTHERS}
)
"""Keys that are no single character, as Textual names them."""

_NAMES: Final = {sign: name for name, sign in KEY_SIGNS.items()}


class WrongKey(Exception):
    """A command that cannot have its keys, with the reason and what to do, in words."""

    def __init__(self, command: str, words: str) -> None:
        super().__init__(words)
        self.command = command


def checked(wanted: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The keys of commands by their ids, as Textual names them; WrongKey where something would get lost."""
    known = {command.id: command for command in COMMANDS}
    found: dict[str, tuple[str, ...]] = {}
    for name, keys in wanted.items():
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            raise WrongKey(name, f"there is no such command; {_or_where(close)}")
        found[name] = tuple(dict.fromkeys(_named(name, key) for key in keys))
    for name in found:
        _check(known[name], found)
    return found


def _or_where(close: list[str]) -> str:
    return f"did you mean {close[0]}" if close else "docs/keys.md lists them"


def _named(command: str, key: str) -> str:
    """A key as Textual names it; it is written so, as the help writes it, or as its character."""
    if len(key) == 1 and key.isalnum():
        return key
    named = _NAMES.get(key) or _NAMES.get(key.lower()) or key.lower()
    if named in KEYS or named in KEY_SIGNS:
        return named
    raise WrongKey(command, f"“{key}” is no key; keys are written as in the help: x, X, #, ctrl+x, f5, enter, esc")


def _check(command: Command, found: Mapping[str, tuple[str, ...]]) -> None:
    keys = found[command.id]
    if not keys:
        raise WrongKey(command.id, "there is no key; give it at least one")
    if _is_typed_in(command.scope) and all(character_of(key) for key in keys):
        raise WrongKey(command.id, "these keys type a letter there; give it one that does not, such as f5 or ctrl+n")
    for other in COMMANDS:
        is_near = other.scope == command.scope or ABOVE_ALL & {other.id, command.id}
        both = set(keys) & set(found.get(other.id, other.keys)) if is_near and other is not command else ()
        if both:
            raise WrongKey(
                command.id, f"{key_sign(min(both))} is a key of {other.id} too; give one of them another key"
            )


def _is_typed_in(scope: str) -> bool:
    """Whether a scope is that of something to type in: none of its commands has a letter."""
    return not any(character_of(key) for command in COMMANDS if command.scope == scope for key in command.keys)
