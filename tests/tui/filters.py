"""What tests of filters start from: a world whose filters may be changed, and the app in front of them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from textual.screen import Screen

from redox_tui.domain.filters import Rule
from redox_tui.simulator.filter_store import Content, Saved
from redox_tui.simulator.world import World
from redox_tui.tui.widgets.filter_table import FilterTable
from redox_tui.tui.widgets.version_table import DifferenceList, VersionTable
from tests.tui.given import NOW, PRODUCTION, Person, clock, opened
from tests.tui.server import Server, simulated

FIRST: Final = "Final results of our facilities"
SECOND: Final = "No drafts in the archive"
LINKED: Final = "Fernhill Lab Results → Lakeside EHR Inbound · Results"
FREE: Final = "Lakeside EHR → Lakeside Data Warehouse · PatientAdmin"
"""A subscription without a filter."""

RULE: Final = Rule("$.Visit.PatientClass", ("Inpatient",))


def a_world(logs: int = 100) -> World:
    """Traffic and two filters of a test's own."""
    return World(logs, now=NOW, clock=clock)


def named(world: World, name: str) -> Saved:
    """A filter as the server has it."""
    return next(one for one in world.filters.filters.values() if one.current.content.name == name)


def created(world: World, name: str, action: str = "send", rules: tuple[Rule, ...] = (RULE,)) -> Saved:
    """One more filter, without a link."""
    return world.filters.create(Content(name, action, rules), PRODUCTION, world.moment)


def changed(world: World, name: str, rules: tuple[Rule, ...] = (RULE,)) -> Saved:
    """Somebody else saves a filter."""
    return world.filters.update(named(world, name).id, Content(name, "send", rules), world.moment)


@asynccontextmanager
async def at_filters(server: Server | World, **more: Any) -> AsyncGenerator[Person]:
    """The app with the filters of the production environment on the screen."""
    there = simulated(server) if isinstance(server, World) else server
    async with opened(there, **{"environment": PRODUCTION, **more}) as person:
        await person.press("2")
        yield person


def rows(person: Person) -> list[str]:
    """The list of filters without its header; empty lines at its end are left out."""
    return [line for line in person.lines(FilterTable)[1:] if line.strip()]


def version_rows(person: Person) -> list[str]:
    """The list of versions without its header."""
    return [line for line in person.lines(VersionTable)[1:] if line.strip()]


def difference(person: Person) -> list[str]:
    """The lines of the difference on the screen."""
    return [line[1:] for line in person.lines(DifferenceList) if line.strip()]


async def agree(person: Person, name: str = "") -> None:
    """Type what is asked for, and wait until all that follows has happened."""
    await person.write(name)
    await person.press("enter")


def top(person: Person) -> type[Screen[Any]]:
    """What kind of screen is on top."""
    return type(person.app.screen)
