"""Sample messages from files and folders, JSON and NDJSON, one by one; nothing of them is kept or written anywhere."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from redox_tui.domain import samples
from redox_tui.domain.samples import Sample, SampleError
from redox_tui.store.errors import StoreError

_BY_LINE: Final = (".ndjson", ".jsonl")
_SUFFIXES: Final = (".json", *_BY_LINE)


class NoSamples(StoreError):
    """A path at which nothing can be read."""

    exit_code = 8


class BadSample(StoreError):
    """A file that holds something else than messages; the sentence never says what."""

    exit_code = 2


def read(paths: Iterable[str]) -> Iterator[Sample]:
    """Every sample in the order of the paths, folders by name; raises NoSamples and BadSample on the way."""
    for path in paths:
        for file in _files(Path(path)):
            try:
                text = file.read_text(encoding="utf-8-sig")
            except OSError as error:
                raise NoSamples(f"{file} cannot be read: {error.strerror}.") from None
            except UnicodeDecodeError:
                raise BadSample(f"{file} is no text in UTF-8.") from None
            try:
                yield from samples.read(file.as_posix(), text, by_line=file.suffix in _BY_LINE)
            except SampleError as error:
                raise BadSample(str(error)) from None


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
    if not found:
        raise NoSamples(f"{path} holds no {', '.join('*' + suffix for suffix in _SUFFIXES)}.")
    return found
