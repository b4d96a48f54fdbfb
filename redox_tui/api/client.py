"""`PlatformClient`: every call to the Platform API goes through its one funnel, which adds what httpx lacks.

That is: the credential only for the configured address, a deadline for the whole call, and errors in words.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Final

from redox_tui import __version__
from redox_tui.api import auth, endpoints, wire
from redox_tui.api.directory import DirectoryCalls
from redox_tui.api.endpoints import Endpoint
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
from redox_tui.api.http import httpx
from redox_tui.api.logs import LogCalls
from redox_tui.domain.connection import Connection

DEADLINE: Final = 60.0
"""Seconds for a whole call; the server gives up after about as long (platform-api.md §2.6)."""

_CONNECT, _READ = 5.0, 30.0
_TIMEOUTS = httpx.Timeout(connect=_CONNECT, read=_READ, write=10.0, pool=5.0)
_IN_FLIGHT = httpx.Limits(max_connections=8, max_keepalive_connections=8)


class PlatformClient:
    """One connection, one credential, one HTTP client for the life of the program.

    `tokens` gets the client so that it can ask for a token through it. `transport` replaces the network (the simulator
    in process).
    """

    def __init__(
        self,
        connection: Connection,
        tokens: Callable[["PlatformClient"], auth.TokenSource],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        try:
            self._base = httpx.URL(connection.base_url)
            self._origin = _origin(self._base)
        except (httpx.InvalidURL, UnicodeError):
            raise BadRequest("The base URL cannot be read; write it as https://api.redoxengine.com.") from None
        is_tls = self._base.scheme == "https"
        self._http = httpx.AsyncClient(
            transport=transport,
            verify=_system_trust() if is_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=is_tls,
            timeout=_TIMEOUTS,
            limits=_IN_FLIGHT,
            follow_redirects=False,
            headers={"accept": "application/json", "accept-encoding": "gzip", "user-agent": f"redox-tui/{__version__}"},
        )
        self._tokens = tokens(self)
        self.logs = LogCalls(self.call, connection)
        self.directory = DirectoryCalls(self.call, connection)

    @property
    def token_url(self) -> str:
        """Where tokens come from, and the audience of an assertion."""
        return f"{self._base}".rstrip("/") + endpoints.TOKEN.url_path()

    async def call(
        self,
        endpoint: Endpoint,
        ids: Mapping[str, str],
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Make a call and return the body of its answer; raises PlatformError for anything else."""
        try:
            request = self._http.build_request(
                endpoint.method, self._url(endpoint, ids), params=query or None, json=body
            )
        except (httpx.InvalidURL, UnicodeError):
            raise BadRequest(
                f"The request for {endpoint.what} cannot be written:", "an id or a value is too long or no text."
            ) from None
        token = await self._tokens.token()
        response = await self._send(request, endpoint, token)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._tokens.reject(token):
            response = await self._send(request, endpoint, await self._tokens.token())
        if response.status_code != httpx.codes.OK:
            raise _error(response, endpoint)
        return response.content

    async def post_for_token(self, form: dict[str, str]) -> dict[str, Any]:
        """Send an assertion to the token endpoint; the JSON object of its answer."""
        request = self._http.build_request("POST", self.token_url, data=form)
        response = await self._send(request, endpoints.TOKEN, None)
        if response.status_code in (400, 401, 403):
            raise auth.refused(wire.read_message(response.content))
        if response.status_code != httpx.codes.OK:
            raise _error(response, endpoints.TOKEN)
        return wire.read_object(response.content)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _url(self, endpoint: Endpoint, ids: Mapping[str, str]) -> str:
        return f"{self._base}".rstrip("/") + endpoint.url_path(**ids)

    async def _send(self, request: httpx.Request, endpoint: Endpoint, token: str | None) -> httpx.Response:
        if not self._is_ours(request.url):
            raise BadRequest(f"A request to {request.url.host} was not sent:", "it is not the configured address.")
        if token is not None:
            request.headers["authorization"] = f"Bearer {token}"
        try:
            async with asyncio.timeout(DEADLINE):
                return await self._http.send(request)
        except TimeoutError:
            raise _timed_out(endpoint, DEADLINE) from None
        except httpx.ConnectTimeout:
            raise Unreachable(f"{self._host} did not answer within {_CONNECT:.0f} s.", hint=_REACH) from None
        except httpx.TimeoutException:
            raise _timed_out(endpoint, _READ) from None
        except httpx.ConnectError as error:
            raise self._unreachable(error) from None
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            raise Unreachable(f"{self._host} broke off before the answer was whole.", hint="Try again.") from None
        except httpx.DecodingError:
            raise BadAnswer("The answer is damaged: it cannot be decompressed.", hint="Try again.") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Unreachable(f"{self._host} could not be asked ({type(error).__name__}).", hint=_REACH) from None

    def _is_ours(self, url: httpx.URL) -> bool:
        path = self._base.path.rstrip("/") + "/"
        return _origin(url) == self._origin and url.path.startswith(path)

    @property
    def _host(self) -> str:
        return self._base.netloc.decode("ascii")

    def _unreachable(self, error: httpx.ConnectError) -> PlatformError:
        causes = _causes(error)
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
            return Unreachable(
                f"The certificate of {self._host} is not trusted by this system's store.",
                hint="Ask who runs this network; verification cannot be switched off.",
            )
        if any(isinstance(cause, ssl.SSLError) for cause in causes):
            return Unreachable(f"{self._host} could not agree on TLS with this machine.", hint=_REACH)
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return Unreachable(f"{self._host} cannot be found: no such name.", hint=_REACH)
        numbers = [cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno]
        words = os.strerror(numbers[-1]).lower() if numbers else "no connection"
        return Unreachable(f"{self._host} cannot be reached: {words}.", hint=_REACH)


_REACH = "Check --base-url and this machine's network."


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _causes(error: BaseException) -> list[BaseException]:
    """An error and what lies beneath it, outermost first."""
    causes = [error]
    while inner := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(inner)
    return causes


def _system_trust() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _timed_out(endpoint: Endpoint, seconds: float) -> TimedOut:
    return TimedOut(f"Timed out after {seconds:.0f} s while asking for {endpoint.what}.", hint=_shorter(endpoint))


def _shorter(endpoint: Endpoint) -> str:
    return "Narrow the time range, then try again." if endpoint.has_range else "Try again."


def _error(response: httpx.Response, endpoint: Endpoint) -> PlatformError:
    """The error for a status (platform-api.md §2.5), with what the server says about it."""
    said = wire.read_message(response.content)
    detail = f"The server says: {said.rstrip('.')}." if said else ""
    status = response.status_code
    match status:
        case 401:
            return NotAuthorized("The token is wrong or has ended (401).", detail, "Get a new token, then start again.")
        case 403:
            return NotAuthorized(
                f"This credential may not read {endpoint.what} (403).", detail, "Ask for a role that may."
            )
        case 404 | 410:
            return NotFound(
                f"The server does not have {endpoint.what} ({status}).", detail, "Check the ids, and --generation."
            )
        case 400 | 405 | 413 | 414 | 422:
            return BadRequest(f"The server refused the request for {endpoint.what} ({status}).", detail)
        case 429:
            return RateLimited("Too many requests (429).", detail, "Wait a few minutes, then try again.")
        case 408 | 504 | 524:
            return TimedOut(f"The server took too long for {endpoint.what} ({status}).", detail, _shorter(endpoint))
        case _ if 300 <= status < 400:
            target = response.headers.get("location", "")
            host = httpx.URL(target).host if target.startswith(("http:", "https:")) else ""
            return BadAnswer(
                f"The answer is a redirect ({status})" + (f" to {host}." if host else "."),
                hint="Redirects are not followed; check --base-url.",
            )
        case _ if status >= 500:
            return ServerTrouble(f"The server failed on {endpoint.what} ({status}).", detail, "Try again in a moment.")
        case _:
            return BadAnswer(f"The server answered {status} for {endpoint.what}.", detail)
