"""The funnel against a real server: what is sent, and the error that each bad answer becomes."""

import asyncio
import gzip
from pathlib import Path

import pytest

from redox_tui import __version__
from redox_tui.api import endpoints
from redox_tui.api.errors import (
    BadAnswer,
    BadRequest,
    NotAuthorized,
    NotFound,
    PlatformError,
    RateLimited,
    ServerTrouble,
    TimedOut,
    Unreachable,
)
from redox_tui.api.trust import Untrusted
from redox_tui.api.wire import read_object
from redox_tui.domain.search import LogSearch

from .given import IDS, LOGS_OF_ORGANIZATION, TOKEN, client_of, failure_of, page_body, read_ids
from .server import Server, answer
from .tls import serving


async def test_a_call_carries_the_token_and_asks_for_json() -> None:
    async with Server(answer(page_body())) as server, client_of(server) as client:
        await client.call(endpoints.LOGS_OF_ORGANIZATION, IDS, read=read_ids, query={"_page": 1})
    [request] = server.requests
    assert (request.method, request.target) == ("GET", "/platform/v1/organizations/12345/logs?_page=1")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["user-agent"] == f"redox-tui/{__version__}"
    assert request.headers["host"] == server.host


async def test_a_body_is_sent_as_json() -> None:
    async with Server(answer(b"{}")) as server, client_of(server) as client:
        body = {"status": "failed"}
        assert await client.call(endpoints.PATIENT_LOGS_OF_ORGANIZATION, IDS, read=read_object, body=body) == {}
    [request] = server.requests
    assert request.json == {"status": "failed"}
    assert request.headers["content-type"] == "application/json"


async def test_a_base_url_with_a_path_is_a_prefix_of_every_call() -> None:
    async with Server(answer(page_body())) as server, client_of(f"{server.url}/gateway/") as client:
        await client.logs.page(LogSearch(), 1, 50)
        assert server.requests[0].path == "/gateway/platform/v1/organizations/12345/logs"
        assert client.token_url == f"{server.url}/gateway/v2/auth/token"


async def test_a_compressed_answer_is_read() -> None:
    body = gzip.compress(page_body(["a"]))
    async with Server(answer(body, content_encoding="gzip")) as server, client_of(server) as client:
        page = await client.logs.page(LogSearch(), 1, 50)
    assert [log.id for log in page.logs] == ["a"]


@pytest.mark.parametrize("log_id", ["../../v2/auth/token", "a/b", "a?x=1", "a#x", "a\\b", "%2e%2e%2f", "a\r\nX: y"])
async def test_an_id_stays_in_its_place_in_the_path_on_the_wire(log_id: str) -> None:
    async with Server(answer({"id": "a"})) as server, client_of(server) as client:
        await client.logs.get(log_id)
    [request] = server.requests
    assert request.target.startswith("/platform/v1/organizations/12345/logs/")
    assert request.target.count("/") == 6
    assert not {"?", "#", "\\"} & set(request.target)
    assert "x" not in request.headers


@pytest.mark.parametrize("log_id", ["", ".", ".."])
async def test_an_id_that_would_change_the_path_is_not_sent(log_id: str) -> None:
    async with Server() as server, client_of(server) as client:
        with pytest.raises(BadRequest, match="is no log id"):
            await client.logs.get(log_id)
    assert server.requests == []


@pytest.mark.parametrize("value", ["a" * 70_000, "\udcff"], ids=["too long", "no text"])
async def test_what_cannot_be_written_into_a_request_is_refused_in_words(value: str) -> None:
    async with Server() as server, client_of(server) as client:
        with pytest.raises(BadRequest, match="cannot be written"):
            await client.logs.get(value)
        with pytest.raises(BadRequest, match="cannot be written"):
            await client.logs.page(LogSearch(), value, 50)
        with pytest.raises(BadRequest, match="cannot be written"):
            await client.logs.page(LogSearch((("event", (value,)),)), 1, 50)
    assert server.requests == []


@pytest.mark.parametrize(
    ("status", "kind", "title", "exit_code"),
    [
        (400, BadRequest, "The server refused the request for logs (400).", 2),
        (401, NotAuthorized, "The token is wrong or has ended (401).", 3),
        (403, NotAuthorized, "This credential may not read logs (403).", 3),
        (404, NotFound, "The server does not have logs (404).", 8),
        (405, NotFound, "The server does not have logs (405).", 8),
        (408, TimedOut, "The server took too long for logs (408).", 6),
        (410, NotFound, "The server does not have logs (410).", 8),
        (413, BadRequest, "The server refused the request for logs (413).", 2),
        (418, BadAnswer, "The server answered 418 for logs.", 6),
        (422, BadRequest, "The server refused the request for logs (422).", 2),
        (429, RateLimited, "Too many requests (429).", 6),
        (500, ServerTrouble, "The server failed on logs (500).", 6),
        (502, ServerTrouble, "The server failed on logs (502).", 6),
        (503, ServerTrouble, "The server failed on logs (503).", 6),
        (504, TimedOut, "The server took too long for logs (504).", 6),
        (524, TimedOut, "The server took too long for logs (524).", 6),
        (204, BadAnswer, "The server answered 204 for logs.", 6),
        (299, BadAnswer, "The server answered 299 for logs.", 6),
    ],
)
async def test_each_status_is_an_error_with_what_the_server_says(
    status: int, kind: type[PlatformError], title: str, exit_code: int
) -> None:
    body = b"" if status == 204 else b'{"meta":{},"payload":{"errors":[{"detail":"It is so."}]}}'
    async with Server(answer(body, status), repeats=True) as server:
        error = await failure_of(server)
    assert isinstance(error, kind)
    assert (error.title, error.exit_code) == (title, exit_code)
    assert error.detail == ("" if status == 204 else "The server says: It is so.")


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 504])
async def test_an_error_says_what_to_do_next(status: int) -> None:
    async with Server(answer(b"<html>", status), repeats=True) as server:
        error = await failure_of(server)
    assert error.detail == ""
    assert error.hint


async def test_a_time_out_of_a_call_without_a_range_does_not_advise_a_shorter_one() -> None:
    async with Server(answer(b"", 504), repeats=True) as server, client_of(server) as client:
        with pytest.raises(TimedOut) as caught:
            await client.directory.environments()
    assert caught.value.hint == "Try again."


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_ht_07_a_redirect_is_an_error_that_names_its_host_and_is_not_followed(status: int) -> None:
    async with Server() as other:
        redirect = answer(b"", status, location=f"{other.url}/login?next=secret")
        async with Server(redirect, repeats=True) as server:
            error = await failure_of(server)
        assert {request.path for request in server.requests} == {LOGS_OF_ORGANIZATION}
        assert (len(server.requests), other.requests) == (3, [])
    assert error.title == f"The answer is a redirect ({status}) to 127.0.0.1."
    assert error.hint == "Redirects are not followed; check --base-url."


@pytest.mark.parametrize(
    "location", ["", "/login", "//evil.example/x", "http://[broken", "https://xn--a.com/", "javascript:x", "\xff"]
)
async def test_ht_07_a_redirect_to_anywhere_is_an_error_in_words(location: str) -> None:
    async with Server(answer(b"", 302, location=location), repeats=True) as server:
        error = await failure_of(server)
    assert type(error) is BadAnswer
    assert error.exit_code == 6
    assert len(server.requests) == 3


async def test_a_host_that_refuses_the_connection_is_named_with_the_reason() -> None:
    async with Server() as gone:
        pass
    error = await failure_of(gone)
    assert type(error) is Unreachable
    assert str(error) == (
        f"{gone.host} cannot be reached: connection refused. Check --base-url and this machine's network."
    )


async def test_ht_09_a_certificate_that_this_system_does_not_trust_ends_the_call_at_once() -> None:
    server = Server()
    server.tls = serving()
    async with server:
        error = await failure_of(server)
        assert server.requests == []
    assert isinstance(error, Untrusted)
    assert error.title.startswith(f"The certificate of {server.host} is refused: ")
    assert error.detail == "It was checked against this system's store."


async def test_https_to_a_server_that_speaks_http_is_not_blamed_on_a_certificate() -> None:
    async def speak_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak_http, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await failure_of(f"https://127.0.0.1:{port}")
    assert type(error) is Unreachable
    assert "TLS" in error.title
    assert "certificate" not in str(error)


async def test_a_proxy_of_the_environment_is_not_used_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        async with Server(answer(page_body())) as server, client_of(server) as client:
            await client.logs.page(LogSearch(), 1, 50)
        assert (len(server.requests), proxy.requests) == (1, [])


async def test_a_password_file_is_not_read(home: Path) -> None:
    (home / ".netrc").write_text("machine 127.0.0.1 login user password secret\n")
    async with Server(answer(page_body())) as server, client_of(server) as client:
        await client.logs.page(LogSearch(), 1, 50)
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
