"""A list of logs in memory, read over the calls of a server: what a walk and a search in parts are tested on."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal, Protocol, TypeAlias

from redox_tui.api.endpoints import list_parameters
from redox_tui.api.errors import TooSlow
from redox_tui.api.protocol import Urgency
from redox_tui.domain.logs import Log, LogDetail, LogPage, PageRef
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import Timestamp, iso

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)

Paging: TypeAlias = Literal["totals", "numbers", "cursors"]
"""Numbered pages with totals, numbered pages without, or cursors without."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The range of a search as it is written on the wire; a row fits if it was created by `created_until`, too."""

    on: str
    since: datetime
    until: datetime
    created_until: datetime

    @classmethod
    def by(cls, search: LogSearch) -> "Asked":
        told = {name: Timestamp.read(text).instant for name, text in list_parameters("organization", search).items()}
        since, until, created = (
            told.get(name) for name in (f"{search.on}After", f"{search.on}Before", "createdBefore")
        )
        return cls(search.on, since or _EVER, until or _NEVER, created or _NEVER)

    @property
    def width(self) -> timedelta:
        """How long the range is for the server, for which now is START and no log is older than 2014."""
        return min(self.until, START) - max(self.since, datetime(2014, 1, 1, tzinfo=UTC))


_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Post(Protocol):
    """How answers travel."""

    async def deliver(self, ref: PageRef, write: Callable[[], LogPage]) -> LogPage: ...


class AnyOrder:
    """Answers come in any order; each is written when it was asked for, or when it comes."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._waiting: list[asyncio.Future[None]] = []
        self._is_working = False

    async def deliver(self, ref: PageRef, write: Callable[[], LogPage]) -> LogPage:
        arrival = asyncio.get_running_loop().create_future()
        self._waiting.append(arrival)
        self._go_on()
        if self._random.random() < 0.5:
            await arrival
            return write()
        try:
            page = write()
        except Exception as error:
            await arrival
            raise error from None
        await arrival
        return page

    def _go_on(self) -> None:
        if not self._is_working and self._waiting:
            self._is_working = True
            asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        self._is_working = False
        self._waiting = [one for one in self._waiting if not one.done()]
        if self._waiting and self._random.random() < 0.5:
            self._waiting.pop(self._random.randrange(len(self._waiting))).set_result(None)
        self._go_on()


@dataclass
class Stalled:
    """The first requests are answered, those after them never; `crowded` returns when so many of them are there."""

    answered: int
    crowd: int
    is_crowded: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, ref: PageRef, write: Callable[[], LogPage]) -> LogPage:
        if self.answered:
            self.answered -= 1
            return write()
        self.crowd -= 1
        if not self.crowd:
            self.is_crowded.set()
        never: asyncio.Future[LogPage] = asyncio.get_running_loop().create_future()
        return await never

    async def crowded(self) -> None:
        async with asyncio.timeout(5):
            await self.is_crowded.wait()


@dataclass
class Listing:
    """Logs by id and time of creation, listed newest first, or by another `order`, last first.

    A script may change them before each answer.

    Times are held to the microsecond and written to the millisecond, as a server may do. `updated` has times of
    update where they are later. `is_too_slow` says of what is asked that it takes too long. No page is longer than
    `cap`. `most` is how many requests were on their way at once, `refused` how many took too long.
    """

    rows: dict[str, datetime]
    paging: Paging = "totals"
    updated: dict[str, datetime] = field(default_factory=dict)
    before: Callable[[int], object] = lambda number: None
    order: Callable[[str], object] | None = None
    is_too_slow: Callable[[Asked], bool] = lambda asked: False
    cap: int = 1_000
    post: Post | None = None
    asked: list[PageRef] = field(default_factory=list)
    searches: list[LogSearch] = field(default_factory=list)
    urgencies: set[Urgency] = field(default_factory=set)
    in_flight: int = 0
    most: int = 0
    refused: int = 0

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        self.asked.append(ref)
        self.searches.append(search)
        self.urgencies.add(urgency)
        number = len(self.asked)

        def write() -> LogPage:
            self.before(number)
            return self.answer(search, ref, count)

        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            return await self.post.deliver(ref, write) if self.post else write()
        finally:
            self.in_flight -= 1

    async def read(self, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        """As a search that is read in parts reads."""
        return await self.page(search, ref, count)

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        raise NotImplementedError

    def answer(self, search: LogSearch, ref: PageRef, count: int) -> LogPage:
        asked = Asked.by(search)
        if self.is_too_slow(asked):
            self.refused += 1
            raise TooSlow("Too slow.")
        found = self.found(asked)
        count = min(count, self.cap)
        if isinstance(ref, str):
            begin = next((place for place, one in enumerate(found) if self._key(one) < self._place(ref)), len(found))
        else:
            assert isinstance(ref, int)
            begin = (ref - 1) * count
        part = found[begin : begin + count]
        following: PageRef | None = None
        if begin + count < len(found):
            following = self._cursor(part[-1]) if self.paging == "cursors" else self._number(ref) + 1
        total = len(found) if self.paging == "totals" else None
        return LogPage(tuple(map(self.log, part)), total, None if self.paging == "cursors" else count, following)

    def found(self, asked: Asked | LogSearch) -> list[str]:
        """The ids of what is asked for, in order."""
        asked = Asked.by(asked) if isinstance(asked, LogSearch) else asked
        fitting = (
            one
            for one, at in self.rows.items()
            if at <= asked.created_until and asked.since <= self._time(one, asked.on) <= asked.until
        )
        order: Callable[[str], Any] = self.order or self._key
        return sorted(fitting, key=order, reverse=True)

    def log(self, log_id: str) -> Log:
        created, updated = self.rows[log_id], self.updated.get(log_id, self.rows[log_id])
        return Log(log_id, Timestamp.read(iso(created)), Timestamp.read(iso(updated)))

    def _time(self, log_id: str, on: str) -> datetime:
        return self.updated.get(log_id, self.rows[log_id]) if on == "updated" else self.rows[log_id]

    def _key(self, log_id: str) -> tuple[datetime, str]:
        return self.rows[log_id], log_id

    def _cursor(self, log_id: str) -> str:
        """Names the row that was given last, by its place: the row may go."""
        return f"{self.rows[log_id].isoformat()} {log_id}"

    def _place(self, cursor: str) -> tuple[datetime, str]:
        time, log_id = cursor.split(" ")
        return datetime.fromisoformat(time), log_id

    def _number(self, ref: PageRef) -> int:
        assert isinstance(ref, int)
        return ref


def rows(count: int) -> dict[str, datetime]:
    """r0 is the newest, each next one a second older."""
    return {f"r{number}": START - number * SECOND for number in range(count)}


def names(numbers: Iterable[int]) -> list[str]:
    return [f"r{number}" for number in numbers]
