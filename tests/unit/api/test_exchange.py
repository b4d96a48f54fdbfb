"""One request and its answer over a real connection: what each fault is in the end, and the bounds on time and size."""

import gzip
import ssl
import threading
from dataclasses import replace

import httpx
import pytest

from redox_tui.api import endpoints
from redox_tui.api.client import PlatformClient
from redox_tui.api.errors import BadAnswer, PlatformError, TimedOut, TooSlow, Unreachable
from redox_tui.api.policy import Patience
from redox_tui.domain.search import LogSearch

from .faults import CRAWLING, FAULTS, HEAD, PAGE, Fault, deep
from .given import (
    HASTY,
    IDS,
    QUICK,
    WAITING,
    WRITE,
    client_of,
    connection_to,
    failure_of,
    ids_of,
    page_body,
    with_the_token,
)
from .server import HANG, Server, answer, dripping, stalling
from .test_bodies import MIB

WITHOUT_ADVICE = {"204", "206", "large head", "many headers"}
"""Nothing that the reader of the error could do about it."""


@pytest.mark.parametrize("name", FAULTS)
async def test_ht_02_a_fault_that_stays_is_an_error_in_words_after_three_tries(name: str) -> None:
    fault = FAULTS[name]
    async with Server(fault.say(), repeats=True) as server:
        error = await failure_of(server, endpoints.ENVIRONMENTS, fault.patience)
        await server.until_asked(3)
        await server.until_left()
    assert type(error) is fault.kind
    assert error.title == fault.title.format(host=server.host)
    assert bool(error.hint) is (name not in WITHOUT_ADVICE)
    assert len(server.requests) == 3


def patience_that_ends_well(fault: Fault) -> Patience:
    return WAITING if fault.patience is HASTY else fault.patience


@pytest.mark.parametrize("name", FAULTS)
async def test_ht_02_a_fault_that_passes_is_survived(name: str) -> None:
    fault = FAULTS[name]
    async with (
        Server(fault.say(), PAGE) as server,
        client_of(server, patience=patience_that_ends_well(fault)) as client,
    ):
        assert await ids_of(client, endpoints.ENVIRONMENTS) == ["a"]
    first, second = server.requests
    assert first == second


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - {"504", "524", "silence", "stall in the head"}))
async def test_ht_02_a_fault_that_says_nothing_of_the_range_is_survived_by_a_list_too(name: str) -> None:
    fault = FAULTS[name]
    async with (
        Server(fault.say(), fault.say(), PAGE) as server,
        client_of(server, patience=patience_that_ends_well(fault)) as client,
    ):
        page = await client.logs.page(LogSearch(), 1, 50)
    assert [log.id for log in page.logs] == ["a"]
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [504, 524])
async def test_ht_04_a_list_that_took_too_long_is_not_asked_for_again_as_it_was(status: int) -> None:
    async with Server(answer({"message": "It is so."}, status)) as server:
        error = await failure_of(server)
    assert type(error) is TooSlow
    assert isinstance(error, TimedOut)
    assert str(error) == (
        f"The server took too long for logs ({status}). The server says: It is so. "
        "Narrow the time range, then try again."
    )


async def test_ht_04_a_list_that_is_not_answered_is_asked_for_once_more_and_has_then_taken_too_long() -> None:
    async with Server(HANG, repeats=True) as server:
        error = await failure_of(server, patience=HASTY)
        await server.until_asked(2)
    assert type(error) is TooSlow
    assert error.hint == "Narrow the time range, then try again."
    assert len(server.requests) == 2


async def test_ht_04_silence_once_is_survived_by_a_list() -> None:
    async with Server(HANG, PAGE) as server, client_of(server, patience=WAITING) as client:
        assert await ids_of(client) == ["a"]


@pytest.mark.parametrize("status", [504, 524])
async def test_ht_04_logs_that_took_too_long_are_read_in_parts(status: int) -> None:
    async with (
        Server(answer(b"", status), answer(page_body(["a"])), answer(page_body(["b"]))) as server,
        client_of(server) as client,
    ):
        page = await client.logs.page(LogSearch(), 1, 50)
        assert page.next is not None
        rest = await client.logs.page(LogSearch(), page.next, 50)
    assert sorted(log.id for one in (page, rest) for log in one.logs) == ["a", "b"]
    assert (page.gaps, rest.gaps) == ((), ())
    whole, newer, older = server.requests
    assert "createdAfter" not in whole.query
    assert newer.query.get("createdAfter", older.query.get("createdAfter")) is not None


async def test_ht_01_a_server_that_drips_is_left_at_the_deadline() -> None:
    """The drip would end as a whole answer, and is quick enough for the rule on crawling."""
    drip = dripping(PAGE, len(PAGE) - 60, 0.05)
    async with Server(drip) as server:
        error = await failure_of(server, patience=replace(QUICK, call=0.3))
        await server.until_left()
    assert type(error) is TimedOut
    assert error.title == "Timed out after 0 s while asking for logs."
    assert len(server.requests) == 1


async def test_ht_01_the_deadline_holds_for_all_tries_together() -> None:
    async with Server(HANG, repeats=True) as server:
        error = await failure_of(server, endpoints.ENVIRONMENTS, replace(HASTY, read=0.2, call=0.3))
        await server.until_left()
    assert type(error) is TimedOut
    assert len(server.requests) <= 2


async def test_ht_01_a_pause_is_no_part_of_the_deadline() -> None:
    patience = replace(QUICK, call=0.8)
    async with (
        Server(answer(b"", 503, retry_after="1"), PAGE) as server,
        client_of(server, patience=patience) as client,
    ):
        assert await ids_of(client) == ["a"]


async def test_an_answer_that_comes_slowly_but_quicker_than_a_crawl_is_read() -> None:
    patience = replace(QUICK, crawl=0.05, slowest=1.0)
    async with (
        Server(dripping(PAGE, len(PAGE) - 30)) as server,
        client_of(server, patience=patience) as client,
    ):
        assert await ids_of(client) == ["a"]


async def test_an_answer_that_crawls_is_left_before_the_deadline() -> None:
    async with Server(dripping(PAGE, len(HEAD), 0.05), repeats=True) as server:
        error = await failure_of(server, patience=replace(CRAWLING, call=1_000.0))
        await server.until_left()
    assert type(error) is TimedOut
    assert len(server.requests) == 3


async def test_ht_01_a_host_that_does_not_take_the_connection_is_left_after_a_while() -> None:
    """It accepts TCP and says nothing to the greeting of TLS, which is a part of connecting."""
    async with Server() as server:
        error = await failure_of(f"https://{server.host}", patience=replace(QUICK, connect=0.05, call=3.0))
        await server.until_left()
    assert type(error) is Unreachable
    assert "did not answer within" in error.title
    assert server.connections == 3


@pytest.mark.parametrize("raw", [deep(), b"[" * 100_000, b'{"a":' * 100_000], ids=["whole", "arrays", "objects"])
async def test_ht_08_json_that_is_nested_deeply_is_an_error_of_its_own(raw: bytes) -> None:
    async with Server(answer(raw), repeats=True) as server:
        error = await failure_of(server)
    assert type(error) is BadAnswer


async def test_ht_08_an_answer_may_be_as_large_as_its_call_allows_and_no_larger() -> None:
    whole = page_body(["a"])
    endpoint = replace(endpoints.ENVIRONMENTS, most_bytes=len(whole))
    async with Server(answer(whole)) as server, client_of(server) as client:
        assert await ids_of(client, endpoint) == ["a"]
    async with Server(answer(whole + b" "), repeats=True) as server:
        error = await failure_of(server, endpoint)
    assert error.title == "The answer is larger than 0 KiB, so it was not read."


@pytest.mark.parametrize("status", [400, 500])
async def test_ht_08_the_body_of_an_error_is_bounded_too(status: int) -> None:
    endpoint = replace(endpoints.ENVIRONMENTS, most_bytes=2_048)
    async with Server(answer(b"a" * 2_049, status), repeats=True) as server:
        error = await failure_of(server, endpoint)
    assert error.title == "The answer is larger than 2 KiB, so it was not read."


async def test_ht_08_the_bounds_are_those_of_the_requirement() -> None:
    assert endpoints.TOKEN.most_bytes == 64 << 10
    assert {endpoint.most_bytes for endpoint in (endpoints.LOGS_OF_ORGANIZATION, endpoints.SOURCES)} == {32 << 20}
    assert endpoints.LOG.most_bytes > 40_000_000, "a message may have as many"


async def test_ht_08_a_head_of_sixty_kib_is_read() -> None:
    async with Server(answer(page_body(["a"]), x_fill="a" * 60_000)) as server, client_of(server) as client:
        assert await ids_of(client) == ["a"]


async def test_ht_08_answers_that_are_not_read_do_not_use_up_the_connections() -> None:
    large = FAULTS["large head"].say()
    async with (
        Server(*[large] * 12, PAGE) as server,
        client_of(server, patience=replace(QUICK, pool=0.2)) as client,
    ):
        for _ in range(4):
            with pytest.raises(BadAnswer):
                await ids_of(client)
        assert await ids_of(client) == ["a"]


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "identity"])
async def test_ht_08_what_was_compressed_is_read(coding: str) -> None:
    body = page_body(["a"])
    for _ in range(coding.count("gzip")):
        body = gzip.compress(body)
    async with Server(answer(body, content_encoding=coding)) as server, client_of(server) as client:
        assert await ids_of(client) == ["a"]


async def test_a_large_answer_is_parsed_beside_the_screen_and_a_small_one_at_once() -> None:
    threads: list[threading.Thread] = []

    def read(body: bytes) -> int:
        threads.append(threading.current_thread())
        return len(body)

    large, small = b"a" * (MIB + 1), b"a" * MIB
    async with Server(answer(large), answer(small)) as server, client_of(server) as client:
        assert await client.call(endpoints.ENVIRONMENTS, IDS, read=read) == len(large)
        assert await client.call(endpoints.ENVIRONMENTS, IDS, read=read) == len(small)
    assert [thread is threading.main_thread() for thread in threads] == [False, True]


async def test_a_large_answer_that_is_damaged_is_asked_for_again() -> None:
    whole = page_body(["a" * 2 * MIB])
    async with Server(answer(whole[:-1]), PAGE) as server, client_of(server) as client:
        assert await ids_of(client) == ["a"]


async def test_ht_12_bytes_that_are_no_text_cost_a_row_at_most() -> None:
    body = b'{"payload":{"results":[{"id":"a","status":"\xff\xfe"},{"id":7,"source":[]},{"id":"c"}]}}'
    async with Server(answer(body)) as server, client_of(server) as client:
        page = await client.logs.page(LogSearch(), 1, 50)
    assert [log.id for log in page.logs] == ["a", "7", "c"]
    assert [bool(log.problem) for log in page.logs] == [False, True, False]


@pytest.mark.parametrize("said", [stalling(HEAD), stalling(PAGE[:-1]), HANG])
async def test_a_connection_that_was_given_up_is_closed(said: bytes) -> None:
    async with Server(said, repeats=True) as server, client_of(server, patience=HASTY) as client:
        with pytest.raises(PlatformError):
            await ids_of(client, endpoints.ENVIRONMENTS)
        await server.until_left()
        assert server.connections == 3


@pytest.mark.parametrize("name", FAULTS)
async def test_ht_02_a_write_is_never_repeated_and_its_outcome_is_said(name: str) -> None:
    fault = FAULTS[name]
    async with Server(fault.say(), repeats=True) as server:
        error = await failure_of(server, WRITE, fault.patience)
        await server.until_asked()
        await server.until_left()
    assert len(server.requests) == 1
    if name == "429":
        assert type(error) is fault.kind
    else:
        assert str(error).startswith("It is not known whether this was done: a new thing.")
        assert error.hint == "Check before repeating it."
        assert not error.is_retryable


async def test_ht_02_damage_inside_of_tls_is_a_connection_that_broke_off() -> None:
    """httpx passes this error on as it is."""

    class Damaged(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise ssl.SSLError(1, "decryption failed or bad record mac")

    client = PlatformClient(connection_to("http://127.0.0.1"), with_the_token, transport=Damaged(), patience=QUICK)
    with pytest.raises(Unreachable, match="broke off"):
        await ids_of(client)
    await client.aclose()
