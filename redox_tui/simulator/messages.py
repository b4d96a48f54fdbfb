"""Messages from a user's own folder, so that the simulated traffic can look like the traffic at hand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from redox_tui.simulator.cast import search_texts


class MessagesError(ValueError):
    """A folder or a file that cannot serve as messages; the text names it and says why."""


@dataclass(frozen=True, slots=True)
class MessageFile:
    """One message: what its `Meta` says, and the file's own bytes, which are answered unchanged.

    `patient_texts` are the names and numbers that a patient search finds it by, in plain form.
    """

    data_model: str
    event_type: str
    facility_code: str | None
    patient_texts: frozenset[str] = field(repr=False)
    body: bytes = field(repr=False)


def catalogue_from(folder: Path) -> Sequence[MessageFile]:
    """Read every `*.json` of a folder, in the order of their names.

    A message is a JSON object in UTF-8 with `Meta.DataModel` and `Meta.EventType` (platform-api.md §5).

    Raises:
        MessagesError: no such folder, no message in it, or a file that is no message.
    """
    if not folder.is_dir():
        raise MessagesError(f"{folder} is not a folder; give one that holds messages as *.json files")
    paths = sorted(path for path in folder.glob("*.json") if path.is_file())
    if not paths:
        raise MessagesError(f"{folder} holds no *.json file; put at least one message there")
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> MessageFile:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise MessagesError(f"{path} cannot be read: {error.strerror}") from error
    try:
        # Numbers are not looked at, and as floats none is too long to be read.
        message = json.loads(body.decode(), parse_int=float, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        # Not chained: the cause would carry the file's text, which may be somebody's record.
        raise MessagesError(f"{path} is not JSON in UTF-8{_place(error)}") from None
    if not isinstance(message, dict):
        raise MessagesError(f"{path} is not a message: its JSON is no object")
    meta = message.get("Meta")
    if not isinstance(meta, dict):
        raise MessagesError(f"{path} is not a message: it has no Meta object")
    return MessageFile(
        data_model=_required(path, meta, "DataModel"),
        event_type=_required(path, meta, "EventType"),
        facility_code=code if isinstance(code := meta.get("FacilityCode"), str) else None,
        patient_texts=_patient_texts(message.get("Patient")),
        body=body,
    )


def _required(path: Path, meta: dict[str, object], name: str) -> str:
    value = meta.get(name)
    if not isinstance(value, str) or not value.strip():
        raise MessagesError(f"{path} is not a message: Meta.{name} is missing or no text")
    return value


def _patient_texts(patient: object) -> frozenset[str]:
    """Taken from `Patient.Demographics` and `Patient.Identifiers`; empty where a message has no patient."""
    match patient:
        case {"Demographics": {"FirstName": str(first), "LastName": str(last)}, **others}:
            identifiers = others.get("Identifiers")
            entries = identifiers if isinstance(identifiers, list) else []
            numbers = [number for entry in entries if isinstance(number := _id_of(entry), str)]
            return search_texts(first, last, numbers)
    return frozenset()


def _id_of(identifier: object) -> object:
    return identifier.get("ID") if isinstance(identifier, dict) else None


def _place(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f" (line {error.lineno}, column {error.colno})"
    return ""


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
