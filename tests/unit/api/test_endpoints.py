"""Which request asks for what: paths, parameters, and ids that must not leave their place in a path."""

from datetime import datetime, timedelta

import pytest

from redox_tui.api import endpoints
from redox_tui.api.endpoints import Endpoint, list_endpoint, list_parameters
from redox_tui.api.errors import BadRequest
from redox_tui.domain.connection import Generation
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange

SOURCE = "39a05bd3-0000-4000-8000-00000000abcd"
BOTH: tuple[Generation, ...] = ("organization", "environment")


def search(text: str, now: datetime) -> LogSearch:
    return LogQuery.parse(text).search(now)


@pytest.mark.parametrize(
    ("endpoint", "method", "path"),
    [
        (endpoints.TOKEN, "POST", "/v2/auth/token"),
        (endpoints.LOGS_OF_ORGANIZATION, "GET", "/platform/v1/organizations/12/logs"),
        (endpoints.PATIENT_LOGS_OF_ORGANIZATION, "POST", "/platform/v1/organizations/12/logs"),
        (endpoints.LOGS_OF_ENVIRONMENT, "POST", "/platform/v1/environments/e-1/logs/search/metadata"),
        (endpoints.PATIENT_LOGS_OF_ENVIRONMENT, "POST", "/platform/v1/environments/e-1/logs/search/payloads"),
        (endpoints.LOG, "GET", "/platform/v1/organizations/12/logs/l-1"),
        (endpoints.ENVIRONMENTS, "GET", "/platform/v1/organizations/12/environments"),
        (endpoints.SOURCES, "GET", "/platform/v1/environments/e-1/sources"),
        (endpoints.DESTINATIONS, "GET", "/platform/v1/environments/e-1/destinations"),
        (endpoints.FILTERS_OF_SUBSCRIPTION, "GET", "/platform/v0/subscriptions/66426/filters"),
        (endpoints.SAVE_FILTER_OF_SUBSCRIPTION, "POST", "/platform/v0/subscriptions/66426/filters"),
        (endpoints.PUT_FILTER_OF_SUBSCRIPTION, "PUT", "/platform/v0/subscriptions/66426/filters"),
        (endpoints.DELETE_FILTER_OF_SUBSCRIPTION, "DELETE", "/platform/v0/subscriptions/66426/filters/f-1"),
        (endpoints.FILTERS_OF_ENVIRONMENT, "GET", "/platform/v1/environments/e-1/operations/filters"),
        (endpoints.CREATE_FILTER, "POST", "/platform/v1/operations/filters"),
        (endpoints.CREATE_FILTER_OF_ENVIRONMENT, "POST", "/platform/v1/environments/e-1/operations/filters"),
        (endpoints.FILTER, "GET", "/platform/v1/operations/filters/f-1"),
        (endpoints.UPDATE_FILTER, "PUT", "/platform/v1/operations/filters/f-1"),
        (endpoints.DELETE_FILTER, "DELETE", "/platform/v1/operations/filters/f-1"),
        (endpoints.RESTORE_FILTER, "POST", "/platform/v1/operations/filters/f-1/restore"),
        (endpoints.CREATE_LINK, "POST", "/platform/v1/operations/filters/f-1/links"),
        (endpoints.LINK, "GET", "/platform/v1/operations/filterLinks/k-1"),
        (endpoints.DELETE_LINK, "DELETE", "/platform/v1/operations/filterLinks/k-1"),
        (endpoints.SUBSCRIPTIONS, "GET", "/platform/v1/environments/e-1/subscriptions"),
        (endpoints.V0_SUBSCRIPTIONS, "GET", "/platform/v0/organizations/12/subscriptions"),
    ],
)
def test_every_call_has_the_method_and_the_path_of_the_reference(endpoint: Endpoint, method: str, path: str) -> None:
    assert endpoint.method == method
    ids = {"organization": "12", "environment": "e-1", "log": "l-1", "filter": "f-1", "link": "k-1"}
    assert endpoint.url_path(**ids, subscription="66426") == path


def test_what_changes_something_is_no_read() -> None:
    table = [one for one in vars(endpoints).values() if isinstance(one, Endpoint)]
    writes = {one for one in table if not one.is_read}
    assert {one.method for one in writes} == {"POST", "PUT", "DELETE"}
    assert all("/v0/subscriptions/" in one.path or "/operations/" in one.path for one in writes)
    assert not [one for one in table if one.is_read and one.method in ("PUT", "DELETE")]


def test_only_lists_of_logs_become_cheaper_with_a_shorter_range() -> None:
    table = [one for one in vars(endpoints).values() if isinstance(one, Endpoint)]
    assert {one.what for one in table if one.has_range} == {"logs", "logs of a patient"}


@pytest.mark.parametrize("bad", ["", ".", ".."])
def test_an_id_that_would_change_the_path_is_refused(bad: str) -> None:
    with pytest.raises(BadRequest, match="is no log id"):
        endpoints.LOG.url_path(organization="12", log=bad)


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("../../v1/environments", "..%2F..%2Fv1%2Fenvironments"),
        ("%2e%2e", "%252e%252e"),
        ("a?dataMode=backfill#x", "a%3FdataMode%3Dbackfill%23x"),
        ("a\\b", "a%5Cb"),
        ("a b\r\nHost: evil", "a%20b%0D%0AHost%3A%20evil"),
        ("{log}", "%7Blog%7D"),
        ("é", "%C3%A9"),
        ("@evil.example", "%40evil.example"),
    ],
)
def test_any_other_id_is_one_segment_of_the_path(raw: str, written: str) -> None:
    assert endpoints.LOG.url_path(organization="12", log=raw) == f"/platform/v1/organizations/12/logs/{written}"


def test_each_term_has_its_own_parameter(now: datetime) -> None:
    terms = f"status:failed type:send model:PatientAdmin event:Transfer source:{SOURCE} dest:{SOURCE}"
    expected = {
        "status": "failed",
        "type": "send",
        "dataModel": "PatientAdmin",
        "eventType": "Transfer",
        "sourceId": SOURCE,
        "destinationId": SOURCE,
        "createdAfter": "2026-11-20T12:00:00.123Z",
    }
    for generation in BOTH:
        assert list_parameters(generation, search(f"{terms} since:3h", now)) == expected


def test_the_search_of_an_environment_knows_three_terms_more(now: datetime) -> None:
    query = search("facility:2.16.840 mode:backfill region:AWS_USA_EAST_1", now)
    asked = list_parameters("environment", query)
    assert (asked["facilityCode"], asked["dataMode"], asked["serviceRegion"]) == (
        "2.16.840",
        "backfill",
        "AWS_USA_EAST_1",
    )


@pytest.mark.parametrize("term", ["facility:2.16", "mode:backfill", "region:AWS_USA_EAST_1"])
def test_a_term_that_the_generation_does_not_know_is_refused_rather_than_left_out(term: str, now: datetime) -> None:
    with pytest.raises(BadRequest) as caught:
        list_parameters("organization", search(term, now))
    assert term.partition(":")[0] in caught.value.title
    assert "--generation environment" in caught.value.hint


def test_terms_that_are_evaluated_here_are_not_sent(now: datetime) -> None:
    query = search('-status:failed -type:send,receive source:"Lakeside EHR" Transfer', now)
    assert list_parameters("organization", query).keys() == {"createdAfter"}


def test_a_range_is_asked_of_the_time_that_the_query_names(now: datetime) -> None:
    query = search("on:updated since:2026-11-20T10:00 until:2026-11-20T11:00", now)
    assert list_parameters("organization", query) == {
        "updatedAfter": "2026-11-20T10:00:00.000Z",
        "updatedBefore": "2026-11-20T11:00:00.000Z",
    }


def test_the_pin_bounds_the_time_of_creation_beside_a_range_of_updates(now: datetime) -> None:
    query = LogSearch(range=TimeRange(now - timedelta(hours=1), now), on="updated", pin=now)
    assert list_parameters("organization", query) == {
        "updatedAfter": "2026-11-20T14:00:00.123Z",
        "updatedBefore": "2026-11-20T15:00:00.123Z",
        "createdBefore": "2026-11-20T15:00:00.123Z",
    }


@pytest.mark.parametrize(
    ("generation", "endpoint"),
    [
        ("organization", endpoints.PATIENT_LOGS_OF_ORGANIZATION),
        ("environment", endpoints.PATIENT_LOGS_OF_ENVIRONMENT),
    ],
)
def test_a_patient_is_searched_by_a_call_with_a_body(generation: Generation, endpoint: Endpoint, now: datetime) -> None:
    query = search('patient:"Mira Solbakken" since:1h', now)
    assert list_endpoint(generation, query) is endpoint
    assert endpoint.method == "POST"
    assert list_parameters(generation, query)["searchTerms"] == [{"value": "Mira Solbakken", "category": "patient"}]


def test_logs_without_a_patient_are_listed_by_the_plain_call(now: datetime) -> None:
    query = search("status:failed", now)
    assert list_endpoint("organization", query) is endpoints.LOGS_OF_ORGANIZATION
    assert list_endpoint("environment", query) is endpoints.LOGS_OF_ENVIRONMENT
