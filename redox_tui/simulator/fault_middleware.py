"""Plays the faults that are on: it stands between the server and its callers, and decides which answer is bad and how.

What ASGI can say it says; what ASGI cannot say it marks for the `wire`.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from redox_tui.simulator import fault_answers, parameters
from redox_tui.simulator.answers import Refused
from redox_tui.simulator.fault_answers import Answer
from redox_tui.simulator.fault_ranges import is_too_wide, ranges_of, touches_hole
from redox_tui.simulator.faults import Fault, Faults, Kind
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.wire_head import BODILESS, MARK
from redox_tui.simulator.world import World

PACE: Final = 0.05
"""Seconds between two bytes of a body that drips."""
_CALLS = "/platform/"
_PAGES = re.compile(r"/platform/v1/(organizations/[^/]+/logs|environments/[^/]+/logs/search/(metadata|payloads))")


class FaultyAnswers:
    """ASGI middleware that plays faults on API calls, and dates every answer by the server's clock."""

    def __init__(self, app: ASGIApp, faults: Faults, world: World, tokens: Tokens) -> None:
        self._app = app
        self._faults = faults
        self._world = world
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._tokens.ahead = timedelta(seconds=sum(fault.number for fault in self._faults.lasting("clock")))
        is_head = scope["method"] == "HEAD"

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = fault_answers.http_date(self._tokens.now()).encode()
                mark = [(MARK, BODILESS)] if is_head and self._faults.on_wire else []
                message = {**message, "headers": [*message["headers"], (b"date", date), *mark]}
            await send(message)

        if is_head or not scope["path"].startswith(_CALLS):
            await self._app(scope, receive, dated)
        elif (body := await _body(receive)) is not None:
            await self._play(_Call(scope, body), receive, dated)

    async def _play(self, call: "_Call", receive: Receive, send: Send) -> None:
        fault = self._faults.take(call.fits)
        name = None if fault is None else fault.name
        if name == "silent":
            await _gone(receive)
            return
        answer = await (self._real(call) if fault is None else self._bad(call, fault))
        await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})
        match name:
            case "stall":
                await _gone(receive)
            case "drip":
                await _drip(answer.body, receive, send)
            case _:
                await send({"type": "http.response.body", "body": answer.body})

    async def _bad(self, call: "_Call", fault: Fault) -> Answer:
        made = fault_answers.instead(fault, self._tokens.now())
        if made is not None:
            return made
        if fault.name == "revoked":
            self._tokens.revoke()
        answer = await self._real(call)
        if fault.name == "double":
            return fault_answers.with_first_row(answer, await self._ask(self._before(call)))
        return fault_answers.spoiled(answer, fault)

    async def _real(self, call: "_Call") -> Answer:
        """The server's answer, changed only by faults that stay."""
        answer = await self._ask(call)
        if answer.status == 200 and call.is_page and self._takes_too_long(call):
            return fault_answers.took_too_long()
        return fault_answers.with_evil_links(answer) if self._faults.lasting("evil-next") else answer

    def _takes_too_long(self, call: "_Call") -> bool:
        wide, holes = self._faults.lasting("504-wide"), self._faults.lasting("504-hole")
        if not (wide or holes):
            return False
        ranges = ranges_of(call.fields)
        return any(is_too_wide(ranges, fault, self._world.moment) for fault in wide) or any(
            touches_hole(ranges, fault, self._world.newest) for fault in holes
        )

    def _before(self, call: "_Call") -> "_Call":
        """A call for a page that ends with the last row of the page before."""
        cursor = call.query.get("_cursor")
        if cursor is None:
            return call.with_query(_page=call.number - 1)
        last = self._world.read_cursor(cursor)
        return call if last is None else call.with_query(_cursor=self._world.cursor(last + 1), _count=1)

    async def _ask(self, call: "_Call") -> Answer:
        status, headers, body = 500, (), b""

        async def receive() -> Message:
            return {"type": "http.request", "body": call.body}

        async def collect(message: Message) -> None:
            nonlocal status, headers, body
            if message["type"] == "http.response.start":
                status, headers = message["status"], tuple(message["headers"])
            else:
                body += message.get("body", b"")

        await self._app(call.scope, receive, collect)
        return Answer(status, headers, body)


@dataclass(frozen=True)
class _Call:
    """An API call whose body has come."""

    scope: Scope
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True))

    @property
    def fields(self) -> Mapping[str, object]:
        """What it asks for, in its query or its body."""
        return self.query if self.scope["method"] == "GET" else parameters.fields_of(self.body)

    @property
    def is_page(self) -> bool:
        """Whether it asks for a page of logs."""
        return _PAGES.fullmatch(self.scope["path"]) is not None

    @property
    def number(self) -> int:
        """The number of the page, 1 where there is none."""
        try:
            return parameters.page_of(self.query)
        except Refused:
            return 1

    def fits(self, kind: Kind) -> bool:
        """Whether its answer is one that faults of a kind spoil."""
        return not kind.later_page or (self.is_page and ("_cursor" in self.query or self.number > 1))

    def with_query(self, **changes: object) -> "_Call":
        query = urlencode({**self.query, **changes}).encode()
        return _Call({**self.scope, "query_string": query}, self.body)


async def _body(receive: Receive) -> bytes | None:
    """The body of a request, or None where the caller leaves before it is whole."""
    parts = []
    while (message := await receive())["type"] != "http.disconnect":
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
    return None


async def _gone(receive: Receive) -> None:
    """Wait until the caller leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drip(body: bytes, receive: Receive, send: Send) -> None:
    """Send a body byte by byte, until the caller leaves."""
    gone = asyncio.create_task(_gone(receive))
    try:
        for byte in body:
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            await asyncio.wait([gone], timeout=PACE)
            if gone.done():
                return
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
