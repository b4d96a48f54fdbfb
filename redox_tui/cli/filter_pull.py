"""`redox-tui filters pull DIR`: a file for each filter, so that they can be kept, compared and tested."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from redox_tui.cli import filter_files
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.filters import with_client
from redox_tui.domain.filter_file import to_toml
from redox_tui.domain.filter_list import FilterSearch, newest_of_each
from redox_tui.domain.filters import Filter

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient


def run(options: argparse.Namespace) -> int:
    """Write the files; 9 where a file differs from the server and was left alone."""
    return with_client(options, _pull)


async def _pull(client: "PlatformClient", options: argparse.Namespace) -> int:
    folder = Path(options.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made: {error.strerror}.", Exit.REFUSED) from None
    files = {file.filter.id: file for file in filter_files.load_folder(folder) if file.filter.id}
    taken = {file.path for file in files.values()}
    written, kept = 0, 0
    for one in newest_of_each(await client.filters.every(FilterSearch())):
        if one.deleted:
            continue
        file = files.get(one.id)
        if file is None:
            path = filter_files.new_path(folder, one, taken)
            taken.add(path)
            filter_files.write(path, _text(one))
            written += 1
        elif file.filter.meaning != _plain(one):
            version = f"version {one.filter_version} on the server"
            say(f"{file.path} was left, since it differs from {version}; remove it to pull that")
            kept += 1
        elif file.filter.filter_version != one.filter_version:
            filter_files.note_saved(file, one)
            written += 1
    say(f"{written} written, {kept} left as they are" if kept else f"{written} written")
    return Exit.REFUSED if kept else Exit.OK


def _text(one: Filter) -> str:
    if one.problem:
        say(f"“{one.name}”: {one.problem}; its file lacks that, and apply will refuse it")
    return to_toml(one)


def _plain(one: Filter) -> tuple[object, ...]:
    """What of a filter a file can hold: rules without the fields that this program does not know."""
    from dataclasses import replace

    return one.name, one.action, tuple(replace(rule, extra=()) for rule in one.rules)
