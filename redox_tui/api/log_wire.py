"""Logs on the wire, read tolerantly: a bad record is a marked row, and a message is never read as a part of its log.

The shapes that platform-api.md only infers (§3.1, §3.3) stand here, one line each.
"""

import json
from dataclasses import replace
from typing import Any, Final

from redox_tui.api.directory_wire import party
from redox_tui.api.errors import BadAnswer
from redox_tui.api.fields import Fields
from redox_tui.api.meta import meta_of
from redox_tui.api.wire import NOT_LISTS, message_in, no_json, reader_of
from redox_tui.domain.jsontext import JsonReader, JsonTextError, on_one_line
from redox_tui.domain.logs import STATUSES, TYPES, Attempt, Log, LogDetail, LogPage, Operation, PageRef

_LIST_NAMES: Final = ("results", "logs")
_DETAIL_NAMES: Final = ("result", "log")
_PAYLOAD_NAMES: Final = ("payload", "message", "messagePayload", "data", "body")
_LOG_FIELDS: Final = frozenset({"id", "createdAt", "status", "type", "attempts"})
_LOG_TEXTS: Final = ("id", "status", "type", "dataModel", "eventType", "dataMode", "facilityCode")


def read_page(body: bytes, ref: PageRef) -> LogPage:
    """A list of logs in any of its known shapes (platform-api.md §2.2, §2.3, §3.1); raises BadAnswer."""
    reader = reader_of(body)
    meta: dict[str, Any] = {}
    logs: list[Log] | None = None
    try:
        if reader.peek() == "[":
            logs = _read_logs(reader)
        else:
            for key in reader.members():
                if key == "meta" and reader.peek() == "{":
                    meta = reader.value()
                elif key == "payload" and reader.peek() == "{":
                    for name in reader.members():
                        logs = _read_list(reader, name, logs)
                else:
                    logs = _read_list(reader, key, logs)
        reader.finish()
    except JsonTextError as error:
        raise no_json(error) from None
    if logs is None:
        raise BadAnswer("The answer holds no list of logs.", hint="Is this address the Platform API?")
    return _page(logs, meta, ref)


def read_detail(body: bytes) -> LogDetail:
    """A log by id: as the payload itself, or in `payload.result` (platform-api.md §3.3); raises BadAnswer."""
    reader = reader_of(body)
    try:
        if reader.peek() == "{":
            reader = _unwrapped(reader, ("payload",))
            outer = reader.at
            inner = _unwrapped(reader, _DETAIL_NAMES)
            is_metadata = inner.at != outer
            return replace(_detail(inner), is_metadata=is_metadata)
    except JsonTextError as error:
        raise no_json(error) from None
    raise BadAnswer("The answer holds no log.", hint="Is this address the Platform API?")


def read_record(text: str) -> tuple[dict[str, Any], LogDetail]:
    """A record by itself, as exports hold it: its fields without the message, and what they say of a log.

    Raises JsonTextError, also for what is no object.
    """
    record, metadata, payload = _without_message(JsonReader(text))
    return record, LogDetail(log_of(record, metadata), payload)


def read_facts(record: dict[str, Any]) -> Log:
    """What a record says of a log, without the record itself; half the work where only that is wanted."""
    return log_of(record, "")


def is_log(record: dict[str, Any]) -> bool:
    """Whether an object has any field of a log."""
    return not _LOG_FIELDS.isdisjoint(record)


def log_of(record: object, text: str) -> Log:
    """A log of its record, whatever that holds, and of the record's own text."""
    fields = Fields(record if isinstance(record, dict) else {})
    source, destination, attempts = fields.inner("source"), fields.inner("destination"), fields.inner("attempts")
    latest = attempts.inner("latest") if attempts else None
    log_id, status, kind, data_model, event_type, data_mode, facility_code = fields.texts(*_LOG_TEXTS)
    return Log(
        id=log_id or "",
        created_at=fields.time("createdAt"),
        updated_at=fields.time("updatedAt"),
        status=_as_known(status, STATUSES),
        type=_as_known(kind, TYPES),
        data_model=data_model,
        event_type=event_type,
        source=party(source) if source else None,
        destination=party(destination) if destination else None,
        attempts=attempts.whole("total") if attempts else None,
        latest_attempt=_attempt(latest) if latest else None,
        data_mode=data_mode,
        facility_code=facility_code,
        problem=_problem(record, fields, log_id),
        record=on_one_line(text).encode("utf-8", errors="surrogateescape"),
    )


def _unwrapped(reader: JsonReader, names: tuple[str, ...]) -> JsonReader:
    """A reader on the object under one of those names; on the same object where it has none, or is a record itself."""
    start, inner = reader.at, reader.at
    for key in reader.members():
        if key == "id":
            return JsonReader(reader.text, start)
        if key in names and reader.peek() == "{":
            inner = reader.at
    return JsonReader(reader.text, inner)


def _read_list(reader: JsonReader, name: str, before: list[Log] | None) -> list[Log] | None:
    is_list = reader.peek() == "[" and name not in NOT_LISTS
    return _read_logs(reader) if is_list and (before is None or name in _LIST_NAMES) else before


def _read_logs(reader: JsonReader) -> list[Log]:
    logs = []
    for _ in reader.elements():
        start = reader.at
        record = reader.value()
        text = reader.text[start : reader.end]
        if isinstance(record, dict) and _message_name(record):
            # A search for a patient brings the messages too; nobody has asked to see them.
            record, text, _ = _without_message(JsonReader(text))
        logs.append(log_of(record, text))
    return logs


def _detail(reader: JsonReader) -> LogDetail:
    record, metadata, payload = _without_message(reader)
    if not is_log(record):
        raise BadAnswer("The answer holds no log.", message_in(record), "Is this address the Platform API?")
    return LogDetail(log_of(record, metadata), payload)


def _without_message(reader: JsonReader) -> tuple[dict[str, Any], str, str | None]:
    """A record and its text without the message that it is about, and the message's own text where there is one."""
    record: dict[str, Any] = {}
    texts: list[tuple[str, str]] = []
    for key in reader.members():
        begin = reader.at
        record[key] = reader.value()
        texts.append((key, reader.text[begin : reader.end]))
    payload = None
    if name := _message_name(record):
        message = record.pop(name)
        payload = message if isinstance(message, str) else dict(texts)[name]
    metadata = ",".join(f"{json.dumps(key)}:{text}" for key, text in texts if key != name)
    return record, f"{{{metadata}}}", payload


def _message_name(record: dict[str, Any]) -> str | None:
    """Under which name a record holds its message, None where it has none."""
    return next((name for name in _PAYLOAD_NAMES if record.get(name) is not None), None)


def _as_known(text: str | None, known: tuple[str, ...]) -> str | None:
    """A value in the API's spelling where it differs by case alone, as the dashboard's does (platform-api.md §4.1)."""
    if text is None or text in known:
        return text
    return lowered if (lowered := text.lower()) in known else text


def _problem(record: object, fields: Fields, log_id: str | None) -> str | None:
    if not isinstance(record, dict):
        return "the record is no object"
    if fields.unreadable:
        return f"unreadable: {', '.join(sorted(fields.unreadable))}"
    return None if log_id else "the record has no id"


def _attempt(fields: Fields) -> Attempt:
    operations = tuple(
        Operation(
            type=one.text("type"),
            operation_id=one.text("operationId"),
            version=one.whole("version"),
            order=one.whole("order"),
            attempt_stage=one.text("attemptStage"),
            start_time=one.time("startTime"),
            end_time=one.time("endTime"),
        )
        for one in fields.inners("operations")
    )
    return Attempt(fields.text("id"), fields.time("attemptAt"), _as_known(fields.text("status"), STATUSES), operations)


def _page(logs: list[Log], meta: dict[str, Any], ref: PageRef) -> LogPage:
    found = meta_of(meta)
    # Pages may be shorter than asked for, but those before are as long as this one at least.
    seen = len(logs) * (ref if isinstance(ref, int) else 1)
    total = found.total if found.total is None or found.total >= seen else None
    return LogPage(tuple(logs), total, found.size, found.next)
