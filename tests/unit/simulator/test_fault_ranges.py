"""Searches that take too long for their range of time, over a real socket."""

import pytest

from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.rhythm import HOUR, MINUTE

from .asked import ENVIRONMENTS, GENERATIONS, LOGS, SEARCH, a_page
from .given import START, Clock, a_world
from .line import serving


def _hours_ago(hours: float) -> str:
    return timestamp(START - int(hours * HOUR))


_RANGES = [
    ({}, 504),
    ({"createdAfter": _hours_ago(6)}, 200),
    ({"createdAfter": _hours_ago(6.001)}, 504),
    ({"createdBefore": _hours_ago(1)}, 504),
    ({"createdAfter": _hours_ago(16), "createdBefore": _hours_ago(10)}, 200),
    ({"createdAfter": _hours_ago(16.001), "createdBefore": _hours_ago(10)}, 504),
    ({"updatedAfter": _hours_ago(6)}, 200),
    ({"updatedAfter": _hours_ago(16), "updatedBefore": _hours_ago(9)}, 504),
    ({"createdAfter": _hours_ago(100), "updatedAfter": _hours_ago(5)}, 200),
]


@pytest.mark.parametrize(("fields", "status"), _RANGES)
@pytest.mark.parametrize("generation", GENERATIONS)
async def test_a_page_of_a_range_that_is_wider_takes_too_long(
    generation: Generation, fields: dict[str, str], status: int
) -> None:
    async with serving("504-wide:6", generation=generation) as served:
        for _ in range(2):
            assert (await a_page(served, generation, **fields)).status == status


async def test_a_search_by_post_can_be_too_wide_in_the_older_generation_too() -> None:
    async with serving("504-wide:6") as served:
        assert (await served.call(LOGS, "POST", {})).status == 504
        assert (await served.call(LOGS, "POST", {"createdAfter": _hours_ago(5)})).status == 200


async def test_what_is_no_page_of_logs_is_never_too_wide() -> None:
    async with serving("504-wide:0.001", "504-hole:1") as served:
        assert (await served.call(ENVIRONMENTS)).status == 200
        assert (await served.call(f"{LOGS}/{served.world.log(100).id}")).status == 200


async def test_a_range_that_makes_no_sense_is_refused_as_ever() -> None:
    async with serving("504-wide:6", "504-hole:1") as served:
        assert (await served.call(f"{LOGS}?createdAfter=yesterday")).status == 400
        assert (await served.call(LOGS, "POST", b"{")).status == 400


async def test_who_may_not_ask_and_what_is_gone_is_told_so_before_the_range_is_looked_at() -> None:
    async with serving("504-wide:6", "504-hole:1", generation="environment") as served:
        assert (await served.call(SEARCH, "POST", {}, token="wrong")).status == 401
        assert (await served.call(LOGS)).status == 410


async def test_faults_that_pass_go_before_a_range_that_is_too_wide() -> None:
    async with serving("504-wide:6", "429", "repeat-cursor", "short") as served, served.line() as line:
        assert [(await served.call(f"{LOGS}?_page=2")).status for _ in range(2)] == [429, 504]
        await line.send(served.request(LOGS))
        assert (await line.head()).status == 504
        assert (await line.rest()).startswith(b'{"meta"')
        assert [str(fault) for fault in served.faults] == ["504-wide:6"]


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_no_split_gets_around_a_hole_and_all_around_it_is_there(generation: Generation) -> None:
    world = a_world()
    newest = world.newest
    assert newest == world.log(4_999).created
    first = (newest - 30 * HOUR) // MINUTE * MINUTE
    async with serving("504-hole:30", generation=generation, world=world) as served:

        async def status(**fields: int) -> int:
            texts = {name: timestamp(time) for name, time in fields.items()}
            return (await a_page(served, generation, **texts)).status

        assert await status() == 504
        assert await status(createdAfter=first + 59_999) == 504
        assert await status(createdAfter=first, createdBefore=first) == 504
        assert await status(updatedBefore=first) == 504
        assert await status(createdAfter=first + MINUTE) == 200
        assert await status(updatedBefore=first - 1) == 200
        assert await status(createdAfter=first + MINUTE, createdBefore=first + HOUR) == 200


async def test_a_hole_stays_where_it_is_while_traffic_goes_on() -> None:
    clock = Clock()
    world = a_world(clock=clock)
    first = (world.newest - 30 * HOUR) // MINUTE * MINUTE
    async with serving("504-hole:30", world=world) as served:
        clock.move(hours=5)
        fields = {"createdAfter": timestamp(first), "createdBefore": timestamp(first + 1)}
        assert (await a_page(served, "organization", **fields)).status == 504
