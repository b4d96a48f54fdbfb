"""HT-09, HT-10: what is said of a connection that was not made, and whose fault it is."""

import asyncio
import errno
import socket
import ssl
from pathlib import Path

import pytest

from redox_tui.api.errors import PlatformError, Unreachable
from redox_tui.api.http import httpx
from redox_tui.api.proxies import ProxyRoute, proxy_for
from redox_tui.api.trust import Trust, Untrusted, trust
from redox_tui.api.unreached import ProxyRefusal, through, unreached

from .proxy import Proxy
from .server import Server, answer
from .tls import NAME, ask, authority, bundle, serving

PASSWORD = "hunter2-of-the-proxy"
TARGET = f"{NAME}:443"


@pytest.fixture
def ours(tmp_path: Path) -> Trust:
    return trust(bundle(tmp_path), {})


def route_to(url: str) -> ProxyRoute:
    route = proxy_for(f"https://{NAME}", {"https_proxy": url})
    assert route
    return route


async def failure(trusted: Trust, route: ProxyRoute | None, url: str = f"https://{NAME}") -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        await ask(url, trusted, route)
    assert PASSWORD not in str(caught.value)
    return caught.value


async def speak_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.close()


async def test_ht_10_a_proxy_that_wants_a_credential_is_said_with_the_place_to_write_it(ours: Trust) -> None:
    async with Proxy({}, wants=f"me:{PASSWORD}") as proxy:
        error = await failure(ours, route_to(proxy.url()))
    assert isinstance(error, ProxyRefusal)
    assert str(error) == (
        f"The proxy http://{proxy.host} wants a name and password (407). "
        "Write them into https_proxy: http://NAME:PASSWORD@HOST:PORT"
    )
    assert not error.is_retryable
    assert proxy.tunnels == []


async def test_ht_10_a_proxy_that_does_not_take_the_credential_is_said_without_it(ours: Trust) -> None:
    async with Proxy({}, wants="me:another") as proxy:
        error = await failure(ours, route_to(proxy.url(f"me:{PASSWORD}")))
    assert str(error) == (
        f"The proxy http://***@{proxy.host} does not take the name and password of https_proxy (407). "
        "Check https_proxy. Only Basic authentication is supported."
    )
    assert not error.is_retryable


@pytest.mark.parametrize("status", [400, 403, 404, 405])
async def test_ht_10_a_proxy_that_forbids_the_host_is_said(ours: Trust, status: int) -> None:
    async with Proxy({}, status=status) as proxy:
        error = await failure(ours, route_to(proxy.url()))
    assert error.title == f"The proxy http://{proxy.host} refuses to connect to {NAME} ({status})."
    assert error.hint == "Ask who runs the proxy. NO_PROXY names the hosts that need none."
    assert not error.is_retryable


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_ht_10_a_proxy_that_does_not_reach_the_host_may_later(ours: Trust, status: int) -> None:
    async with Proxy({}, status=status) as proxy:
        error = await failure(ours, route_to(proxy.url()))
    assert str(error) == (
        f"The proxy http://{proxy.host} could not connect to {NAME} ({status}). Try again in a moment."
    )
    assert error.is_retryable


async def test_ht_10_a_proxy_that_is_not_there_is_said_instead_of_the_host(ours: Trust) -> None:
    async with Proxy({}) as gone:
        pass
    error = await failure(ours, route_to(gone.url(f"me:{PASSWORD}")))
    assert str(error) == f"The proxy http://***@{gone.host} cannot be reached: connection refused. Check https_proxy."
    assert isinstance(error, Unreachable)
    assert error.is_retryable


async def test_a_host_that_is_not_there_is_said(ours: Trust) -> None:
    async with Server() as gone:
        pass
    error = await failure(ours, None, f"https://{gone.host}")
    assert (
        str(error) == f"{gone.host} cannot be reached: connection refused. Check --base-url and this machine's network."
    )


def test_a_host_with_several_addresses_that_is_not_there_is_said() -> None:
    tried = ExceptionGroup(
        "", [ConnectionRefusedError(errno.ECONNREFUSED, "::1"), OSError(errno.ENETUNREACH, "fd00::1")]
    )
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = OSError("All connection attempts failed")
    error.__cause__.__cause__ = tried
    assert unreached(error, NAME, None, "").title == f"{NAME} cannot be reached: connection refused."


def test_a_name_that_does_not_exist_is_said_of_whoever_was_looked_for() -> None:
    missing = httpx.ConnectError("")
    missing.__cause__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    title = unreached(missing, NAME, None, "").title
    assert title == f"{NAME} cannot be found: no such name."
    error = unreached(missing, NAME, route_to("proxy.example:3128"), "")
    assert str(error) == "The proxy http://proxy.example:3128 cannot be found: no such name. Check https_proxy."


async def test_ht_09_a_certificate_inside_the_tunnel_is_the_server_s(ours: Trust) -> None:
    server = Server()
    server.tls = serving(ca=authority("another"))
    async with server, Proxy({TARGET: server.host}) as proxy:
        error = await failure(ours, route_to(proxy.url()))
    assert isinstance(error, Untrusted)
    assert error.title == f"The certificate of {NAME} is refused: the authority that signed it is not known."
    assert error.detail == f"It was checked against {ours.source}."
    assert server.requests == []


async def test_ht_09_a_proxy_that_opens_tls_is_found_out(ours: Trust) -> None:
    """The tunnel ends at a machine that has a certificate, but not for the name that was asked for."""
    server = Server()
    server.tls = serving("proxy.example.test")
    async with server, Proxy({TARGET: server.host}) as proxy:
        error = await failure(ours, route_to(proxy.url()))
    assert error.title == f"The certificate of {NAME} is refused: it is made out to another name."
    assert server.requests == []


async def test_ht_09_a_certificate_of_a_proxy_that_speaks_tls_is_checked(ours: Trust) -> None:
    async with Proxy({}, tls=serving(ca=authority("another"))) as proxy:
        error = await failure(ours, route_to(proxy.url(f"me:{PASSWORD}")))
    assert error.title == (
        f"The certificate of {NAME} or of the proxy https://***@{proxy.host} is refused: "
        "the authority that signed it is not known."
    )
    assert proxy.heads == []


async def test_ht_09_a_server_that_speaks_no_tls_is_said(ours: Trust) -> None:
    server = await asyncio.start_server(speak_http, "127.0.0.1", 0)
    async with server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        direct = await failure(ours, None, f"https://{host}")
        async with Proxy({TARGET: host}) as proxy:
            proxied = await failure(ours, route_to(proxy.url()))
    assert direct.title == f"{host} could not agree on TLS with this machine."
    assert proxied.title == f"{NAME} through the proxy http://{proxy.host} could not agree on TLS with this machine."


async def test_ht_09_a_server_that_hangs_up_at_the_greeting_is_said(ours: Trust) -> None:
    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        error = await failure(ours, None, f"https://{host}")
    assert error.title.startswith(host)
    assert "certificate" not in str(error)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_ht_09_a_server_that_only_speaks_an_old_tls_is_refused(ours: Trust) -> None:
    server = Server(answer(b"{}"))
    server.tls = serving()
    server.tls.set_ciphers("ALL:@SECLEVEL=0")
    server.tls.minimum_version = ssl.TLSVersion.TLSv1
    server.tls.maximum_version = ssl.TLSVersion.TLSv1_1
    ours.context.set_ciphers("ALL:@SECLEVEL=0")
    async with server:
        error = await failure(ours, None, server.url)
    assert error.title == f"{server.host} could not agree on TLS with this machine."


def test_what_may_be_the_fault_of_either_names_both() -> None:
    assert through(NAME, None) == NAME
    assert through(NAME, route_to("me:x@proxy.example:1")) == f"{NAME} through the proxy http://***@proxy.example:1"
