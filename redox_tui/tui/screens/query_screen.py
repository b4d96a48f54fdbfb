"""The query of a screen: it is typed, its range is moved about, parties become known by it, and it is kept."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterable

from textual import on, work
from textual.screen import Screen

from redox_tui.api.errors import PlatformError
from redox_tui.domain import timerange
from redox_tui.domain.logs import Party
from redox_tui.domain.problem import Problem
from redox_tui.domain.query import LogQuery
from redox_tui.domain.timerange import TimeError
from redox_tui.tui.query_keeping import QueryKeeping
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.field import Field
from redox_tui.tui.widgets.query_bar import QueryBar
from redox_tui.tui.widgets.time_picker import TimePicker

_MOST_ENVIRONMENTS = 20
"""Environments whose sources and destinations are read; more would be many calls for a few names."""


class QueryScreen(Screen[None]):
    """A screen that has a query bar and a time field. Nothing is read for the bar before somebody goes to it."""

    def __init__(self, services: Services, query: LogQuery) -> None:
        super().__init__()
        self._services = services
        self._query = query
        self._ranges_before: list[tuple[str | None, str | None]] = []
        self._has_history = False
        self._has_parties = False

    @property
    @abstractmethod
    def environment_ids(self) -> Iterable[str]:
        """The environments whose sources and destinations may be in logs, as far as they are known."""

    @abstractmethod
    def complain(self, words: str, *, error: bool = True) -> None:
        """Say something that stands until something else is done."""

    @abstractmethod
    def run_query(self, query: LogQuery) -> bool:
        """Show what a query finds; False where its range makes no sense, which is said."""

    def action_query(self) -> None:
        self.query_one(QueryBar).edit()
        if not self._has_history:
            self._has_history = True
            self._read_history()
        if not self._has_parties:
            self._find_parties()

    def action_time(self) -> None:
        picker = self.query_one(TimePicker)
        picker.display = True
        picker.text = ""
        picker.edit()

    @on(Field.Submitted)
    def _apply(self, message: Field.Submitted) -> None:
        self._leave(message.field)
        if isinstance(message.field, QueryBar):
            self.note_run(message.text)
            self.run_query(self._query.rewritten(message.text))
        elif message.text.strip():
            self.run_anew(self._query.within(*timerange.terms(message.text, self._services.clock())))

    @on(Field.Left)
    def _leave_field(self, message: Field.Left) -> None:
        self._leave(message.field)

    def _leave(self, field: Field) -> None:
        self.query_one(QueryBar).show(str(self._query))
        if isinstance(field, TimePicker):
            field.display = False

    def action_earlier(self) -> None:
        self._shift(-1)

    def action_later(self) -> None:
        self._shift(1)

    def _shift(self, lengths: int) -> None:
        try:
            self.run_anew(self._query.shifted(lengths, self._services.clock()))
        except TimeError as error:
            self.complain(str(error))

    def action_range_before(self) -> None:
        if self._ranges_before:
            self.run_query(self._query.within(*self._ranges_before.pop()))
        else:
            self.complain("There is no range before this one.", error=False)

    def run_anew(self, query: LogQuery) -> None:
        """Run a query with another range; the one before can be had again."""
        before = self._query.value("since"), self._query.value("until")
        if self.run_query(query):
            self._ranges_before.append(before)

    @work(group="query.saved", exclusive=True)
    async def action_save_query(self) -> None:
        try:
            said = await self._keeping.save(self.query_one(QueryBar).text)
        except Problem as problem:
            self.complain(problem.title)
        else:
            if said:
                self.complain(said, error=False)

    @work(group="query.saved", exclusive=True)
    async def action_saved_queries(self) -> None:
        try:
            text = await self._keeping.choose()
        except Problem as problem:
            self.complain(problem.title)
        else:
            if text is not None:
                self.query_one(QueryBar).run(text)

    @work(group="query.kept")
    async def note_run(self, text: str) -> None:
        """Keep a query that was run."""
        try:
            await self._keeping.note_run(text)
        except Problem as problem:
            self.complain(problem.title)

    @work(group="query.kept")
    async def _read_history(self) -> None:
        bar = self.query_one(QueryBar)
        try:
            bar.history = (*await self._keeping.history(), *bar.history)
        except Problem as problem:
            self.complain(problem.title)

    @work(group="query.parties", exclusive=True)
    async def _find_parties(self) -> None:
        known = self.query_one(QueryBar).known.parties
        sources: list[Party] = []
        destinations: list[Party] = []
        try:
            directory = (await self._services.client()).directory
            for environment in list(self.environment_ids)[:_MOST_ENVIRONMENTS]:
                sources += await directory.sources(environment)
                destinations += await directory.destinations(environment)
        except PlatformError:
            # Names only help with typing, so nobody is told; those of rows are known anyway.
            return
        for key, parties in (("source", sources), ("dest", destinations)):
            await asyncio.to_thread(known.take_list, key, parties, self._services.clock())
        self._has_parties = bool(sources or destinations)

    @property
    def _keeping(self) -> QueryKeeping:
        return QueryKeeping(self.app, self._services.access.queries)
