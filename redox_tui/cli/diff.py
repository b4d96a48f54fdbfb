"""`redox-tui diff ID ID`: what differs between two logs, or between the messages that they are about."""

import argparse
import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from redox_tui.cli.connecting import opened
from redox_tui.cli.exits import CommandError, Exit
from redox_tui.cli.output import Output

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient
    from redox_tui.domain.diff import Difference
    from redox_tui.domain.logs import LogDetail

_DEEPEST = 100
"""Levels that are indented; each costs two characters in all lines below it."""


def run(options: argparse.Namespace) -> int:
    """Print the differences; the exit code is 10 where there are any."""
    from redox_tui.domain.diff import compare

    access = opened(options)
    left, right = asyncio.run(_read(access.connect, options.ids))
    access.note_use()
    one, other = options.ids
    difference = compare(_text(one, left, options.payload), _text(other, right, options.payload))
    lines = _as_records(difference, options.all) if options.format == "ndjson" else _as_text(difference, options.all)
    with Output(None) as output:
        for line in lines:
            output.write(line + "\n")
    return Exit.CHANGES if difference.count else Exit.OK


async def _read(connect: Callable[[], "PlatformClient"], ids: list[str]) -> "tuple[LogDetail, LogDetail]":
    from redox_tui.api.errors import PlatformError

    async with aclosing(connect()) as client:
        try:
            left, right = await asyncio.gather(*(client.logs.get(log_id) for log_id in ids))
        except PlatformError as error:
            raise CommandError(str(error), Exit(error.exit_code)) from None
    return left, right


def _text(log_id: str, found: "LogDetail", is_payload: bool) -> str:
    if not is_payload:
        return found.log.record.decode("utf-8", errors="surrogateescape")
    if found.payload is None:
        raise CommandError(
            f"The server sent no message with the log {log_id}: its generation of the API has none, or your role may "
            "not see it. Without --payload the logs themselves are compared.",
            Exit.NOT_FOUND,
        )
    return found.payload


def _as_text(difference: "Difference", everything: bool) -> Iterator[str]:
    """A sign before each line, as diff -u has them."""
    from redox_tui.domain.diff import Kind

    if not difference.count and not everything:
        return
    for line in difference.lines(everything=everything):
        head = "  " * min(line.depth, _DEEPEST) + (f"{line.key}: " if line.key else "")
        if line.kind is Kind.GAP:
            yield f"  {head}… {line.place:,} equal line{'s' if line.place != 1 else ''}"
        if line.kind is Kind.EQUAL:
            yield f"  {head}{line.left}"
        if line.kind in (Kind.LEFT, Kind.CHANGED):
            yield f"- {head}{line.left}"
        if line.kind in (Kind.RIGHT, Kind.CHANGED):
            yield f"+ {head}{line.right}"


def _as_records(difference: "Difference", everything: bool) -> Iterator[str]:
    """An object for each line that differs, or for every line: its kind, its path, and the JSON text on either side."""
    from redox_tui.domain.diff import Kind

    for line in difference.lines(everything=everything):
        if line.kind is Kind.GAP or (line.kind is Kind.EQUAL and not everything):
            continue
        sides = {"left": line.left, "right": line.right}
        one_sided = {Kind.LEFT: "right", Kind.RIGHT: "left"}.get(line.kind)
        record = {"kind": line.kind.value, "path": difference.path(line), "difference": line.number}
        yield json.dumps(record | {name: text for name, text in sides.items() if name != one_sided})
