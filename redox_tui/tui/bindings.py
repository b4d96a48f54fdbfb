"""From the registry to Textual: the bindings of a scope, and the scopes that are in force where the focus is."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from redox_tui.tui.commands import COMMANDS, Command, of_scopes


class Scoped:
    """A mixin for who has commands: a widget, a screen or the app."""

    SCOPE: ClassVar[str]


def bindings(scope: str) -> list[BindingType]:
    """The bindings of a scope, with the commands' ids."""
    return [
        Binding(",".join(c.keys), c.action, c.title, id=c.id, show=bool(c.hint))
        for c in COMMANDS
        if c.scope == scope and c.keys
    ]


def owners(screen: Screen[object]) -> list[DOMNode]:
    """Who has commands now, from the focused widget outwards."""
    chain = screen.focused.ancestors_with_self if screen.focused else screen.ancestors_with_self
    return [node for node in chain if isinstance(node, Scoped)]


def commands_in_force(screen: Screen[object]) -> list[tuple[Command, DOMNode]]:
    """Every command that can be run now with who runs it, nearest to the focus first."""
    return [(command, node) for node in owners(screen) for command in of_scopes([scope_of(node)])]


def scope_of(node: DOMNode) -> str:
    """The scope of an owner of commands."""
    return node.SCOPE if isinstance(node, Scoped) else ""
