"""What the simulator's tests start from: a moment, a clock that is set by hand, and calls into the app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from redox_tui.simulator.app import simulator
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.moments import milliseconds
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World

NOW = datetime(2026, 11, 20, 15, 0, 0, 123_000, tzinfo=UTC)
START = milliseconds(NOW)
ORGANIZATION = "/platform/v1/organizations/12345"
ENVIRONMENT = f"/platform/v1/environments/{World.production.id}"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def a_world(logs: int = 5_000, *, seed: int = 1, clock: Clock | None = None) -> World:
    return World(logs, seed=seed, now=NOW, clock=clock or Clock())


@asynccontextmanager
async def calling(
    world: World, generation: Generation = "organization", *, tokens: Tokens | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is signed in to a simulator over this world."""
    tokens = tokens or Tokens(clock=Clock())
    app = simulator(world, tokens=tokens, generation=generation)
    headers = {"Authorization": f"Bearer {tokens.session()}"}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://simulator", headers=headers) as client:
        yield client


def detail(answer: httpx.Response) -> str:
    """The one sentence of an error answer, whose shape is checked on the way."""
    body = answer.json()
    assert body["meta"] == {"version": "1.0.0"}
    [error] = body["payload"]["errors"]
    assert set(error) == {"title", "detail"}
    return str(error["detail"])
