"""The other end of the app in tests: an ASGI app that notes what it is asked, can be held, and can be scripted."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from redox_tui.simulator.app import simulator
from redox_tui.simulator.faults import Faults
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World

_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[_Message, _Receive, _Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was made: its path, its query with one value a name, what it signs in with, and its method."""

    path: str
    query: Mapping[str, str]
    authorization: str = field(default="", repr=False)
    method: str = "GET"

    @property
    def changes(self) -> bool:
        """Whether it changes something."""
        is_read = "/logs/" in self.path or self.query.get("dryRun") == "true"
        return self.method != "GET" and not is_read

    @property
    def lists_logs(self) -> bool:
        """Whether it asks for a page of logs."""
        return self.path.endswith(("/logs", "/logs/search/metadata"))

    @property
    def counts(self) -> bool:
        """Whether it asks for a page of a single log, as those do who want to know how many there are."""
        return self.lists_logs and self.query.get("_count") == "1"

    @property
    def page(self) -> int:
        """The number of the page that it asks for."""
        return int(self.query["_page"])


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered instead of the real answer."""

    status: int = 200
    body: bytes = b"{}"
    kind: str = "application/json"


@dataclass(slots=True)
class Server:
    """Passes calls on to an ASGI app.

    `instead` may answer in its place. While `is_open` is not set, calls wait; `arrived` tells how many came. What only
    counts logs is noted apart, in `counts`: it comes in the background, whatever else a person does.
    """

    app: AsgiApp
    token: str = "token"
    calls: list[Call] = field(default_factory=list)
    counts: list[Call] = field(default_factory=list)
    instead: Callable[[Call], Reply | None] = lambda call: None
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: int = 0
    most_at_once: int = 0
    _now: int = 0
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.is_open.set()

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
        call = Call(scope["path"], query, dict(scope["headers"]).get(b"authorization", b"").decode(), scope["method"])
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            async with self._came:
                (self.counts if call.counts else self.calls).append(call)
                self._came.notify_all()
            await self.is_open.wait()
            if reply := self.instead(call):
                await _answer(reply, send)
            else:
                await self.app(scope, receive, send)
        except asyncio.CancelledError:
            self.cancelled += not call.counts
            raise
        finally:
            self._now -= 1

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The calls that change something: method and path."""
        return [(call.method, call.path) for call in self.calls if call.changes]

    def hold(self) -> None:
        """Let calls wait from now on."""
        self.is_open.clear()

    def release(self) -> None:
        """Answer what waits, and all that comes."""
        self.is_open.set()

    async def arrived(self, calls: int) -> None:
        """Return when this many calls have come in all."""
        async with asyncio.timeout(30), self._came:
            await self._came.wait_for(lambda: len(self.calls) >= calls)

    @property
    def lists(self) -> list[Call]:
        """The calls for pages of logs."""
        return [call for call in self.calls if call.lists_logs]

    @property
    def pages(self) -> list[int]:
        """The numbers of the pages that were asked for."""
        return [call.page for call in self.lists]


def simulated(world: World, generation: Generation = "organization", faults: Sequence[str] = ()) -> Server:
    """A server over the simulator, in which something may go wrong on purpose."""
    tokens = Tokens()
    app: AsgiApp = simulator(world, tokens=tokens, generation=generation, faults=Faults(faults))
    return Server(app, token=tokens.session())


def scripted(answer: Callable[[Call], Reply]) -> Server:
    """A server that answers what a function says."""
    return Server(_nobody, instead=answer)


def failing(
    *statuses: int, when: Callable[[Call], bool] = lambda call: call.lists_logs
) -> Callable[[Call], Reply | None]:
    """A script for `Server.instead`: the next fitting calls get these statuses, all others their real answer."""
    left = list(statuses)

    def answer(call: Call) -> Reply | None:
        if left and when(call):
            return Reply(left.pop(0), b'{"payload":{"errors":[{"title":"No","detail":"Out of order today."}]}}')
        return None

    return answer


def listing(records: Iterable[object], *, total: int | None = None) -> Reply:
    """A page of logs, the only one of its list where no total says otherwise."""
    found = list(records)
    page = {"page": {"totalRecords": len(found) if total is None else total, "pageSize": 50}}
    return Reply(body=json.dumps({"meta": page, "payload": {"results": found}}).encode())


async def _nobody(scope: _Message, receive: _Receive, send: _Send) -> None:
    raise AssertionError("the script has no answer for this call")


async def _answer(reply: Reply, send: _Send) -> None:
    headers = [(b"content-type", reply.kind.encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
