"""Following a list while logs come in, late ones too, and statuses change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from redox_tui.domain.logs import Log
from redox_tui.domain.query import LogQuery
from redox_tui.simulator.network import PRODUCTION
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World
from redox_tui.tui.screens.logs import LogsScreen
from tests.tui.given import NOW, Person, opened
from tests.tui.server import Server, failing, simulated

LATENESS = 60_000


@dataclass
class Times:
    """A clock that somebody turns."""

    now: datetime = NOW

    def pass_by(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@dataclass
class Traffic:
    """A world that goes on, and a server of it."""

    times: Times
    world: World
    server: Server

    @property
    def ids(self) -> list[str]:
        """The ids of the newest logs that the server would list now."""
        found = self.world.search(Search())
        return [self.world.log(index).id for index in found.page(0, 50)]

    @property
    def total(self) -> int:
        return self.world.search(Search()).total


def traffic() -> Traffic:
    times = Times()
    world = World(100_000, now=NOW, clock=lambda: times.now, lateness=LATENESS)
    return Traffic(times, world, simulated(world))


def shown(person: Person, rows: int = 15) -> list[str]:
    """The ids of the first rows."""
    screen = person.app.screen
    assert isinstance(screen, LogsScreen)
    found = [screen._window[row] for row in range(rows)]
    assert all(isinstance(log, Log) for log in found)
    return [log.id for log in found if isinstance(log, Log)]


async def test_new_logs_come_in_at_the_top_while_a_list_is_followed() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f")
        assert "following" in person.status
        for minutes in (0.5, 1, 3):
            there.times.pass_by(minutes)
            await person.press("r")
            assert shown(person) == there.ids[:15]
            assert person.cursor == 0


async def test_logs_that_come_late_and_statuses_that_change_are_shown_as_they_are_now() -> None:
    there = traffic()
    async with opened(there.server, "since:6h") as person:
        await person.press("f")
        for _ in range(12):
            there.times.pass_by(0.25)
            await person.press("r")
            truth = {one: there.world.find(one) for one in there.ids}
            assert shown(person) == there.ids[:15]
            screen = person.app.screen
            assert isinstance(screen, LogsScreen)
            for row in range(15):
                log = screen._window[row]
                assert isinstance(log, Log)
                known = truth[log.id]
                assert known
                assert log.status == known.status
        assert len(set(shown(person))) == 15


async def test_a_move_pauses_and_what_is_new_is_counted() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f", "j")
        before = shown(person)
        assert "paused (f goes on)" in person.status
        there.times.pass_by(2)
        await person.press("r")
        assert shown(person) == before
        new = there.ids.index(before[0])
        assert f"paused · +{new} new (f goes on)" in person.status
        await person.press("f")
        assert shown(person) == there.ids[:15]
        assert "following" in person.status


async def test_more_than_a_page_of_new_logs_is_said_to_be_more() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f", "j")
        there.times.pass_by(60)
        await person.press("r")
        assert "+50 or more new" in person.status


async def test_going_on_asks_the_server_once_and_a_list_that_stands_still_is_left_alone() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f")
        calls = len(there.server.lists)
        await person.press("r")
        assert len(there.server.lists) == calls + 1
        assert shown(person) == there.ids[:15]


async def test_f_ends_following() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f", "f")
        assert "following" not in person.status
        there.times.pass_by(2)
        before = shown(person)
        await person.press("j")
        assert shown(person) == before


async def test_a_range_that_has_an_end_is_not_followed() -> None:
    async with opened(traffic().server, "since:3h until:1h") as person:
        await person.press("f")
        assert "This range has an end, so nothing new comes into it" in person.status


async def test_a_look_that_fails_does_not_end_following() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f")
        there.server.instead = failing(502)
        there.times.pass_by(1)
        await person.press("r")
        assert "following" in person.status
        await person.press("r")
        assert shown(person) == there.ids[:15]


@pytest.mark.parametrize("query", ["", "status:failed"])
async def test_a_list_with_a_cursor_is_followed_too(query: str) -> None:
    times = Times()
    world = World(100_000, now=NOW, clock=lambda: times.now)
    server = simulated(world, "environment")
    async with opened(server, query, environment=PRODUCTION.id, generation="environment") as person:
        await person.press("f", "j")
        times.pass_by(20)
        await person.press("r")
        assert "new (f goes on)" in person.status
        await person.press("f")
        status = LogQuery.parse(query).value("status")
        found = world.search(Search(status=status))
        assert shown(person) == [world.log(index).id for index in found.page(0, 15)]


async def test_following_goes_on_after_a_look_that_was_stopped() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f")
        there.server.hold()
        person.strike("r")
        await there.server.arrived(len(there.server.calls) + 1)
        await person.tap("escape")
        there.server.release()
        await person.wait()
        there.times.pass_by(2)
        await person.press("g", "r")
        assert shown(person) == there.ids[:15]


async def test_r_shows_what_is_new_while_paused() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f", "j")
        there.times.pass_by(2)
        await person.press("r", "r")
        assert shown(person) == there.ids[:15]


async def test_only_matches_stay_only_matches_while_they_are_followed() -> None:
    there = traffic()
    async with opened(there.server, "since:1h -status:succeeded") as person:
        await person.press("x", "f")
        for _ in range(3):
            there.times.pass_by(2)
            await person.press("r")
            assert not any("succeeded" in row for row in person.rows)
            assert "following" in person.status
