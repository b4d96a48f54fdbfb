"""HT-10: which proxy a call goes through, that its password stays hidden, and the call through a real one."""

import ssl
from pathlib import Path

import pytest

from redox_tui.api.errors import BadRequest
from redox_tui.api.http import httpx
from redox_tui.api.proxies import ProxyRoute, as_proxy, proxy_for
from redox_tui.api.trust import trust
from redox_tui.domain.connection import Connection, ConnectionProblem

from .proxy import Proxy
from .server import Server, answer
from .tls import NAME, ask, bundle, serving

BASE = "https://api.redoxengine.com"
PASSWORD = "hunter2-of-the-proxy"
ONE, OTHER = "http://one.example:3128", "http://other.example:3128"


def shown(base_url: str, **environ: str) -> str | None:
    route = proxy_for(base_url, environ)
    return route.shown if route else None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": ONE}, ONE),
        ({"https_proxy": ONE}, ONE),
        ({"https_proxy": ONE, "HTTPS_PROXY": OTHER}, ONE),
        ({"https_proxy": "", "HTTPS_PROXY": ONE}, ONE),
        ({"https_proxy": "  ", "HTTPS_PROXY": f" {ONE} "}, ONE),
        ({"ALL_PROXY": ONE}, ONE),
        ({"all_proxy": ONE, "ALL_PROXY": OTHER}, ONE),
        ({"HTTPS_PROXY": ONE, "all_proxy": OTHER}, ONE),
        ({"HTTP_PROXY": ONE, "http_proxy": ONE, "FTP_PROXY": ONE, "PROXY": ONE}, None),
        ({"HTTPS_PROXY": "one.example:3128"}, ONE),
        ({"HTTPS_PROXY": "one.example"}, "http://one.example"),
        ({"HTTPS_PROXY": "HTTP://One.Example:3128/"}, ONE),
        ({"HTTPS_PROXY": "https://one.example:8443"}, "https://one.example:8443"),
        ({"HTTPS_PROXY": "http://10.0.0.1:3128"}, "http://10.0.0.1:3128"),
        ({"HTTPS_PROXY": "http://[fd00::1]:3128"}, "http://[fd00::1]:3128"),
        ({"HTTPS_PROXY": "http://127.0.0.1:3128"}, "http://127.0.0.1:3128"),
        ({"HTTPS_PROXY": f"http://me:{PASSWORD}@one.example:3128"}, "http://***@one.example:3128"),
        ({"HTTPS_PROXY": f"me:{PASSWORD}@one.example:3128"}, "http://***@one.example:3128"),
        ({"HTTPS_PROXY": "http://me@one.example:3128"}, "http://***@one.example:3128"),
        ({"HTTPS_PROXY": f"http://:{PASSWORD}@one.example:3128"}, "http://***@one.example:3128"),
    ],
)
def test_ht_10_the_variables_are_read_as_curl_reads_them(environ: dict[str, str], expected: str | None) -> None:
    assert shown(BASE, **environ) == expected


@pytest.mark.parametrize(
    ("exempt", "host", "is_direct"),
    [
        ("", "api.redoxengine.com", False),
        ("api.redoxengine.com", "api.redoxengine.com", True),
        ("API.RedoxEngine.com", "api.redoxengine.com", True),
        ("api.redoxengine.com", "API.RedoxEngine.com", True),
        ("redoxengine.com", "api.redoxengine.com", True),
        (".redoxengine.com", "api.redoxengine.com", True),
        (".redoxengine.com", "redoxengine.com", True),
        ("*.redoxengine.com", "api.redoxengine.com", True),
        ("redoxengine.com.", "api.redoxengine.com", True),
        ("redoxengine.com", "api.redoxengine.com.", True),
        ("engine.com", "api.redoxengine.com", False),
        ("api.redoxengine.com", "redoxengine.com", False),
        ("redoxengine.com", "redoxengine.com.evil.example", False),
        ("a.example, b.example,redoxengine.com", "api.redoxengine.com", True),
        ("a.example redoxengine.com", "api.redoxengine.com", True),
        (",, ,", "api.redoxengine.com", False),
        ("*", "api.redoxengine.com", True),
        ("a.example,*", "api.redoxengine.com", True),
        (".", "api.redoxengine.com", False),
        ("redoxengine.com:443", "api.redoxengine.com", True),
        ("redoxengine.com:8443", "api.redoxengine.com", False),
        ("redoxengine.com:8443", "api.redoxengine.com:8443", True),
        ("redoxengine.com:443", "api.redoxengine.com:8443", False),
        ("redoxengine.com", "api.redoxengine.com:8443", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:443", "10.1.2.3", True),
        ("10.1.2.3:444", "10.1.2.3", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.1.2.99/24", "10.1.2.3", True),
        ("10.0.0.0/16", "10.1.2.3", False),
        ("10.0.0.0/99", "10.1.2.3", False),
        ("2.3", "10.1.2.3", False),
        ("10.0.0.0/8", "api.redoxengine.com", False),
        ("fd00::1", "[fd00::1]", True),
        ("fd00:0:0::1", "[fd00::1]", True),
        ("[fd00::1]", "[fd00::1]", True),
        ("[fd00::1]:443", "[fd00::1]", True),
        ("[fd00::1]:444", "[fd00::1]", False),
        ("fd00::/8", "[fd00::1]", True),
        ("fe80::/10", "[fd00::1]", False),
        ("0.0.0.0/0", "[fd00::1]", False),
        ("[", "api.redoxengine.com", False),
    ],
)
def test_ht_10_the_hosts_in_no_proxy_are_asked_directly(exempt: str, host: str, is_direct: bool) -> None:
    assert shown(f"https://{host}", HTTPS_PROXY=ONE, NO_PROXY=exempt) == (None if is_direct else ONE)
    assert shown(f"https://{host}", HTTPS_PROXY=ONE, no_proxy=exempt) == (None if is_direct else ONE)


def test_ht_10_no_proxy_in_lower_case_wins() -> None:
    assert shown(BASE, HTTPS_PROXY=ONE, no_proxy="a.example", NO_PROXY="*") == ONE
    assert shown(BASE, HTTPS_PROXY=ONE, no_proxy="", NO_PROXY="*") is None


@pytest.mark.parametrize(
    "base_url",
    [
        "http://127.0.0.1:8787",
        "http://localhost:8787",
        "https://127.0.0.1",
        "https://127.9.9.9:8443",
        "https://localhost",
        "https://LOCALHOST:8443",
        "https://[::1]:8443",
    ],
)
def test_ht_10_what_is_on_this_machine_is_never_asked_through_a_proxy(base_url: str) -> None:
    assert shown(base_url, HTTPS_PROXY=ONE, HTTP_PROXY=ONE, ALL_PROXY=ONE, no_proxy="") is None
    assert shown(base_url, HTTPS_PROXY="socks5://not.even.looked.at") is None


def test_ht_10_what_is_in_clear_is_never_shown_to_a_proxy() -> None:
    assert shown("http://api.example", HTTPS_PROXY=ONE, HTTP_PROXY=ONE, ALL_PROXY=ONE) is None


@pytest.mark.parametrize(
    "text",
    [
        f"socks5://me:{PASSWORD}@one.example:1080",
        f"socks5h://me:{PASSWORD}@one.example:1080",
        f"socks4://{PASSWORD}@one.example",
        f"{PASSWORD}://one.example:3128",
        f"ftp://me:{PASSWORD}@one.example",
        f"http://me:{PASSWORD}#1@one.example:3128",
        f"http://me:{PASSWORD}/1@one.example:3128",
        f"http://me:12/{PASSWORD}@one.example:3128",
        f"http://me:?{PASSWORD}@one.example:3128",
        f"http://me:12#{PASSWORD}@one.example:3128",
        f"http://me:{PASSWORD}\\@one.example\\:3128",
        f"http://me:{PASSWORD}@one.example:port",
        f"http://me:{PASSWORD}@one.example:99999",
        f"http://me:{PASSWORD}@one.example:0",
        f"http://me:{PASSWORD}@one.example:3128/path",
        f"http://me:{PASSWORD}@one example:3128",
        f"http://me:{PASSWORD}@one\nexample:3128",
        f"http://me:{PASSWORD}@[fd00::1",
        f"http://me:{PASSWORD}@☃.example",
        f"http://me:{PASSWORD}@:3128",
        f"http://me:{PASSWORD}\udcff@one.example",
        f"http:///{PASSWORD}",
        "http://",
        "://",
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy"])
def test_ht_10_a_proxy_that_cannot_be_used_is_refused_by_the_name_of_its_variable(variable: str, text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        proxy_for(BASE, {variable: text})
    error = caught.value
    assert error.title.startswith(f"The proxy in {variable} ")
    assert error.hint.startswith("Write it as http://HOST:PORT or http://NAME:PASSWORD@HOST:PORT")
    assert PASSWORD not in f"{error}{error!r}{vars(error)}{error.__context__!r}"


def test_ht_10_the_password_is_in_no_repr() -> None:
    route = route_to(f"http://me:{PASSWORD}@one.example:3128")
    for thing in (route, route.url, as_proxy(route, ssl.create_default_context())):
        assert PASSWORD not in f"{thing!r}"
    assert f"{route.shown} {route.variable}" == "http://***@one.example:3128 HTTPS_PROXY"


def test_ht_10_the_proxy_of_the_connection_wins_over_the_environment() -> None:
    environ = {"HTTPS_PROXY": OTHER, "NO_PROXY": "*"}
    route = proxy_for(BASE, environ, ONE)
    assert route
    assert (route.shown, route.variable) == (ONE, "the profile or --proxy")
    assert proxy_for(BASE, {"HTTPS_PROXY": OTHER}, "none") is None
    assert proxy_for("https://127.0.0.1:8443", {}, ONE) is None


def test_ht_10_a_password_is_read_from_the_environment_only() -> None:
    with pytest.raises(ConnectionProblem, match="read from HTTPS_PROXY only") as caught:
        Connection(BASE, "12345", proxy=f"http://me:{PASSWORD}@one.example:3128")
    assert PASSWORD not in str(caught.value)
    route = proxy_for(BASE, {}, ONE)
    assert route
    assert route.password_place.startswith("HTTPS_PROXY")


def test_ht_10_signs_in_a_name_and_password_are_written_as_in_a_url() -> None:
    proxy = as_proxy(route_to("http://me%40work:p%3A%2F%23%C3%A9@one.example"), ssl.create_default_context())
    assert proxy.auth == ("me@work", "p:/#é")
    assert f"{proxy.url}" == "http://one.example"


def route_to(proxy: str, base_url: str = f"https://{NAME}") -> ProxyRoute:
    route = proxy_for(base_url, {"HTTPS_PROXY": proxy})
    assert route
    return route


def https_server() -> Server:
    server = Server(answer(b"{}"))
    server.tls = serving()
    return server


async def test_ht_10_a_call_goes_through_the_tunnel_of_a_proxy(tmp_path: Path) -> None:
    async with https_server() as server, Proxy({f"{NAME}:443": server.host}) as proxy:
        response = await ask(f"https://{NAME}/logs?patient=x", trust(bundle(tmp_path), {}), route_to(proxy.url()))
    assert (response.status_code, proxy.tunnels, len(server.requests)) == (200, [f"{NAME}:443"], 1)


async def test_ht_10_a_proxy_that_speaks_tls_is_checked_against_the_same_authorities(tmp_path: Path) -> None:
    async with https_server() as server, Proxy({f"{NAME}:443": server.host}, tls=serving()) as proxy:
        response = await ask(f"https://{NAME}", trust(bundle(tmp_path), {}), route_to(proxy.url()))
    assert (response.status_code, proxy.tunnels) == (200, [f"{NAME}:443"])


async def test_ht_10_the_proxy_gets_its_own_credential_and_nothing_of_the_request(tmp_path: Path) -> None:
    wanted = f"me@work:{PASSWORD}"
    async with https_server() as server, Proxy({f"{NAME}:443": server.host}, wants=wanted) as proxy:
        route = route_to(proxy.url(wanted.replace("@", "%40")))
        context = trust(bundle(tmp_path), {}).context
        async with httpx.AsyncClient(verify=context, trust_env=False, proxy=as_proxy(route, context)) as http:
            await http.get(f"https://{NAME}/logs?patient=x", headers={"authorization": "Bearer the-token"})
    [head], [request] = proxy.heads, server.requests
    assert not [word for word in ("bearer", "token", "logs", "patient", PASSWORD) if word in head.lower()]
    assert request.headers["authorization"] == "Bearer the-token"
    assert "proxy-authorization" not in request.headers


async def test_ht_10_a_password_file_is_not_read_for_a_proxy(tmp_path: Path, home: Path) -> None:
    async with https_server() as server, Proxy({f"{NAME}:443": server.host}) as proxy:
        (home / ".netrc").write_text(f"default login me password {PASSWORD}\n")
        await ask(f"https://{NAME}", trust(bundle(tmp_path), {}), route_to(proxy.url()))
    assert "authorization" not in proxy.heads[0].lower()
    assert "authorization" not in server.requests[0].headers
