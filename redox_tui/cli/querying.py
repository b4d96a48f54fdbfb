"""From the words of a command line to a query, with its errors shown under the word that they are about."""

import argparse
from datetime import UTC, datetime

from redox_tui.cli.exits import CommandError
from redox_tui.domain import display
from redox_tui.domain.query import LogQuery, QueryError
from redox_tui.domain.timerange import TimeError


def read_query(options: argparse.Namespace) -> LogQuery:
    """The query with `--since` and `--until`; CommandError where it cannot be understood.

    A patient is refused here, since every user of the machine can read a command line.
    """
    try:
        query = LogQuery.parse(options.query)
    except QueryError as error:
        text = display.line(options.query)
        raise CommandError(f"{error}\n  {text}\n  {' ' * error.start}{'^' * (error.end - error.start)}") from None
    try:
        query = query.within(_bound("since", query, options.since), _bound("until", query, options.until))
        query.search(datetime.now(UTC))
    except TimeError as error:
        raise CommandError(str(error)) from None
    if query.value("patient"):
        raise CommandError("patient: is not taken from a command line, which others on this machine can read.")
    return query


def _bound(key: str, query: LogQuery, option: str | None) -> str | None:
    if option and query.value(key):
        raise CommandError(f"The range is given twice: {key}: in the query and --{key}.")
    return option or query.value(key)
