"""Reading logs: what is asked in either generation, which generation is taken, and one log by its id."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest

from redox_tui.api.errors import BadAnswer, BadRequest, NotAuthorized, NotFound, PlatformError
from redox_tui.domain.connection import Generation
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch

from .given import ENVIRONMENT, LOGS_OF_ENVIRONMENT, LOGS_OF_ORGANIZATION, client_of, page_body
from .server import Request, Server, answer

LOG = f"{LOGS_OF_ORGANIZATION}/a"


async def test_logs_of_an_organization_are_listed_with_a_query(now: datetime) -> None:
    search = LogQuery.parse("status:failed since:2026-11-20").search(now)
    async with Server(answer(page_body(["a"], totalRecords=51))) as server, client_of(server) as client:
        page = await client.logs.page(search, 2, 50)
    assert [log.id for log in page.logs] == ["a"]
    [request] = server.requests
    assert (request.method, request.path, request.body) == ("GET", LOGS_OF_ORGANIZATION, b"")
    assert request.query == {
        "_page": "2",
        "_count": "50",
        "status": "failed",
        "createdAfter": "2026-11-20T00:00:00.000Z",
    }


async def test_logs_of_an_environment_are_searched_with_a_body(now: datetime) -> None:
    search = LogQuery.parse("status:failed since:2026-11-20").search(now)
    async with (
        Server(answer(page_body(["a"], nextCursor="c-1")), answer(page_body(["b"]))) as server,
        client_of(server, ENVIRONMENT) as client,
    ):
        first = await client.logs.page(search, 1, 50)
        assert first.next == "c-1"
        await client.logs.page(search, first.next, 50)
    assert [(request.method, request.path) for request in server.requests] == [("POST", LOGS_OF_ENVIRONMENT)] * 2
    assert [request.query for request in server.requests] == [{"_count": "50"}, {"_count": "50", "_cursor": "c-1"}]
    assert server.requests[1].json == {"status": "failed", "createdAfter": "2026-11-20T00:00:00.000Z"}


async def test_a_search_without_any_term_still_sends_a_body() -> None:
    async with Server(answer(page_body())) as server, client_of(server, ENVIRONMENT) as client:
        await client.logs.page(LogSearch(), 1, 50)
    assert server.requests[0].json == {}


@pytest.mark.parametrize("cursor", ["a b+c/d==&_count=1", "é", "%2B", "a\nb"])
async def test_a_cursor_goes_back_as_it_came(cursor: str) -> None:
    async with Server(answer(page_body())) as server, client_of(server, ENVIRONMENT) as client:
        await client.logs.page(LogSearch(), cursor, 50)
    assert server.requests[0].query == {"_count": "50", "_cursor": cursor}


@pytest.mark.parametrize(
    ("environment", "path"),
    [(None, LOGS_OF_ORGANIZATION), (ENVIRONMENT, f"/platform/v1/environments/{ENVIRONMENT}/logs/search/payloads")],
)
async def test_a_patient_is_sent_in_a_body_and_never_in_a_url(
    environment: str | None, path: str, now: datetime
) -> None:
    search = LogQuery.parse('patient:"Mira Solbakken" since:1h').search(now)
    async with Server(answer(page_body())) as server, client_of(server, environment) as client:
        await client.logs.page(search, 1, 50)
    [request] = server.requests
    assert (request.method, request.path) == ("POST", path)
    assert "Mira" not in request.target
    assert request.json["searchTerms"] == [{"value": "Mira Solbakken", "category": "patient"}]


def only(generation: Generation, missing: int = 404) -> Callable[[Request], bytes]:
    """A server that has one generation of the list, and answers the other with this status."""

    def script(request: Request) -> bytes:
        is_by_environment = request.path == LOGS_OF_ENVIRONMENT
        return answer(page_body(["a"])) if is_by_environment is (generation == "environment") else answer(b"", missing)

    return script


@pytest.mark.parametrize("missing", [404, 410])
async def test_where_searches_by_environment_are_missing_the_organization_is_listed_from_then_on(missing: int) -> None:
    async with Server(by=only("organization", missing)) as server, client_of(server, ENVIRONMENT) as client:
        for number in (1, 2):
            assert [log.id for log in (await client.logs.page(LogSearch(), number, 50)).logs] == ["a"]
    assert [request.path for request in server.requests] == [
        LOGS_OF_ENVIRONMENT,
        LOGS_OF_ORGANIZATION,
        LOGS_OF_ORGANIZATION,
    ]


async def test_a_search_by_environment_that_works_is_not_followed_by_a_guess() -> None:
    async with Server(by=only("environment")) as server, client_of(server, ENVIRONMENT) as client:
        await client.logs.page(LogSearch(), 1, 50)
        await client.logs.page(LogSearch(), "c-1", 50)
    assert [request.path for request in server.requests] == [LOGS_OF_ENVIRONMENT] * 2


@pytest.mark.parametrize("status", [400, 401, 403, 500, 504])
async def test_only_a_missing_call_makes_the_client_try_the_other_generation(status: int) -> None:
    async with Server(answer(b"", status), repeats=True) as server, client_of(server, ENVIRONMENT) as client:
        with pytest.raises(PlatformError):
            await client.logs.page(LogSearch(), 1, 50)
    assert {request.path for request in server.requests} == {LOGS_OF_ENVIRONMENT}


@pytest.mark.parametrize(
    ("environment", "generation"),
    [(None, None), (ENVIRONMENT, "organization"), (ENVIRONMENT, "environment"), (None, "organization")],
)
async def test_a_generation_that_is_named_or_the_only_one_has_no_other(
    environment: str | None, generation: Generation | None
) -> None:
    async with Server(answer(b"", 404)) as server, client_of(server, environment, generation) as client:
        with pytest.raises(NotFound):
            await client.logs.page(LogSearch(), 1, 50)
    assert len(server.requests) == 1


async def test_where_both_generations_are_missing_the_next_call_tries_both_again() -> None:
    async with Server(by=lambda _: answer(b"", 404)) as server, client_of(server, ENVIRONMENT) as client:
        for _ in range(2):
            with pytest.raises(NotFound):
                await client.logs.page(LogSearch(), 1, 50)
    assert [request.path for request in server.requests] == [LOGS_OF_ENVIRONMENT, LOGS_OF_ORGANIZATION] * 2


async def test_pages_that_are_asked_for_at_once_are_each_answered() -> None:
    def echo(request: Request) -> bytes:
        return answer(page_body([request.query["_page"]]))

    async with Server(by=echo) as server, client_of(server) as client:
        pages = await asyncio.gather(*(client.logs.page(LogSearch(), number, 1) for number in range(1, 21)))
    assert [page.logs[0].id for page in pages] == [str(number) for number in range(1, 21)]


@pytest.mark.parametrize(
    "payload", [{"id": "a", "payload": {"x": 1}}, {"result": {"id": "a", "payload": {"x": 1}}}], ids=["A", "C"]
)
async def test_a_log_is_read_in_the_shape_of_either_generation(payload: dict[str, object]) -> None:
    async with Server(answer({"meta": {}, "payload": payload})) as server, client_of(server) as client:
        detail = await client.logs.get("a")
    assert (detail.log.id, detail.payload) == ("a", '{"x": 1}')
    assert [request.target for request in server.requests] == [LOG]


async def test_a_log_that_realtime_does_not_have_is_looked_for_in_backfill() -> None:
    async with Server(answer(b"", 404), answer({"id": "a"})) as server, client_of(server) as client:
        assert (await client.logs.get("a")).log.id == "a"
    assert [request.target for request in server.requests] == [LOG, f"{LOG}?dataMode=backfill"]


@pytest.mark.parametrize("mode", ["realtime", "backfill"])
async def test_a_hint_saves_the_other_question(mode: str) -> None:
    async with Server(answer({"id": "a"})) as server, client_of(server) as client:
        await client.logs.get("a", mode)
    assert [request.target for request in server.requests] == [f"{LOG}?dataMode={mode}"]


@pytest.mark.parametrize("second", [404, 410, 400])
async def test_a_log_that_nobody_has_is_not_found_in_the_words_of_the_first_answer(second: int) -> None:
    async with (
        Server(answer({"message": "No such log."}, 404), answer({"message": "dataMode?"}, second)) as server,
        client_of(server) as client,
    ):
        with pytest.raises(NotFound) as caught:
            await client.logs.get("a")
    assert str(caught.value) == (
        "No log has the id a. The server says: No such log. Check the id and the organization."
    )


async def test_a_log_with_a_hint_is_not_looked_for_elsewhere() -> None:
    async with Server(answer(b"", 404)) as server, client_of(server) as client:
        with pytest.raises(NotFound, match="No log has the id a"):
            await client.logs.get("a", "realtime")
    assert len(server.requests) == 1


@pytest.mark.parametrize(("status", "kind"), [(400, BadRequest), (401, NotAuthorized), (403, NotAuthorized)])
async def test_another_error_ends_the_search_for_a_log(status: int, kind: type[Exception]) -> None:
    async with Server(answer(b"", status)) as server, client_of(server) as client:
        with pytest.raises(kind):
            await client.logs.get("a")
    assert len(server.requests) == 1


async def test_a_missing_right_in_backfill_is_not_taken_for_a_missing_log() -> None:
    async with Server(answer(b"", 404), answer(b"", 403)) as server, client_of(server) as client:
        with pytest.raises(NotAuthorized):
            await client.logs.get("a")


async def test_an_answer_that_is_no_log_is_said_so() -> None:
    async with Server(answer(b"[]"), repeats=True) as server, client_of(server) as client:
        with pytest.raises(BadAnswer):
            await client.logs.get("a")
