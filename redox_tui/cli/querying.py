"""From the words of a command line to a query, with its errors shown under the word that they are about."""

import argparse
from datetime import UTC, datetime

from redox_tui.cli.asking import read_line
from redox_tui.cli.exits import CommandError
from redox_tui.domain import display
from redox_tui.domain.query import LogQuery
from redox_tui.domain.terms import QueryError, Term
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
        raise CommandError(
            "patient: is not taken from a command line, which others on this machine can read; --patient-fd N reads it."
        )
    return _of_patient(query, options.patient_fd) if options.patient_fd is not None else query


def _of_patient(query: LogQuery, descriptor: int) -> LogQuery:
    """The query for the patient that an open file descriptor names in its first line."""
    try:
        text = bytes(read_line(descriptor)).decode(errors="replace").strip()
    except OSError as error:
        raise CommandError(f"The patient cannot be read from descriptor {descriptor}: {error.strerror}.") from None
    if not text:
        raise CommandError(f"The descriptor {descriptor} names no patient.")
    return LogQuery((*query.terms, Term("patient", (text,))))


def _bound(key: str, query: LogQuery, option: str | None) -> str | None:
    if option and query.value(key):
        raise CommandError(f"The range is given twice: {key}: in the query and --{key}.")
    return option or query.value(key)
