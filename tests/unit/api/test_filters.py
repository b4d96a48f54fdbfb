"""Filters over a real connection: every field read, unknown ones written back, v0 where there is no v1."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from redox_tui.api import endpoints
from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.errors import BadAnswer, BadRequest, Conflict, NotAuthorized, NotFound, OutcomeUnknown
from redox_tui.api.filter_wire import body_of, filter_of
from redox_tui.api.filters import V0_NOTICE, FilterCalls
from redox_tui.api.subscriptions import SubscriptionCalls
from redox_tui.domain.connection import Connection, FilterVersion
from redox_tui.domain.filter_list import FilterPage, FilterSearch
from redox_tui.domain.filters import Change, Filter, FilterLink, Rule, User
from redox_tui.domain.logs import Party
from redox_tui.domain.subscriptions import Subscription, SubscriptionPage, SubscriptionSearch
from redox_tui.domain.timerange import Timestamp

from .filters import FILTER_ID, RULE, V0, V0_FILTER, V1, V1_FILTER, V1_LIST
from .given import QUICK, TOKEN
from .server import Server, answer, resetting

SUBSCRIPTIONS = {
    "subscriptions": [
        {"id": 66426, "source": {"id": "s"}, "destination": {"id": "d"}, "dataModel": "PatientAdmin"},
        {"id": "66427", "dataModel": "Results"},
    ]
}
NOT_FOUND = answer(b"", 404)


@asynccontextmanager
async def client_of(
    server: Server, filters: FilterVersion | None = None, environment: str | None = "e-1"
) -> AsyncIterator[PlatformClient]:
    connection = Connection(server.url, "12345", environment, filters=filters)
    client = PlatformClient(connection, lambda client: GivenToken(TOKEN), patience=QUICK)
    try:
        yield client
    finally:
        await client.aclose()


def at(text: str) -> Timestamp:
    return Timestamp.read(text)


async def test_every_field_of_a_v0_filter_is_read_and_kept() -> None:
    async with Server(answer({"payload": {"filters": [V0_FILTER]}})) as server, client_of(server, "v0") as client:
        [found] = await client.filters.of_subscription("66426", deleted=True)
    assert server.requests[0].target == f"{V0}?showDeleted=true"
    link = found.links[0]
    assert found == Filter(
        name="Filter name",
        action="send",
        rules=(Rule("$.Patient.Demographics.FirstName", ("string",)),),
        id=FILTER_ID,
        filter_version=1,
        environment="fd1d07e0",
        organization="122",
        subscription="66426",
        links=found.links,
        schema_version="1.0.0",
        path_type="jsonpath",
        created=Change(at("2021-03-08T18:10:37.555Z"), User("3363")),
        updated=Change(at("2021-03-08T18:17:16.719Z"), User("3364")),
        deleted=Change(at("2021-03-09T00:00:00.000Z"), User("3365")),
    )
    assert link == FilterLink(
        id="b65f7210",
        source=Party("98d3cc95"),
        destination=Party("74827916"),
        data_model="PatientAdmin",
        event_type="NewPatient",
        organization=Party("123"),
        filter_id=FILTER_ID,
        schema_version="1.0.0",
        created=Change(at("2021-03-08T18:10:37.555Z"), User("3363")),
        updated=Change(at("2021-03-08T18:10:37.556Z"), User("3364")),
    )
    assert found.live_links == (link,)
    assert found.links[1].deleted == Change(at("2021-03-09T00:00:00.000Z"), User("1"))


async def test_every_field_of_a_v1_filter_is_read_and_kept() -> None:
    async with Server(answer({"payload": {"filter": V1_FILTER}})) as server, client_of(server, "v1") as client:
        found = await client.filters.get(FILTER_ID)
    assert server.requests[0].target == f"{V1}/{FILTER_ID}"
    assert (found.organization, found.organization_name, found.environment) == ("12", "Lakeside", "e-1")
    assert (found.created.by, found.updated.by, found.deleted) == (User("0", "A"), User("1", "B"), None)
    assert found.links == (
        FilterLink(
            id="l-1",
            source=Party("s-1", "A source"),
            destination=Party("d-1", "A destination"),
            data_model="PatientAdmin",
            environment="e-1",
            organization=Party("12"),
            connecting_organization=Party("13", "Partner"),
            created=Change(None, User("1", "B")),
        ),
    )


async def test_unknown_fields_are_written_back() -> None:
    record = {**V1_FILTER, "matchAny": {"of": [1.50, "é"]}, "rules": [{**RULE, "operator": "in"}]}
    async with (
        Server(answer({"payload": {"filter": record}}), answer({"payload": {"filter": record}})) as server,
        client_of(server, "v1") as client,
    ):
        found = await client.filters.get(FILTER_ID)
        await client.filters.update(replace(found, name="new"))
    written = server.requests[1]
    assert (written.method, written.path) == ("PUT", f"{V1}/{FILTER_ID}")
    assert written.json == {
        "name": "new",
        "action": "send",
        "rules": [{**RULE, "operator": "in"}],
        "matchAny": {"of": [1.50, "é"]},
    }


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"rules": "x"}, "unreadable: rules"),
        ({"rules": [1]}, "unreadable: rules"),
        ({"rules": [{"path": 1, "values": []}]}, "unreadable: rules"),
        ({"rules": [{"path": "$.a", "values": [1]}]}, "unreadable: rules"),
        ({"rules": [{"path": "$.a", "values": [], "allowList": "yes"}]}, "unreadable: rules"),
        ({"links": [1]}, "unreadable: links"),
        ({"name": {}, "filterVersion": "x"}, "unreadable: filterVersion, name"),
        ({"action": "divert"}, None),
        ({"allowList": 1}, None),
    ],
)
def test_what_cannot_be_read_of_a_filter_is_said(fields: dict[str, Any], problem: str | None) -> None:
    assert filter_of({**V1_FILTER, **fields}).problem == problem


def test_a_rule_without_a_kind_is_an_allow_list() -> None:
    assert filter_of({"rules": [{"path": "$.a", "values": []}]}).rules == (Rule("$.a"),)


def test_what_is_read_is_written_as_it_was() -> None:
    assert body_of(filter_of(V1_FILTER)) == {name: V1_FILTER[name] for name in ("name", "action", "rules")}


async def test_a_list_is_asked_with_its_parameters_and_read_to_its_end() -> None:
    first = {
        "meta": {"totalRecords": 2, "links": {"next": "/x?_page=2&_count=50"}},
        "payload": {"filters": [V1_FILTER]},
    }
    last = {"meta": {"totalRecords": 2, "links": {"next": None}}, "payload": {"filters": [V0_FILTER]}}
    search = FilterSearch("a b", "PatientAdmin", "s", "d", "c", deleted=True)
    async with Server(answer(first), answer(last)) as server, client_of(server, "v1") as client:
        found = await client.filters.every(search)
    assert [one.name for one in found] == ["string", "Filter name"]
    asked = {"name": "a b", "dataModel": "PatientAdmin", "sourceId": "s", "destinationId": "d", "connectionId": "c"}
    for number, request in enumerate(server.requests, 1):
        assert request.path == V1_LIST
        assert request.query == asked | {"showDeleted": "true", "_page": str(number), "_count": "50"}


@pytest.mark.parametrize(
    "meta", [None, {}, {"totalRecords": 51}, {"totalRecords": "51", "pageSize": 50}, {"totalRecords": 3}]
)
async def test_a_list_that_does_not_say_what_follows_a_full_page_is_read_to_its_end(meta: object) -> None:
    def page(count: int) -> bytes:
        return answer({"meta": meta, "payload": {"filters": [{"id": str(number)} for number in range(count)]}})

    async with Server(page(50), page(1)) as server, client_of(server, "v1") as client:
        assert len(await client.filters.every(FilterSearch())) == 51
    assert [request.query["_page"] for request in server.requests] == ["1", "2"]


async def test_a_server_that_repeats_a_full_page_is_left() -> None:
    page = answer({"payload": {"subscriptions": [{"id": number} for number in range(50)]}})
    async with Server(page, repeats=True) as server, client_of(server, "v1") as client:
        await client.subscriptions.every(SubscriptionSearch())
    assert len(server.requests) == 100


async def test_a_server_without_v1_is_asked_by_v0_from_then_on() -> None:
    subscriptions, empty = answer({"payload": SUBSCRIPTIONS}), answer({"payload": {"filters": []}})
    living = {**V0_FILTER, "deletedAt": None, "deletingUserId": None}

    def script(request: Any) -> bytes:
        if request.path == "/platform/v1/environments/e-1/subscriptions":
            return subscriptions
        if request.path == V0 and request.method == "POST":
            return answer({"payload": {"filter": {**living, "filterVersion": 2}}})
        if request.path == V0:
            return answer({"payload": {"filters": [living]}})
        return empty if request.path.startswith("/platform/v0/") else NOT_FOUND

    async with Server(by=script) as server, client_of(server) as client:
        page = await client.filters.list(FilterSearch())
        assert [(one.id, one.subscription) for one in page.filters] == [(FILTER_ID, "66426")]
        assert await client.filters.version() == "v0"
        assert await client.filters.notice() == V0_NOTICE
        asked = len(server.requests)
        saved = await client.filters.update(page.filters[0])
        assert saved.filter_version == 2
        assert len(server.requests) == asked + 1
    assert server.requests[-1].json == {
        "filter": {
            "name": "Filter name",
            "action": "send",
            "rules": [RULE],
            "environmentId": "fd1d07e0",
            "id": FILTER_ID,
        }
    }


async def test_a_server_with_v1_is_asked_by_v1_from_then_on() -> None:
    async with (
        Server(answer({"payload": {"filters": []}}), answer({"payload": {"filter": V1_FILTER}})) as server,
        client_of(server) as client,
    ):
        assert await client.filters.notice() == ""
        await client.filters.get(FILTER_ID)
    assert [request.path for request in server.requests] == [V1_LIST, f"{V1}/{FILTER_ID}"]


async def test_a_server_with_neither_says_what_v1_said() -> None:
    async with Server(NOT_FOUND, repeats=True) as server, client_of(server) as client:
        with pytest.raises(NotFound, match="The server does not have filters"):
            await client.filters.list(FilterSearch())


async def test_without_an_environment_a_list_says_what_is_missing() -> None:
    async with Server() as server, client_of(server, environment=None) as client:
        with pytest.raises(BadRequest, match=r"Filters are listed by environment\. Name one with --environment"):
            await client.filters.list(FilterSearch())
    assert server.requests == []


async def test_the_versions_of_a_v1_filter_are_those_of_the_list_newest_first() -> None:
    older = {**V1_FILTER, "filterVersion": 1, "name": "old"}
    other = {**V1_FILTER, "id": "other"}
    listing = answer({"payload": {"filters": [older, other, V1_FILTER]}})
    async with Server(answer({"payload": {"filter": V1_FILTER}}), listing) as server, client_of(server, "v1") as client:
        found = await client.filters.versions(FILTER_ID)
    assert [(one.filter_version, one.name) for one in found] == [(2, "string"), (1, "old")]


async def test_a_deleted_v1_filter_still_has_its_versions() -> None:
    deleted = {**V1_FILTER, "deletedAt": "2024-04-26T00:00:00.000Z"}
    script = NOT_FOUND, answer({"payload": {"filters": [deleted]}})
    async with Server(*script) as server, client_of(server, "v1") as client:
        [found] = await client.filters.versions(FILTER_ID)
    assert found.deleted
    async with Server(NOT_FOUND, answer({"payload": {"filters": []}})) as server, client_of(server, "v1") as client:
        with pytest.raises(NotFound):
            await client.filters.versions(FILTER_ID)


@pytest.mark.parametrize("status", [404, 405])
async def test_a_filter_is_created_in_its_environment_where_the_other_path_is_missing(status: int) -> None:
    made = answer({"payload": {"filter": V1_FILTER}}, 201)
    async with Server(answer(b"", status), made) as server, client_of(server, "v1") as client:
        await client.filters.create(Filter("f", "send", environment="e-2"))
    assert [request.path for request in server.requests] == [V1, "/platform/v1/environments/e-2/operations/filters"]
    assert server.requests[0].json == server.requests[1].json


async def test_a_creation_that_both_paths_refuse_says_what_the_first_one_said() -> None:
    script = answer({"message": "no such environment"}, 404), answer({"message": "no such route"}, 404)
    async with Server(*script) as server, client_of(server, "v1") as client:
        with pytest.raises(NotFound, match="no such environment"):
            await client.filters.create(Filter("f", "send", environment="e-2"))


@pytest.mark.parametrize("status", [200, 201])
async def test_a_save_is_read_whether_the_server_calls_it_done_or_created(status: int) -> None:
    saved = answer({"payload": {"filter": V1_FILTER}}, status)
    async with Server(saved) as server, client_of(server, "v1") as client:
        assert (await client.filters.update(filter_of(V1_FILTER))).filter_version == 2


async def test_v0_saves_by_put_where_there_is_no_post() -> None:
    script = answer(b"", 405), answer({"payload": {"filter": V0_FILTER}})
    async with Server(*script) as server, client_of(server, "v0") as client:
        await client.filters.update(replace(filter_of(V0_FILTER), subscription="66426"))
    assert [(request.method, request.path) for request in server.requests] == [("POST", V0), ("PUT", V0)]
    assert server.requests[0].json == server.requests[1].json


async def test_v0_says_that_it_cannot_list_filters_of_subscriptions_without_ids() -> None:
    nameless = answer({"payload": {"subscriptions": [{"dataModel": "Results"}]}})
    async with Server(nameless) as server, client_of(server, "v0", None) as client:
        with pytest.raises(BadAnswer, match="the server gives its subscriptions no ids"):
            await client.filters.every(FilterSearch())


async def test_v0_gives_a_filter_without_a_version() -> None:
    record = {name: value for name, value in V0_FILTER.items() if name != "filterVersion"}
    async with Server(answer({"payload": {"filters": [record]}})) as server, client_of(server, "v0") as client:
        found = await client.filters.get(FILTER_ID, "66426")
    assert (found.id, found.filter_version) == (FILTER_ID, None)


async def test_v1_creates_deletes_restores_links_and_unlinks() -> None:
    restored = {"previous": V1_FILTER, "current": {**V1_FILTER, "name": "back"}}
    link = FilterLink(source=Party("s"), destination=Party("d"), data_model="PatientAdmin")
    script = (
        answer({"payload": {"filter": V1_FILTER}}, 201),
        answer({"payload": {"message": "gone"}}),
        answer(restored),
        answer({"previous": V1_FILTER}),
        answer({"payload": {"filterLink": {"id": "l-1", "dataModel": "PatientAdmin"}}}),
        answer({"payload": {"filterLink": {"id": "l-1"}}}),
        answer(b"", 204),
    )
    async with Server(*script) as server, client_of(server, "v1") as client:
        made = await client.filters.create(Filter("f", "send", (Rule("$.a", ("x",)),), environment="e-1"))
        await client.filters.delete(made)
        dry = await client.filters.restore(made, replace(made, filter_version=1), dry_run=True)
        wet = await client.filters.restore(made, replace(made, filter_version=1), dry_run=False)
        linked = await client.filters.link(FILTER_ID, link)
        assert (await client.filters.get_link("l-1")).id == "l-1"
        await client.filters.unlink("l-1")
    assert (made.id, linked.data_model) == (FILTER_ID, "PatientAdmin")
    assert dry.current is not None
    assert (dry.previous.name, dry.current.name, wet.current) == ("string", "back", None)
    said = [(request.method, request.target, json.loads(request.body or b"null")) for request in server.requests]
    rules = [{"path": "$.a", "values": ["x"], "allowList": True}]
    ends = {"source": {"id": "s"}, "destination": {"id": "d"}, "dataModel": "PatientAdmin"}
    assert said == [
        ("POST", V1, {"environment": {"id": "e-1"}, "name": "f", "action": "send", "rules": rules}),
        ("DELETE", f"{V1}/{FILTER_ID}", None),
        ("POST", f"{V1}/{FILTER_ID}/restore?dryRun=true", {"version": 1}),
        ("POST", f"{V1}/{FILTER_ID}/restore?dryRun=false", {"version": 1}),
        ("POST", f"{V1}/{FILTER_ID}/links", ends),
        ("GET", "/platform/v1/operations/filterLinks/l-1", None),
        ("DELETE", "/platform/v1/operations/filterLinks/l-1", None),
    ]


async def test_v0_lists_filters_by_pages_of_subscriptions() -> None:
    def script(request: Any) -> bytes:
        if request.path == "/platform/v1/environments/e-1/subscriptions":
            page = int(request.query["_page"])
            meta = {"links": {"next": f"/x?_page={page + 1}"} if page < 3 else {}}
            return answer({"meta": meta, "payload": {"subscriptions": [{"id": f"s-{page}"}]}})
        number = request.path.split("/")[4].removeprefix("s-")
        return answer({"payload": {"filters": [{**V0_FILTER, "id": f"f-{number}"}]}})

    async with Server(by=script) as server, client_of(server, "v0") as client:
        page = await client.filters.list(FilterSearch(), 2)
        assert [one.id for one in page.filters] == ["f-2"]
        assert (page.total, page.next) == (None, 3)
        assert len(server.requests) == 2
        assert [one.id for one in await client.filters.every(FilterSearch())] == ["f-1", "f-2", "f-3"]
        assert (await client.filters.get("f-3")).subscription == "s-3"


async def test_v0_takes_the_names_of_a_link_from_its_subscription() -> None:
    link = {**V0_FILTER["filterLinks"][0], "sourceId": "s-1", "destinationId": "d-9"}
    place = {"id": "66426", "source": {"id": "s-1", "name": "A source"}, "destination": {"id": "d-1", "name": "Other"}}
    subscriptions = answer({"payload": {"subscriptions": [place]}})
    filters = answer({"payload": {"filters": [{**V0_FILTER, "filterLinks": [link]}]}})
    async with Server(subscriptions, filters, filters) as server, client_of(server, "v0") as client:
        for found in (
            (await client.filters.list(FilterSearch())).filters,
            await client.filters.of_subscription("66426"),
        ):
            assert found[0].links[0].words == "A source → d-9 · PatientAdmin · NewPatient"


async def test_v0_asks_few_subscriptions_at_the_same_time() -> None:
    now = most = calls = 0

    async def call(endpoint: Any, ids: Any, *, read: Any, query: Any = None, **more: Any) -> Any:
        nonlocal calls, now, most
        if endpoint is endpoints.SUBSCRIPTIONS:
            return SubscriptionPage(tuple(Subscription(f"s-{number}") for number in range(50)))
        calls, now = calls + 1, now + 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return FilterPage(())

    connection = Connection("http://127.0.0.1", "12345", "e-1", filters="v0")
    await FilterCalls(call, connection, SubscriptionCalls(call, connection)).list(FilterSearch())
    assert calls == 50
    assert most <= 8


async def test_the_filters_of_another_environment_are_asked_for_there() -> None:
    empty = answer({"payload": {"filters": [], "subscriptions": []}})
    async with Server(empty, empty) as server, client_of(server, environment=None) as client:
        with pytest.raises(BadRequest, match="by environment"):
            await client.filters.list(FilterSearch())
        await client.filters_of("e-2").list(FilterSearch())
        assert client.filters_of("e-2") is client.filters_of("e-2")
        assert client.filters_of(None) is client.filters
        await client.subscriptions_of("e-2").list(SubscriptionSearch())
    assert [request.path for request in server.requests] == [
        "/platform/v1/environments/e-2/operations/filters",
        "/platform/v1/environments/e-2/subscriptions",
    ]


async def test_v0_creates_restores_by_saving_again_and_deletes() -> None:
    old = filter_of({**V0_FILTER, "name": "old", "rules": []}, "66426")
    current = filter_of(V0_FILTER, "66426")
    saved = answer({"payload": {"filter": V0_FILTER}})
    gone = answer({"message": "Successfully removed", "filterId": FILTER_ID, "subscriptionId": "66426"})
    async with Server(saved, saved, gone) as server, client_of(server, "v0") as client:
        await client.filters.create(Filter("f", "block-all", (), id="ignored", subscription="66426"))
        dry = await client.filters.restore(current, old, dry_run=True)
        await client.filters.restore(current, old, dry_run=False)
        await client.filters.delete(current)
    assert dry.current is not None
    assert (dry.current.name, dry.current.id) == ("old", FILTER_ID)
    created = {"name": "f", "action": "block-all", "rules": [], "environmentId": "e-1"}
    restored = {"name": "old", "action": "send", "rules": [], "environmentId": "fd1d07e0", "id": FILTER_ID}
    assert [request.json for request in server.requests[:2]] == [{"filter": created}, {"filter": restored}]
    assert (server.requests[2].method, server.requests[2].path) == ("DELETE", f"{V0}/{FILTER_ID}")


async def test_v0_has_no_links_and_needs_a_subscription() -> None:
    async with Server() as server, client_of(server, "v0") as client:
        with pytest.raises(BadRequest, match="v0 has no calls for links"):
            await client.filters.unlink("l-1")
        with pytest.raises(BadRequest, match="Say which with subscriptionId"):
            await client.filters.create(Filter("f"))
    assert server.requests == []


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (403, NotAuthorized, "has no right to this: saving the filter"),
        (404, NotFound, "what is needed for saving the filter"),
        (409, Conflict, "something stands in the way: saving the filter"),
        (400, BadRequest, "saving the filter"),
        (500, OutcomeUnknown, "It is not known whether this was done: saving the filter"),
    ],
)
async def test_a_change_that_is_refused_is_sent_once_and_says_why(
    status: int, error: type[Exception], words: str
) -> None:
    refused = answer({"payload": {"errors": [{"detail": "the reason"}]}}, status)
    async with Server(refused) as server, client_of(server, "v1") as client:
        with pytest.raises(error, match=words) as caught:
            await client.filters.update(filter_of(V1_FILTER))
    assert "the reason" in str(caught.value)
    assert len(server.requests) == 1


async def test_a_change_whose_answer_is_lost_is_not_sent_again() -> None:
    async with Server(resetting()) as server, client_of(server, "v1") as client:
        with pytest.raises(OutcomeUnknown):
            await client.filters.delete(filter_of(V1_FILTER))
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [{"payload": {}}, {"payload": []}, {"payload": {"filter": []}}, {}])
async def test_an_answer_without_a_filter_is_no_filter(body: dict[str, Any]) -> None:
    async with Server(answer(body), repeats=True) as server, client_of(server, "v1") as client:
        with pytest.raises(BadAnswer):
            await client.filters.get(FILTER_ID)


async def test_subscriptions_are_read_with_the_state_of_their_queue() -> None:
    record = {
        "id": 66426,
        "source": {"id": "s", "name": "S", "environmentFlag": "Production"},
        "destination": {"id": "d"},
        "dataModel": "FHIR.Encounter",
        "queueStatus": {"state": "paused"},
        "deletedAt": "2024-04-25T18:17:16.719Z",
        "more": [1],
    }
    search = SubscriptionSearch("s", "d", "1", "2", "3", "FHIR.Encounter", "text", "id", is_ascending=False)
    async with Server(answer({"payload": {"subscriptions": [record]}})) as server, client_of(server) as client:
        [found] = await client.subscriptions.every(search)
    assert found == Subscription(
        id="66426",
        source=Party("s", "S"),
        destination=Party("d"),
        data_model="FHIR.Encounter",
        queue='{"state":"paused"}',
        environment_flags=("Production", None),
        deleted_at=at("2024-04-25T18:17:16.719Z"),
        extra=(("more", "[1]"),),
    )
    assert server.requests[0].query == {
        "_page": "1",
        "_count": "50",
        "sourceId": "s",
        "destinationId": "d",
        "sourceOrganizationId": "1",
        "destinationOrganizationId": "2",
        "connectingOrganizationId": "3",
        "dataModel": "FHIR.Encounter",
        "searchTerm": "text",
        "orderBy": "id",
        "isAscending": "false",
    }


async def test_without_an_environment_subscriptions_are_those_of_the_organization() -> None:
    async with Server(answer({"payload": SUBSCRIPTIONS})) as server, client_of(server, environment=None) as client:
        assert len(await client.subscriptions.every(SubscriptionSearch())) == 2
    assert server.requests[0].target == "/platform/v0/organizations/12345/subscriptions"
