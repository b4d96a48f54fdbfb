"""The known field paths of each data model, and those seen in sample messages: for completion and "did you mean".

The index is made by `make fields` from the models that Redox publishes on PyPI. FHIR and unknown data models are not in
it; their paths come from samples alone.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from redox_tui.domain.fieldpath import FieldPath, step
from redox_tui.domain.filters import as_text
from redox_tui.domain.models import DATA_MODELS, same_model

INDEX: Final = Path(__file__).with_name("fields.json.gz")
"""The packaged index; tools/fields.py writes it."""

_LIKENESS: Final = 0.6
_DEEPEST: Final = 64


@dataclass(frozen=True, slots=True)
class Field:
    """A path that ends in a value, with `[*]` for arrays.

    `types` are of `string`, `number` and `boolean`; `event_types` are those whose messages have the field, empty where
    it is known from samples only; `example` is a value seen in a sample, and may be a patient's.
    """

    path: str
    types: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    example: str | None = None


class Fields:
    """The fields of one data model by path, in order."""

    def __init__(self, fields: Iterable[Field] = ()) -> None:
        self.by_path: Mapping[str, Field] = {field.path: field for field in fields}

    def __len__(self) -> int:
        return len(self.by_path)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.by_path.values())

    def with_samples(self, messages: Iterable[Any]) -> "Fields":
        """These fields with examples from messages, and with paths that only those have."""
        found = dict(self.by_path)
        for path, value in (pair for message in messages for pair in _leaves(message, "$", 0)):
            known = found.get(path)
            if known is None:
                found[path] = Field(path, (_type_of(value),), (), as_text(value))
            elif known.example is None or _type_of(value) not in known.types:
                types = tuple(sorted({*known.types, _type_of(value)}))
                found[path] = Field(path, types, known.event_types, known.example or as_text(value))
        return Fields(found[path] for path in sorted(found))

    def starting_with(self, text: str) -> list[Field]:
        """The fields whose path begins so, in any case; where none does, those with this text in their last name."""
        wanted = text.casefold()
        found = [field for field in self if field.path.casefold().startswith(wanted)]
        last = wanted.rpartition(".")[2]
        if found or not last:
            return found
        named = [field for field in self if last in _last_name(field)]
        return sorted(named, key=lambda field: (_last_name(field) != last, field.path.count(".")))

    def knows(self, path: FieldPath) -> bool:
        """Whether a path can lead to a value; True where nobody can tell."""
        return not self.by_path or path.general is None or path.general in self.by_path

    def is_inner(self, path: FieldPath) -> bool:
        """Whether a path leads to an object or an array, which no text equals."""
        return path.general is not None and any(
            known.startswith((f"{path.general}.", f"{path.general}[")) for known in self.by_path
        )

    def nearest(self, path: FieldPath) -> str | None:
        """The known path that was probably meant: the same in another case or with other `[*]`, else a similar one."""
        import difflib

        if path.general is None:
            return None
        wanted = _bare(path.general)
        bare = {_bare(known): known for known in reversed(tuple(self.by_path))}
        if wanted in bare:
            return bare[wanted]
        last = wanted.rpartition(".")[2]
        # Paths that end alike first: a wrong parent is the likeliest slip in a long path.
        for candidates in ([one for one in bare if one.rpartition(".")[2] == last], list(bare)):
            if close := difflib.get_close_matches(wanted, candidates, 1, _LIKENESS):
                return bare[close[0]]
        return None


@cache
def fields_of(data_model: str) -> Fields:
    """The fields of a data model in any spelling; none for FHIR and for unknown ones."""
    name = next((known for known in DATA_MODELS if same_model(known, data_model)), "")
    model = _index().get(name)
    if model is None:
        return Fields()
    events = model["eventTypes"]
    return Fields(
        Field(path, tuple(types), tuple(events[number] for number in numbers))
        for path, (types, numbers) in model["fields"].items()
    )


def values_seen(found: Iterable[Sequence[Any]]) -> Counter[str]:
    """How often each value is at a path, as a rule compares them; `found` are the values there, message by message."""
    texts = (as_text(value) for values in found for value in values)
    return Counter(text for text in texts if text is not None)


@cache
def _index() -> dict[str, Any]:
    index: dict[str, Any] = json.loads(gzip.decompress(INDEX.read_bytes()))
    return index


def _leaves(value: Any, at: str, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, at + step(name), depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{at}[*]", depth + 1)
    elif value is not None:
        yield at, value


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "number"


def _last_name(field: Field) -> str:
    return _bare(field.path).rpartition(".")[2]


def _bare(path: str) -> str:
    return path.replace("[*]", "").casefold()
