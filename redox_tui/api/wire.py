"""Answers of the wire, read tolerantly: unknown fields and values are kept, and missing ones are None.

What platform-api.md only infers about answers stands here and in the readings of records, one line each.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from redox_tui.api.errors import BadAnswer
from redox_tui.api.meta import Meta, meta_of
from redox_tui.domain.jsontext import JsonReader, JsonTextError

NOT_LISTS: Final = ("errors", "warnings", "links")
"""Names of lists that stand beside the one that was asked for."""

_FULL: Final = 50
"""Records of a full page of anything but logs, which is all that may be asked for (platform-api.md §2.2)."""

_MOST_GUESSED: Final = 100
"""Pages that are asked for though nothing but full pages says that there are any: a server may repeat itself."""

_LONGEST_ERROR: Final = 64 << 10
_CREDENTIAL: Final = re.compile(r"bearer\s+\S+|eyJ[\w-]+(?:\.[\w-]*)+", re.IGNORECASE)
"""A token or an assertion that a server repeats: no error quotes one (security.md AU-06)."""


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
    records = _list_in(answer.get("payload", answer), name)
    meta = meta_of(answer.get("meta"))
    following = meta.next if isinstance(meta.next, int) else None
    if page and records and following is None:
        following = page + 1 if page < _MOST_GUESSED and _are_more(len(records), meta, page) else None
    return Listing(_objects(records), meta.total, following)


def _are_more(count: int, meta: Meta, page: int) -> bool:
    """Whether a page of so many records that names none after it may still have one."""
    if meta.total is None or meta.total < count:
        return count == _FULL and not meta.has_links
    return page * (meta.size or max(count, _FULL)) < meta.total


def read_records(body: bytes, name: str) -> tuple[dict[str, Any], ...]:
    """`payload.{name}[]`, or the list that is the body itself; raises BadAnswer."""
    answer = _read_value(body)
    return _objects(_list_in(answer.get("payload", answer) if isinstance(answer, dict) else answer, name))


def _objects(records: list[Any]) -> tuple[dict[str, Any], ...]:
    return tuple(record for record in records if isinstance(record, dict))


def read_one(body: bytes, name: str) -> dict[str, Any]:
    """`payload.{name}`, or the payload or the body itself where it is the record (platform-api.md §2.1)."""
    answer = read_object(body)
    payload = answer.get("payload", answer)
    found = payload.get(name, payload) if isinstance(payload, dict) else None
    if not isinstance(found, dict) or "id" not in found:
        raise BadAnswer(
            "The answer holds not what was asked for.", message_in(answer), "Is this address the Platform API?"
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
        return message_in(reader_of(body).value())
    except (JsonTextError, BadAnswer, RecursionError):
        return ""


def message_in(answer: Any) -> str:
    """What an answer says by `message` or the like, anywhere in it; no text that may be a patient's."""
    if isinstance(answer, str):
        return _CREDENTIAL.sub("…", answer[:3_000])[:300]
    if isinstance(answer, list):
        return next((text for item in answer if (text := message_in(item))), "")
    if not isinstance(answer, dict):
        return ""
    payload = answer.get("payload")
    # A payload that is a text may be a patient's message, which no error quotes.
    said = message_in(payload) if isinstance(payload, dict) else ""
    names = ("errors", "message", "error_description", "error", "errorDetail", "detail", "title")
    return said or next((text for name in names if (text := message_in(answer.get(name)))), "")


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


def _read_value(body: bytes) -> Any:
    try:
        reader = reader_of(body)
        answer = reader.value()
        reader.finish()
    except JsonTextError as error:
        raise no_json(error) from None
    return answer


def _list_in(payload: Any, name: str) -> list[Any]:
    """The list of that name, else of another: most names of lists are inferred (platform-api.md §3.1, §3.8)."""
    if isinstance(payload, dict):
        others = (value for other, value in payload.items() if other not in NOT_LISTS and isinstance(value, list))
        payload = payload[name] if name in payload else next(others, None)
    if not isinstance(payload, list):
        raise BadAnswer(f"The answer holds no list of {name}.", hint="Is this address the Platform API?")
    return payload
