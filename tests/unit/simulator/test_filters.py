"""Filters of the simulator: both versions of the calls, and traffic that obeys."""

import json
from typing import Any

import httpx
import pytest

from redox_tui.domain.filters import Filter, Rule, evaluate
from redox_tui.simulator import network
from redox_tui.simulator.deck import Terms
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World

from .given import ENVIRONMENT, Clock, a_world, calling, detail

FILTERS = "/platform/v1/operations/filters"
LINKS = "/platform/v1/operations/filterLinks"
LIST = f"{ENVIRONMENT}/operations/filters"
RULE = {"path": "$.Meta.EventType", "values": ["NewUnsolicited"], "allowList": False}
RULES = [RULE]


def body(name: str = "f", action: str = "send", rules: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "action": action, "rules": RULES if rules is None else rules, **more}


def new(**more: Any) -> dict[str, Any]:
    return body(environment={"id": World.production.id}, **more)


def payload(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["payload"]


def subscription_of(world: World, source: network.Party, destination: network.Party, model: str) -> str:
    key = (source.id, destination.id, model)
    return next(one.id for one in world.filters.subscriptions.values() if one.key == key)


def v0(subscription: str) -> str:
    return f"/platform/v0/subscriptions/{subscription}/filters"


async def test_a_filter_is_created_changed_linked_unlinked_and_deleted() -> None:
    world = a_world()
    link = {
        "source": {"id": network.BRIGHTWATER_RIS.id},
        "destination": {"id": network.EHR_INBOUND.id},
        "dataModel": "Results",
    }
    async with calling(world) as client:
        made = payload(await client.post(FILTERS, json=new()))["filter"]
        assert (made["filterVersion"], made["version"], made["links"]) == (1, "1.0.0", [])
        at = f"{FILTERS}/{made['id']}"
        changed = payload(await client.put(at, json=body("g")))["filter"]
        assert (changed["name"], changed["filterVersion"], changed["createdBy"]["id"]) == ("g", 2, 3363)
        linked = payload(await client.post(f"{at}/links", json=link))["filterLink"]
        assert payload(await client.get(at))["filter"]["links"] == [linked]
        assert payload(await client.get(f"{LINKS}/{linked['id']}"))["filterLink"] == linked
        assert detail(await client.delete(at)) == "The filter is linked; delete its link first."
        assert payload(await client.delete(f"{LINKS}/{linked['id']}")) == {"message": "The filter link was deleted."}
        assert payload(await client.delete(at)) == {"message": "The filter was deleted."}
        assert payload(await client.get(at))["filter"]["deletedBy"] == {"id": 3363, "name": "Ottilie Marsh"}
        assert (await client.put(at, json=body())).status_code == 404


async def test_older_versions_and_deleted_filters_are_listed_when_asked_for() -> None:
    async with calling(a_world()) as client:
        made = payload(await client.post(FILTERS, json=new()))["filter"]
        await client.put(f"{FILTERS}/{made['id']}", json=body("g"))
        await client.delete(f"{FILTERS}/{made['id']}")
        alive = payload(await client.get(LIST))["filters"]
        every = payload(await client.get(LIST, params={"showDeleted": "true"}))["filters"]
    assert made["id"] not in [one["id"] for one in alive]
    assert [(one["name"], one["filterVersion"]) for one in every if one["id"] == made["id"]] == [("g", 2), ("f", 1)]


async def test_a_list_has_pages_with_totals_and_takes_parameters() -> None:
    async with calling(a_world()) as client:
        answer = await client.get(LIST, params={"_count": 1, "_page": 1})
        named = payload(await client.get(LIST, params={"name": "FINAL"}))["filters"]
        of_model = payload(await client.get(LIST, params={"dataModel": "Notes"}))["filters"]
        nowhere = payload(await client.get(LIST, params={"sourceId": "nobody"}))["filters"]
    meta = answer.json()["meta"]
    assert (meta["totalRecords"], meta["currentPage"], meta["pageSize"]) == (2, 1, 1)
    assert meta["links"]["next"].endswith("_page=2&_count=1")
    assert "prev" not in meta["links"]
    assert [one["name"] for one in named] == ["Final results of our facilities"]
    assert [one["name"] for one in of_model] == ["No drafts in the archive"]
    assert nowhere == []


async def test_a_restore_saves_the_rules_of_another_version_unless_it_is_a_dry_run() -> None:
    async with calling(a_world()) as client:
        made = payload(await client.post(FILTERS, json=new()))["filter"]
        at = f"{FILTERS}/{made['id']}"
        await client.put(at, json=body("g", rules=[]))
        tried = (await client.post(f"{at}/restore", params={"dryRun": "true"}, json={"version": 1})).json()
        assert (tried["previous"]["name"], tried["current"]["rules"]) == ("g", RULES)
        assert payload(await client.get(at))["filter"]["filterVersion"] == 2
        done = (await client.post(f"{at}/restore", json={"version": 1})).json()
        assert (done["current"]["name"], done["current"]["filterVersion"]) == ("f", 3)
        assert detail(await client.post(f"{at}/restore", json={"version": 9})) == "The filter has no such version."


async def test_one_link_a_filter_and_one_filter_a_subscription() -> None:
    async with calling(a_world()) as client:
        first, second = [payload(await client.post(FILTERS, json=new()))["filter"]["id"] for _ in range(2)]

        async def link(filter_id: str, destination: network.Party, source: network.Party, model: str) -> httpx.Response:
            ends = {"source": {"id": source.id}, "destination": {"id": destination.id}, "dataModel": model}
            return await client.post(f"{FILTERS}/{filter_id}/links", json=ends)

        ris, app = network.BRIGHTWATER_RIS, network.MEADOWLARK_APP
        assert (await link(first, network.EHR_INBOUND, ris, "Results")).status_code == 200
        assert "a filter has one link" in detail(await link(first, network.EHR_INBOUND, app, "Notes"))
        assert "it takes one" in detail(await link(second, network.EHR_INBOUND, ris, "Results"))
        assert "no subscription" in detail(await link(second, network.EHR_INBOUND, ris, "Nothing"))
        assert "receives only" in detail(await link(second, network.FERNHILL_ORDERS, network.EHR, "Order"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "name is required"),
        ({"action": "drop"}, "action must be one of send, block-all"),
        ({"rules": None}, "rules is required"),
        ({"rules": [1]}, r"rules[0] must have a path"),
        ({"rules": [{"path": "$.a", "values": [1]}]}, "rules[0] must have a path and a list of strings"),
        ({"rules": [{"path": "a", "values": []}]}, "rules[0].path must be a jsonpath"),
        ({"rules": [{"path": "$.a", "values": [], "allowList": 1}]}, "rules[0].allowList must be true or false"),
        ({"environment": {"id": "nowhere"}}, "environment.id is required"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(fields: dict[str, Any], words: str) -> None:
    async with calling(a_world()) as client:
        answer = await client.post(FILTERS, json={**new(), **fields})
    assert answer.status_code == 400
    assert words in detail(answer)


async def test_v0_speaks_of_one_filter_of_a_subscription_without_meta() -> None:
    world = a_world()
    at = v0(subscription_of(world, network.MEADOWLARK_APP, network.EHR_INBOUND, "Notes"))
    fields = body(environmentId=World.production.id)
    async with calling(world) as client:
        assert (await client.get(at)).json() == {"payload": {"filters": []}}
        made = (await client.post(at, json={"filter": fields})).json()
        assert set(made) == {"payload"}
        filter_ = made["payload"]["filter"]
        assert (filter_["filterVersion"], filter_["creatingUserId"]) == (1, 3363)
        [link] = filter_["filterLinks"]
        assert (link["sourceId"], link["filterSettingsId"]) == (network.MEADOWLARK_APP.id, filter_["id"])
        assert (await client.post(at, json={"filter": fields})).status_code == 409
        changed = (await client.post(at, json={"filter": {**fields, "name": "g", "id": filter_["id"]}})).json()
        assert (changed["payload"]["filter"]["name"], changed["payload"]["filter"]["filterVersion"]) == ("g", 2)
        gone = (await client.delete(f"{at}/{filter_['id']}")).json()
        assert gone["filterId"] == filter_["id"]
        assert set(gone) == {"message", "filterId", "subscriptionId"}
        assert (await client.get(at)).json() == {"payload": {"filters": []}}
        every = (await client.get(at, params={"showDeleted": "true"})).json()["payload"]["filters"]
    assert [(one["filterVersion"], one["deletingUserId"]) for one in every] == [(2, 3363), (1, 3363)]


async def test_subscriptions_are_listed_and_searched() -> None:
    world = a_world()
    async with calling(world) as client:
        every = payload(await client.get(f"{ENVIRONMENT}/subscriptions"))["subscriptions"]
        fernhill = payload(await client.get(f"{ENVIRONMENT}/subscriptions", params={"searchTerm": "fernhill"}))
        old = payload(await client.get("/platform/v0/organizations/12345/subscriptions"))["subscriptions"]
    assert old == every
    assert len(every) == len({one["id"] for one in every})
    assert [(one["source"]["name"], one["dataModel"]) for one in fernhill["subscriptions"]] == [
        ("Fernhill Lab Results", "Results"),
        ("Lakeside EHR", "Order"),
    ]


async def test_new_traffic_obeys_a_saved_filter_and_old_traffic_stays() -> None:
    clock = Clock()
    world = a_world(50_000, clock=clock)
    subscription = subscription_of(world, network.FERNHILL_LAB, network.EHR_INBOUND, "Results")
    [saved] = [one for one in world.filters.filters.values() if one.link and one.link.subscription.id == subscription]
    terms = Terms(source_id=network.FERNHILL_LAB.id, data_model="Results", type="receive")
    before = world.search(Search(terms, status="filtered")).total
    async with calling(world) as client:
        await client.put(f"{FILTERS}/{saved.id}", json=body())
        assert world.search(Search(terms, status="filtered")).total == before
        clock.move(hours=2)
        assert _statuses_agree(world, terms) > 100
        filter_ = Filter("f", "send", (Rule("$.Meta.EventType", ("NewUnsolicited",), allow=False),))
        obeyed = _decided(world, terms, filter_)
        assert obeyed["filtered"] > 5 < obeyed["delivered"]
        await client.put(f"{FILTERS}/{saved.id}", json=body(rules=[]))
        since = world.moment
        clock.move(hours=3)
        late = [log for log in _newest(world, terms) if log.created > since and log.status != "pending"]
        assert late
        assert not [log for log in late if log.status == "filtered"]
        assert _statuses_agree(world, terms) > 100


def _newest(world: World, terms: Terms) -> list[Any]:
    return [world.log(index) for index in world.search(Search(terms)).page(0, 500)]


def _decided(world: World, terms: Terms, filter_: Filter) -> dict[str, int]:
    since = world.filters.acting_since or 0
    logs = [log for log in _newest(world, terms) if log.created > since and log.status != "pending"]
    for log in logs:
        delivered = evaluate(filter_, json.loads(world.message(log)))
        assert (log.status == "filtered") is not delivered
        assert (log.filtered_by is None) is delivered
    filtered = sum(log.status == "filtered" for log in logs)
    return {"filtered": filtered, "delivered": len(logs) - filtered}


def _statuses_agree(world: World, terms: Terms) -> int:
    """Lists by status hold exactly the logs that have it, in pages and after each log; how many there are in all."""
    every = world.search(Search(terms))
    indexes = every.page(0, every.total)
    by_status: dict[str, list[int]] = {"succeeded": [], "failed": [], "filtered": [], "pending": []}
    for index in indexes:
        by_status[world.log(index).status].append(index)
    for status, expected in by_status.items():
        found = world.search(Search(terms, status=status))
        assert found.total == len(expected)
        assert found.page(0, found.total) == expected
        assert found.page(3, 4) == expected[3:7]
        for place in range(0, len(expected), max(1, len(expected) // 10)):
            assert found.older_than(expected[place], 5) == expected[place + 1 : place + 6]
    return len(indexes)


def test_what_was_filtered_from_the_beginning_fits_the_filter_of_its_moment() -> None:
    world = a_world()
    decided = [log for log in map(world.log, range(5_000)) if log.judge and log.status in ("filtered", "succeeded")]
    for log in decided:
        assert log.judge
        filter_id, number = log.judge
        rules = world.filters.filters[filter_id].versions[number - 1].content.rules
        delivered = evaluate(Filter("f", "send", rules), json.loads(world.message(log)))
        assert delivered is (log.status == "succeeded"), log.id
    assert {number for log in decided if log.status == "filtered" and log.judge for number in log.judge[1:]} == {
        1,
        2,
        3,
    }
    assert not [log for log in map(world.log, range(5_000)) if log.status == "filtered" and not log.judge]
