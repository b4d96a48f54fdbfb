"""Queries that were run before: which are kept, and how many. What was asked of a patient never is (ux.md §2)."""

from typing import Final

from redox_tui.domain.query import LogQuery
from redox_tui.domain.terms import QueryError

MOST_RUN: Final = 200
"""Queries that were run and are kept: the newest."""

LONGEST: Final = 2_000
"""Characters of a query that is kept; with the bounds on their number, a file of them stays small enough to be read."""


def keepable(text: str) -> str:
    """A query as it may be kept; empty where nothing of it may."""
    try:
        query = LogQuery.parse(text)
    except QueryError:
        return ""
    kept = str(LogQuery(tuple(term for term in query.terms if term.key != "patient")))
    # A lone surrogate, which a terminal may send, is no text that a file can hold.
    return kept if len(kept) <= LONGEST and kept.isprintable() else ""


def with_run(history: tuple[str, ...], text: str) -> tuple[str, ...]:
    """A history, oldest first, after a query was run; each is in it once."""
    kept = keepable(text)
    return (*(one for one in history if one != kept), kept)[-MOST_RUN:] if kept else history
