"""Queries that are kept: going through the history, saving one under a name, running and deleting it."""

import json
from pathlib import Path

import pytest

from redox_tui.store.paths import Paths
from redox_tui.store.queries import StoredQueries
from redox_tui.tui.dialogs.query_name import QueryNameDialog
from redox_tui.tui.screens.logs import LogsScreen
from tests.tui.given import Person, a_world, opened
from tests.tui.server import simulated


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "state")


@pytest.fixture
def queries(paths: Paths) -> StoredQueries:
    return StoredQueries(lambda: paths)


async def run(person: Person, *texts: str) -> None:
    """Run queries, each instead of the one before."""
    for text in texts:
        await person.press("slash")
        await person.write(text)
        await person.press("enter")


async def test_up_and_down_go_through_the_queries_that_were_run(queries: StoredQueries) -> None:
    async with opened(simulated(a_world()), queries=queries) as person:
        await run(person, "status:failed", "type:send")
        await person.press("slash")
        await person.write("x")
        await person.press("up")
        assert person.query[0] == "/ type:send"
        await person.press("up", "up", "up")
        assert person.query[0] == "/ status:failed"
        assert person.completions == [], "what was not typed opens no list"
        await person.press("down", "down", "down")
        assert person.query[0] == "/ x"
        await person.press("up", "enter")
        assert person.query[0] == "/ type:send"


async def test_the_history_is_there_the_next_time(queries: StoredQueries) -> None:
    async with opened(simulated(a_world()), queries=queries) as person:
        await run(person, "status:failed", "type:send")
    async with opened(simulated(a_world()), queries=queries) as person:
        await person.press("slash", "up", "up")
        assert person.query[0] == "/ status:failed"


async def test_a_patient_is_in_no_history_not_even_in_memory(queries: StoredQueries, paths: Paths) -> None:
    async with opened(simulated(a_world()), queries=queries) as person:
        await run(person, "type:send", "patient:Barak status:failed", "patient:Barak")
        await person.press("slash")
        shown = []
        for _ in range(4):
            await person.press("up")
            shown.append(person.query[0])
        assert "/ status:failed" in shown
        assert not any("Barak" in text for text in shown[1:])
        await person.press("escape", "S")
        assert "There is nothing to save" in person.status
    assert "Barak" not in paths.queries.read_text()
    assert "patient" not in paths.queries.read_text()


@pytest.mark.parametrize("key", ["S", "ctrl+s"])
async def test_a_query_is_saved_under_a_name_and_run_by_it(key: str, queries: StoredQueries) -> None:
    server = simulated(a_world())
    async with opened(server, queries=queries) as person:
        await run(person, "status:failed since:7d")
        await person.press(key)
        assert isinstance(person.app.screen, QueryNameDialog)
        await person.press("enter")
        assert isinstance(person.app.screen, QueryNameDialog), "a name is needed"
        await person.write("Week [1]")
        await person.press("enter")
        assert person.status == "The query was saved as Week [1]."
        await run(person, "type:send")
        await person.press("O")
        assert "Week [1]: status:failed since:7d" in person.text
        await person.press("enter")
        assert person.query[0] == "/ status:failed since:7d"
        assert server.lists[-1].query["status"] == "failed"


async def test_what_is_being_typed_is_saved_from_the_bar(queries: StoredQueries) -> None:
    async with opened(simulated(a_world()), queries=queries) as person:
        await person.press("slash")
        await person.write("status:failed")
        await person.press("ctrl+s")
        await person.write("mine")
        await person.press("enter")
        assert dict(queries.load().saved) == {"mine": "status:failed"}
        assert person.query[0] == "/ status:failed"


async def test_a_name_that_is_taken_is_asked_about(queries: StoredQueries) -> None:
    queries.save("mine", "lakeside")
    async with opened(simulated(a_world()), "status:failed", queries=queries) as person:
        for answer, kept in (("escape", "lakeside"), ("enter", "status:failed")):
            await person.press("S")
            await person.write("mine")
            await person.press("enter")
            assert "Replace it by status:failed?" in person.text
            await person.press(answer)
            assert dict(queries.load().saved) == {"mine": kept}


async def test_a_saved_query_is_deleted_after_a_question(queries: StoredQueries) -> None:
    queries.save("a", "lakeside")
    queries.save("B", "status:failed")
    async with opened(simulated(a_world()), queries=queries) as person:
        await person.press("O", "down", "D", "escape")
        assert "Saved queries" in person.text
        await person.press("down", "D", "enter")
        assert dict(queries.load().saved) == {"a": "lakeside"}
        await person.press("D", "enter")
        assert person.status.startswith("! No query is saved;")
        assert isinstance(person.app.screen, LogsScreen)


async def test_a_saved_query_that_makes_no_sense_any_more_stays_in_the_bar(
    queries: StoredQueries, paths: Paths
) -> None:
    queries.save("a", "lakeside")
    found = json.loads(paths.queries.read_text())
    paths.queries.write_text(json.dumps(found | {"saved": {"a\x1b[31m": "old:\x1bkey"}}))
    async with opened(simulated(a_world()), queries=queries) as person:
        await person.press("O", "enter")
        assert person.query[0] == "/ old:␛key"
        assert "old: is no key of a query" in person.query[1]


async def test_a_broken_file_is_said_and_left_alone(queries: StoredQueries, paths: Paths) -> None:
    queries.note_run("lakeside")
    paths.queries.write_text("{")
    async with opened(simulated(a_world()), queries=queries) as person:
        await person.press("slash")
        assert "queries.json is damaged" in person.status
        await person.write("type:send")
        await person.press("enter", "slash", "x", "up")
        assert person.query[0] == "/ type:send", "the history of this run goes on in memory"
        await person.press("escape", "O")
        assert "is damaged" in person.status
    assert paths.queries.read_text() == "{"


async def test_the_demo_keeps_nothing_but_remembers_while_it_runs(home: Path) -> None:
    async with opened(simulated(a_world())) as person:
        await run(person, "type:send", "status:failed")
        await person.press("slash", "up")
        assert person.query[0] == "/ type:send"
        await person.press("escape", "S")
        assert person.status == "! The demo keeps no queries."
    assert list(home.rglob("*")) == []


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_the_dialogs_fit_and_can_be_left(size: tuple[int, int], queries: StoredQueries) -> None:
    for number in range(30):
        queries.save(f"query {number:02}", "status:failed")
    async with opened(simulated(a_world()), "lakeside", size=size, queries=queries) as person:
        await person.press("O", "G")
        assert ">query 29" in person.text
        assert "enter run" in person.text
        await person.press("escape", "S")
        assert "Save lakeside" in person.text
        await person.press("escape")
        assert isinstance(person.app.screen, LogsScreen)
