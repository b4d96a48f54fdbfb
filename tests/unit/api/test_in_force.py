"""The filter of a log, found through subscriptions and links; and that the simulator's logs explain their status."""

import json
from dataclasses import replace

import pytest

from redox_tui.api.in_force import decided_by, filter_of
from redox_tui.domain.filter_list import FilterPage
from redox_tui.domain.filters import Rule
from redox_tui.domain.in_force import InForce, explained
from redox_tui.domain.logs import Log, LogDetail, Party
from redox_tui.domain.subscriptions import SubscriptionPage
from redox_tui.simulator import network
from redox_tui.simulator.filter_store import Content
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World
from tests.unit.simulator.given import a_world

from .simulated import Simulated, simulated

OUTDATED = Content("Nothing passes", "block-all", ())


def ids(world: World, status: str, many: int, *, judged: bool = True) -> list[str]:
    """Logs of asynchronous messages that a filter has decided on, or none, from the whole week."""
    found = map(world.log, world.search(Search(status=status)).page(0, 5_000))
    fitting = [log.id for log in found if bool(log.judge) is judged and log.route.type == "receive"]
    return fitting[:: max(1, len(fitting) // many)][:many]


async def get(at: Simulated, log_id: str) -> LogDetail:
    return await at.client.logs.get(log_id)


@pytest.mark.parametrize("environment", [network.PRODUCTION.id, None])
@pytest.mark.parametrize("status", ["filtered", "succeeded"])
async def test_logs_explain_their_status_by_the_version_that_decided(status: str, environment: str | None) -> None:
    world = a_world()
    async with simulated(world, environment=environment) as at:
        versions = set()
        for log_id in ids(world, status, 25):
            detail = await get(at, log_id)
            now = await filter_of(at.client, detail.log)
            decided = await decided_by(at.client, detail.log, now)
            assert now.filter
            assert decided
            assert decided.filter
            versions.add(decided.filter.filter_version)
            found = explained(decided.filter, detail.payload or "")
            assert found.verdict
            assert found.verdict.delivered is (status == "succeeded"), log_id
            assert decided.is_now is (decided.filter.filter_version == now.filter.filter_version)
    assert len(versions) > 1


async def test_by_v1_a_filter_costs_two_requests() -> None:
    world = a_world()
    [log_id] = ids(world, "filtered", 1)
    async with simulated(world) as at:
        log = (await get(at, log_id)).log
        before = len(at.asked.paths)
        found = await filter_of(at.client, log)
        assert len(at.asked.paths) == before + 2
    assert found.filter
    assert found.subscription
    assert found.filter.name in ("Final results of our facilities", "No drafts in the archive")


async def test_by_v0_the_filters_of_the_subscription_are_asked() -> None:
    world = a_world()
    [log_id] = ids(world, "filtered", 1)
    async with simulated(world, refused={"/v1/environments/": 404, "/v1/operations/": 404}) as at:
        found = await filter_of(at.client, (await get(at, log_id)).log)
        assert found.filter
        assert found.subscription
        assert any(path.endswith(f"/subscriptions/{found.subscription.id}/filters") for path in at.asked.paths)


@pytest.mark.parametrize("part", ["subscriptions", "filters"])
async def test_what_is_too_long_to_be_read_whole_is_said(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world()
    [log_id] = ids(world, "succeeded", 1, judged=False)
    async with simulated(world) as at:
        log = (await get(at, log_id)).log
        calls = getattr(at.client, part)
        asked = 0

        async def endless(search: object, page: int = 1) -> object:
            nonlocal asked
            asked += 1
            return FilterPage((), None, page + 1) if part == "filters" else SubscriptionPage((), None, page + 1)

        monkeypatch.setattr(calls, "list", endless)
        found = await filter_of(at.client, log)
    assert asked == 10
    assert found.filter is None
    assert "the first 500" in found.why_none


async def test_where_no_environment_is_named_and_v0_is_gone_it_is_said_what_helps() -> None:
    world = a_world()
    [log_id] = ids(world, "filtered", 1)
    async with simulated(world, environment=None, refused={"/filters": 404}) as at:
        found = await filter_of(at.client, (await get(at, log_id)).log)
    assert found.why_none == "Filters are listed by environment. Name one with --environment ID."


@pytest.mark.parametrize("part", ["/subscriptions", "/operations/filters"])
async def test_a_credential_that_may_not_look_is_said(part: str) -> None:
    world = a_world()
    [log_id] = ids(world, "filtered", 1)
    async with simulated(world, refused={part: 403}) as at:
        found = await filter_of(at.client, (await get(at, log_id)).log)
    assert found.is_refused
    assert "(403)" in found.why_none
    assert found.filter is None


async def test_a_subscription_without_a_filter_and_a_route_without_a_subscription_are_told_apart() -> None:
    world = a_world()
    [log_id] = ids(world, "succeeded", 1, judged=False)
    async with simulated(world) as at:
        log = (await get(at, log_id)).log
        bare = await filter_of(at.client, log)
        lost = await filter_of(at.client, replace(log, source=Party("nobody", "Nobody")))
    assert bare.subscription
    assert bare.why_none == "No filter is linked to this subscription now, so nothing stops its messages."
    assert lost.subscription is None
    assert lost.why_none.startswith("There is no subscription of Nobody → ")


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (Log("a", type="request"), "its type is request"),
        (Log("a", type="respond"), "asynchronous messages only"),
        (Log("a", type="unknown"), "names no source and no destination and no data model"),
        (Log("a", type="receive", source=Party("s"), destination=Party("d")), "names no data model,"),
        (Log("a", source=Party(None, "S"), destination=Party("d"), data_model="Notes"), "names no source,"),
    ],
)
async def test_logs_that_no_filter_can_act_on_are_not_asked_about(log: Log, words: str) -> None:
    async with simulated(a_world()) as at:
        found = await filter_of(at.client, log)
        assert words in found.why_none
        assert at.asked.paths == []


async def test_a_filter_that_was_deleted_since_is_read_as_it_was() -> None:
    world = a_world()
    [log_id] = ids(world, "filtered", 1)
    saved = world.filters.filters[world.log(world.find(log_id).index).judge[0]]  # type: ignore[union-attr, index]
    assert saved.link
    async with simulated(world) as at:
        world.filters.unlink(saved.link.id, world.moment)
        world.filters.delete(saved.id, world.moment)
        log = (await get(at, log_id)).log
        now = await filter_of(at.client, log)
        decided = await decided_by(at.client, log, now)
    assert now.filter is None
    assert decided
    assert decided.filter
    assert decided.filter.deleted
    assert not decided.is_now


async def test_a_filter_that_acts_elsewhere_now_is_read_as_it_was() -> None:
    world = a_world()
    [log_id] = ids(world, "filtered", 1)
    async with simulated(world) as at:
        log = (await get(at, log_id)).log
        here = await decided_by(at.client, log, InForce())
        moved = replace(log, source=Party("another"), destination=Party("another"))
        elsewhere = await decided_by(at.client, moved, InForce())
    assert here
    assert elsewhere
    assert elsewhere.filter == here.filter
    assert here.filter


async def test_a_version_that_is_gone_is_said() -> None:
    world = a_world()
    [log_id] = ids(world, "filtered", 1)
    async with simulated(world) as at:
        log = (await get(at, log_id)).log
        assert log.latest_attempt
        operations = tuple(replace(one, version=77) for one in log.latest_attempt.operations)
        log = replace(log, latest_attempt=replace(log.latest_attempt, operations=operations))
        decided = await decided_by(at.client, log, await filter_of(at.client, log))
        strange = tuple(replace(one, operation_id="gone") for one in operations)
        log = replace(log, latest_attempt=replace(log.latest_attempt, operations=strange))  # type: ignore[type-var]
        nowhere = await decided_by(at.client, log, await filter_of(at.client, log))
    for found in (decided, nowhere):
        assert found
        assert found.filter is None
        assert found.why_none == "The server does not have version 77 of it any more."


async def test_a_changed_filter_is_explained_with_both_versions() -> None:
    world = a_world()
    [log_id] = ids(world, "succeeded", 1)
    filter_id = world.log(world.find(log_id).index).judge[0]  # type: ignore[union-attr, index]
    async with simulated(world) as at:
        world.filters.update(filter_id, OUTDATED, world.moment)
        detail = await get(at, log_id)
        now = await filter_of(at.client, detail.log)
        decided = await decided_by(at.client, detail.log, now)
    assert now.filter
    assert decided
    assert decided.filter
    blocked = explained(now.filter, detail.payload or "")
    passed = explained(decided.filter, detail.payload or "")
    assert blocked.verdict
    assert passed.verdict
    assert (blocked.verdict.delivered, passed.verdict.delivered) == (False, True)


async def test_a_link_of_v0_may_name_one_event_type() -> None:
    world = a_world()
    [log_id] = ids(world, "filtered", 1)
    [key] = [log_id]
    saved = world.filters.filters[world.log(world.find(key).index).judge[0]]  # type: ignore[union-attr, index]
    link = replace(saved.links[0], event_type="Somewhat")
    world.filters.filters[saved.id] = replace(saved, links=(link,))
    async with simulated(world, refused={"/v1/environments/": 404, "/v1/operations/": 404}) as at:
        found = await filter_of(at.client, (await get(at, log_id)).log)
    assert found.filter is None
    assert found.why_none == f"The filter “{saved.current.content.name}” of this subscription acts on Somewhat only."


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("MSH|^~\\&|ADT", "The message is no JSON"),
        ("[" * 200_000, "The message is nested too deeply"),
        ("", "The message is no JSON"),
    ],
)
async def test_a_message_that_cannot_be_looked_at_is_said(message: str, words: str) -> None:
    async with simulated(a_world()) as at:
        [log_id] = ids(a_world(), "filtered", 1)
        now = await filter_of(at.client, (await get(at, log_id)).log)
    assert now.filter
    found = explained(now.filter, message)
    assert found.verdict is None
    assert words in found.problem


async def test_a_filter_that_cannot_be_evaluated_is_said() -> None:
    async with simulated(a_world()) as at:
        [log_id] = ids(a_world(), "filtered", 1)
        now = await filter_of(at.client, (await get(at, log_id)).log)
    assert now.filter
    odd = replace(now.filter, rules=(Rule("$[", ("a",)),))
    assert explained(odd, json.dumps({})).problem.startswith("Rule 1: ")
    assert "unknown" in explained(replace(now.filter, action="drop"), "{}").problem
