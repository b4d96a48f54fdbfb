"""The log inspector: against the simulator, and its answer in the shapes that it may have."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api.errors import BadAnswer, BadRequest, NotAuthorized, NotFound
from redox_tui.api.inspection_wire import read_inspection
from redox_tui.domain.logs import Log
from redox_tui.simulator import network
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World
from tests.unit.simulator.given import a_world

from .simulated import simulated

PATH = "/platform/v1/dry-run/logs/"


def id_of(world: World, status: str, place: int = 0) -> str:
    return world.log(world.search(Search(status=status)).page(place, 1)[0]).id


@pytest.mark.parametrize("generation", ["organization", "environment"])
async def test_the_steps_of_a_filtered_log_end_with_the_filter(generation: Generation) -> None:
    world = a_world()
    # Only where the filter has not changed since does today's decide as that of then.
    log_id = next(
        log.id
        for log in map(world.log, world.search(Search(status="filtered")).page(0, 20))
        if log.judge and log.judge[1] == 3
    )
    async with simulated(world, generation) as at:
        log = (await at.client.logs.get(log_id)).log
        inspection = await at.client.inspector.run(log)
    assert [step.operation.type for step in inspection.steps] == ["blobResolvers", "baseConfigs", "filters"]
    last = inspection.steps[-1]
    assert (last.did, last.after, last.changed, last.problem) == ("filtered", None, None, None)
    assert (last.operation.version, last.operation.attempt_stage) == (3, "source-request")
    assert last.operation.end_time
    assert inspection.message == last.before == world.message(world.log(world.find(log_id).index)).decode()  # type: ignore[union-attr]
    assert inspection.log
    assert inspection.log.id == log_id


async def test_each_step_of_a_delivered_log_is_given_what_the_one_before_made() -> None:
    world = a_world()
    async with simulated(world) as at:
        log = (await at.client.logs.get(id_of(world, "succeeded"))).log
        steps = (await at.client.inspector.run(log)).steps
    assert [step.after for step in steps[:-1]] == [step.before for step in steps[1:]]
    assert any(step.changed for step in steps)


async def test_it_changes_nothing() -> None:
    world = a_world()
    log_id = id_of(world, "succeeded")
    async with simulated(world) as at:
        before = await at.client.logs.get(log_id)
        first = await at.client.inspector.run(before.log)
        assert await at.client.inspector.run(before.log) == first
        assert await at.client.logs.get(log_id) == before


async def test_the_environment_is_looked_for_once_where_neither_connection_nor_log_names_it() -> None:
    world = a_world()
    async with simulated(world, environment=None) as at:
        log = (await at.client.logs.get(id_of(world, "succeeded"))).log
        await at.client.inspector.run(log)
        first = len(at.asked.paths)
        await at.client.inspector.run(log)
        assert len(at.asked.paths) == first + 1


async def test_a_log_of_the_newer_generation_names_its_environment_itself() -> None:
    world = a_world()
    async with simulated(world, "environment", environment=None) as at:
        log = (await at.client.logs.get(id_of(world, "succeeded"))).log
        await at.client.inspector.run(log)
        assert len(at.asked.paths) == 2


async def test_an_environment_that_cannot_be_known_is_said() -> None:
    async with simulated(a_world(), environment=None) as at:
        with pytest.raises(BadRequest, match=r"nothing says which it is\. Name one with --environment ID"):
            await at.client.inspector.run(Log("d758ea49-027b-4d6e-b4dd-a3500d8cc2e8"))


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, NotAuthorized, "may not read an inspection of the log"),
        (403, NotAuthorized, "Ask for the role of an engineer or of support"),
        (404, NotFound, "does not have an inspection of the log"),
    ],
)
async def test_what_is_refused_is_said_with_the_role_that_helps(status: int, kind: Any, words: str) -> None:
    world = a_world()
    async with simulated(world, refused={PATH: status}) as at:
        log = (await at.client.logs.get(id_of(world, "succeeded"))).log
        with pytest.raises(kind, match=words):
            await at.client.inspector.run(log)


async def test_a_log_without_a_message_and_one_that_is_nowhere_are_refused_in_words() -> None:
    world = a_world()
    unknown = next(log.id for log in map(world.log, range(5_000)) if log.route.data_model is None)
    async with simulated(world) as at:
        with pytest.raises(BadRequest, match="no message that could be inspected"):
            await at.client.inspector.run(Log(unknown))
        with pytest.raises(NotFound):
            await at.client.inspector.run(Log("d758ea49-027b-4d6e-b4dd-a3500d8cc2e8"))
    async with simulated(world, environment=network.ENVIRONMENTS[1].id) as at:
        with pytest.raises(NotFound):
            await at.client.inspector.run(Log(id_of(world, "succeeded")))


STEP = {"type": "filters", "operationId": "f-1", "version": 2, "order": 1}


@pytest.mark.parametrize(
    "shape",
    [
        {"meta": {}, "payload": {"operations": [STEP]}},
        {"payload": {"result": {"id": "a", "operations": [STEP]}}},
        {"payload": {"result": [STEP]}},
        {"payload": {"result": {"id": "a", "attempts": {"total": 1, "latest": {"id": "b", "operations": [STEP]}}}}},
        {"payload": {"attempts": {"latest": {"operations": []}}, "operations": [STEP]}},
        {"operations": [STEP]},
        {"payload": {"steps": [STEP]}},
        [STEP],
    ],
)
def test_operations_are_found_wherever_they_stand(shape: Any) -> None:
    [step] = read_inspection(json.dumps(shape).encode()).steps
    assert (step.operation.type, step.operation.operation_id, step.operation.version) == ("filters", "f-1", 2)
    assert (step.before, step.after) == (None, None)


@pytest.mark.parametrize(("before", "after"), [("input", "output"), ("inputPayload", "outputPayload")])
def test_snapshots_keep_the_text_that_was_sent(before: str, after: str) -> None:
    text = f'{{"operations":[{{"{before}": {{"n": 1.00, "a": 1, "a": 2}}, "{after}": "MSH|^~"}}]}}'
    [step] = read_inspection(text.encode()).steps
    assert (step.before, step.after) == ('{"n": 1.00, "a": 1, "a": 2}', "MSH|^~")


def test_steps_come_in_the_order_that_they_name() -> None:
    steps = [{"order": 3}, {"order": 1}, {"order": 2}]
    found = read_inspection(json.dumps({"operations": steps}).encode()).steps
    assert [step.operation.order for step in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("step", "problem"),
    [(1, "the record is no object"), ({"version": 1.5}, "unreadable: version"), ({"type": True}, "unreadable: type")],
)
def test_a_step_that_cannot_be_read_is_marked_and_the_others_stay(step: Any, problem: str) -> None:
    found = read_inspection(json.dumps({"operations": [step, STEP]}).encode()).steps
    assert sorted((one.problem or "", one.operation.type) for one in found)[0] == ("", "filters")
    assert problem in [one.problem for one in found]


@pytest.mark.parametrize("body", [b"{}", b'{"payload":{}}', b'{"payload":{"operations":{}}}', b"1", b"[", b"<html>"])
def test_an_answer_without_operations_is_no_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_inspection(body)


def test_no_snapshot_is_in_what_a_step_prints() -> None:
    [step] = read_inspection(b'{"operations":[{"input":{"a":"CANARY"},"output":"CANARY"}]}').steps
    assert "CANARY" not in repr(step)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["payload", "result", "operations", "steps", "input", "output", "order", "type", "log"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(_ANYTHING)
def test_any_answer_is_read_or_called_none(answer: Any) -> None:
    with suppress(BadAnswer):
        for step in read_inspection(json.dumps(answer).encode()).steps:
            assert step.before is None or isinstance(step.before, str)
            assert step.after is None or isinstance(step.after, str)
