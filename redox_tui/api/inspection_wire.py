"""The answer of the log inspector read tolerantly: all but that there are operations is inferred (§3.6)."""

from typing import Any, Final

from redox_tui.api import log_wire, wire
from redox_tui.api.errors import BadAnswer
from redox_tui.api.fields import Fields
from redox_tui.domain.inspection import Inspection, Step
from redox_tui.domain.jsontext import JsonReader, JsonTextError
from redox_tui.domain.logs import Log, Operation

_WRAPPERS: Final = ("payload", "result", "inspection", "dryRun")
_ATTEMPT: Final = ("attempts", "latest")
"""Where the record of a log has its operations (platform-api.md §3.3)."""

_LISTS: Final = ("operations", "steps", "results")
_LOGS: Final = ("log", "metadata")
_BEFORE: Final = ("input", "inputPayload", "before", "payloadBefore", "request")
_AFTER: Final = ("output", "outputPayload", "after", "payloadAfter", "response", "payload")
_DID: Final = ("status", "outcome")
_IDS: Final = ("operationId", "id")
_STAGES: Final = ("attemptStage", "stage", "processingLocation")
_NAMES: Final = ("name", "title")


def read_inspection(body: bytes) -> Inspection:
    """The steps in the order that they name, or in that of the answer; raises BadAnswer."""
    steps: list[Step] | None = None
    log: Log | None = None
    try:
        reader = wire.reader_of(body)
        if reader.peek() == "[":
            return Inspection(_in_order(_steps(reader)))
        for _ in _WRAPPERS:
            reader = _inside(reader, _WRAPPERS)
        for name in _ATTEMPT:
            reader = _inside(reader, (name,))
        if reader.peek() == "[":
            return Inspection(_in_order(_steps(reader)))
        for name in reader.members() if reader.peek() == "{" else ():
            if name in _LISTS and reader.peek() == "[" and steps is None:
                steps = _steps(reader)
            elif name in _LOGS and reader.peek() == "{":
                begin = reader.at
                record = reader.value()
                log = log_wire.log_of(record, reader.text[begin : reader.end])
    except JsonTextError as error:
        raise wire.no_json(error) from None
    if steps is None:
        raise BadAnswer("The inspector's answer holds no operations.", hint="Is this address the Platform API?")
    return Inspection(_in_order(steps), log)


def _inside(reader: JsonReader, wrappers: tuple[str, ...]) -> JsonReader:
    """A reader on what one of these wrappers holds; on the same object where it has none, or the list itself."""
    start, inner = reader.at, None
    for name in reader.members() if reader.peek() == "{" else ():
        if name in _LISTS and reader.peek() == "[":
            inner = None
            break
        if name in wrappers and reader.peek() in ("{", "["):
            inner = reader.at
    return JsonReader(reader.text, start if inner is None else inner)


def _steps(reader: JsonReader) -> list[Step]:
    return [_step(reader) for _ in reader.elements()]


def _step(reader: JsonReader) -> Step:
    if reader.peek() != "{":
        reader.value()
        return Step(Operation(), problem="the record is no object")
    record: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for name in reader.members():
        begin = reader.at
        record[name] = reader.value()
        texts[name] = reader.text[begin : reader.end]
    before, after = (_snapshot(record, texts, names) for names in (_BEFORE, _AFTER))
    fields = Fields({name: value for name, value in record.items() if not isinstance(value, dict | list)})
    operation = Operation(
        type=fields.text("type"),
        operation_id=_first(fields, _IDS),
        version=fields.whole("version"),
        order=fields.whole("order"),
        attempt_stage=_first(fields, _STAGES),
        start_time=fields.time("startTime"),
        end_time=fields.time("endTime"),
    )
    problem = f"unreadable: {', '.join(sorted(fields.unreadable))}" if fields.unreadable else None
    return Step(operation, _first(fields, _NAMES), _first(fields, _DID), before, after, problem)


def _first(fields: Fields, names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := fields.text(name))), None)


def _snapshot(record: dict[str, Any], texts: dict[str, str], names: tuple[str, ...]) -> str | None:
    """A message's own text under one of these names, which may hold it as an object or as a text."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            return texts[name]
    return None


def _in_order(steps: list[Step]) -> tuple[Step, ...]:
    orders = [step.operation.order for step in steps]
    if None in orders:
        return tuple(steps)
    return tuple(sorted(steps, key=lambda step: step.operation.order or 0))
