"""Queries that outlive the app: the history, and those that have a name. Files are read and written in threads."""

import asyncio
from typing import Any

from textual.app import App

from redox_tui.domain.history import keepable
from redox_tui.domain.problem import Problem
from redox_tui.tui.access import Queries
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.query_name import QueryNameDialog
from redox_tui.tui.dialogs.saved_queries import SavedQueriesDialog


class QueryKeeping:
    """What a screen does with queries that are kept; without a store nothing is. Each call raises Problem."""

    def __init__(self, app: App[Any], queries: Queries | None) -> None:
        self._app = app
        self._queries = queries

    async def history(self) -> tuple[str, ...]:
        """Queries that were run, oldest first."""
        return (await asyncio.to_thread(self._queries.load)).run if self._queries else ()

    async def note_run(self, text: str) -> None:
        """Keep a query that was run."""
        if self._queries:
            await asyncio.to_thread(self._queries.note_run, text)

    async def save(self, text: str) -> str:
        """Ask for a name, and save a query under it; what is to be said of that."""
        queries = self._required()
        kept = keepable(text)
        if not kept:
            raise Problem("There is nothing to save: this is no query, too long, or about a patient.")
        name = await self._app.push_screen_wait(QueryNameDialog(kept))
        if name is None:
            return ""
        saved = (await asyncio.to_thread(queries.load)).saved
        question = f"The query {name} is {saved.get(name)} now.\nReplace it by {kept}?"
        if saved.get(name, kept) != kept and not await self._app.push_screen_wait(ConfirmDialog(question)):
            return ""
        await asyncio.to_thread(queries.save, name, kept)
        return f"The query was saved as {name}."

    async def choose(self) -> str | None:
        """Show what is saved, until a query is chosen; None where none is."""
        queries = self._required()
        while saved := (await asyncio.to_thread(queries.load)).saved:
            answer = await self._app.push_screen_wait(SavedQueriesDialog(saved))
            if answer is None:
                return None
            name, is_deleted = answer
            if not is_deleted:
                return saved[name]
            if await self._app.push_screen_wait(ConfirmDialog(f"Delete the saved query {name}?\n{saved[name]}")):
                await asyncio.to_thread(queries.delete, name)
        raise Problem("No query is saved; S saves the one that runs.")

    def _required(self) -> Queries:
        if self._queries is None:
            raise Problem("The demo keeps no queries.")
        return self._queries
