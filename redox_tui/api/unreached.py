"""Why no connection was made, in words: from the errors that lie beneath the one of httpx.

With a proxy every name is looked up and every socket is opened for the proxy, so these failures are its own; a
certificate is the server's, shown inside the tunnel, unless TLS is spoken with the proxy too.
"""

import os
import socket
import ssl
from collections.abc import Iterator
from typing import Final

from redox_tui.api.errors import PlatformError, Unreachable
from redox_tui.api.http import httpx
from redox_tui.api.proxies import ProxyRoute
from redox_tui.api.trust import untrusted

REACH: Final = "Check --base-url and this machine's network."


class ProxyRefusal(Unreachable):
    """A proxy that will not open the way; it would not the next time either."""

    is_retryable = False


def unreached(
    error: httpx.ConnectError | httpx.ProxyError, host: str, route: ProxyRoute | None, source: str
) -> PlatformError:
    """What to say of a connection to `host` that was not made; `source` is the words of the `Trust` in use."""
    if route and isinstance(error, httpx.ProxyError):
        return _refused(error, host, route)
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            either = f" or of the proxy {route.shown}" if route and route.url.scheme == "https" else ""
            return untrusted(cause, host + either, source)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Unreachable(f"{through(host, route)} could not agree on TLS with this machine.", hint=REACH)
    whom, hint = (f"The proxy {route.shown}", f"Check {route.variable}.") if route else (host, REACH)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Unreachable(f"{whom} cannot be found: no such name.", hint=hint)
    numbers = [cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno]
    words = os.strerror(numbers[-1]).lower() if numbers else "no connection"
    return Unreachable(f"{whom} cannot be reached: {words}.", hint=hint)


def through(host: str, route: ProxyRoute | None) -> str:
    """The host, and the proxy before it: for what may be the fault of either."""
    return f"{host} through the proxy {route.shown}" if route else host


def _refused(error: httpx.ProxyError, host: str, route: ProxyRoute) -> PlatformError:
    """By the status that the proxy gave to CONNECT; httpcore passes on nothing else but the proxy's own phrase."""
    status = str(error)[:3]
    proxy = f"The proxy {route.shown}"
    match status:
        case "407" if route.url.userinfo:
            title = f"{proxy} does not take the name and password of {route.variable} (407)."
            return ProxyRefusal(title, hint=f"Check {route.variable}. Only Basic authentication is supported.")
        case "407":
            hint = f"Write them into {route.password_place}: http://NAME:PASSWORD@HOST:PORT"
            return ProxyRefusal(f"{proxy} wants a name and password (407).", hint=hint)
        case "429" | "500" | "502" | "503" | "504":
            return Unreachable(f"{proxy} could not connect to {host} ({status}).", hint="Try again in a moment.")
        case _:
            hint = "Ask who runs the proxy. NO_PROXY names the hosts that need none."
            return ProxyRefusal(f"{proxy} refuses to connect to {host} ({status}).", hint=hint)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what lies beneath it, outermost first; of several at once, as for several addresses, the first."""
    inner: BaseException | None = error
    while inner:
        yield inner
        group = inner.exceptions if isinstance(inner, BaseExceptionGroup) else ()
        inner = next(iter(group), None) or inner.__cause__ or inner.__context__
