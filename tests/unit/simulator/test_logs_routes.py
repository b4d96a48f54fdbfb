from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from redox_tui.simulator import network
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World

from .given import ENVIRONMENT, ORGANIZATION, Clock, a_world, calling, detail

_LOGS = f"{ORGANIZATION}/logs"
_METADATA = f"{ENVIRONMENT}/logs/search/metadata"
_PAYLOADS = f"{ENVIRONMENT}/logs/search/payloads"


def _results(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["payload"]["results"]
    return results


def _next_query(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


async def test_a_page_has_totals_and_links_without_the_prefix() -> None:
    async with calling(a_world(120)) as client:
        answer = await client.get(_LOGS, params={"_page": 2, "_count": 50, "type": "receive"})
    page = answer.json()["meta"]["page"]
    total = page["totalRecords"]
    assert page | {"links": None, "totalRecords": 0} == {
        "currentPage": 2,
        "pageType": "offset",
        "pageSize": 50,
        "totalRecords": 0,
        "totalPages": -(-total // 50),
        "links": None,
    }
    assert page["links"]["first"] == "/organizations/12345/logs?type=receive&_page=1&_count=50"
    assert page["links"]["prev"] == page["links"]["first"]


async def test_prev_and_next_are_missing_at_the_ends_and_the_links_walk_every_log() -> None:
    world = a_world(120)
    seen: list[str] = []
    async with calling(world) as client:
        query: dict[str, str] | None = {}
        while query is not None:
            answer = await client.get(_LOGS, params=query)
            seen += [record["id"] for record in _results(answer)]
            links = answer.json()["meta"]["page"]["links"]
            assert ("prev" in links) == (len(seen) > 50)
            query = _next_query(links["next"]) if "next" in links else None
    assert seen == [world.log(index).id for index in range(119, -1, -1)]


async def test_a_search_without_matches_is_an_empty_page() -> None:
    async with calling(a_world()) as client:
        answer = await client.get(_LOGS, params={"sourceId": "nobody"})
    assert _results(answer) == []
    assert answer.json()["meta"]["page"]["totalRecords"] == 0
    assert set(answer.json()["meta"]["page"]["links"]) == {"self", "first", "last"}


async def test_filters_combine_and_the_data_model_may_be_spelled_either_way() -> None:
    world = a_world()
    query = {
        "dataModel": "Patient Admin",
        "status": "succeeded",
        "sourceId": network.EHR.id,
        "createdBefore": "2026-11-20T02:00:00+02:00",
    }
    async with calling(world) as client:
        listed = _results(await client.get(_LOGS, params=query))
        searched = _results(await client.post(_LOGS, json=query))
    assert len(listed) == 50
    assert [record["id"] for record in listed] == [record["id"] for record in searched]
    for record in listed:
        assert (record["dataModel"], record["status"]) == ("PatientAdmin", "succeeded")
        assert record["source"]["id"] == network.EHR.id
        assert record["createdAt"] <= "2026-11-20T00:00:00.000Z"


async def test_only_a_post_search_carries_messages() -> None:
    async with calling(a_world()) as client:
        listed = _results(await client.get(_LOGS, params={"dataModel": "Order"}))
        searched = _results(await client.post(_LOGS, json={"dataModel": "Order"}))
    assert not any("payload" in record for record in listed)
    for record in searched:
        assert record["payload"]["Meta"]["Logs"] == [
            {"ID": record["id"], "AttemptID": record["attempts"]["latest"]["id"]}
        ]


async def test_a_patient_search_finds_the_patients_messages_only() -> None:
    async with calling(a_world()) as client:
        terms = [{"value": "mira SOLBAKKEN", "category": "patient"}]
        found = _results(await client.post(_LOGS, json={"searchTerms": terms, "dataModel": "Results"}))
        assert found
        for record in found:
            names = record["payload"]["Patient"]["Demographics"]
            assert (names["FirstName"], names["LastName"]) == ("Mira", "Solbakken")


async def test_one_log_comes_with_its_message_in_the_organization_generation() -> None:
    world = a_world()
    log = world.log(world.search(Search(status="filtered")).page(0, 1)[0])
    async with calling(world) as client:
        payload = (await client.get(f"{_LOGS}/{log.id}")).json()["payload"]
    assert payload["id"] == log.id
    assert payload["payload"]["Meta"]["Logs"][0]["ID"] == log.id
    assert payload["attempts"]["latest"]["operations"][-1]["type"] == "filters"


async def test_one_log_is_metadata_in_the_environment_generation() -> None:
    world = a_world()
    log = world.log(100)
    async with calling(world, "environment") as client:
        payload = (await client.get(f"{_LOGS}/{log.id}")).json()["payload"]
    assert set(payload) == {"result"}
    assert payload["result"]["id"] == log.id
    assert "payload" not in payload["result"]
    assert payload["result"]["attempts"]["latest"]["operations"]


async def test_a_backfill_log_is_seen_with_its_data_mode_only() -> None:
    async with calling(a_world(), "environment") as client:
        [record] = _results(await client.post(_METADATA, params={"_count": 1}, json={"dataMode": "backfill"}))
        assert record["dataMode"] == "backfill"
        path = f"{_LOGS}/{record['id']}"
        assert (await client.get(path)).status_code == 404
        assert (await client.get(path, params={"dataMode": "backfill"})).status_code == 200


@pytest.mark.parametrize("path", [_METADATA, _PAYLOADS])
async def test_a_cursor_walk_is_complete_though_traffic_goes_on(path: str) -> None:
    clock = Clock()
    world = World(230, now=clock.now, clock=clock)
    seen: list[str] = []
    async with calling(world, "environment") as client:
        query: dict[str, str] | None = {}
        while query is not None:
            answer = await client.post(path, params=query, json={})
            seen += [record["id"] for record in _results(answer)]
            links = answer.json()["meta"]["links"]
            assert set(answer.json()["meta"]) == {"version", "links"}
            query = _next_query(links["next"]) if "next" in links else None
            clock.move(hours=5)
        assert len(_results(await client.post(path, json={}))) == 50
    assert seen == [world.log(index).id for index in range(229, -1, -1)]


async def test_environment_searches_know_facility_and_region_and_payloads_a_patient() -> None:
    body = {"facilityCode": "2.16.840.1.113883.3.99871.2", "serviceRegion": "AWS_USA_EAST_1"}
    terms = [{"value": "LH4100233", "category": "patient"}]
    async with calling(a_world(), "environment") as client:
        found = _results(await client.post(_METADATA, json=body))
        assert {record["facilityCode"] for record in found} == {body["facilityCode"]}
        ours = _results(await client.post(_PAYLOADS, json={**body, "searchTerms": terms}))
        assert ours
        assert not any("payload" in record for record in ours)


async def test_other_environments_are_quiet() -> None:
    staging = f"/platform/v1/environments/{network.ENVIRONMENTS[1].id}/logs/search/metadata"
    async with calling(a_world(), "environment") as client:
        assert _results(await client.post(staging, json={})) == []


async def test_each_generation_lacks_the_calls_of_the_other() -> None:
    async with calling(a_world()) as client:
        assert (await client.post(_METADATA, json={})).status_code == 404
    async with calling(a_world(), "environment") as client:
        for answer in (await client.get(_LOGS), await client.post(_LOGS, json={})):
            assert answer.status_code == 410
            assert "logs/search/metadata" in detail(answer)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"_count": "51"}, "_count"),
        ({"_count": "0"}, "_count"),
        ({"_count": "ten"}, "_count"),
        ({"_page": "0"}, "_page"),
        ({"_page": "-1"}, "_page"),
        ({"status": "done"}, "status"),
        ({"type": "SEND"}, "type"),
        ({"createdAfter": "yesterday"}, "createdAfter"),
        ({"updatedBefore": "2026-11-20T00:00:00"}, "updatedBefore"),
    ],
)
async def test_a_bad_parameter_is_named(query: dict[str, str], named: str) -> None:
    async with calling(a_world()) as client:
        answer = await client.get(_LOGS, params=query)
    assert answer.status_code == 400
    assert detail(answer).startswith(named)


_PATIENT = {"value": "Ada", "category": "patient"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[]", "must be a JSON object"),
        ({"status": 5}, "status must be a string"),
        ({"dataMode": "live"}, "dataMode must be one of realtime, backfill"),
        ({"serviceRegion": "MARS"}, "serviceRegion must be AWS_USA_EAST_1"),
        ({"searchTerms": "Ada"}, "searchTerms must be a list"),
        ({"searchTerms": [_PATIENT, _PATIENT]}, "one term per search"),
        ({"searchTerms": [{"value": "Ada", "category": "doctor"}]}, "category must be patient"),
        ({"searchTerms": [{"value": " ", "category": "patient"}]}, "value must not be empty"),
    ],
)
async def test_a_bad_body_is_explained(body: bytes | dict[str, object], said: str) -> None:
    async with calling(a_world(), "environment") as client:
        if isinstance(body, bytes):
            answer = await client.post(_PAYLOADS, content=body)
        else:
            answer = await client.post(_PAYLOADS, json=body)
    assert answer.status_code == 400
    assert said in detail(answer)


async def test_an_invented_cursor_and_terms_for_metadata_are_refused() -> None:
    async with calling(a_world(), "environment") as client:
        invented = await client.post(_METADATA, params={"_cursor": "abc"}, json={})
        with_terms = await client.post(_METADATA, json={"searchTerms": [_PATIENT]})
    assert (invented.status_code, with_terms.status_code) == (400, 400)
    assert detail(invented).startswith("_cursor")
    assert detail(with_terms).startswith("searchTerms")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-12:00"])
async def test_the_ends_of_time_are_moments_like_others(moment: str) -> None:
    async with calling(a_world(60)) as client:
        for name in ("createdAfter", "createdBefore", "updatedAfter", "updatedBefore"):
            total = (await client.get(_LOGS, params={name: moment})).json()["meta"]["page"]["totalRecords"]
            assert total == (60 if name.endswith("After") == moment.startswith("0") else 0)


async def test_bounds_finer_than_a_millisecond_include_no_more_than_they_say() -> None:
    world = a_world()
    async with calling(world) as client:
        record = (await client.get(f"{_LOGS}/{world.log(100).id}")).json()["payload"]
        later = record["createdAt"].replace("Z", "001Z")
        for query, total in (
            ({"createdAfter": record["createdAt"], "createdBefore": later}, 1),
            ({"createdAfter": later, "createdBefore": later}, 0),
        ):
            answer = await client.get(_LOGS, params=query)
            assert answer.json()["meta"]["page"]["totalRecords"] == total


@pytest.mark.parametrize("log_id", ["nothing", "d9f5d293-7110-461e-a875-3beb089e79f3"])
async def test_an_unknown_log_is_not_found(log_id: str) -> None:
    async with calling(a_world()) as client:
        answer = await client.get(f"{_LOGS}/{log_id}")
    assert answer.status_code == 404
    assert "no realtime log" in detail(answer)
