"""The way to the server: straight or through a proxy, and whose word is taken for who is at its end."""

import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from redox_tui.api.http import httpx
from redox_tui.api.proxies import ProxyRoute, as_proxy, proxy_for
from redox_tui.api.rate import AT_ONCE
from redox_tui.api.trust import Trust, trust
from redox_tui.domain.connection import Connection

_LIMITS = httpx.Limits(max_connections=AT_ONCE + 1, max_keepalive_connections=AT_ONCE + 1)
"""One more than there are turns: for a token, which takes none."""


@dataclass(frozen=True, slots=True)
class Way:
    """How `host` is reached. Nothing of the environment is followed but what stands here, so no netrc either."""

    host: str
    route: ProxyRoute | None = None
    trust: Trust | None = None

    @property
    def source(self) -> str:
        """Where the authorities come from that are believed, in words."""
        return self.trust.source if self.trust else "no store"

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport that goes this way."""
        context = self.trust.context if self.trust else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        proxy = as_proxy(self.route, context) if self.route else None
        return httpx.AsyncHTTPTransport(verify=context, proxy=proxy, trust_env=False, limits=_LIMITS)


def way_to(base: httpx.URL, connection: Connection) -> Way:
    """The way that connection and environment describe; raises BadRequest where it cannot be gone."""
    host = base.netloc.decode("ascii")
    if base.scheme != "https":
        return Way(host)
    route = proxy_for(f"{base}", os.environ, connection.proxy)
    bundle = Path(connection.ca_bundle) if connection.ca_bundle else None
    return Way(host, route, trust(bundle, os.environ))
