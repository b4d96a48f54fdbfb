"""Trying again, over a real connection: how often, after which pause, and never for what may have been done already."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import cycle

import pytest

from redox_tui.api import endpoints
from redox_tui.api.client import PlatformClient
from redox_tui.api.endpoints import Endpoint
from redox_tui.api.errors import (
    BadAnswer,
    BadRequest,
    Conflict,
    NotAuthorized,
    NotFound,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    TimedOut,
    TokenRefused,
    Unreachable,
)
from redox_tui.api.policy import Patience
from redox_tui.api.protocol import Urgency
from redox_tui.api.trust import Untrusted
from redox_tui.domain.connection import Connection
from redox_tui.domain.search import LogSearch

from .faults import PAGE
from .given import ORGANIZATION, TOKEN, WRITE, client_of, failure_of, ids_of, soon, with_a_key, with_the_token
from .server import Act, Request, Server, answer, resetting
from .tls import serving

SEARCH = endpoints.PATIENT_LOGS_OF_ORGANIZATION
HOUR = timedelta(hours=1)


def date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


async def fails(client: PlatformClient, endpoint: Endpoint = endpoints.ENVIRONMENTS) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        await ids_of(client, endpoint)
    return caught.value


async def test_ht_02_a_search_is_a_read_whatever_its_verb() -> None:
    async with Server(answer(b"", 503), PAGE) as server, client_of(server) as client:
        assert await ids_of(client, SEARCH) == ["a"]
    assert [request.method for request in server.requests] == ["POST", "POST"]


async def test_ht_02_each_try_is_the_same_request() -> None:
    body = {"status": "failed"}
    async with Server(resetting(), answer(b"", 502), PAGE) as server, client_of(server) as client:
        await client.call(SEARCH, {"organization": ORGANIZATION}, read=len, query={"_page": 2}, body=body)
    assert [request.json for request in server.requests] == [body] * 3
    assert len({request.target for request in server.requests}) == 1
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 408, 409, 410, 413, 418, 422, 501, 505])
async def test_ht_02_a_status_that_will_not_pass_is_not_asked_for_again(status: int) -> None:
    async with Server(answer(b"", status, retry_after="0")) as server:
        await failure_of(server)
    assert len(server.requests) == 1


async def test_ht_02_a_host_that_is_not_there_yet_is_tried_three_times() -> None:
    async with Server() as gone:
        pass
    connections = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        writer.write(PAGE)
        writer.close()

    host, port = gone.host.split(":")
    async with client_of(gone.url) as client:
        call = asyncio.create_task(fails(client))
        error = await call
        assert type(error) is Unreachable
        async with await asyncio.start_server(refuse, host, int(port)):
            assert await ids_of(client) == ["a"]
    assert connections == 1


async def test_ht_02_a_server_that_is_down_is_let_be_when_the_budget_is_spent() -> None:
    async with Server(answer(b"", 503), repeats=True) as server, client_of(server) as client:
        asked = []
        for _ in range(7):
            before = len(server.requests)
            await fails(client)
            asked.append(len(server.requests) - before)
    assert asked == [3, 3, 3, 3, 3, 1, 1]


async def test_ht_02_the_budget_is_one_for_all_calls_of_a_session() -> None:
    async with Server(answer(b"", 503), repeats=True) as server, client_of(server) as client:
        await asyncio.gather(*(fails(client) for _ in range(20)))
    assert len(server.requests) == 20 + 10


async def test_ht_02_a_success_gives_back_a_try() -> None:
    script = [*[answer(b"", 503)] * 15, PAGE, answer(b"", 503), answer(b"", 503), answer(b"", 503)]
    async with Server(*script) as server, client_of(server) as client:
        for _ in range(5):
            await fails(client)
        assert await ids_of(client) == ["a"]
        await fails(client)
        assert len(server.requests) == 18
        await fails(client)
        assert len(server.requests) == 19


async def test_ht_02_a_line_on_which_every_other_answer_is_lost_is_good_enough() -> None:
    script: Iterator[bytes | Act] = cycle([resetting(), PAGE])
    async with Server(by=lambda _: next(script)) as server, client_of(server) as client:
        for _ in range(30):
            assert await ids_of(client) == ["a"]
    assert len(server.requests) == 60


@pytest.mark.parametrize(
    ("status", "said"), [(429, "Too many requests (429)"), (503, "The server failed on logs (503)")]
)
async def test_ht_03_the_server_is_left_alone_for_as_long_as_it_asks(status: int, said: str) -> None:
    times: list[float] = []
    script = iter([answer(b"", status, retry_after="1"), PAGE])

    def note(_: Request) -> bytes:
        times.append(time.monotonic())
        return next(script)

    async with Server(by=note) as server, client_of(server) as client:
        heard: list[str] = []
        client.hear = heard.append
        assert await ids_of(client) == ["a"]
    assert times[1] - times[0] > 0.99
    assert heard[0] == f"{said}: trying again in 1 s"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", ["", "soon", "-5", "Thu, 01 Jan 1970 00:00:00 GMT", "0"])
async def test_ht_03_a_wait_that_makes_no_sense_is_none(status: int, wait: str) -> None:
    async with Server(answer(b"", status, retry_after=wait), PAGE) as server, client_of(server) as client:
        assert await ids_of(client) == ["a"]


async def test_ht_03_a_wait_of_more_than_a_minute_ends_the_call_with_the_time_to_come_back() -> None:
    async with Server(answer(b"", 429, retry_after="300")) as server:
        error = await failure_of(server)
    assert isinstance(error, RateLimited)
    assert error.wait == 300.0
    assert error.is_retryable
    said = re.fullmatch(r"The server wants 5 min of quiet; try again after (\d\d:\d\d:\d\d) UTC\.", error.hint)
    assert said
    told = datetime.combine(datetime.now(UTC), datetime.strptime(said[1], "%H:%M:%S").time(), UTC)
    assert (told - datetime.now(UTC)).total_seconds() % 86_400 == pytest.approx(300, abs=30)


@pytest.mark.parametrize(
    "wait",
    ["99999", "9" * 12, "9" * 18, "9" * 19, "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"],
    ids=lambda wait: wait[:16] + str(len(wait)),
)
async def test_ht_03_a_wait_that_never_ends_is_an_error_in_words_too(wait: str) -> None:
    async with Server(answer(b"", 429, retry_after=wait)) as server:
        error = await failure_of(server)
    assert isinstance(error, RateLimited)
    assert error.wait is not None
    assert error.wait > 60
    assert "of quiet" in error.hint


async def test_ht_03_a_date_is_read_by_the_clock_of_the_server() -> None:
    """Its clock is an hour slow, so by this machine's the date is long past."""
    slow = datetime.now(UTC) - HOUR
    refusal = answer(b"", 429, date=date(slow), retry_after=date(slow + timedelta(seconds=90)))
    async with Server(refusal) as server:
        error = await failure_of(server)
    assert isinstance(error, RateLimited)
    assert error.wait == pytest.approx(90, abs=5)


async def test_ht_03_a_refusal_that_stays_says_how_long_the_server_wants_to_be_left_alone() -> None:
    async with Server(answer(b"", 429, retry_after="0"), repeats=True) as server:
        error = await failure_of(server)
    assert isinstance(error, RateLimited)
    assert error.wait == 0.0
    assert len(server.requests) == 3
    async with Server(answer(b"", 429), repeats=True) as server:
        error = await failure_of(server)
    assert isinstance(error, RateLimited)
    assert error.wait is None
    assert error.hint == "Wait a few minutes, then try again."


async def test_ht_02_a_pause_may_be_anything_from_none_to_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    chances = iter([0.0, 0.002])
    monkeypatch.setattr("random.random", lambda: next(chances))
    patience = Patience(pause=500.0, longest_pause=500.0)
    async with (
        Server(answer(b"", 503), answer(b"", 503), PAGE) as server,
        client_of(server, patience=patience) as client,
    ):
        heard: list[str] = []
        client.hear = heard.append
        assert await soon(ids_of(client)) == ["a"]
    assert heard == ["The server failed on logs (503): trying again in 1 s"]


async def test_a_pause_that_is_hardly_one_is_not_told() -> None:
    async with Server(answer(b"", 503), answer(b"", 503, retry_after="0"), PAGE) as server, client_of(server) as client:
        heard: list[str] = []
        client.hear = heard.append
        await ids_of(client)
    assert heard == []


async def test_while_one_call_waits_after_a_refusal_no_other_goes_out() -> None:
    async with Server(answer(b"", 429, retry_after="50")) as server, client_of(server) as client:
        told: asyncio.Queue[str] = asyncio.Queue()
        client.hear = told.put_nowait
        calls = [asyncio.create_task(ids_of(client))]
        assert await soon(told.get()) == "Too many requests (429): trying again in 50 s"
        calls.append(asyncio.create_task(ids_of(client)))
        assert re.fullmatch(r"the limit on requests is reached: going on in (49|50) s", await soon(told.get()))
        assert len(server.requests) == 1
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def test_the_limit_of_the_connection_holds_for_all_calls() -> None:
    async with Server(PAGE, repeats=True) as server:
        client = PlatformClient(Connection(server.url, ORGANIZATION, rate=2), with_the_token)
        told: asyncio.Queue[str] = asyncio.Queue()
        client.hear = told.put_nowait
        await ids_of(client)
        await ids_of(client)
        third = asyncio.create_task(ids_of(client))
        assert await soon(told.get()) == "the limit on requests is reached: going on in 5 min"
        third.cancel()
        await asyncio.gather(third, return_exceptions=True)
        await client.aclose()
    assert len(server.requests) == 2


async def test_an_export_leaves_something_of_the_limit_for_the_person_who_browses() -> None:
    async with Server(PAGE, repeats=True) as server:
        client = PlatformClient(Connection(server.url, ORGANIZATION, rate=5), with_the_token)
        waits = asyncio.Event()
        client.hear = lambda words: waits.set()
        for number in range(4):
            await client.logs.page(LogSearch(), number + 1, 50, Urgency.EXPORT)
        export = asyncio.create_task(client.logs.page(LogSearch(), 5, 50, Urgency.EXPORT))
        await soon(waits.wait())
        await soon(client.logs.page(LogSearch(), 1, 50))
        assert not export.done()
        export.cancel()
        await asyncio.gather(export, return_exceptions=True)
        await client.aclose()
    assert [request.query["_page"] for request in server.requests] == ["1", "2", "3", "4", "1"]


async def test_eight_requests_are_on_their_way_at_most() -> None:
    let_go = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await let_go.wait()
        writer.write(PAGE)

    async with Server(wait, repeats=True) as server, client_of(server) as client:
        calls = [asyncio.create_task(ids_of(client)) for _ in range(20)]
        await server.until_asked(8)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(server.requests) == 8
        let_go.set()
        assert await asyncio.gather(*calls) == [["a"]] * 20


async def test_a_write_that_works_returns_what_was_made_of_the_answer() -> None:
    async with Server(answer({"id": "7"})) as server, client_of(server) as client:
        assert await client.call(WRITE, {}, read=len, body={"name": "x"}) == 11
    [request] = server.requests
    assert (request.method, request.json) == ("POST", {"name": "x"})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, TokenRefused),
        (403, NotAuthorized),
        (404, NotFound),
        (408, TimedOut),
        (409, Conflict),
        (418, BadAnswer),
        (422, BadRequest),
        (429, RateLimited),
    ],
)
async def test_ht_02_a_write_that_was_refused_was_not_done(status: int, kind: type[PlatformError]) -> None:
    async with Server(answer(b"", status)) as server:
        error = await failure_of(server, WRITE)
    assert type(error) is kind
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [204, 302, 500, 502, 503, 504, 524])
async def test_ht_02_a_write_is_never_repeated_and_its_outcome_is_called_unknown(status: int) -> None:
    async with Server(answer(b"", status)) as server:
        error = await failure_of(server, WRITE)
    assert type(error) is OutcomeUnknown
    assert error.title == "It is not known whether this was done: a new thing."
    assert f"({status})" in error.detail or f" {status} " in error.detail
    assert error.hint == "Check before repeating it."
    assert (error.exit_code, error.is_retryable) == (6, False)
    assert len(server.requests) == 1


async def test_ht_02_a_write_that_was_answered_with_an_odd_redirect_may_have_been_done() -> None:
    async with Server(answer(b"", 302, location="https://xn--a.com/")) as server:
        error = await failure_of(server, WRITE)
    assert type(error) is OutcomeUnknown
    assert len(server.requests) == 1


async def test_ht_02_a_write_that_never_left_was_not_done() -> None:
    async with Server() as gone:
        pass
    error = await failure_of(gone, WRITE)
    assert type(error) is Unreachable


async def test_ht_02_a_write_that_met_a_wrong_certificate_was_not_done() -> None:
    server = Server()
    server.tls = serving()
    async with server:
        error = await failure_of(server, WRITE)
    assert type(error) is Untrusted
    assert server.requests == []


async def test_ht_02_a_write_costs_nothing_of_the_budget() -> None:
    async with Server(answer(b"", 503), repeats=True) as server, client_of(server) as client:
        for _ in range(20):
            await fails(client, WRITE)
        before = len(server.requests)
        await fails(client)
        assert len(server.requests) - before == 3


def tokens_for(good: str) -> Callable[[Request], bytes]:
    """Gives the tokens old and new; only one is good."""
    given = iter(["old", "new"])

    def script(request: Request) -> bytes:
        if request.path == "/v2/auth/token":
            return answer({"access_token": next(given), "expires_in": 300, "token_type": "Bearer"})
        return answer({"id": "7"}) if request.headers["authorization"] == f"Bearer {good}" else answer(b"", 401)

    return script


async def test_au_04_a_write_that_was_refused_for_its_token_is_made_with_a_new_one() -> None:
    async with Server(by=tokens_for("new")) as server, client_of(server, tokens=with_a_key) as client:
        await client.call(WRITE, {}, read=len)
    assert [request.path for request in server.requests] == ["/v2/auth/token", WRITE.path] * 2
