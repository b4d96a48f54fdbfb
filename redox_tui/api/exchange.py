"""One request and its whole answer: bounded in time and size, and each way to fail is a `Failed` with its trouble."""

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from typing import Final

from redox_tui.api.bodies import BodyDamaged, BodyTooLarge, body
from redox_tui.api.endpoints import Endpoint
from redox_tui.api.errors import BadAnswer, PlatformError, TimedOut, Unreachable
from redox_tui.api.http import httpx
from redox_tui.api.policy import Outcome, Patience, Trouble
from redox_tui.api.unreached import REACH, through, unreached
from redox_tui.api.way import Way

_MOST_HEAD: Final = 64 << 10
"""Bytes of all headers together (HT-08)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; the body is inflated."""

    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)


class Failed(Exception):
    """A try that did not work: what to say of it, and what kind of trouble it was."""

    def __init__(self, error: PlatformError, trouble: Trouble, *, status: int = 0, retry_after: str = "") -> None:
        super().__init__(error.title)
        self.error = error
        self.trouble = trouble
        self.status = status
        self.retry_after = retry_after

    def outcome(self, endpoint: Endpoint) -> Outcome:
        """What the policy has to know."""
        return Outcome(self.trouble, self.status, self.retry_after, endpoint.is_read, endpoint.has_range)


async def exchange(
    transport: httpx.AsyncBaseTransport,
    request: httpx.Request,
    endpoint: Endpoint,
    way: Way,
    patience: Patience,
    seconds: float,
) -> Answer:
    """Send a request and read its answer within so many seconds; raises Failed.

    The transport is asked itself: a client of httpx would keep cookies and look where a redirect leads.
    """
    request.extensions["timeout"] = {
        "connect": patience.connect,
        "read": patience.read,
        "write": patience.write,
        "pool": patience.pool,
    }
    response: httpx.Response | None = None
    try:
        async with asyncio.timeout(seconds):
            response = await transport.handle_async_request(request)
            return Answer(response.status_code, response.headers, await _read(response, endpoint, patience))
    except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout) as error:
        limit = seconds if isinstance(error, TimeoutError) else patience.read
        raise Failed(timed_out(endpoint, limit), Trouble.STALLED if response else Trouble.SILENT) from None
    except (httpx.HTTPError, ssl.SSLError) as error:
        raise _failed(error, way, patience) from None
    finally:
        if response:
            await response.aclose()


async def _read(response: httpx.Response, endpoint: Endpoint, patience: Patience) -> bytes:
    if sum(len(name) + len(value) + 4 for name, value in response.headers.raw) > _MOST_HEAD:
        raise Failed(BadAnswer(f"The head of the answer is larger than {_MOST_HEAD >> 10} KiB."), Trouble.DAMAGED)
    begun = time.monotonic()
    came = 0
    try:
        whole = body(response.headers.get("content-encoding", ""), endpoint.most_bytes)
        async for chunk in response.aiter_raw():
            came += len(chunk)
            whole.add(chunk)
            seconds = time.monotonic() - begun
            if seconds > patience.crawl and came < seconds * patience.slowest:
                raise Failed(timed_out(endpoint, seconds), Trouble.STALLED)
        return whole.whole()
    except BodyTooLarge:
        most = f"{endpoint.most_bytes >> 20} MiB" if endpoint.most_bytes >> 20 else f"{endpoint.most_bytes >> 10} KiB"
        error = BadAnswer(f"The answer is larger than {most}, so it was not read.", hint=shorter(endpoint))
        raise Failed(error, Trouble.DAMAGED) from None
    except BodyDamaged:
        raise Failed(
            BadAnswer("The answer is damaged: it cannot be decompressed.", hint="Try again."), Trouble.DAMAGED
        ) from None


def timed_out(endpoint: Endpoint, seconds: float) -> TimedOut:
    """The error for an answer that did not come in time."""
    return TimedOut(f"Timed out after {seconds:.0f} s while asking for {endpoint.what}.", hint=shorter(endpoint))


def shorter(endpoint: Endpoint) -> str:
    """What to do about a call that takes too long."""
    return "Narrow the time range, then try again." if endpoint.has_range else "Try again."


def _failed(error: httpx.HTTPError | ssl.SSLError, way: Way, patience: Patience) -> Failed:
    whom = through(way.host, way.route)
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        reason = unreached(error, way.host, way.route, way.source)
        return Failed(reason, Trouble.UNREACHABLE if reason.is_retryable else Trouble.REFUSED)
    if isinstance(error, httpx.ConnectTimeout):
        silence = Unreachable(f"{whom} did not answer within {patience.connect:.0f} s.", hint=REACH)
        return Failed(silence, Trouble.UNREACHABLE)
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | ssl.SSLError):
        return Failed(Unreachable(f"{whom} broke off before the answer was whole.", hint="Try again."), Trouble.BROKEN)
    return Failed(Unreachable(f"{whom} could not be asked ({type(error).__name__}).", hint=REACH), Trouble.UNREACHABLE)
