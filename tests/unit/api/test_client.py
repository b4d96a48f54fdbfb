"""The funnel against a real server: what is sent, and the error that each bad answer becomes."""

import asyncio
import gzip
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from redox_tui import __version__
from redox_tui.api import endpoints
from redox_tui.api.auth import AssertionTokens, read_key
from redox_tui.api.client import PlatformClient
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
from redox_tui.domain.query import LogSearch

from . import keys
from .given import ORGANIZATION, TOKEN, client_of, connection_to, page_body
from .server import HANG, Request, Server, answer

IDS = {"organization": ORGANIZATION}


async def failure_of(server: Server) -> PlatformError:
    """The error that a list of logs ends with."""
    async with client_of(server) as client:
        with pytest.raises(PlatformError) as caught:
            await client.logs.page(LogSearch(), 1, 50)
    return caught.value


async def test_a_call_carries_the_token_and_asks_for_json() -> None:
    async with Server(answer(page_body())) as server, client_of(server) as client:
        await client.call(endpoints.LOGS_OF_ORGANIZATION, IDS, query={"_page": 1})
    [request] = server.requests
    assert (request.method, request.target) == ("GET", "/platform/v1/organizations/12345/logs?_page=1")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["user-agent"] == f"redox-tui/{__version__}"
    assert request.headers["host"] == server.host


async def test_a_body_is_sent_as_json() -> None:
    async with Server(answer(b"{}")) as server, client_of(server) as client:
        await client.call(endpoints.PATIENT_LOGS_OF_ORGANIZATION, IDS, body={"status": "failed"})
    [request] = server.requests
    assert request.json == {"status": "failed"}
    assert request.headers["content-type"] == "application/json"


async def test_a_base_url_with_a_path_is_a_prefix_of_every_call() -> None:
    async with Server(answer(page_body())) as server:
        client = PlatformClient(connection_to(f"{server.url}/gateway/"), lambda _: _Fixed())
        await client.logs.page(LogSearch(), 1, 50)
        await client.aclose()
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
            await client.logs.page(LogSearch((("event", value),)), 1, 50)
    assert server.requests == []


@pytest.mark.parametrize(
    ("status", "kind", "title", "exit_code"),
    [
        (400, BadRequest, "The server refused the request for logs (400).", 2),
        (401, NotAuthorized, "The token is wrong or has ended (401).", 3),
        (403, NotAuthorized, "This credential may not read logs (403).", 3),
        (404, NotFound, "The server does not have logs (404).", 8),
        (405, BadRequest, "The server refused the request for logs (405).", 2),
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
    async with Server(answer(body, status)) as server:
        error = await failure_of(server)
    assert type(error) is kind
    assert (error.title, error.exit_code) == (title, exit_code)
    assert error.detail == ("" if status == 204 else "The server says: It is so.")


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 504])
async def test_an_error_says_what_to_do_next(status: int) -> None:
    async with Server(answer(b"<html>", status)) as server:
        error = await failure_of(server)
    assert error.detail == ""
    assert error.hint


async def test_a_time_out_of_a_call_without_a_range_does_not_advise_a_shorter_one() -> None:
    async with Server(answer(b"", 504)) as server, client_of(server) as client:
        with pytest.raises(TimedOut) as caught:
            await client.directory.environments()
    assert caught.value.hint == "Try again."


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_error_that_names_its_host_and_is_not_followed(status: int) -> None:
    async with Server() as other:
        async with Server(answer(b"", status, location=f"{other.url}/login?next=secret")) as server:
            error = await failure_of(server)
        assert (len(server.requests), other.requests) == (1, [])
    assert error.title == f"The answer is a redirect ({status}) to 127.0.0.1."
    assert error.hint == "Redirects are not followed; check --base-url."


@pytest.mark.parametrize(
    "location", ["", "/login", "//evil.example/x", "http://[broken", "https://xn--a.com/", "javascript:x", "\xff"]
)
async def test_a_redirect_to_anywhere_is_an_error_in_words(location: str) -> None:
    async with Server(answer(b"", 302, location=location)) as server:
        error = await failure_of(server)
    assert error.exit_code == 6
    assert len(server.requests) == 1


BROKEN_OFF = "{host} broke off before the answer was whole."
NOT_WHOLE = "The answer is not whole JSON:"
BROKEN: dict[str, tuple[bytes, type[PlatformError], str]] = {
    "web page": (answer(b"<!DOCTYPE html><h1>Sign in</h1>"), BadAnswer, "The answer is a web page, not JSON."),
    "cut-off JSON": (answer(b'{"payload":{"results":[{"id":"a"},'), BadAnswer, NOT_WHOLE),
    "empty body": (answer(b""), BadAnswer, NOT_WHOLE),
    "short body": (answer(b"[]", content_length="500"), Unreachable, BROKEN_OFF),
    "length that is no number": (answer(b"", content_length="x"), Unreachable, BROKEN_OFF),
    "short chunk": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{", Unreachable, BROKEN_OFF),
    "half a head": (b"HTTP/1.1 200 OK\r\n", Unreachable, BROKEN_OFF),
    "another protocol": (b"220 mail.example ESMTP\r\n", Unreachable, BROKEN_OFF),
    "nothing": (b"", Unreachable, BROKEN_OFF),
    "no gzip": (
        answer(b"no gzip", content_encoding="gzip"),
        BadAnswer,
        "The answer is damaged: it cannot be decompressed.",
    ),
    "cut-off gzip": (
        answer(gzip.compress(page_body(map(str, range(500))))[:200], content_encoding="gzip"),
        BadAnswer,
        NOT_WHOLE,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_answer_is_an_error_in_words(name: str) -> None:
    raw, kind, title = BROKEN[name]
    async with Server(raw) as server:
        error = await failure_of(server)
    assert type(error) is kind
    assert error.title == title.format(host=server.host)
    assert error.hint


async def test_a_host_that_refuses_the_connection_is_named_with_the_reason() -> None:
    async with Server() as gone:
        pass
    client = PlatformClient(connection_to(gone.url), lambda _: _Fixed())
    with pytest.raises(Unreachable) as caught:
        await client.logs.page(LogSearch(), 1, 50)
    await client.aclose()
    assert str(caught.value) == (
        f"{gone.host} cannot be reached: connection refused. Check --base-url and this machine's network."
    )


async def test_a_host_that_never_answers_runs_into_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redox_tui.api.client.DEADLINE", 0.05)
    async with Server(HANG) as server:
        error = await failure_of(server)
    assert type(error) is TimedOut
    assert "while asking for logs" in error.title
    assert error.hint == "Narrow the time range, then try again."


def self_signed(folder: Path) -> ssl.SSLContext:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    key = keys.rsa()
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(today - timedelta(1)).not_valid_after(today + timedelta(1))
    file = folder / "server.pem"
    certificate = builder.sign(key, SHA256())
    file.write_bytes(keys.pem(key) + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_certificate_that_this_system_does_not_trust_ends_the_call(tmp_path: Path) -> None:
    server = Server()
    server.tls = self_signed(tmp_path)
    async with server:
        error = await failure_of(server)
    assert server.requests == []
    assert error.title == f"The certificate of {server.host} is not trusted by this system's store."


async def test_https_to_a_server_that_speaks_http_is_not_blamed_on_a_certificate() -> None:
    async def speak_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak_http, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        client = PlatformClient(connection_to(f"https://127.0.0.1:{port}"), lambda _: _Fixed())
        with pytest.raises(Unreachable) as caught:
            await client.logs.page(LogSearch(), 1, 50)
        await client.aclose()
    assert "TLS" in caught.value.title
    assert "certificate" not in str(caught.value)


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


class _Fixed:
    """A token source that always has the same token."""

    async def token(self) -> str:
        return TOKEN

    def reject(self, token: str) -> bool:
        return False


def with_a_key(server: Server) -> PlatformClient:
    """A client that gets its tokens from the server."""
    key = read_key(keys.pem(keys.ec()))
    return PlatformClient(
        connection_to(server.url),
        lambda client: AssertionTokens("client-1", "k-1", key, token_url=client.token_url, post=client.post_for_token),
    )


def granting(*tokens: str, good: str | None = None, otherwise: int = 401) -> Callable[[Request], bytes]:
    """Gives these tokens in turn; logs are for those who come with the good one."""
    given = iter(tokens)

    def script(request: Request) -> bytes:
        if request.path == "/v2/auth/token":
            return answer({"access_token": next(given), "expires_in": 300, "token_type": "Bearer"})
        if request.headers["authorization"] == f"Bearer {good}":
            return answer(page_body(["a"]))
        return answer({"message": "not with this one"}, otherwise)

    return script


async def test_the_first_call_gets_a_token_and_the_next_ones_use_it() -> None:
    async with Server(by=granting("t-1", good="t-1")) as server:
        client = with_a_key(server)
        await client.logs.page(LogSearch(), 1, 50)
        await client.logs.page(LogSearch(), 2, 50)
        await client.aclose()
    assert [request.path for request in server.requests] == [
        "/v2/auth/token",
        "/platform/v1/organizations/12345/logs",
        "/platform/v1/organizations/12345/logs",
    ]
    asked = server.requests[0]
    assert asked.method == "POST"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in asked.headers
    assert asked.form["grant_type"] == "client_credentials"


async def test_a_refused_token_is_renewed_and_the_call_made_again() -> None:
    async with Server(by=granting("old", "new", good="new")) as server:
        client = with_a_key(server)
        page = await client.logs.page(LogSearch(), 1, 50)
        await client.aclose()
    assert [log.id for log in page.logs] == ["a"]
    assert [request.headers.get("authorization") for request in server.requests] == [
        None,
        "Bearer old",
        None,
        "Bearer new",
    ]


async def test_a_second_refusal_in_one_call_is_the_end_of_it() -> None:
    async with Server(by=granting("t-1", "t-2", "t-3")) as server:
        client = with_a_key(server)
        with pytest.raises(NotAuthorized, match=r"\(401\)"):
            await client.logs.page(LogSearch(), 1, 50)
        await client.aclose()
    assert len(server.requests) == 4


async def test_a_missing_right_does_not_cost_a_new_token() -> None:
    async with Server(by=granting("t-1", "t-2", otherwise=403)) as server:
        client = with_a_key(server)
        with pytest.raises(NotAuthorized, match=r"\(403\)"):
            await client.logs.page(LogSearch(), 1, 50)
        await client.aclose()
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refused_assertion_is_said_in_the_words_of_the_server_with_a_hint(status: int) -> None:
    refusal = {
        "error": "invalid_request",
        "error_description": "Public key not found, check client_id, kid and Redox dashboard settings",
        "error_uri": "",
    }
    async with Server(answer(refusal, status)) as server:
        client = with_a_key(server)
        with pytest.raises(NotAuthorized) as caught:
            await client.logs.page(LogSearch(), 1, 50)
        await client.aclose()
    assert caught.value.title == "No token was given for this key."
    assert caught.value.detail == f"The server says: {refusal['error_description']}."
    assert "key id" in caught.value.hint
    assert server.requests[0].form["client_assertion"] not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        pytest.param(answer(b"<html>"), BadAnswer, id="web page"),
        pytest.param(answer(b"[]"), BadAnswer, id="array"),
        pytest.param(answer({"token_type": "Bearer"}), BadAnswer, id="no token"),
        pytest.param(answer(b"", 404), NotFound, id="404"),
        pytest.param(answer(b"", 302, location="https://evil.example/"), BadAnswer, id="redirect"),
        pytest.param(answer(b"", 500), ServerTrouble, id="500"),
        pytest.param(b"", Unreachable, id="nothing"),
    ],
)
async def test_any_other_answer_of_the_token_endpoint_is_an_error_in_words(
    raw: bytes, kind: type[PlatformError]
) -> None:
    async with Server(raw) as server:
        client = with_a_key(server)
        with pytest.raises(kind):
            await client.logs.page(LogSearch(), 1, 50)
        await client.aclose()
    assert len(server.requests) == 1
