"""Failures in groups: what fails most, since when, of how many; and that a group opens as a query."""

from collections import Counter

import pytest

from redox_tui.simulator.records import record
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.widgets.failure_table import FailureTable
from tests.tui.given import PRODUCTION, Person, a_world, opened
from tests.tui.server import Server, failing, simulated


def walked(world: World) -> Counter[tuple[object, ...]]:
    """The failed logs of the last day by source, destination, model and event."""
    matches = world.search(Search(status="failed"))
    found: Counter[tuple[object, ...]] = Counter()
    for index in matches.page(0, matches.total):
        one = record(world.log(index))
        if str(one["createdAt"]) >= "2026-11-19T15:00:00.123Z":
            source, destination = one.get("source"), one.get("destination")
            parties = (party["id"] if isinstance(party, dict) else None for party in (source, destination))
            found[(*parties, one.get("dataModel"), one.get("eventType"))] += 1
    return found


def table(person: Person) -> list[str]:
    """The groups without the header."""
    return [line for line in person.lines(FailureTable)[1:] if line.strip()]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_failures_are_grouped_as_a_walk_groups_them_biggest_first(size: tuple[int, int]) -> None:
    world = a_world(20_000)
    async with opened(simulated(world), size=size) as person:
        await person.press("F")
        expected = sorted(walked(world).values(), reverse=True)
        shown = [int(line[1:7].replace(",", "")) for line in table(person)]
        assert shown == expected[: len(shown)]
        total = sum(expected)
        assert person.status == f"{len(expected)} groups · all {total:,} failed logs"
        assert person.lines(FailureTable)[0].split()[:4] == ["FAILED", "FIRST", "LAST", "TRY"]


async def test_the_counts_of_a_query_are_those_of_its_failures() -> None:
    async with opened(simulated(a_world(20_000)), "model:Results") as person:
        await person.press("F")
        assert table(person)
        assert all("Results·" in line for line in table(person))


async def test_a_group_opens_as_a_query_for_just_these_logs() -> None:
    async with opened(simulated(a_world(20_000))) as person:
        await person.press("F")
        count = int(table(person)[0][1:7].replace(",", ""))
        await person.press("enter")
        assert isinstance(person.app.screen, LogsScreen)
        assert person.query[0].startswith("/ status:failed source:")
        assert person.status == f"row 1 of {count:,}"
        await person.press("F", "escape")
        assert isinstance(person.app.screen, LogsScreen)


async def test_so_many_are_read_and_said_and_m_reads_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redox_tui.tui.screens.failures.PORTION", 100)
    world = a_world(20_000)
    server = simulated(world)
    total = sum(walked(world).values())
    async with opened(server) as person:
        pages, counts = len(server.pages), len(server.counts)
        await person.press("F")
        assert person.status.endswith(f"groups · newest 100 of {total:,} failed logs · m more")
        assert "m more" in person.hints
        assert (len(server.pages) - pages, len(server.counts) - counts) == (2, 1)
        await person.press("m")
        assert f"newest 200 of {total:,} failed logs" in person.status
        assert server.pages[pages:] == [1, 2, 3, 4], "nothing is read twice"
        for _ in range(total // 100):
            await person.press("m")
        assert person.status.endswith(f"all {total:,} failed logs")
        assert "m more" not in person.hints


async def test_over_cursors_there_is_no_number_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redox_tui.tui.screens.failures.PORTION", 50)
    server = simulated(a_world(20_000), "environment")
    async with opened(server, environment=PRODUCTION, generation="environment") as person:
        await person.press("F")
        assert person.status.endswith("groups · newest 50 failed logs · m more")


async def test_terms_that_the_server_cannot_answer_count_too() -> None:
    async with opened(simulated(a_world(20_000)), "-model:Results") as person:
        await person.press("F")
        assert not any("Results·" in line for line in table(person))
        assert "of which match" in person.status


async def test_a_reading_that_fails_says_so_and_r_reads_again() -> None:
    server = simulated(a_world(20_000))
    async with opened(server) as person:
        server.instead = failing(500, when=lambda call: call.lists_logs and not call.counts and call.page == 2)
        await person.press("F")
        assert person.status.startswith("! ")
        assert "r tries again. Shown: " in person.status
        assert table(person), "what was read stays"
        await person.press("r")
        assert "failed logs" in person.status
        assert not person.status.startswith("!")


async def test_escape_stops_reading_and_then_leaves() -> None:
    server = simulated(a_world(20_000))
    async with opened(server) as person:
        server.hold()
        person.strike("F")
        await person.until("esc stops")
        await person.tap("escape")
        assert person.status == "! Stopped. r reads again."
        assert "Failures" in person.place
        server.release()
        await person.press("escape")
        assert isinstance(person.app.screen, LogsScreen)


async def test_a_lock_in_the_middle_stops_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    server = simulated(a_world(20_000))
    async with opened(server) as person:
        server.hold()
        person.strike("F")
        await person.until("esc stops")
        await person.tap("L")
        await person.until(lambda: person.services.is_locked)
        server.release()
        await person.wait()
        await person.tap("enter")
        await person.until("Locked before all was read. r reads again.")
        await person.press("r")
        assert "failed logs" in person.status


async def test_before_all_is_read_nobody_says_that_none_match(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redox_tui.tui.screens.failures.PORTION", 100)
    async with opened(simulated(a_world(20_000)), "nowhere") as person:
        await person.press("F")
        assert "None of the failed logs that were read match; m reads more." in person.text
        assert ", 0 of which match · m more" in person.status


async def test_one_failed_log_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(20_000)
    newest = record(world.log(next(iter(world.search(Search(status="failed")).page(0, 1)))))
    at = str(newest["createdAt"])
    async with opened(simulated(world), f"since:{at} until:{at}") as person:
        await person.press("F")
        assert person.status == "1 group · all 1 failed log"
        assert " UTC " in person.place


async def test_a_query_without_failed_logs_has_no_groups() -> None:
    server: Server = simulated(a_world())
    async with opened(server, "status:succeeded") as person:
        await person.press("F")
        assert person.status == "! This query shows succeeded logs only; / changes it."
    async with opened(simulated(a_world()), "since:1m") as person:
        await person.press("F")
        assert "No failed logs match in this range." in person.text
