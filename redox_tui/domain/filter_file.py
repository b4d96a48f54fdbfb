"""A filter as a file: TOML or JSON with the API's own field names, read strictly, since a slip acts on live traffic.

`name`, `environmentId` (or `environment.id`), `action`, `rules[].path`, `.values`, `.allowList`; a file that was pulled
also has `id`, `filterVersion` and `subscriptionId` or `links` (platform-api.md §3.7, §3.8).
"""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from redox_tui.domain.filters import Filter, FilterLink, Rule
from redox_tui.domain.logs import Party

MAX_SIZE: Final = 8 << 20
"""Bytes of a file."""

_FIELDS: Final = (
    "name",
    "action",
    "rules",
    "environmentId",
    "environment",
    "id",
    "filterVersion",
    "subscriptionId",
    "links",
    "pathType",
)
_RULE_FIELDS: Final = ("path", "values", "allowList")
_LINK_FIELDS: Final = ("id", "source", "destination", "dataModel", "eventType")
_PARTY_FIELDS: Final = ("id", "name")


class FilterFileError(ValueError):
    """A text that is no filter; the message is a sentence that names the field or the line."""


def parse(text: str) -> Filter:
    """Read one filter from TOML or JSON; raises FilterFileError. What it means is for `lint` to judge."""
    fields = _document(text)
    _known(fields, _FIELDS, "")
    links = tuple(_link(one, f"links[{number}]") for number, one in enumerate(_list(fields, "links", ""), 1))
    rules = tuple(_rule(one, f"rules[{number}]") for number, one in enumerate(_list(fields, "rules", ""), 1))
    version = fields.get("filterVersion")
    if version is not None and (type(version) is not int or version < 1):
        raise FilterFileError("filterVersion is a whole number of at least 1.")
    if fields.get("pathType", "jsonpath") != "jsonpath":
        raise FilterFileError("pathType has the single value jsonpath.")
    for needed in ("name", "action"):
        if needed not in fields:
            raise FilterFileError(f"{needed} is missing.")
    return Filter(
        name=_text(fields, "name", "") or "",
        action=_text(fields, "action", "") or "",
        rules=rules,
        id=_text(fields, "id", "") or "",
        filter_version=version,
        environment=_environment(fields),
        subscription=_text(fields, "subscriptionId", "", numbers=True),
        links=links,
    )


def to_toml(filter_: Filter) -> str:
    """A filter as a file that `parse` reads: what it means, and where it belongs."""
    lines = [f"name = {_quoted(filter_.name)}", f"action = {_quoted(filter_.action)}"]
    pairs: list[tuple[str, str | int | None]] = [
        ("environmentId", filter_.environment),
        ("id", filter_.id),
        ("filterVersion", filter_.filter_version),
        ("subscriptionId", filter_.subscription),
    ]
    lines += [f"{key} = {_quoted(value) if isinstance(value, str) else value}" for key, value in pairs if value]
    if not filter_.rules:
        lines.append("rules = []")
    for rule in filter_.rules:
        values = ", ".join(map(_quoted, rule.values))
        allow = "true" if rule.allow else "false"
        lines += ["", "[[rules]]", f"path = {_quoted(rule.path)}", f"values = [{values}]", f"allowList = {allow}"]
    for link in () if filter_.subscription else filter_.live_links:
        lines += ["", "[[links]]", *_link_lines(link)]
    return "\n".join(lines) + "\n"


def _link_lines(link: FilterLink) -> list[str]:
    lines = [f"id = {_quoted(link.id)}"]
    for key, party in (("source", link.source), ("destination", link.destination)):
        if party and party.id:
            name = f", name = {_quoted(party.name)}" if party.name else ""
            lines.append(f"{key} = {{ id = {_quoted(party.id)}{name} }}")
    pairs = (("dataModel", link.data_model), ("eventType", link.event_type))
    return lines + [f"{key} = {_quoted(value)}" for key, value in pairs if value]


def _document(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_SIZE:
        raise FilterFileError(f"A filter file has at most {MAX_SIZE >> 20} MiB.")
    try:
        fields = json.loads(text) if text.lstrip()[:1] in ("{", "[") and not _is_table(text) else tomllib.loads(text)
    except json.JSONDecodeError as error:
        raise FilterFileError(f"It is no JSON: line {error.lineno}, column {error.colno}.") from None
    except tomllib.TOMLDecodeError as error:
        # What stands there is not quoted: it may be a patient's.
        place = re.search(r"\(at ([a-z0-9, ]+)\)$", str(error))
        raise FilterFileError(f"It is no TOML: {place[1] if place else 'unreadable'}.") from None
    except (RecursionError, ValueError):
        raise FilterFileError("It is nested too deeply, or a number has too many digits.") from None
    if not isinstance(fields, dict):
        raise FilterFileError("A filter is an object with fields, not a list or a single value.")
    return fields


def _is_table(text: str) -> bool:
    """Whether a text that begins with a bracket is TOML, `[environment]`, and no JSON array."""
    return bool(re.match(r"\s*\[\[?[A-Za-z]+\]", text))


def _rule(fields: Any, at: str) -> Rule:
    _known(_object(fields, at), _RULE_FIELDS, at)
    if "path" not in fields:
        raise FilterFileError(f"{at}.path is missing.")
    values = _list(fields, "values", at)
    if not all(isinstance(value, str) for value in values):
        raise FilterFileError(f"{at}.values are strings; write numbers in quotes.")
    allow = fields.get("allowList", True)
    if not isinstance(allow, bool):
        raise FilterFileError(f"{at}.allowList is true or false.")
    return Rule(_text(fields, "path", at) or "", tuple(values), allow)


def _link(fields: Any, at: str) -> FilterLink:
    _known(_object(fields, at), _LINK_FIELDS, at)
    return FilterLink(
        id=_text(fields, "id", at) or "",
        source=_party(fields, "source", at),
        destination=_party(fields, "destination", at),
        data_model=_text(fields, "dataModel", at),
        event_type=_text(fields, "eventType", at),
    )


def _party(fields: Mapping[str, Any], name: str, at: str) -> Party | None:
    if name not in fields:
        return None
    inner = _object(fields[name], f"{at}.{name}")
    _known(inner, _PARTY_FIELDS, f"{at}.{name}")
    return Party(_text(inner, "id", at), _text(inner, "name", at))


def _environment(fields: Mapping[str, Any]) -> str | None:
    said = _text(fields, "environmentId", "")
    if "environment" not in fields:
        return said
    inner = _object(fields["environment"], "environment")
    _known(inner, _PARTY_FIELDS, "environment")
    nested = _text(inner, "id", "environment")
    if said and nested and said != nested:
        raise FilterFileError("environmentId and environment.id name two environments.")
    return said or nested


def _known(fields: Mapping[str, Any], names: tuple[str, ...], at: str) -> None:
    for name in fields:
        if name not in names:
            import difflib

            close = difflib.get_close_matches(name, names, 1)
            meant = f" did you mean {close[0]}?" if close else f" there are {', '.join(names)}."
            raise FilterFileError(f"{_place(at, name)} is no field of a filter;{meant}")


def _object(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FilterFileError(f"{at} is no object.")
    return value


def _list(fields: Mapping[str, Any], name: str, at: str) -> list[Any]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise FilterFileError(f"{_place(at, name)} is no list.")
    return value


def _text(fields: Mapping[str, Any], name: str, at: str, *, numbers: bool = False) -> str | None:
    value = fields.get(name)
    if numbers and type(value) is int:
        return str(value)
    if value is not None and not isinstance(value, str):
        raise FilterFileError(f"{_place(at, name)} is no text.")
    return value


def _place(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _quoted(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's too, and what TOML forbids besides is written as an escape."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
