"""Sample messages from files and folders, JSON and NDJSON, one by one; nothing of them is kept or written anywhere."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from redox_tui.domain import samples
from redox_tui.domain.samples import Sample, SampleError
from redox_tui.store import text_files
from redox_tui.store.text_files import BadFile, NoFile

_BY_LINE: Final = (".ndjson", ".jsonl")
_SUFFIXES: Final = (".json", *_BY_LINE)


def read(paths: Iterable[str]) -> Iterator[Sample]:
    """Every sample in the order of the paths, folders by name; raises NoFile and BadFile on the way."""
    for path in paths:
        for file in _files(Path(path)):
            text = text_files.read(file)
            try:
                yield from samples.read(file.as_posix(), text, by_line=file.suffix in _BY_LINE)
            except SampleError as error:
                raise BadFile(str(error)) from None


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
    if not found:
        raise NoFile(f"{path} holds no {', '.join('*' + suffix for suffix in _SUFFIXES)}.")
    return found
