"""A server in trouble, as the person in front of the list sees it."""

import pytest

from redox_tui.simulator.logs_routes import Generation
from tests.tui.given import PRODUCTION, a_world, opened
from tests.tui.server import simulated


async def test_ht_04_a_range_that_takes_too_long_is_shown_as_one_list_with_its_total() -> None:
    async with opened(simulated(a_world()), "since:7d") as whole:
        rows, status = whole.rows, whole.status
        await whole.press("G")
        last_rows, last_status = whole.rows, whole.status
    server = simulated(a_world(), faults=["504-wide:6"])
    async with opened(server, "since:7d") as person:
        assert (person.rows, person.status) == (rows, status)
        await person.press("G")
        assert (person.rows, person.status) == (last_rows, last_status)


async def test_ht_04_parts_without_totals_follow_each_other() -> None:
    server = simulated(a_world(), "environment", ["504-wide:6"])
    async with opened(server, "since:7d", environment=PRODUCTION) as person:
        assert person.status.startswith("row 1 of >")
        before = person.rows
        await person.press("pagedown", "pagedown", "pagedown")
        assert person.rows != before
        assert not [row for row in person.rows if "not sent" in row], "what lies on a border comes once"


@pytest.mark.parametrize("generation", ["organization", "environment"])
async def test_ht_04_a_gap_is_named_with_the_key_that_helps(generation: Generation) -> None:
    server = simulated(a_world(), generation, ["504-hole:2"])
    async with opened(server, "since:4h", environment=PRODUCTION) as person:
        assert person.status.startswith("row 1 of >")
        assert "not read: 11-20 12:5" in person.status
        assert "too slow; r tries again" in person.status


async def test_ht_04_a_gap_is_never_shown_as_no_logs() -> None:
    server = simulated(a_world(), faults=["504-hole:2"])
    async with opened(server, "event:Nothing since:4h") as person:
        assert "nobody knows what this range holds" in " ".join(person.rows)
        assert "no logs" not in person.status
        assert "No logs" not in " ".join(person.rows)


async def test_ht_03_a_pause_that_the_server_asks_for_is_said_and_esc_ends_it() -> None:
    server = simulated(a_world(), faults=["429-wait:30"])
    async with opened(server, wait=False, tries=3) as person:
        await server.arrived(1)
        await person.look()
        assert person.status == "Too many requests (429): trying again in 30 s · esc stops"
        await person.press("escape")
        assert person.status == "! Stopped. r tries again."
        person.strike("r")
        await person.look()
        assert person.status.startswith("the limit on requests is reached: going on in ")
        assert len(server.lists) == 1, "nothing is sent before the server wants it"
        await person.press("escape")


async def test_ht_03_a_server_that_wants_minutes_of_quiet_is_said_to() -> None:
    server = simulated(a_world(), faults=["429-wait:600"])
    async with opened(server, tries=3) as person:
        assert "The server wants 10 min of quiet; try again after" in person.status
        assert len(server.lists) == 1


async def test_au_05_clocks_that_differ_are_said_with_both_times() -> None:
    async with opened(simulated(a_world(), faults=["clock:3600"])) as person:
        assert "clocks differ: " in person.status
