"""What the tests of the filter editor start from: the editor on the simulator, and somebody else who saves."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from redox_tui.domain.connection import FilterVersion
from redox_tui.domain.filter_list import FilterSearch
from redox_tui.domain.filters import Filter, Rule
from redox_tui.domain.logs import Environment
from redox_tui.domain.subscriptions import Subscription, SubscriptionSearch
from redox_tui.simulator import network
from redox_tui.simulator.filter_store import Content
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.world import World
from redox_tui.tui.filter_messages import EditFilter
from redox_tui.tui.screens.filter_editor import FilterEditor
from redox_tui.tui.widgets.impact_table import ImpactTable
from redox_tui.tui.widgets.path_input import FilterNameField, PathField, ValuesField
from redox_tui.tui.widgets.rule_list import RuleList
from tests.tui.given import NOW, PRODUCTION, Person, opened
from tests.tui.server import Server, simulated

RESULTS = network.fixed_id("filters Results")
NAME = "Final results of our facilities"
STAGING = Environment("", "Lab", "Staging")
"""An environment in which nothing has to be typed."""


class Site:
    """A simulated organization of a test's own.

    `before_write` is called when a change of a filter arrives. `refuses` is the status that changes are answered with,
    which are not made then; `loses` says that they are made and their answers are lost. While `is_held` changes wait.
    """

    def __init__(self, logs: int = 2_000, generation: Generation = "organization") -> None:
        self.world = World(logs, now=NOW, clock=lambda: NOW)
        self.server: Server = simulated(self.world, generation)
        self.writes: list[str] = []
        self.before_write: Callable[[], None] = lambda: None
        self.refuses = 0
        self.loses = False
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self._inner, self.server.app = self.server.app, self._serve

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if scope["method"] == "GET" or "ilter" not in path or "dryRun=true" in scope["query_string"].decode():
            await self._inner(scope, receive, send)
            return
        self.writes.append(f"{scope['method']} {path.rpartition('operations/')[2] or path}")
        await self.goes_on.wait()
        self.before_write()
        self.before_write = lambda: None
        if self.loses or self.refuses:
            if self.loses:
                await self._inner(scope, receive, _nowhere)
            await send({"type": "http.response.start", "status": self.refuses or 502, "headers": []})
            await send({"type": "http.response.body", "body": b'{"payload":{"errors":[{"title":"No"}]}}'})
            self.loses = False
            return
        await self._inner(scope, receive, send)

    def somebody_saves(self, *rules: Rule, name: str = NAME, action: str = "send") -> None:
        """Somebody else replaces name, action and rules."""
        self.world.filters.update(RESULTS, Content(name, action, rules), self.world.moment)

    def somebody_deletes(self) -> None:
        """Somebody else unlinks and deletes the filter."""
        link = self.world.filters.filters[RESULTS].link
        assert link
        self.world.filters.unlink(link.id, self.world.moment)
        self.world.filters.delete(RESULTS, self.world.moment)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are in force."""
        return self.world.filters.filters[RESULTS].current.content.rules

    @property
    def version(self) -> int:
        """The version that is in force."""
        return self.world.filters.filters[RESULTS].current.number


async def _nowhere(message: Any) -> None:
    """An answer that nobody gets."""


@asynccontextmanager
async def editing(
    site: Site,
    *,
    version: FilterVersion = "v1",
    size: tuple[int, int] = (80, 24),
    environment: Environment | None = STAGING,
    rule: Rule | None = None,
) -> AsyncGenerator[Person, None]:
    """The editor on the simulator's filter of results."""
    async with opened(site.server, size=size, environment=PRODUCTION) as person:
        client = await person.services.client()
        if version == "v0":
            places = await client.subscriptions.every(SubscriptionSearch(data_model="Results"))
            found = [(one, place) for place in places for one in await client.filters.of_subscription(place.id)]
            known, subscription = next(pair for pair in found if pair[0].id == RESULTS)
            await edit(person, known, environment=environment, subscription=subscription, rule=rule)
        else:
            every = await client.filters.every(FilterSearch())
            known = next(one for one in every if one.id == RESULTS)
            await edit(person, known, environment=environment, rule=rule)
        yield person


async def edit(
    person: Person,
    known: Filter | None,
    *,
    environment: Environment | None = STAGING,
    subscription: Subscription | None = None,
    rule: Rule | None = None,
) -> None:
    """Open the editor."""
    person.app.post_message(EditFilter(known, subscription, rule, environment))
    await person.until(lambda: isinstance(person.app.screen, FilterEditor))
    await person.wait()


def rules(person: Person) -> list[str]:
    """The lines of the rules without their header."""
    return [line for line in person.lines(RuleList)[1:] if line.strip()]


def figures(person: Person) -> list[str]:
    """The lines of the impact."""
    return person.lines(ImpactTable)


def fields(person: Person) -> dict[str, str]:
    """What stands in the fields that are open, with the reason below."""
    found = {}
    for kind in (FilterNameField, PathField, ValuesField):
        if lines := [line.strip() for line in person.lines(kind)]:
            label, _, text = lines[0].partition(" ")
            found[label] = " | ".join([text.strip(), *lines[1:]])
    return found
