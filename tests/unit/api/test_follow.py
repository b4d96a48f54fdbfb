"""New logs as they come, compared with the truth: which logs a simulator lists at each look, and since when."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.errors import NotAuthorized, PlatformError, TooSlow, Unreachable
from redox_tui.api.follow import OVERLAP, follow
from redox_tui.api.protocol import Urgency
from redox_tui.domain.logs import Log, LogDetail, LogPage, PageRef
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.simulator.app import simulator
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.search import Search
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World
from tests.unit.simulator.given import NOW, Clock

from .given import QUICK, connection_to, soon
from .listing import START, Listing

ALL = 10_000
LATENESS = 60_000


@dataclass
class Watched:
    """Logs of a client, with what happens before a page is read."""

    logs: PlatformClient
    before: Callable[[], None] = lambda: None
    pages: int = 0

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        self.before()
        self.pages += 1
        return await self.logs.logs.page(search, ref, count, urgency)

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        raise NotImplementedError


@dataclass
class Stand:
    """A simulator whose clock is turned by hand, and a reader of what it lists."""

    clock: Clock
    world: World
    logs: Watched
    query: LogQuery
    said: list[str] = field(default_factory=list)

    def listed(self) -> list[str]:
        """The ids that the simulator lists now for the query, newest first; without going over HTTP."""
        search = self.query.search(NOW)
        since = search.range.since
        assert since
        status = dict(search.terms).get("status", (None,))[0]
        found = self.world.search(Search(status=status, created_after=round(since.timestamp() * 1_000)))
        return [self.world.log(index).id for index in found.page(0, found.total)]

    def follow(
        self, newest: int = ALL, pause: Callable[[], Awaitable[None]] | None = None
    ) -> AsyncGenerator[list[Log]]:
        """Follow the query."""

        async def no_pause() -> None:
            await asyncio.sleep(0)

        return follow(self.logs, self.query.search(NOW), newest, pause=pause or no_pause, say=self.said.append)


@asynccontextmanager
async def standing(
    query: str = "since:1h", *, lateness: int = LATENESS, logs: int = 100_000, generation: Generation = "organization"
) -> AsyncGenerator[Stand]:
    """A simulator in this process, with a client of it."""
    clock, tokens = Clock(), Tokens()
    world = World(logs, now=NOW, clock=clock, lateness=lateness)
    transport = httpx.ASGITransport(simulator(world, tokens=tokens, generation=generation))
    environment = world.production.id if generation == "environment" else None
    connection = connection_to("http://127.0.0.1", environment, generation)
    token = tokens.session()
    client = PlatformClient(connection, lambda client: GivenToken(token), transport=transport, patience=QUICK)
    try:
        yield Stand(clock, world, Watched(client), LogQuery.parse(query))
    finally:
        await client.aclose()


class Looks:
    """Turns the clock between two looks, and notes what is listed at each of them: the truth."""

    def __init__(self, stand: Stand, steps: list[timedelta]) -> None:
        self._stand = stand
        self._steps = steps
        self.is_over = asyncio.Event()
        self.arrived: list[list[str]] = [stand.listed()]
        self._known = set(self.arrived[0])

    async def pause(self) -> None:
        """The next step of the clock; after the last one nothing happens any more."""
        if not self._steps:
            self.is_over.set()
            await asyncio.Event().wait()
        self._stand.clock.now += self._steps.pop(0)
        listed = self._stand.listed()
        self.arrived.append([one for one in listed if one not in self._known])
        self._known |= set(listed)


async def all_batches(stand: Stand, looks: Looks, newest: int = ALL) -> list[list[Log]]:
    """What following gives until the clock stands still."""
    found: list[list[Log]] = []

    reading = asyncio.create_task(drain(stand.follow(newest, looks.pause), found))
    over = asyncio.create_task(looks.is_over.wait())
    done, _ = await soon(asyncio.wait((reading, over), return_when=asyncio.FIRST_COMPLETED))
    reading.cancel()
    over.cancel()
    await asyncio.gather(reading, over, return_exceptions=True)
    if reading in done:
        reading.result()
    return found


class Over(Exception):
    """A test has seen enough."""


async def drain(batches: AsyncGenerator[list[Log]], found: list[list[Log]] | None = None) -> None:
    """Read what following gives until something ends it."""
    async with aclosing(batches):
        async for batch in batches:
            if found is not None:
                found.append(batch)


def ids(batches: list[list[Log]]) -> list[list[str]]:
    return [[log.id for log in batch] for batch in batches]


def minutes(*numbers: float) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


def created(log: Log) -> datetime:
    assert log.created_at
    assert log.created_at.instant
    return log.created_at.instant


@pytest.mark.parametrize("generation", ["organization", "environment"])
@pytest.mark.parametrize("step", [0.1, 1.0, 4.0])
async def test_every_log_comes_once_and_when_it_is_first_listed(step: float, generation: Generation) -> None:
    async with standing("since:20m", generation=generation) as stand:
        looks = Looks(stand, minutes(*[step] * 15))
        found = await all_batches(stand, looks)
        truth = [batch[::-1] for batch in looks.arrived if batch]
        assert ids(found) == truth
        given = [one for batch in ids(found) for one in batch]
        assert len(given) == len(set(given))
        assert set(given) == set(stand.listed())


async def test_logs_that_are_listed_late_come_behind_newer_ones() -> None:
    async with standing("since:5m", logs=1_000_000) as stand:
        found = await all_batches(stand, Looks(stand, minutes(*[0.25] * 20)))
        newest = [max(map(created, batch)) for batch in found]
        late = sum(created(log) < before for batch, before in zip(found[1:], newest, strict=False) for log in batch)
        assert late > 5, "there is nothing late in this test"
        assert all(batch == sorted(batch, key=created) for batch in found), "a look's logs are in order"


async def test_only_the_newest_come_first_and_then_nothing_that_was_there_before() -> None:
    async with standing("since:1h") as stand:
        looks = Looks(stand, minutes(0.5, 0.5, 1))
        found = await all_batches(stand, looks, newest=7)
        first, *later = looks.arrived
        assert ids(found) == [first[:7][::-1], *(batch[::-1] for batch in later if batch)]


async def test_what_lies_before_the_range_never_comes() -> None:
    async with standing("since:2m") as stand:
        looks = Looks(stand, minutes(1, 1, 1))
        found = await all_batches(stand, looks)
        assert min(created(log) for batch in found for log in batch) >= NOW - timedelta(minutes=2)
        assert ids(found) == [batch[::-1] for batch in looks.arrived if batch]


async def test_a_range_that_is_empty_yet_is_followed_from_its_first_log() -> None:
    async with standing("since:1s", logs=2_000, lateness=0) as stand:
        assert stand.listed() == []
        looks = Looks(stand, minutes(0, 0, 10, 10, 10))
        found = await all_batches(stand, looks)
        assert ids(found) == [batch[::-1] for batch in looks.arrived if batch]
        assert len(found) > 1


async def test_terms_of_the_server_hold_for_what_comes_too() -> None:
    async with standing("status:pending since:20m", lateness=0) as stand:
        looks = Looks(stand, minutes(*[0.5] * 8))
        found = await all_batches(stand, looks)
        assert ids(found) == [batch[::-1] for batch in looks.arrived if batch]
        assert all(log.status == "pending" for batch in found for log in batch)


async def test_after_a_long_sleep_everything_that_came_meanwhile_comes() -> None:
    async with standing("since:20m") as stand:
        looks = Looks(stand, minutes(1, 180, 0.5, 0.5))
        found = await all_batches(stand, looks)
        assert ids(found) == [batch[::-1] for batch in looks.arrived if batch]
        assert len(found[2]) > 1_000


async def test_looks_that_fail_are_said_and_made_up_for() -> None:
    async with standing("since:20m") as stand:
        looks = Looks(stand, minutes(*[2] * 20))
        broken = {3, 4, 5, 11}

        def fail() -> None:
            if len(looks.arrived) - 1 in broken:
                raise Unreachable("The server cannot be reached.")

        stand.logs.before = fail
        found = await all_batches(stand, looks)
        given = [one for batch in ids(found) for one in batch]
        assert len(given) == len(set(given))
        assert set(given) == set(stand.listed())
        assert stand.said == ["The server cannot be reached."] * len(broken)


async def test_a_look_that_fails_in_its_middle_gives_nothing_twice() -> None:
    async with standing("since:20m") as stand:
        looks = Looks(stand, minutes(60, 0, 0, 1))
        pages = 0

        def fail() -> None:
            nonlocal pages
            pages += len(looks.arrived) == 2
            if len(looks.arrived) == 2 and pages > 3:
                raise TooSlow("Too slow.")

        stand.logs.before = fail
        found = await all_batches(stand, looks)
        given = [one for batch in ids(found) for one in batch]
        assert pages > 3
        assert len(given) == len(set(given))
        assert set(given) == set(stand.listed())


async def test_a_first_look_that_fails_is_the_end() -> None:
    async with standing() as stand:

        def fail() -> None:
            raise Unreachable("The server cannot be reached.")

        stand.logs.before = fail
        with pytest.raises(Unreachable):
            await all_batches(stand, Looks(stand, minutes(1)))
        assert stand.said == []


async def test_a_credential_that_is_taken_away_is_the_end() -> None:
    async with standing() as stand:
        looks = Looks(stand, minutes(1, 1, 1))

        def refuse() -> None:
            if len(looks.arrived) == 3:
                raise NotAuthorized("The token is wrong or has ended (401).")

        stand.logs.before = refuse
        with pytest.raises(NotAuthorized):
            await all_batches(stand, looks)
        assert stand.said == []


async def test_the_next_look_is_asked_for_a_pause_later_and_never_beside_another() -> None:
    async with standing("since:1m", logs=5_000, lateness=0) as stand:
        order: list[str] = []
        stand.logs.before = lambda: order.append("page")
        pauses = 0

        async def pause() -> None:
            nonlocal pauses
            pauses += 1
            order.append("pause")
            stand.clock.now += timedelta(seconds=30)
            if pauses > 4:
                raise Over

        with pytest.raises(Over):
            await drain(stand.follow(pause=pause))
        assert order == ["page", "pause"] * 5


@pytest.mark.parametrize("paging", ["totals", "numbers", "cursors"])
async def test_the_memory_of_what_was_seen_does_not_grow(paging: str) -> None:
    listing = Listing({}, paging=paging)  # type: ignore[arg-type]
    size, most, now = 0, 0, START
    generator: AsyncGenerator[list[Log]]

    async def pause() -> None:
        nonlocal size, most, now
        frame = generator.ag_frame  # type: ignore[attr-defined]
        most = max(most, len(frame.f_locals["seen"]))
        if size >= 4_000:
            raise Over
        for _ in range(40):
            size += 1
            now += timedelta(seconds=15)
            listing.rows[f"r{size}"] = now
            listing.rows.pop(f"r{size - 400}", None)

    search = LogQuery.parse("").search(START)
    generator = follow(listing, search, ALL, pause=pause, say=lambda words: None)
    found: list[list[Log]] = []
    with pytest.raises(Over):
        await drain(generator, found)
    assert [one for batch in ids(found) for one in batch] == [f"r{number}" for number in range(1, size + 1)]
    assert most <= 3 * OVERLAP / timedelta(seconds=15)


async def test_records_without_an_id_or_a_time_are_no_obstacle() -> None:
    answers: list[LogPage | PlatformError] = [
        LogPage((Log(""), Log("a")), 2, 50),
        LogPage((Log("b"), Log(""), Log("a")), 3, 50),
        PlatformError("No."),
        LogPage((Log("b"), Log(""), Log("a")), 3, 50),
    ]

    class Scripted:
        async def page(
            self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING
        ) -> LogPage:
            answer = answers.pop(0)
            if isinstance(answer, PlatformError):
                raise answer
            return answer

        async def get(
            self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING
        ) -> LogDetail:
            raise NotImplementedError

    said: list[str] = []

    async def pause() -> None:
        if not answers:
            raise Over

    found: list[list[Log]] = []
    with pytest.raises(Over):
        await drain(follow(Scripted(), LogQuery.parse("").search(START), ALL, pause=pause, say=said.append), found)
    assert ids(found) == [["a", ""], ["b"]]
    assert said == ["No."]


@pytest.mark.parametrize("generation", ["organization", "environment"])
async def test_a_log_that_fails_long_after_it_was_created_comes_when_it_does(generation: Generation) -> None:
    async with standing("since:20m status:failed", generation=generation) as stand:
        looks = Looks(stand, minutes(*[2.0] * 40))
        found = await all_batches(stand, looks)
        given = [one for batch in ids(found) for one in batch]
        truth = [one for batch in looks.arrived for one in batch]
        assert len(given) == len(set(given))
        assert set(given) == set(truth)
        late = [log for batch in found[1:] for log in batch if changed_late(log)]
        assert late


def changed_late(log: Log) -> bool:
    """Whether a log was last updated more than `OVERLAP` after it was created."""
    assert log.updated_at
    assert log.updated_at.instant
    return log.updated_at.instant - created(log) > OVERLAP
