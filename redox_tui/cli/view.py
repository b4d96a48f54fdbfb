"""`redox-tui view`: the app on files of logs and messages; no server, no credential, and no network stack is loaded."""

import argparse
import json
import os
import secrets
import sys
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from redox_tui.api.errors import NotAuthorized
from redox_tui.cli.demo import simulated
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.numbers import LOCK_AFTER, POLL
from redox_tui.cli.parser import parse
from redox_tui.cli.terminal import require_terminal, run_app
from redox_tui.cli.wiring import UserCredentials
from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import FILES
from redox_tui.domain.probe import Step
from redox_tui.domain.query import LogQuery
from redox_tui.store.asker import Asker

if TYPE_CHECKING:
    from redox_tui.api.local_index import LocalIndex
    from redox_tui.api.protocol import Client
    from redox_tui.store.record_file import RecordFile, RecordFiles

STDIN: Final = "-"

MOST_FILES: Final = 10_000
"""Files that are opened together."""

_SUFFIXES: Final = (".json", ".ndjson", ".jsonl", ".csv", ".xml", ".hl7")
_NOTE: Final = ".part.json"
"""How the name of a note ends that an export keeps beside a file that is not whole."""

_NOWHERE: Final = "http://localhost"


def run(options: argparse.Namespace) -> int:
    """Open the app; the exit code."""
    way = FileAccess(options.files)
    if STDIN in options.files:
        _read_keys_from_terminal()
    require_terminal()
    credentials = UserCredentials(lambda: simulated(parse(["demo"])))
    query = LogQuery(since_by_default=None)
    return run_app(way, credentials, query, lock_after=LOCK_AFTER, poll=POLL, read_only=False)


class FileAccess:
    """The way to files (the protocol `tui.access.Access`). There is no credential; a lock drops what is on screen."""

    name = ""
    environments = (FILES,)
    is_secret = False
    read_only = True
    queries = None

    def __init__(self, paths: Sequence[str]) -> None:
        self.connection = connection_of(paths)
        self.title = title_of(paths)
        self.remembered: Mapping[str, Any] = {}
        self._records = records_of(paths)
        self._index: LocalIndex | None = None
        self._is_locked = False

    def connect(self) -> "Client":
        """A client of the files; what has been indexed once stays so."""
        from redox_tui.api.local import LocalClient
        from redox_tui.api.local_index import LocalIndex

        if self._is_locked:
            raise NotAuthorized("The app is locked.")
        self._index = self._index or LocalIndex(self._records)
        return LocalClient(self._index)

    def lock(self) -> None:
        """No client until it is unlocked."""
        self._is_locked = True

    def unlock(self, asker: Asker) -> None:
        """Clients again; nobody is asked."""
        self._is_locked = False

    async def test(self) -> AsyncGenerator[Step, None]:
        """There is nothing to try out."""
        yield Step("Credential", "Files need none.")

    def remember(self, values: Mapping[str, Any]) -> None:
        """Nothing is written: which files somebody looks at is nobody's business."""

    def note_use(self) -> None:
        """Nothing is written."""


def connection_of(paths: Sequence[str]) -> Connection:
    """What stands for a connection: another one for other files, and for each pipe.

    An export that was begun of some files is not gone on with of others.
    """
    named = [secrets.token_hex() if path == STDIN else str(Path(path).absolute()) for path in paths]
    return Connection(f"{_NOWHERE}/{sha256(json.dumps(named).encode()).hexdigest()}", "")


def title_of(paths: Sequence[str]) -> str:
    """What stands before the place on screen: the first file's name, and how many more there are."""
    first = "stdin" if paths[0] == STDIN else Path(paths[0]).absolute().name or "/"
    return f"{first} +{len(paths) - 1}" if len(paths) > 1 else first


def records_of(paths: Sequence[str]) -> "RecordFiles":
    """The records of files and folders; CommandError where one that is named cannot be opened.

    A file of a folder that cannot be is left out and said.
    """
    from redox_tui.store.record_file import RecordFiles

    files: list[RecordFile] = []
    skipped: list[str] = []
    for path in dict.fromkeys(paths):
        if path != STDIN and Path(path).is_dir():
            for file in _of_folder(Path(path)):
                _open_or_skip(file, files, skipped)
        else:
            files.append(_open(path))
        if len(files) > MOST_FILES:
            raise CommandError(f"These are more than {MOST_FILES:,} files; make NDJSON of them: cat *.ndjson")
    if not files:
        raise CommandError(f"{paths[0]} holds no {', '.join('*' + suffix for suffix in _SUFFIXES)}.", Exit.NOT_FOUND)
    for words in skipped:
        say(f"left out: {words}")
    return RecordFiles(files, skipped)


def _open(path: str) -> "RecordFile":
    from redox_tui.store.record_bytes import MemoryBytes, open_bytes
    from redox_tui.store.record_file import RecordFile

    if path != STDIN:
        return RecordFile(Path(path).name, open_bytes(Path(path)))
    if sys.stdin is None or sys.stdin.isatty():
        raise CommandError("- reads a pipe, as in: gunzip -c logs.ndjson.gz | redox-tui view -")
    return RecordFile("stdin", MemoryBytes(sys.stdin.buffer, "stdin"))


def _open_or_skip(file: Path, files: "list[RecordFile]", skipped: list[str]) -> None:
    from redox_tui.store.record_bytes import RecordFileError

    try:
        files.append(_open(str(file)))
    except RecordFileError as error:
        skipped.append(str(error))


def _of_folder(folder: Path) -> Iterator[Path]:
    """The files of a folder and of those in it, by name."""
    try:
        yield from _named(sorted(folder.rglob("*")))
    except OSError as error:
        raise CommandError(f"{folder} cannot be read: {error.strerror}.", Exit.NOT_FOUND) from None


def _named(paths: Iterable[Path]) -> Iterator[Path]:
    wanted = (path for path in paths if path.suffix.lower() in _SUFFIXES and not path.name.endswith(_NOTE))
    return (path for path in wanted if path.is_file())


def _read_keys_from_terminal() -> None:
    """The pipe has been read; keys come from the terminal that the program runs in."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    os.dup2(terminal, 0)
    os.close(terminal)
