"""From the registry to Textual: the bindings of a scope, and the scopes that are in force where the focus is."""

from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from redox_tui.tui.commands import ABOVE_ALL, Command, character_of, of_scope


class Scoped:
    """A mixin for who has commands: a widget, a screen or the app. `SCOPES` are its own, nearest first."""

    SCOPES: ClassVar[tuple[str, ...]]


def bindings(scope: str) -> list[BindingType]:
    """The bindings of a scope, with the commands' ids."""
    return [
        Binding(",".join(c.keys), c.action, c.title, id=c.id, show=bool(c.hint), priority=c.id in ABOVE_ALL)
        for c in of_scope(scope)
        if c.keys
    ]


def commands_in_force(screen: Screen[object]) -> list[tuple[Command, DOMNode]]:
    """Every command that can be run now with who runs it, nearest to the focus first.

    Keys that somebody nearer takes are left out, and commands that have none left; a text field takes all letters.
    """
    chain = screen.focused.ancestors_with_self if screen.focused else screen.ancestors_with_self
    taken: set[str] = set()
    found: list[tuple[Command, DOMNode]] = []
    for node in chain:
        for scope in node.SCOPES if isinstance(node, Scoped) else ():
            for command in of_scope(scope):
                reachable = (key for key in command.keys if not _types(screen.focused, key))
                free = tuple(key for key in reachable if key not in taken)
                if (free or not command.keys) and node.check_action(command.action, ()):
                    found.append((replace(command, keys=free), node))
            taken.update(key for command, _ in found for key in command.keys)
    return found


def _types(focused: DOMNode | None, key: str) -> bool:
    """Whether a key writes a character where the focus is."""
    return focused is not None and focused.check_consume_key(key, character_of(key))
