"""HT-06: the credential goes to the configured address, whatever a base URL, an id or a link tries."""

import json
from contextlib import suppress

import httpx
import pytest

from redox_tui.api import endpoints
from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.endpoints import Endpoint
from redox_tui.api.errors import BadRequest
from redox_tui.api.origin import GuardedTransport
from redox_tui.api.walk import walk
from redox_tui.domain.connection import Connection, ConnectionProblem
from redox_tui.domain.search import LogSearch

from .given import LOGS_OF_ORGANIZATION, ORGANIZATION, TOKEN, client_of, page_body
from .server import Server, answer

BASE = "https://api.redoxengine.com"


class Recorder(httpx.AsyncBaseTransport):
    """Stands where the network is, since the hosts of these tests must not be asked."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(page_body()))


def client_at(base_url: str, recorder: Recorder) -> PlatformClient:
    return PlatformClient(Connection(base_url, ORGANIZATION), lambda _: GivenToken(TOKEN), transport=recorder)


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.redoxengine.com@evil.example/",
        "https://api.redoxengine.com:443@evil.example",
        "https://user:password@api.redoxengine.com",
        "https://@api.redoxengine.com",
        "https://api.redoxengine.com\\@evil.example",
        "https:\\\\evil.example",
        "https://api.redoxengine.com?@evil.example",
        "https://api.redoxengine.com#@evil.example",
        "https://api.redox\nengine.com",
        "https://api.redoxengine.com/\x7f",
        "https://api.redoxengine.com :443",
        "https://api.redoxengine.com:port",
        "https://api.redoxengine.com:99999",
        "https://[evil.example]/",
        "https:///evil.example",
        "https:evil.example",
        "//evil.example",
        "evil.example",
        "",
        "ftp://api.redoxengine.com",
        "file:///etc/passwd",
        "javascript://api.redoxengine.com/%0aalert(1)",
        "http://api.redoxengine.com",
        "HTTP://api.redoxengine.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://evil.example/127.0.0.1",
        "http://localhost.",
        "http://0.0.0.0:8787",
        "http://10.0.0.1:8787",
        "http://192.168.0.1",
        "http://2130706433",
        "http://[::2]:8787",
    ],
)
def test_ht_06_a_base_url_that_could_mislead_the_credential_is_refused(base_url: str) -> None:
    with pytest.raises(ConnectionProblem) as caught:
        Connection(base_url, ORGANIZATION)
    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    "base_url",
    ["http://127.0.0.1:8787", "http://127.9.9.9", "http://localhost:1", "http://LOCALHOST", "http://[::1]:8787", BASE],
)
def test_ht_06_https_anywhere_and_http_on_loopback_are_taken(base_url: str) -> None:
    assert Connection(base_url + "/", ORGANIZATION).base_url == base_url


@pytest.mark.parametrize(
    "base_url",
    [
        "https://[::1].evil.example",
        "http://[::1]evil.example:80",
        "https://☃.example",
        "https://xn--a.example",
    ],
)
def test_ht_06_a_base_url_that_the_network_stack_cannot_read_is_refused_too(base_url: str) -> None:
    with pytest.raises(BadRequest, match="The base URL cannot be read"):
        client_at(base_url, Recorder())


@pytest.mark.parametrize(
    "path",
    [
        "@evil.example/x",
        ":443@evil.example/x",
        ":token@evil.example/x",
        ".evil.example/x",
        ".:443/x",
        "evil.example/x",
        ":8443/platform",
        ":80/platform",
        "%2eevil.example/x",
        "%40evil.example/x",
        "/../x",
        "/./../x",
        "/platform/../../x",
        "/platform/../../gateway2/x",
        "/../gateway/../x",
        "2/x",
    ],
)
async def test_ht_06_a_request_that_would_leave_the_address_is_not_sent(path: str) -> None:
    recorder = Recorder()
    client = client_at(f"{BASE}/gateway" if path[0] in "/2" else BASE, recorder)
    with pytest.raises(BadRequest, match="was not sent: it is not the configured address"):
        await client.call(Endpoint("GET", path, "logs", is_read=True), {}, read=len)
    await client.aclose()
    assert recorder.requests == []


LEAVES = [
    "http://api.redoxengine.com/gateway/x",
    "https://api.redoxengine.com:8443/gateway/x",
    "https://api.redoxengine.com:80/gateway/x",
    "https://evil.example/gateway/x",
    "https://api.redoxengine.com.evil.example/gateway/x",
    "https://evil.example/https://api.redoxengine.com/gateway/x",
    "https://evil-api.redoxengine.com/gateway/x",
    "https://redoxengine.com/gateway/x",
    "https://api.redoxengine.com./gateway/x",
    "https://api.redoxengine.com@evil.example/gateway/x",
    "https://api.redoxengine.com:443@evil.example/gateway/x",
    "https://user@api.redoxengine.com/gateway/x",
    "https://user:password@api.redoxengine.com/gateway/x",
    "https://xn--pi-7cd.redoxengine.com/gateway/x",
    "https://аpi.redoxengine.com/gateway/x",
    "https://127.0.0.1/gateway/x",
    "https://[::1]/gateway/x",
    "ftp://api.redoxengine.com/gateway/x",
    "https://api.redoxengine.com/",
    "https://api.redoxengine.com/gateway",
    "https://api.redoxengine.com/gateway2/x",
    "https://api.redoxengine.com/Gateway/x",
    "https://api.redoxengine.com//gateway/x",
    "https://api.redoxengine.com/x/gateway/x",
    "https://api.redoxengine.com/gateway/../x",
    "https://api.redoxengine.com/gateway/./../x",
    "https://api.redoxengine.com/gateway/%2e%2e/x",
    "https://api.redoxengine.com/gateway/%2E./x",
    "https://api.redoxengine.com/gateway/..%2fx",
    "https://api.redoxengine.com/gateway/%2e%2e%2fx",
    "https://api.redoxengine.com/gateway/x/%2e%2e/%2e%2e/y",
    "https://api.redoxengine.com/gateway/..\\x",
    "https://api.redoxengine.com/gateway/..%5cx",
    "https://api.redoxengine.com/gateway/%5c..%5c..%5cx",
]
"""URLs that are not below https://api.redoxengine.com/gateway, or that some server would not take to be."""

STAYS = [
    "https://api.redoxengine.com/gateway/x",
    "https://api.redoxengine.com:443/gateway/x",
    "HTTPS://API.RedoxEngine.com/gateway/x",
    "https://api.redoxengine.com/gateway/",
    "https://api.redoxengine.com/gateway/x/../y",
    "https://api.redoxengine.com/gateway/a%2Fb",
    "https://api.redoxengine.com/gateway/a..b/...",
    "https://api.redoxengine.com/gateway/x?next=https://evil.example/../..",
]


async def guarded(url: str) -> bool:
    """Whether a request to an URL leaves through the guard of an address with a path."""
    recorder = Recorder()
    async with httpx.AsyncClient(transport=GuardedTransport(httpx.URL(f"{BASE}/gateway"), recorder)) as http:
        with suppress(BadRequest):
            await http.get(url, headers={"authorization": f"Bearer {TOKEN}"})
    return bool(recorder.requests)


@pytest.mark.parametrize("url", LEAVES)
async def test_ht_06_the_guard_stops_what_is_not_below_the_address(url: str) -> None:
    assert not await guarded(url)


@pytest.mark.parametrize("url", STAYS)
async def test_ht_06_the_guard_passes_on_what_is(url: str) -> None:
    assert await guarded(url)


async def test_ht_06_the_guard_stands_below_redirects() -> None:
    """Whatever httpx might follow by itself would have to pass it too."""

    async def redirect(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": "https://evil.example/gateway/"})

    guard = GuardedTransport(httpx.URL(BASE), httpx.MockTransport(redirect))
    async with httpx.AsyncClient(transport=guard, follow_redirects=True) as http:
        with pytest.raises(BadRequest, match=r"evil\.example was not sent"):
            await http.get(f"{BASE}/gateway/x")


async def test_ht_06_what_the_guard_stops_is_not_tried_again() -> None:
    recorder = Recorder()
    client = client_at(BASE, recorder)
    with pytest.raises(BadRequest):
        await client.call(Endpoint("GET", "@evil.example/x", "logs", is_read=True), {}, read=len)
    await client.aclose()
    assert recorder.requests == []


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "/%2e%2e/%2e%2e/x", "/https://evil.example"])
async def test_ht_06_a_request_with_an_odd_path_still_goes_to_the_address(path: str) -> None:
    recorder = Recorder()
    client = client_at(BASE, recorder)
    await client.call(Endpoint("GET", path, "logs"), {}, read=len)
    await client.aclose()
    [request] = recorder.requests
    assert (request.url.scheme, request.url.host, request.url.port) == ("https", "api.redoxengine.com", None)


async def test_ht_06_another_spelling_of_the_same_address_is_the_same_address() -> None:
    recorder = Recorder()
    client = client_at("https://API.RedoxEngine.com:443/", recorder)
    await client.call(endpoints.LOGS_OF_ORGANIZATION, {"organization": ORGANIZATION}, read=len)
    await client.aclose()
    [request] = recorder.requests
    assert str(request.url) == f"{BASE}{LOGS_OF_ORGANIZATION}"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "before",
    [
        "http://{other}",
        "//{other}",
        "http://{server}@{other}",
        "http://{other}\\@{server}",
        "/../../..",
        "http://{other}/%2e%2e",
        "javascript:",
        "http://[::1",
    ],
)
async def test_ht_06_of_a_link_only_its_page_and_its_cursor_are_taken(before: str) -> None:
    """Links come from the answer, and an answer may come from anybody who can write one."""
    async with Server() as other:

        def say(link: str) -> bytes:
            return answer(json.loads(page_body([link])) | {"meta": {"links": {"next": link}}})

        async with Server() as server:
            link = before.format(other=other.host, server=server.host) + "/x?_page=2&organization=999&_cursor="
            script = iter([say(link), answer(page_body())])
            server.answer_by(lambda _: next(script))
            async with client_of(server) as client:
                batches = [batch async for batch in walk(client.logs, LogSearch(), 50)]
        assert other.requests == []
    assert len(batches) == len(server.requests) <= 2
    assert {request.path for request in server.requests} == {LOGS_OF_ORGANIZATION}
    assert all(request.query.keys() <= {"_page", "_count"} for request in server.requests)
