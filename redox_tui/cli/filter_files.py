"""The files of filters in a folder: read strictly, written without touching what is not ours to touch."""

import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from redox_tui.cli.exits import CommandError, Exit
from redox_tui.domain import filter_file, lint
from redox_tui.domain.filter_file import FilterFileError
from redox_tui.domain.filters import Filter
from redox_tui.store import text_files

_SUFFIXES: Final = (".toml", ".json")
_UNSAFE: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class FilterFile:
    """A file and the filter in it."""

    path: Path
    filter: Filter


def load(path: Path) -> Filter:
    """Read a file; CommandError where it is no filter, or one that could never be saved."""
    try:
        filter_ = filter_file.parse(_text(path))
    except FilterFileError as error:
        raise CommandError(f"{path}: {error}") from None
    if wrong := lint.errors(filter_):
        raise CommandError("\n".join(f"{path}: {remark}" for remark in wrong))
    return filter_


def load_folder(folder: Path) -> list[FilterFile]:
    """Every filter of a folder, by name; CommandError for a file that is none, or for two of one filter."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.", Exit.NOT_FOUND)
    paths = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    files = [FilterFile(path, load(path)) for path in paths]
    known: dict[str, Path] = {}
    for file in files:
        if file.filter.id and known.setdefault(file.filter.id, file.path) is not file.path:
            raise CommandError(f"{known[file.filter.id]} and {file.path} are files of one filter; keep one.")
    return files


def new_path(folder: Path, filter_: Filter, taken: set[Path]) -> Path:
    """Where to write a filter that has no file: its name made harmless, with a part of its id where that is taken."""
    name = _UNSAFE.sub("-", filter_.name.lower()).strip("-")[:60] or "filter"
    path = folder / f"{name}.toml"
    return folder / f"{name}-{filter_.id[:8]}.toml" if path in taken or os.path.lexists(path) else path


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all; a symbolic link in its place is replaced, not followed."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", Exit.REFUSED) from None


def note_saved(file: FilterFile, saved: Filter) -> None:
    """Note the id and the version of a filter in its file; comments and the order of a TOML file stay."""
    text = _text(file.path)
    fields = {"id": saved.id, "filterVersion": saved.filter_version}
    said = {name: value for name, value in fields.items() if value is not None}
    if file.path.suffix == ".json":
        write(file.path, json.dumps({**json.loads(text), **said}, indent=2, ensure_ascii=False) + "\n")
        return
    import tomlkit

    document: Any = tomlkit.parse(text)
    document.update(said)
    noted = tomlkit.dumps(document)
    if filter_file.parse(noted).meaning != file.filter.meaning:
        noted = filter_file.to_toml(replace(file.filter, id=saved.id, filter_version=saved.filter_version))
    write(file.path, noted)


def _text(path: Path) -> str:
    return text_files.read(path, filter_file.MAX_SIZE)
