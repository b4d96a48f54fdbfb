"""`PlatformClient`: every call to the Platform API goes through its one funnel, which adds what httpx lacks.

That is: the credential only for the configured address, bounds on time and size, a policy for what does not work, a
limit on the rate, and errors in words.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

from redox_tui import __version__
from redox_tui.api import auth, endpoints, policy, wire
from redox_tui.api.directory import DirectoryCalls
from redox_tui.api.endpoints import Endpoint
from redox_tui.api.errors import (
    BadAnswer,
    BadRequest,
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    TokenRefused,
    TooSlow,
)
from redox_tui.api.exchange import Answer, Failed, exchange
from redox_tui.api.filters import FilterCalls
from redox_tui.api.http import httpx
from redox_tui.api.inspector import InspectorCalls
from redox_tui.api.logs import LogCalls
from redox_tui.api.origin import GuardedTransport
from redox_tui.api.policy import Budget, Fail, Patience, Retry, Split, Trouble, decide
from redox_tui.api.protocol import Urgency
from redox_tui.api.rate import AT_ONCE, Gate
from redox_tui.api.statuses import checked
from redox_tui.api.subscriptions import SubscriptionCalls
from redox_tui.api.way import Way, way_to
from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Log, LogBatch
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import in_units

T = TypeVar("T")

_HEADERS: Final = {
    "accept": "application/json",
    "accept-encoding": "gzip",
    "user-agent": f"redox-tui/{__version__}",
}

_NOT_SENT: Final = frozenset({Trouble.UNREACHABLE, Trouble.REFUSED})

_OFF_LOOP: Final = 1 << 20
"""Bytes of an answer above which it is parsed in a thread, so that the screen goes on."""

_SKEW_TO_SIGN_AGAIN, _SKEW_TO_WARN = 30.0, 300.0
"""Seconds by which this machine's clock and the server's may differ (AU-05)."""

_ONE_DAY, _FOR_EVER = 86_400.0, 1e9

_WORTH_SAYING = 1.0
"""Seconds of a pause above which it is told."""


class PlatformClient:
    """One connection, one credential, one HTTP client for the life of the program.

    `tokens` gets the client so that it can ask for a token through it. `transport` replaces the network (the simulator
    in process). `hear` is called with what the client is doing while somebody waits for it, in words.
    """

    def __init__(
        self,
        connection: Connection,
        tokens: Callable[["PlatformClient"], auth.TokenSource],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        patience: Patience | None = None,
    ) -> None:
        try:
            self._base = httpx.URL(connection.base_url)
            self._way = Way(self._base.netloc.decode()) if transport else way_to(self._base, connection)
            self._transport = GuardedTransport(self._base, transport or self._way.transport())
        except (httpx.InvalidURL, UnicodeError):
            raise BadRequest("The base URL cannot be read; write it as https://api.redoxengine.com.") from None
        self._patience = patience or policy.PATIENCE
        self._gate = Gate(connection.rate, waits=self._tell_wait)
        self._budget = Budget()
        self._skew = 0.0
        self._tokens: auth.TokenSource = tokens(self)
        self.hear: Callable[[str], None] = lambda words: None
        self.logs = LogCalls(self.call, connection, tell=self._tell, clock=self._server_now)
        self.directory = DirectoryCalls(self.call, connection)
        self.inspector = InspectorCalls(self.call, connection, self.directory)
        self.subscriptions = SubscriptionCalls(self.call, connection)
        self.filters = FilterCalls(self.call, connection, self.subscriptions)
        self._connection = connection
        self._filters_of = {connection.environment: self.filters}

    @property
    def token_url(self) -> str:
        """Where tokens come from, and the audience of an assertion."""
        return self._url(endpoints.TOKEN, {})

    @property
    def clock_warning(self) -> str:
        """That this machine's clock is wrong by the server's, with both times; empty where they agree (AU-05)."""
        if abs(self._skew) <= _SKEW_TO_WARN:
            return ""
        return f"clocks differ: {_clock(0)} here, {_clock(self._skew)} on the server"

    def filters_of(self, environment: str | None) -> FilterCalls:
        """The filters of an environment of the organization; None is the connection's."""
        place = environment or self._connection.environment
        if place not in self._filters_of:
            there = replace(self._connection, environment=place)
            self._filters_of[place] = FilterCalls(self.call, there, SubscriptionCalls(self.call, there))
        return self._filters_of[place]

    def subscriptions_of(self, environment: str | None) -> SubscriptionCalls:
        """The subscriptions of an environment of the organization; None is the connection's."""
        place = environment or self._connection.environment
        return SubscriptionCalls(self.call, replace(self._connection, environment=place))

    async def call(
        self,
        endpoint: Endpoint,
        ids: Mapping[str, str],
        *,
        read: Callable[[bytes], T],
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        urgency: Urgency = Urgency.BROWSING,
    ) -> T:
        """Make a call and return what `read` makes of its answer; raises PlatformError for anything else."""
        try:
            url = self._url(endpoint, ids)
            unsigned = httpx.Request(endpoint.method, url, params=query or None, json=body, headers=_HEADERS)
        except (httpx.InvalidURL, UnicodeError):
            raise BadRequest(
                f"The request for {endpoint.what} cannot be written:", "an id or a value is too long or no text."
            ) from None
        token = ""

        async def signed() -> httpx.Request:
            nonlocal token
            token = await self._tokens.token()
            unsigned.headers["authorization"] = f"Bearer {token}"
            return unsigned

        try:
            return await self._send(endpoint, signed, read, urgency)
        except TokenRefused:
            if not self._tokens.reject(token):
                raise
            return await self._send(endpoint, signed, read, urgency)

    async def post_for_token(self, form: Callable[[float], dict[str, str]]) -> dict[str, Any]:
        """Get the JSON object of the token endpoint's answer.

        `form` signs an assertion at an epoch time, one for each try. Where it is refused and the clocks differ, it is
        signed once more by the server's clock.
        """
        offset = 0.0

        async def request() -> httpx.Request:
            return httpx.Request("POST", self.token_url, data=form(time.time() + offset), headers=_HEADERS)

        try:
            return await self._send(endpoints.TOKEN, request, wire.read_object, None)
        except NotAuthorized as refusal:
            if abs(self._skew) <= _SKEW_TO_SIGN_AGAIN or not auth.may_be_the_clock(refusal):
                raise
            offset = self._skew
            return await self._send(endpoints.TOKEN, request, wire.read_object, None)

    async def sign_in(self) -> None:
        """Get a token where none is at hand; raises PlatformError. Every call does that by itself."""
        await self._tokens.token()

    def every_log(
        self, search: LogSearch, *, wanted: Callable[[Log], bool], with_messages: bool = False, one_by_one: bool = False
    ) -> AsyncGenerator[LogBatch, None]:
        """Every log of a search that is wanted, newest first; see `protocol.Client`."""
        from redox_tui.api.every import every

        at_once = 1 if one_by_one else AT_ONCE
        return every(self.logs, search, wanted=wanted, with_messages=with_messages, at_once=at_once, say=self._tell)

    def with_messages(self, found: Sequence[Log], data_mode: str | None) -> AsyncGenerator[LogBatch, None]:
        """Logs with their messages, a few at a time; see `protocol.Client`."""
        from redox_tui.api.every import with_messages_of

        return with_messages_of(self.logs, found, data_mode)

    async def aclose(self) -> None:
        """Close the connections."""
        self._gate.close()
        tokens, self._tokens = self._tokens, _NoTokens()
        await tokens.close()
        await self._transport.aclose()

    def _url(self, endpoint: Endpoint, ids: Mapping[str, str]) -> str:
        return f"{self._base}".rstrip("/") + endpoint.url_path(**ids)

    async def _send(
        self,
        endpoint: Endpoint,
        request: Callable[[], Awaitable[httpx.Request]],
        read: Callable[[bytes], T],
        urgency: Urgency | None,
    ) -> T:
        """Try until it works or the policy says otherwise; `request` is made anew for each try."""
        seconds = self._patience.call
        attempt = 0
        while True:
            attempt += 1
            try:
                async with self._gate.pass_by() if urgency is None else self._gate.turn(urgency):
                    prepared = await request()
                    begun = time.monotonic()
                    answer = await exchange(self._transport, prepared, endpoint, self._way, self._patience, seconds)
                self._note_clock(answer)
                found = await _parsed(read, checked(answer, endpoint).body)
            except Failed as failed:
                seconds -= time.monotonic() - begun
                await self._go_on(attempt, failed, endpoint, seconds)
            else:
                self._budget = self._budget.refilled()
                return found

    async def _go_on(self, attempt: int, failed: Failed, endpoint: Endpoint, seconds: float) -> None:
        """Return when it is time to try again; else raise what has to be said."""
        outcome = failed.outcome(endpoint)
        now = self._server_now()
        verdict = decide(attempt, outcome, self._budget, now, chance=random.random(), patience=self._patience)  # noqa: S311
        error = failed.error
        if failed.status == httpx.codes.TOO_MANY_REQUESTS:
            self._gate.refused(verdict.delay if isinstance(verdict, Retry) else 0)
        match verdict:
            case Retry(delay) if seconds > 0:
                self._budget = self._budget.spent()
                if delay >= _WORTH_SAYING:
                    self.hear(f"{error.title.rstrip('.')}: trying again in {in_units(delay)}")
                await asyncio.sleep(delay)
                return
            case Split():
                raise TooSlow(error.title, error.detail, error.hint) from None
            case Fail(wait) if wait is not None:
                until = f"; try again after {_clock(wait)} UTC" if wait < _ONE_DAY else ""
                error.hint = f"The server wants {in_units(wait)} of quiet{until}."
                if isinstance(error, RateLimited):
                    error.wait = wait
        if not endpoint.is_read and outcome.trouble not in _NOT_SENT and not 400 <= outcome.status < 500:
            raise OutcomeUnknown(
                f"It is not known whether this was done: {endpoint.what}.", str(error), "Check before repeating it."
            ) from None
        raise error from None

    def _server_now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self._skew, UTC)

    def _note_clock(self, answer: Answer) -> None:
        try:
            said = parsedate_to_datetime(answer.headers.get("date", ""))
            skew = said.replace(tzinfo=said.tzinfo or UTC).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return
        if abs(skew) < _FOR_EVER:
            self._skew = skew

    def _tell(self, words: str) -> None:
        # By its name, since whoever listens may come later than this client.
        self.hear(words)

    def _tell_wait(self, seconds: float) -> None:
        if seconds >= _WORTH_SAYING:
            self.hear(f"the limit on requests is reached: going on in {in_units(seconds)}")


class _NoTokens:
    """What a closed client has: whoever still holds the client holds no key by that (CS-16)."""

    async def token(self) -> str:
        raise NotAuthorized("The connection is closed.")

    def reject(self, token: str) -> bool:
        return False

    async def close(self) -> None:
        pass


async def _parsed(read: Callable[[bytes], T], body: bytes) -> T:
    try:
        return await asyncio.to_thread(read, body) if len(body) > _OFF_LOOP else read(body)
    except BadAnswer as error:
        raise Failed(error, Trouble.DAMAGED) from None


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(time.time() + seconds, UTC):%H:%M:%S}"
