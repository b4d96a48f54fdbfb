"""What a screen with a query bar does for it: parties become known, and queries are kept."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterable

from textual import work
from textual.screen import Screen

from redox_tui.api.errors import PlatformError
from redox_tui.domain.logs import Party
from redox_tui.domain.problem import Problem
from redox_tui.tui.query_keeping import QueryKeeping
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.query_bar import QueryBar

_MOST_ENVIRONMENTS = 20
"""Environments whose sources and destinations are read; more would be many calls for a few names."""


class QueryScreen(Screen[None]):
    """A screen that has a query bar and a status line. Nothing is read for the bar before somebody goes to it."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._has_history = False
        self._has_parties = False

    @property
    @abstractmethod
    def environment_ids(self) -> Iterable[str]:
        """The environments whose sources and destinations may be in logs, as far as they are known."""

    @abstractmethod
    def complain(self, words: str, *, error: bool = True) -> None:
        """Say something that stands until something else is done."""

    def action_query(self) -> None:
        self.query_one(QueryBar).edit()
        if not self._has_history:
            self._has_history = True
            self._read_history()
        if not self._has_parties:
            self._find_parties()

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
