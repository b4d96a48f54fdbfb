"""Whether a call goes through a proxy, by the same variables of the environment as in curl (security.md HT-10)."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from redox_tui.api.errors import BadRequest
from redox_tui.api.http import httpx
from redox_tui.domain.connection import NO_PROXY, is_loopback


@dataclass(frozen=True, slots=True)
class ProxyRoute:
    """The proxy to go through. `url` holds its credential, `shown` hides it, `variable` is where it was named."""

    url: httpx.URL = field(repr=False)
    shown: str
    variable: str

    @property
    def password_place(self) -> str:
        """Where a name and password for it are written; a profile and a command line are read by others."""
        return self.variable if self.variable in _VARIABLES else "HTTPS_PROXY, instead of naming it elsewhere"


def proxy_for(base_url: str, environ: Mapping[str, str], proxy: str | None = None) -> ProxyRoute | None:
    """The proxy that the connection or, where that says nothing, the environment names for this address, if any.

    Lower case wins, an empty variable is as good as none, and loopback is never left. Raises BadRequest for a proxy
    that cannot be understood.
    """
    target = httpx.URL(base_url)
    if target.scheme != "https" or is_loopback(target.host) or proxy == NO_PROXY:
        return None
    if proxy:
        return _route(proxy, "the profile or --proxy")
    if _is_exempt(target, environ):
        return None
    for variable in _VARIABLES:
        if text := environ.get(variable, "").strip():
            return _route(text, variable)
    return None


def as_proxy(route: ProxyRoute, context: ssl.SSLContext) -> httpx.Proxy:
    """The same for httpx; `context` judges the proxy's own certificate, if it has one."""
    return httpx.Proxy(route.url, ssl_context=context if route.url.scheme == "https" else None)


_VARIABLES: Final = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_HOST: Final = re.compile(rb"[a-z0-9._:-]+")
_EXEMPT: Final = re.compile(r"(?:\[(?P<bracketed>[^]]+)\]|(?P<plain>[^:]+))(?::(?P<port>[0-9]{1,5}))?")
_WRITTEN: Final = (
    "Write it as http://HOST:PORT or http://NAME:PASSWORD@HOST:PORT, with signs such as @ / # as %40 %2F %23."
)


def _route(text: str, variable: str) -> ProxyRoute:
    url = _read(text if "://" in text else f"http://{text}")
    if url is None:
        raise BadRequest(f"The proxy in {variable} cannot be read.", hint=_WRITTEN)
    if url.scheme not in ("http", "https"):
        raise BadRequest(f"The proxy in {variable} is of a kind that cannot be used.", hint=_WRITTEN)
    hidden = "***@" if url.userinfo else ""
    return ProxyRoute(url, f"{url.scheme}://{hidden}{url.netloc.decode('ascii')}", variable)


def _read(text: str) -> httpx.URL | None:
    """None for what is no such URL, so that no error comes up that quotes a piece of a password."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError):
        return None
    # An unescaped / # or ? in a password ends the host early: "http://name:12/34@proxy" would go to the host "name".
    is_whole = url.path in ("", "/") and not url.query and not url.fragment
    has_port = url.port is None or 0 < url.port <= 65_535
    return url if is_whole and has_port and _HOST.fullmatch(url.raw_host) else None


def _is_exempt(target: httpx.URL, environ: Mapping[str, str]) -> bool:
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    host, port = target.host.rstrip("."), target.port or 443
    return any(_covers(entry, host, port) for entry in re.split(r"[\s,]+", listed.lower()) if entry)


def _covers(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY means this host: a name and all below it, an address, a network, or `*`."""
    parts = _EXEMPT.fullmatch(entry)
    name = (parts["bracketed"] or parts["plain"]) if parts else entry
    if parts and parts["port"] and int(parts["port"]) != port:
        return False
    if name == "*":
        return True
    if address := _address(host):
        return _holds(name, address)
    return f".{host}".endswith("." + name.removeprefix("*").strip("."))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _holds(network: str, address: IPv4Address | IPv6Address) -> bool:
    try:
        return address in ip_network(network, strict=False)
    except ValueError:
        return False
