"""The wire read tolerantly: unknown fields and values are kept, missing ones are None, a bad record is a marked row.

Everything that platform-api.md only infers about answers stands here, one line each.
"""

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from redox_tui.api import endpoints
from redox_tui.api.errors import BadAnswer
from redox_tui.api.fields import Fields
from redox_tui.domain.jsontext import JsonReader, JsonTextError, on_one_line
from redox_tui.domain.logs import (
    STATUSES,
    TYPES,
    Attempt,
    Environment,
    Log,
    LogDetail,
    LogPage,
    Operation,
    PageRef,
    Party,
)

_LIST_NAMES: Final = ("results", "logs")
_FULL: Final = 50
"""Records of a full page of anything but logs, which is all that may be asked for (platform-api.md §2.2)."""

_MOST_GUESSED: Final = 100
"""Pages that are asked for though nothing but full pages says that there are any: a server may repeat itself."""

_NOT_LISTS: Final = ("errors", "warnings", "links")
_DETAIL_NAMES: Final = ("result", "log")
_PAYLOAD_NAMES: Final = ("payload", "message", "messagePayload", "data", "body")
_LOG_FIELDS: Final = frozenset({"id", "createdAt", "status", "type", "attempts"})
_LONGEST_ERROR: Final = 64 << 10
_CREDENTIAL: Final = re.compile(r"bearer\s+\S+|eyJ[\w-]+(?:\.[\w-]*)+", re.IGNORECASE)
"""A token or an assertion that a server repeats: no error quotes one (security.md AU-06)."""

_LOG_TEXTS: Final = ("id", "status", "type", "dataModel", "eventType", "dataMode", "facilityCode")
_TOTAL_NAMES: Final = ("totalRecords", "total", "totalCount")
_CURSOR_NAMES: Final = ("nextCursor", "next_cursor", "cursor", "_cursor")


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


def read_environments(body: bytes) -> tuple[Environment, ...]:
    """`payload.environments[]` (platform-api.md §3.10)."""
    found = (
        Environment(f.text("id") or "", f.text("name"), f.text("environmentFlag"))
        for f in _records(body, "environments")
    )
    return tuple(one for one in found if one.id)


def read_parties(body: bytes, name: str) -> tuple[Party, ...]:
    """`payload.sources[]` or `payload.destinations[]` (platform-api.md §3.11)."""
    return tuple(_party(fields) for fields in _records(body, name))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of any records with what its `meta` says: how many there are in all, and which page comes next."""

    records: tuple[dict[str, Any], ...]
    total: int | None = None
    next: int | None = None


def read_listing(body: bytes, name: str, page: int | None = None) -> Listing:
    """`payload.{name}[]` with page numbers (platform-api.md §2.2); raises BadAnswer.

    Where nothing is said of what follows `page`, a total says it, or that the page is full: the next one may be empty.
    """
    answer = read_object(body)
    payload = answer.get("payload", answer)
    records = _list_in(payload, name)
    meta = answer.get("meta")
    inner = meta.get("page") if isinstance(meta, dict) else None
    places = [place for place in (meta, inner) if isinstance(place, dict)]
    total, following = _number(places, _TOTAL_NAMES), _next(places)
    if page and records and not isinstance(following, int):
        following = page + 1 if page < _MOST_GUESSED and _are_more(len(records), places, total, page) else None
    found = tuple(record for record in records if isinstance(record, dict))
    return Listing(found, total, following if isinstance(following, int) else None)


def _are_more(count: int, places: list[dict[str, Any]], total: int | None, page: int) -> bool:
    """Whether a page of so many records that names none after it may still have one."""
    size = _number(places, ("pageSize",))
    if total is None or total < count:
        is_said = any(isinstance(place.get("links"), dict) for place in places)
        return count == _FULL and not is_said
    return page * (size or max(count, _FULL)) < total


def read_one(body: bytes, name: str) -> dict[str, Any]:
    """`payload.{name}`, or the payload or the body itself where it is the record (platform-api.md §2.1)."""
    answer = read_object(body)
    payload = answer.get("payload", answer)
    found = payload.get(name, payload) if isinstance(payload, dict) else None
    if not isinstance(found, dict) or "id" not in found:
        raise BadAnswer(
            "The answer holds not what was asked for.", _message(answer), "Is this address the Platform API?"
        )
    return found


def read_nothing(body: bytes) -> None:
    """The answer to a change that says nothing of use."""


def read_object(body: bytes) -> dict[str, Any]:
    """Any JSON object; raises BadAnswer for what is none."""
    answer = _read_value(body)
    if not isinstance(answer, dict):
        raise BadAnswer("The answer is no JSON object.")
    return answer


def read_message(body: bytes) -> str:
    """What an error's body says, from wherever it says it (platform-api.md §2.5); empty where it says nothing."""
    if len(body) > _LONGEST_ERROR:
        return ""
    try:
        return _message(reader_of(body).value())
    except (JsonTextError, BadAnswer, RecursionError):
        return ""


def _message(answer: Any) -> str:
    if isinstance(answer, str):
        return _CREDENTIAL.sub("…", answer[:3_000])[:300]
    if isinstance(answer, list):
        return next((text for item in answer if (text := _message(item))), "")
    if not isinstance(answer, dict):
        return ""
    payload = answer.get("payload")
    # A payload that is a text may be a patient's message, which no error quotes.
    said = _message(payload) if isinstance(payload, dict) else ""
    names = ("errors", "message", "error_description", "error", "errorDetail", "detail", "title")
    return said or next((text for name in names if (text := _message(answer.get(name)))), "")


def reader_of(body: bytes) -> JsonReader:
    """A reader on a body, whatever bytes it has; raises BadAnswer for a web page."""
    text = body.decode("utf-8-sig", errors="surrogateescape")
    if text.lstrip()[:1] == "<":
        raise BadAnswer(
            "The answer is a web page, not JSON.",
            hint="Check --base-url; a proxy or a login page may stand in between.",
        )
    return JsonReader(text)


def no_json(error: JsonTextError) -> BadAnswer:
    """That a body is not whole JSON."""
    return BadAnswer("The answer is not whole JSON:", f"{error}.", "It may have been cut off; try again.")


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
    is_list = reader.peek() == "[" and name not in _NOT_LISTS
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
        raise BadAnswer("The answer holds no log.", _message(record), "Is this address the Platform API?")
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
        source=_party(source) if source else None,
        destination=_party(destination) if destination else None,
        attempts=attempts.whole("total") if attempts else None,
        latest_attempt=_attempt(latest) if latest else None,
        data_mode=data_mode,
        facility_code=facility_code,
        problem=_problem(record, fields, log_id),
        record=on_one_line(text).encode("utf-8", errors="surrogateescape"),
    )


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


def _party(fields: Fields) -> Party:
    organization = fields.inner("organization")
    return _one_party(*fields.texts("id", "name"), *(organization.texts("id", "name") if organization else ()))


# A list names few parties many times.
_one_party = lru_cache(1_024)(Party)


def _read_value(body: bytes) -> Any:
    try:
        reader = reader_of(body)
        answer = reader.value()
        reader.finish()
    except JsonTextError as error:
        raise no_json(error) from None
    return answer


def _records(body: bytes, name: str) -> list[Fields]:
    answer = _read_value(body)
    payload = answer.get("payload", answer) if isinstance(answer, dict) else answer
    records = _list_in(payload, name)
    return [Fields(record) for record in records if isinstance(record, dict)]


def _list_in(payload: Any, name: str) -> list[Any]:
    """The list of that name, else of another: most names of lists are inferred (platform-api.md §3.1, §3.8)."""
    if isinstance(payload, dict):
        others = (value for other, value in payload.items() if other not in _NOT_LISTS and isinstance(value, list))
        payload = payload[name] if name in payload else next(others, None)
    if not isinstance(payload, list):
        raise BadAnswer(f"The answer holds no list of {name}.", hint="Is this address the Platform API?")
    return payload


def _page(logs: list[Log], meta: dict[str, Any], ref: PageRef) -> LogPage:
    inner = meta.get("page")
    places = [meta, inner] if isinstance(inner, dict) else [meta]
    total = _number(places, _TOTAL_NAMES)
    size = _number(places, ("pageSize",)) or None
    # Pages may be shorter than asked for, but those before are as long as this one at least.
    seen = len(logs) * (ref if isinstance(ref, int) else 1)
    if total is not None and total < seen:
        total = None
    following = _next(places)
    return LogPage(tuple(logs), total, size, following)


def _next(places: list[dict[str, Any]]) -> PageRef | None:
    """The next page, from a link's query (never its host) or from wherever a cursor is written, even as the link."""
    for place in places:
        links = place.get("links")
        link = links.get("next") if isinstance(links, dict) else None
        link = link.get("href") if isinstance(link, dict) else link
        if isinstance(link, str):
            try:
                query = parse_qs(urlsplit(link).query)
            except ValueError:
                continue
            if cursor := query.get(endpoints.CURSOR):
                return cursor[0]
            if (number := query.get(endpoints.PAGE)) and number[0].isdecimal() and 0 < int(number[0][:10]) < 10**9:
                return int(number[0])
            if link and not link.startswith(("/", "http:", "https:")) and "?" not in link:
                return link
    cursors = (place.get(name) for place in places for name in _CURSOR_NAMES)
    return next((cursor for cursor in cursors if isinstance(cursor, str) and cursor), None)


def _number(places: list[dict[str, Any]], names: tuple[str, ...]) -> int | None:
    for value in (place.get(name) for place in places for name in names):
        if isinstance(value, str) and value.isdecimal() and len(value) < 16:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None
