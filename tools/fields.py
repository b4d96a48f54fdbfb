"""Writes the index of field paths that the domain reads, from the models of Redox's data models on PyPI (`redox`).

Importing those models takes seconds, so the product carries what they say of paths, types and event types instead.
"""

import gzip
import json
import types
from collections.abc import Iterator
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

from redox_tui.domain.fields import INDEX
from redox_tui.domain.models import DATA_MODELS

_TYPES: Final = {str: "string", float: "number", int: "number", bool: "boolean"}
_EVENT_TYPES: Final = {"SignOn": "Sign-on"}
"""Event types whose class is called otherwise."""


def content() -> bytes:
    """The index as JSON: by data model its event types, and by path the types and the numbers of those event types."""
    index = {model: _model(model) for model in DATA_MODELS}
    return json.dumps(index, separators=(",", ":")).encode()


def _model(name: str) -> dict[str, Any]:
    events = dict(sorted(_events(name)))
    found: dict[str, tuple[set[str], list[int]]] = {}
    for number, event in enumerate(events.values()):
        paths: dict[str, set[str]] = {}
        for path, kind in _paths(event, "$", ()):
            paths.setdefault(path, set()).add(kind)
        for path, kinds in paths.items():
            known, numbers = found.setdefault(path, (set(), []))
            known |= kinds
            numbers.append(number)
    fields = {path: [sorted(kinds), numbers] for path, (kinds, numbers) in sorted(found.items())}
    return {"eventTypes": list(events), "fields": fields}


def _events(model: str) -> Iterator[tuple[str, type[BaseModel]]]:
    package = import_module(f"redox.{model.lower()}")
    base: type[BaseModel] = import_module("redox.abstract_base").EventTypeAbstractModel
    for found in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{found.name}")
        for name, one in getmembers(module, isclass):
            if one.__module__ == module.__name__ and issubclass(one, base):
                yield _EVENT_TYPES.get(name, name), one


def _paths(model: type[BaseModel], at: str, inside: tuple[type[BaseModel], ...]) -> Iterator[tuple[str, str]]:
    """Every path below an object that ends in a string, number or boolean; a model inside of itself is entered once."""
    if model in inside:
        return
    for name, field in model.model_fields.items():
        yield from _of_type(field.annotation, f"{at}.{field.alias or name}", (*inside, model))


def _of_type(kind: Any, at: str, inside: tuple[type[BaseModel], ...]) -> Iterator[tuple[str, str]]:
    if get_origin(kind) in (Union, types.UnionType):
        for one in get_args(kind):
            yield from _of_type(one, at, inside)
    elif get_origin(kind) is list:
        yield from _of_type(get_args(kind)[0], f"{at}[*]", inside)
    elif isclass(kind) and issubclass(kind, BaseModel):
        yield from _paths(kind, at, inside)
    elif kind in _TYPES:
        yield at, _TYPES[kind]


if __name__ == "__main__":
    INDEX.write_bytes(gzip.compress(content(), mtime=0))
