"""The command palette: the registry's commands that can be run where the focus is."""

from collections.abc import Iterator
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from redox_tui.tui.bindings import commands_in_force
from redox_tui.tui.commands import Command, key_sign


@runtime_checkable
class HasRows(Protocol):
    """A screen with a list in which any row can be gone to."""

    def go_to_row(self, number: int) -> None:
        """Go to a row, counted from 1."""


class RegistryProvider(Provider):
    """Finds commands by title."""

    async def discover(self) -> Hits:
        """Every command in force."""
        for command, run in self._commands():
            yield DiscoveryHit(command.title, run, help=_help(command))

    async def search(self, query: str) -> Hits:
        """The commands in force whose title fits."""
        if query.strip().isdecimal() and isinstance(self.screen, HasRows):
            number = int(query)
            yield Hit(1.0, f"Go to row {number:,}", partial(self.screen.go_to_row, number))
        matcher = self.matcher(query)
        for command, run in self._commands():
            if (score := matcher.match(command.title)) > 0:
                yield Hit(score, matcher.highlight(command.title), run, help=_help(command))

    def _commands(self) -> Iterator[tuple[Command, IgnoreReturnCallbackType]]:
        # What the key hints name comes first, moving about last.
        for command, owner in sorted(commands_in_force(self.screen), key=lambda found: not found[0].hint):
            yield command, partial(self.app.run_action, command.action, owner)


def _help(command: Command) -> str:
    return "  ".join(part for part in (" ".join(map(key_sign, command.keys)), command.help) if part)
