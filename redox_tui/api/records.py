"""What a record of a file says: a log as the API or an export writes it, or a message, which says less of its log.

A message's facts are those of its `Meta` (platform-api.md §4.2); what it does not say is None.
"""

import json
from typing import Any, Final

from redox_tui.api import log_wire
from redox_tui.api.fields import Fields
from redox_tui.domain.file_record import Record
from redox_tui.domain.jsontext import JsonReader, JsonTextError, on_one_line
from redox_tui.domain.logs import Attempt, Log, LogDetail, Party

_NOT_JSON: Final = ("<", "MSH", "FHS", "BHS")
"""How messages begin that are XML or HL7 v2."""


def read(record: Record) -> LogDetail:
    """The log that a record is, or that it is the message of. What cannot be read is a log with a `problem`."""
    if record.problem:
        return LogDetail(Log("", problem=_placed(record, record.problem)))
    text = record.text.decode("utf-8", errors="surrogateescape")
    is_whole = not record.place
    if is_whole and text.lstrip().startswith(_NOT_JSON):
        return LogDetail(Log("", record=_about(record)), text)
    try:
        fields, detail = log_wire.read_record(text)
    except JsonTextError as error:
        log = Log("", problem=_placed(record, _why(record, text, error)), record=_about(record))
        # A message that is a file of its own can be looked at as text, whatever is wrong with it.
        return LogDetail(log, text if is_whole else None)
    if is_message(fields):
        return LogDetail(_of_message(fields, text, record), text)
    return detail


def is_message(record: dict[str, Any]) -> bool:
    """Whether an object is a message (one of Redox's own, or a FHIR resource) and not a log."""
    return isinstance(record.get("Meta"), dict) or "resourceType" in record or not log_wire.is_log(record)


def _of_message(message: dict[str, Any], text: str, record: Record) -> Log:
    meta = message.get("Meta")
    fields = Fields(meta if isinstance(meta, dict) else {})
    delivered = next(fields.inners("Logs"), Fields({}))
    attempt = delivered.text("AttemptID")
    return Log(
        id=delivered.text("ID") or "",
        created_at=fields.time("EventDateTime"),
        data_model=fields.text("DataModel"),
        event_type=fields.text("EventType"),
        source=_party(fields.inner("Source")),
        destination=_party(next(fields.inners("Destinations"), None)),
        latest_attempt=Attempt(attempt) if attempt else None,
        facility_code=fields.text("FacilityCode"),
        problem=f"unreadable: Meta.{', Meta.'.join(sorted(fields.unreadable))}" if fields.unreadable else None,
        record=_about(record, _text_of_meta(text)),
    )


def _text_of_meta(text: str) -> str:
    """`Meta` as it stands in the message."""
    reader = JsonReader(text)
    for key in reader.members():
        if key == "Meta":
            start = reader.at
            reader.value()
            return text[start : reader.end]
    return ""


def _party(fields: Fields | None) -> Party | None:
    return Party(fields.text("ID"), fields.text("Name")) if fields else None


def _about(record: Record, meta: str = "") -> bytes:
    """What stands for the record of a log where there is only its message: from which file it is, and its `Meta`."""
    members = [f'"file":{json.dumps(record.file)}']
    if record.place:
        members.append(f'"place":{json.dumps(record.place)}')
    if meta:
        members.append(f'"Meta":{on_one_line(meta)}')
    return f"{{{','.join(members)}}}".encode("utf-8", errors="surrogateescape")


def _why(record: Record, text: str, error: JsonTextError) -> str:
    if "nested" in str(error):
        return "nested too deeply"
    if record.is_last and not text.endswith("}"):
        return "cut off, the file ends inside it"
    return "no JSON" if text[:1] == "{" else "no JSON object"


def _placed(record: Record, problem: str) -> str:
    return f"{problem} ({record.place})" if record.place else problem
