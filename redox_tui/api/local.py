"""A client of files instead of a server: the same lists, searches and logs, and not a byte over any network."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NoReturn, cast

from redox_tui.api import records
from redox_tui.api.errors import BadRequest, NotAuthorized, NotFound
from redox_tui.api.every import every, with_messages_of
from redox_tui.api.local_index import LocalIndex
from redox_tui.api.protocol import Filters, Inspector, Subscriptions, Urgency
from redox_tui.domain.file_record import Record
from redox_tui.domain.logs import FILES, Environment, Log, LogBatch, LogDetail, LogPage, PageRef, Party
from redox_tui.domain.problem import Problem
from redox_tui.domain.search import LogSearch

_ENOUGH: Final = 20_000
"""Records of one file after which its first page is given, if they came newest first; the rest is read meanwhile."""

_PAUSE: Final = 0.5
"""Seconds between two words on how far it is."""

_NOT_IN_FILES: Final = {
    "patient": "Files are not searched for a patient; words in the query are looked for in names and ids.",
    "region": "Records do not say of which region they are.",
}


class LocalClient:
    """A client of files. Their index is filled in threads, begun by the first call, whoever waits for it."""

    clock_warning = ""

    def __init__(self, index: LocalIndex, hear: Callable[[str], None] = lambda words: None) -> None:
        self.hear = hear
        self._reading = _Reading(index, self._pass_on)
        self.logs = LocalLogs(index, self._reading)
        self.directory = LocalDirectory(index, self._reading)
        self.filters = cast(Filters, NeedsServer("Filters"))
        self.subscriptions = cast(Subscriptions, NeedsServer("Subscriptions and their filters"))
        self.inspector = cast(Inspector, NeedsServer("Dry runs"))

    def filters_of(self, environment: str | None) -> Filters:
        """Filters, which files do not have."""
        return self.filters

    def subscriptions_of(self, environment: str | None) -> Subscriptions:
        """Subscriptions, which files do not have."""
        return self.subscriptions

    def every_log(
        self, search: LogSearch, *, wanted: Callable[[Log], bool], with_messages: bool = False, one_by_one: bool = False
    ) -> AsyncGenerator[LogBatch, None]:
        """Every log of a search that is wanted, newest first; see `protocol.Client`."""
        return every(self.logs, search, wanted=wanted, with_messages=with_messages, at_once=1, say=self._pass_on)

    def with_messages(self, found: Sequence[Log], data_mode: str | None) -> AsyncGenerator[LogBatch, None]:
        """Logs with their messages, a few at a time; see `protocol.Client`."""
        return with_messages_of(self.logs, found, data_mode)

    async def aclose(self) -> None:
        """Read no further; what has been indexed is there for another client."""
        await self._reading.stop()

    def _pass_on(self, words: str) -> None:
        # By its name, since who listens comes after the client is made.
        self.hear(words)


class LocalLogs:
    """Reading the logs of files."""

    def __init__(self, index: LocalIndex, reading: "_Reading") -> None:
        self._index = index
        self._reading = reading

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        """One page of a search, newest first; its total is exact."""
        for key, _ in search.terms:
            if key in _NOT_IN_FILES:
                raise BadRequest(_NOT_IN_FILES[key], hint="/ changes the query.")
        if not isinstance(ref, int):
            raise BadRequest("Lists of files have numbered pages.")
        everything = search == LogSearch(pin=search.pin)
        await self._reading.until(lambda: self._is_known(everything))
        return await asyncio.to_thread(self._page, search, ref, count)

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        """A log by its id, with its message where the file has it."""
        index = self._index
        if (found := await asyncio.to_thread(self._find, log_id)) is None and not index.is_complete:
            await self._reading.until(lambda: index.is_complete)
            found = await asyncio.to_thread(self._find, log_id)
        if found is None:
            raise NotFound(f"No log of these files has the id {log_id}.")
        return found

    def _is_known(self, everything: bool) -> bool:
        """Whether what is looked for can be told; all of one file can be as soon as its order is likely known."""
        index = self._index
        is_likely = index.is_scanned and index.is_newest_first and index.source.count == 1 and len(index) >= _ENOUGH
        return index.is_complete or (everything and is_likely)

    def _page(self, search: LogSearch, ref: int, count: int) -> LogPage:
        index = self._index
        rows: Sequence[int] = index.find(search) if index.is_complete else range(len(index.source))
        begin = (ref - 1) * count
        logs = tuple(detail.log for detail in self._read(rows[begin : begin + count]))
        following = ref + 1 if begin + count < len(rows) else None
        return LogPage(logs, len(rows), count, following, self._note() if ref == 1 else "")

    def _find(self, log_id: str) -> LogDetail | None:
        _, _, number = log_id.rpartition("#")
        if number.isdecimal() and 0 < int(number[:12]) <= len(self._index.source):
            numbers = [int(number[:12]) - 1]
        else:
            numbers = list(self._index.candidates(log_id))[:_MOST_CANDIDATES]
        wanted = log_id.casefold()
        return next((found for found in self._read(numbers) if found.log.id.casefold() == wanted), None)

    def _read(self, numbers: Sequence[int]) -> Iterator[LogDetail]:
        """Records with an id each, so that every one of them can be opened and none is taken for another."""
        try:
            for number, record in zip(numbers, self._index.source.read(numbers), strict=True):
                yield self._named(number, record, records.read(record))
        except Problem as problem:
            raise BadRequest(problem.title, problem.detail, problem.hint) from None

    def _named(self, number: int, record: Record, detail: LogDetail) -> LogDetail:
        log_id = detail.log.id
        if not self._index.is_repeated(number) and (log_id or detail.payload is None):
            return detail
        file = record.file if self._index.source.count > 1 or not log_id else ""
        named = " ".join(part for part in (log_id, file) if part)
        return replace(detail, log=replace(detail.log, id=f"{named}#{number + 1}"))

    def _note(self) -> str:
        index, source = self._index, self._index.source
        parts = [
            "changed since it was opened" if source.has_changed else "",
            "" if index.is_newest_first else "sorted newest first",
            f"{index.unreadable:,} unreadable" if index.unreadable else "",
            _counted(index.repeated, "repeated id"),
            _counted(len(source.skipped), "file left out", "files left out"),
        ]
        return " · ".join(part for part in parts if part)


_MOST_CANDIDATES: Final = 100
"""Records that are read for one id; more of the same one are not told apart by it anyway."""


class LocalDirectory:
    """What files say of sources and destinations."""

    def __init__(self, index: LocalIndex, reading: "_Reading") -> None:
        self._index = index
        self._reading = reading

    async def environments(self) -> tuple[Environment, ...]:
        """What stands for one."""
        return (FILES,)

    async def sources(self, environment: str) -> tuple[Party, ...]:
        """Every source that a record names."""
        await self._reading.until(lambda: self._index.is_complete)
        return self._index.parties("source")

    async def destinations(self, environment: str) -> tuple[Party, ...]:
        """Every destination that a record names."""
        await self._reading.until(lambda: self._index.is_complete)
        return self._index.parties("dest")


class NeedsServer:
    """Calls that files cannot answer: each of them says so."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, NoReturn]]:
        async def refuse(*arguments: object, **named: object) -> NoReturn:
            raise BadRequest(f"{self._what} are asked of a server.", hint="These logs are from a file; 3 has profiles.")

        return refuse


def _counted(number: int, one: str, many: str = "") -> str:
    """How many there are, nothing where there are none."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}" if number else ""


class _Reading:
    """Fills the index, and lets those wait who need more of it than there is."""

    def __init__(self, index: LocalIndex, hear: Callable[[str], None]) -> None:
        self._index = index
        self._hear = hear
        self._task: asyncio.Task[None] | None = None
        self._stepped = asyncio.Event()
        self._is_over = False
        self._said_at = 0.0

    async def until(self, is_enough: Callable[[], bool]) -> None:
        """Return when enough has been read; raises PlatformError."""
        while not is_enough():
            if self._is_over:
                raise NotAuthorized("The files are closed.")
            if self._task is None:
                self._task = asyncio.create_task(self._read_on())
            elif self._task.done():
                task, self._task = self._task, None
                if error := task.exception():
                    raise error
            await self._stepped.wait()

    async def stop(self) -> None:
        """Read no further."""
        self._is_over = True
        self._wake()
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _read_on(self) -> None:
        try:
            while not self._index.is_complete:
                await asyncio.to_thread(self._index.step)
                self._say()
                self._wake()
        except Problem as problem:
            raise BadRequest(problem.title, problem.detail, problem.hint) from None
        finally:
            self._wake()

    def _wake(self) -> None:
        self._stepped.set()
        self._stepped = asyncio.Event()

    def _say(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._said_at < _PAUSE:
            return
        self._said_at = now
        done, known = len(self._index), len(self._index.source)
        self._hear(f"reading the file: {done:,} of {known:,} logs" if done else f"finding the logs: {known:,}")
