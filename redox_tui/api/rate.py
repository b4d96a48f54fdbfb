"""The gate that every request passes: so many in five minutes, so many at once, the most urgent first.

The documented 10,000 requests in 5 minutes are for an address, which colleagues on a jump host share (platform-api.md
§2.6), so a process takes a part of them.
"""

import asyncio
import heapq
import itertools
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final

from redox_tui.api.errors import Unreachable
from redox_tui.api.protocol import Urgency

PERIOD: Final = 300.0
"""Seconds of the server's rolling window."""

AT_ONCE: Final = 8
"""Requests in flight; as many connections are kept open."""

_SHARES: Final = {Urgency.BROWSING: 1.0, Urgency.PREFETCH: 0.95, Urgency.COUNTING: 0.9, Urgency.EXPORT: 0.8}
"""How much of the limit each urgency may use up, so that something is left for the person who waits."""

_AT_ONCE_FOR: Final = 1.0
"""Seconds in which refusals are those of requests that were on their way together."""

_LEAST: Final = 100
"""The limit never sinks below this many requests a period, however often the server refuses."""


class RateLimit:
    """How many requests may go out; time is passed in. After a refusal (429) the limit is halved for a period."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._reduced = limit
        self._reduced_until = 0.0
        self._held_until = 0.0
        self._counted_until = 0.0
        self._sent: deque[float] = deque()

    def wait(self, urgency: Urgency, now: float) -> float:
        """Seconds until a request of this urgency may go out; 0 is now."""
        while self._sent and self._sent[0] <= now - PERIOD:
            self._sent.popleft()
        limit = self._limit if now >= self._reduced_until else self._reduced
        allowed = max(1, int(limit * _SHARES[urgency]))
        excess = len(self._sent) - allowed
        free_at = self._sent[excess] + PERIOD if excess >= 0 else now
        return max(free_at, self._held_until, now) - now

    def sent(self, now: float) -> None:
        """A request goes out."""
        self._sent.append(now)

    def refused(self, pause: float, now: float) -> None:
        """The server refused for too many requests; nothing goes out for `pause` seconds. Refusals at once are one."""
        if now >= self._counted_until:
            before = self._reduced if now < self._reduced_until else self._limit
            self._reduced = max(min(_LEAST, self._limit), before // 2)
            self._reduced_until = now + PERIOD
            self._counted_until = now + max(pause, _AT_ONCE_FOR)
        self._held_until = max(self._held_until, now + pause)


class Gate:
    """Lets requests through in the order of their urgency. `waits` is told how long the first in line has to wait."""

    def __init__(
        self,
        limit: int,
        *,
        waits: Callable[[float], None] = lambda seconds: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = RateLimit(limit)
        self._waits = waits
        self._clock = clock
        self._in_flight = 0
        self._is_closed = False
        self._serial = itertools.count()
        self._line: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._told_until = 0.0

    @asynccontextmanager
    async def turn(self, urgency: Urgency) -> AsyncGenerator[None, None]:
        """Wait for a turn; it lasts until the block is left. Raises Unreachable when the gate is closed."""
        if self._is_closed:
            raise Unreachable("The connection has been closed.")
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (urgency, next(self._serial), turn))
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            else:
                self._admit()
            raise
        try:
            yield
        finally:
            self._leave()

    @asynccontextmanager
    async def pass_by(self) -> AsyncGenerator[None, None]:
        """Take no turn: this is for a token, which those that have one are waiting for."""
        self._rate.sent(self._clock())
        yield

    def refused(self, pause: float) -> None:
        """The server answered 429; nobody is let through for `pause` seconds."""
        self._rate.refused(pause, self._clock())

    def close(self) -> None:
        """Let nobody through any more; who stands in the line is cancelled, and nothing is left on the loop."""
        self._is_closed = True
        if self._alarm:
            self._alarm.cancel()
        for _, _, turn in self._line:
            turn.cancel()

    def _leave(self) -> None:
        self._in_flight -= 1
        self._admit()

    def _admit(self) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        while self._line and self._in_flight < AT_ONCE and not self._is_closed:
            urgency, _, turn = self._line[0]
            if turn.cancelled():
                heapq.heappop(self._line)
                continue
            if seconds := self._rate.wait(urgency, self._clock()):
                self._alarm = asyncio.get_running_loop().call_later(seconds, self._admit)
                if (until := self._clock() + seconds) > self._told_until + 1:
                    self._told_until = until
                    self._waits(seconds)
                return
            heapq.heappop(self._line)
            self._in_flight += 1
            self._rate.sent(self._clock())
            turn.set_result(None)
