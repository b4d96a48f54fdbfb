"""Sample messages from the paths of a command line: files and folders, JSON and NDJSON."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from redox_tui.cli.exits import CommandError, Exit
from redox_tui.domain import samples
from redox_tui.domain.samples import Sample, SampleError

_BY_LINE: Final = (".ndjson", ".jsonl")
_SUFFIXES: Final = (".json", *_BY_LINE)


def read(paths: Iterable[str]) -> Iterator[Sample]:
    """Every sample in the order of the paths, folders by name; CommandError for what is no message."""
    for path in paths:
        for file in _files(Path(path)):
            try:
                text = file.read_text(encoding="utf-8-sig")
            except OSError as error:
                raise CommandError(f"{file} cannot be read: {error.strerror}.", Exit.NOT_FOUND) from None
            except UnicodeDecodeError:
                raise CommandError(f"{file} is no text in UTF-8.") from None
            try:
                yield from samples.read(file.as_posix(), text, by_line=file.suffix in _BY_LINE)
            except SampleError as error:
                raise CommandError(str(error)) from None


def messages(paths: Iterable[str]) -> Iterator[Any]:
    """The same without their names."""
    return (sample.message for sample in read(paths))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
    if not found:
        raise CommandError(f"{path} holds no {', '.join('*' + suffix for suffix in _SUFFIXES)}.", Exit.NOT_FOUND)
    return found
