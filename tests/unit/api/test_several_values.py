"""Several values over the whole stack: what the simulator's lists hold one by one, in one list."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.http import httpx
from redox_tui.api.walk import walk
from redox_tui.domain.connection import Connection, Generation
from redox_tui.domain.logs import FIRST_PAGE
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.simulator.app import simulator
from redox_tui.simulator.faults import Faults
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World

from .given import QUICK

GENERATIONS: tuple[Generation, ...] = ("organization", "environment")
QUERY = "status:failed,filtered,pending type:send,receive since:7d"


@dataclass
class Api:
    """A simulated Platform API that counts requests, and whose clock can be moved."""

    now: datetime
    generation: Generation
    logs: int = 5_000
    faults: tuple[str, ...] = ()
    requests: int = 0
    later: timedelta = field(default_factory=timedelta)

    def __post_init__(self) -> None:
        self.tokens = Tokens(clock=self.clock)
        self.world = World(self.logs, now=self.now, clock=self.clock)
        self._app: Any = simulator(
            self.world, tokens=self.tokens, generation=self.generation, faults=Faults(self.faults)
        )

    def clock(self) -> datetime:
        return self.now + self.later

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        self.requests += 1
        await self._app(scope, receive, send)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[PlatformClient]:
        environment = self.world.production.id if self.generation == "environment" else None
        connection = Connection("http://127.0.0.1", str(self.world.organization.id), environment, self.generation)
        client = PlatformClient(
            connection,
            lambda client: GivenToken(self.tokens.session()),
            transport=httpx.ASGITransport(self),
            patience=QUICK,
        )
        try:
            yield client
        finally:
            await client.aclose()

    async def read(self, search: LogSearch, at_once: int = 1) -> list[str]:
        """The ids of a walk."""
        async with self.client() as client:
            return [log.id async for batch in walk(client.logs, search, at_once=at_once) for log in batch]


def asked(now: datetime, text: str = QUERY) -> LogSearch:
    return LogQuery.parse(text).search(now)


async def truth(now: datetime, text: str = QUERY) -> list[str]:
    """What a walk through all logs has of them, newest first."""
    wanted = {term.key: term.values for term in LogQuery.parse(text).terms}
    async with Api(now, "organization").client() as client:
        logs = [log async for batch in walk(client.logs, asked(now, "since:7d")) for log in batch]
    return [log.id for log in logs if log.status in wanted["status"] and log.type in wanted["type"]]


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("at_once", [1, 8])
@pytest.mark.parametrize("faults", [(), ("429:2",), ("504-wide:24",), ("504-wide:24", "429", "503", "502")])
async def test_a_walk_has_what_a_walk_through_all_logs_has(
    generation: Generation, at_once: int, faults: tuple[str, ...], now: datetime
) -> None:
    expected = await truth(now)
    assert len(expected) > 300
    assert await Api(now, generation, faults=faults).read(asked(now), at_once) == expected


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_a_walk_costs_a_request_a_page_and_one_for_each_list(generation: Generation, now: datetime) -> None:
    expected = await truth(now)
    api = Api(now, generation)
    assert await api.read(asked(now)) == expected
    assert api.requests <= len(expected) / 50 + len(asked(now).each)


@pytest.mark.parametrize("faults", [(), ("429",), ("504-wide:30",)])
async def test_any_page_is_that_of_the_whole_while_traffic_goes_on(faults: tuple[str, ...], now: datetime) -> None:
    text = "status:succeeded,failed type:send,receive since:7d"
    expected = await truth(now, text)
    api = Api(now, "organization", faults=faults)
    random = Random(3)
    async with api.client() as client:
        first = await client.logs.page(asked(now, text), FIRST_PAGE, 50)
        assert first.total == len(expected)
        pinned = asked(now, text).pinned(first.logs)
        # Old rows only: those that were pending at first may have another status by then.
        for number in [random.randint(3, len(expected) // 50) for _ in range(15)]:
            api.later += timedelta(seconds=20)
            page = await client.logs.page(pinned, number, 50)
            assert page.total is not None
            shift = page.total - len(expected)
            begin = (number - 1) * 50 - shift
            assert [log.id for log in page.logs] == expected[begin : begin + 50]


@pytest.mark.parametrize(
    ("text", "lists", "mean", "most"),
    [
        ("status:failed,filtered since:7d", 2, 2.0, 4),
        ("status:succeeded,failed since:7d", 2, 3.0, 5),
        ("status:failed,filtered,succeeded type:send,receive,request since:7d", 9, 1.5, 2),
    ],
)
async def test_a_jump_among_a_hundred_thousand_logs_costs_a_handful_of_requests_for_each_list(
    text: str, lists: int, mean: float, most: float, now: datetime
) -> None:
    api = Api(now, "organization", 100_000)
    random = Random(1)
    costs = []
    async with api.client() as client:
        first = await client.logs.page(asked(now, text), FIRST_PAGE, 50)
        assert api.requests == lists
        pinned = asked(now, text).pinned(first.logs)
        for _ in range(20):
            before = api.requests
            await client.logs.page(pinned, random.randint(1, (first.total or 0) // 50), 50)
            costs.append(api.requests - before)
    assert max(costs) <= most * lists
    assert sum(costs) / len(costs) <= mean * lists
