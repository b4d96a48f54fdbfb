"""What a caller asks for: query parameters and bodies read into a `Search` and a page, or refused with a sentence."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from redox_tui.simulator.answers import Refused
from redox_tui.simulator.deck import Terms
from redox_tui.simulator.moments import milliseconds
from redox_tui.simulator.search import Mode, Search
from redox_tui.simulator.traffic import STATUSES, TYPES

MOST_PER_PAGE = 50
REGION = "AWS_USA_EAST_1"
_MODES: dict[str, Mode] = {"realtime": "realtime", "backfill": "backfill"}


async def body_of(request: Request) -> dict[str, object]:
    """The JSON object of a body; an empty body is an empty object.

    Raises:
        Refused: 400, the body is no JSON object.
    """
    return fields_of(await request.body())


def fields_of(text: bytes) -> dict[str, object]:
    """The JSON object of a body that is there already, as `body_of` reads it."""
    if not text:
        return {}
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "The body must be a JSON object.")
    return body


def search_of(fields: Mapping[str, object], *, patient: str | None = None, by_environment: bool) -> Search:
    """The search that query parameters or a body describe (platform-api.md §3.1, §3.2, §3.4).

    Only the searches of an environment know `facilityCode`, `dataMode` and `serviceRegion`.

    Raises:
        Refused: 400, naming the field that cannot be understood.
    """
    region = _text(fields, "serviceRegion") if by_environment else None
    if region not in (None, REGION):
        raise Refused(400, f"serviceRegion must be {REGION}, the only region of this environment.")
    return Search(
        terms=Terms(
            data_model=_text(fields, "dataModel"),
            event_type=_text(fields, "eventType"),
            facility_code=_text(fields, "facilityCode") if by_environment else None,
            source_id=_text(fields, "sourceId"),
            destination_id=_text(fields, "destinationId"),
            type=_one_of(fields, "type", TYPES),
            patient=patient,
        ),
        status=_one_of(fields, "status", STATUSES),
        created_after=moment_of(fields, "createdAfter", up=True),
        created_before=moment_of(fields, "createdBefore", up=False),
        updated_after=moment_of(fields, "updatedAfter", up=True),
        updated_before=moment_of(fields, "updatedBefore", up=False),
        mode=mode_of(fields) if by_environment else "realtime",
    )


def mode_of(fields: Mapping[str, object]) -> Mode:
    """The `dataMode`, realtime unless told (platform-api.md §4.1)."""
    return _MODES[_one_of(fields, "dataMode", tuple(_MODES)) or "realtime"]


def patient_of(body: Mapping[str, object]) -> str | None:
    """The patient that `searchTerms` ask for; at most one term, of category `patient` (platform-api.md §3.2)."""
    terms = body.get("searchTerms")
    if terms is None:
        return None
    if not isinstance(terms, list) or not all(isinstance(term, dict) for term in terms):
        raise Refused(400, "searchTerms must be a list of objects with value and category.")
    if len(terms) > 1:
        raise Refused(400, "searchTerms takes one term per search.")
    if not terms:
        return None
    if _text(terms[0], "category") != "patient":
        raise Refused(400, "searchTerms category must be patient.")
    value = _text(terms[0], "value")
    if value is None or not value.strip():
        raise Refused(400, "searchTerms value must not be empty.")
    return value


def count_of(fields: Mapping[str, object]) -> int:
    """The `_count`, 1 to 50, 50 unless told (platform-api.md §2.2)."""
    count = _number(fields, "_count", MOST_PER_PAGE)
    if count > MOST_PER_PAGE:
        raise Refused(400, f"_count must be a whole number from 1 to {MOST_PER_PAGE}.")
    return count


def page_of(fields: Mapping[str, object]) -> int:
    """The `_page`, 1 unless told."""
    return _number(fields, "_page", 1)


def moment_of(fields: Mapping[str, object], name: str, *, up: bool) -> int | None:
    """Epoch milliseconds of a date-time, rounded into the range when it is finer than that.

    Raises:
        Refused: 400, it is no date-time with a time zone.
    """
    text = _text(fields, name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(400, f"{name} must be an ISO 8601 date-time with a time zone.")
    floor = milliseconds(moment)
    is_finer = moment - datetime(1970, 1, 1, tzinfo=UTC) != timedelta(milliseconds=floor)
    return floor + 1 if up and is_finer else floor


def _number(fields: Mapping[str, object], name: str, default: int) -> int:
    text = _text(fields, name)
    if text is None:
        return default
    if not re.fullmatch(r"[1-9][0-9]{0,14}", text):
        raise Refused(400, f"{name} must be a whole number of at least 1.")
    return int(text)


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(400, f"{name} must be a string.")
    return value


def _one_of(fields: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> str | None:
    text = _text(fields, name)
    if text is not None and text not in allowed:
        raise Refused(400, f"{name} must be one of {', '.join(allowed)}.")
    return text
