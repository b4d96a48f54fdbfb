"""The simulator's log inspector: a dry run by today's settings, which changes nothing."""

from typing import Any

import pytest

from redox_tui.simulator import network
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World

from .given import Clock, a_world, calling, detail

_HERE = {"environment": {"id": network.PRODUCTION.id}}


def path(log_id: str) -> str:
    return f"/platform/v1/dry-run/logs/{log_id}"


def of_type(world: World, kind: str) -> str:
    return next(log.id for log in map(world.log, range(5_000)) if log.route.type == kind)


async def test_a_dry_run_names_the_filter_as_it_is_saved_now() -> None:
    world = a_world(clock=Clock())
    log = next(log for log in map(world.log, range(5_000)) if log.judge and log.status == "succeeded")
    assert log.judge
    async with calling(world) as client:
        before = (await client.post(path(log.id), json=_HERE)).json()["payload"]["operations"]
        at = f"/platform/v1/operations/filters/{log.judge[0]}"
        await client.put(at, json={"name": "shut", "action": "block-all", "rules": []})
        after = (await client.post(path(log.id), json=_HERE)).json()["payload"]["operations"]
    assert [one["type"] for one in before][2:] == ["filters", "configModifiers", "translationSets"]
    assert (before[2]["version"], after[2]["version"], after[2]["name"]) == (3, 4, "shut")
    assert after[2] == after[-1]
    assert (after[2]["status"], after[2]["output"]) == ("filtered", None)


async def test_what_waits_for_an_answer_passes_no_filter() -> None:
    world = a_world()
    async with calling(world, "environment") as client:
        answer = (await client.post(path(of_type(world, "respond")), json=_HERE)).json()["payload"]
    assert "filters" not in [one["type"] for one in answer["operations"]]
    assert answer["log"]["environment"] == {"id": network.PRODUCTION.id}


async def test_a_backfilled_log_can_be_inspected() -> None:
    world = a_world()
    index = world.search(Search(mode="backfill")).page(0, 1)[0]
    async with calling(world) as client:
        answer = await client.post(path(world.log(index, "backfill").id), json=_HERE)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "environment.id is required."),
        ({"environment": "x"}, 400, "environment.id is required."),
        ({"environment": {"id": "x"}}, 404, "This environment does not exist"),
        ({"environment": {"id": network.ENVIRONMENTS[1].id}}, 404, "no log with this id in this environment"),
    ],
)
async def test_an_environment_has_to_be_named_and_be_the_logs(body: Any, status: int, words: str) -> None:
    world = a_world()
    async with calling(world) as client:
        answer = await client.post(path(world.log(1).id), json=body)
    assert answer.status_code == status
    assert words in detail(answer)


async def test_a_log_without_a_message_and_one_that_is_nowhere_are_refused() -> None:
    world = a_world()
    async with calling(world) as client:
        without = await client.post(path(of_type(world, "unknown")), json=_HERE)
        nowhere = await client.post(path("d758ea49-027b-4d6e-b4dd-a3500d8cc2e8"), json=_HERE)
    assert (without.status_code, nowhere.status_code) == (422, 404)
