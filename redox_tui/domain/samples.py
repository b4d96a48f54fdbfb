"""Sample messages out of JSON and NDJSON texts, one by one, so that thousands of them never stand in memory."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from redox_tui.domain.models import same_model


class SampleError(ValueError):
    """A text that is no message; the sentence says where, and never what it holds."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A message with a name: that of its file, with the line or the place in an array behind it."""

    name: str
    message: Any


def read(name: str, text: str, *, by_line: bool) -> Iterator[Sample]:
    """The messages of a text: one of each line, one object, or those of an array. Raises SampleError on the way."""
    if not by_line:
        whole = _parsed(text, name)
        many = whole if isinstance(whole, list) else [whole]
        for number, message in enumerate(many, 1):
            yield _sample(f"{name}[{number}]" if isinstance(whole, list) else name, message)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _sample(f"{name}:{number}", _parsed(line, name, number))


def is_of(message: Any, models: Collection[str]) -> bool:
    """Whether a message may come over subscriptions of these data models: one that says another model may not."""
    match message:
        case {"Meta": {"DataModel": str(model)}} if models:
            return any(same_model(model, one) for one in models)
    return True


def _sample(name: str, message: Any) -> Sample:
    if not isinstance(message, dict):
        raise SampleError(f"{name} is no message: its JSON is no object.")
    return Sample(name, message)


def _parsed(text: str, name: str, line: int | None = None) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SampleError(f"{name} is no JSON: line {line or error.lineno}, column {error.colno}.") from None
    except (RecursionError, ValueError):
        at = f", line {line}" if line else ""
        raise SampleError(f"{name}{at} is nested too deeply, or a number has too many digits.") from None
