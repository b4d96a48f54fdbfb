"""Filters, links and subscriptions between wire and domain, in the words of v0 and v1 (platform-api.md §3.7 to §3.9).

What this program does not know is kept as JSON text and goes back with the next save, which replaces all of a filter.
"""

import json
from typing import Any, Final

from redox_tui.api import wire
from redox_tui.api.fields import Fields
from redox_tui.domain.filter_list import FilterPage, Restored
from redox_tui.domain.filters import Change, Extra, Filter, FilterLink, Rule, User
from redox_tui.domain.logs import Party
from redox_tui.domain.subscriptions import Subscription, SubscriptionPage

Json = dict[str, Any]

_CHANGE_FIELDS: Final = frozenset(
    {"createdAt", "createdBy", "creatingUserId", "updatedAt", "updatedBy", "lastUpdatingUserId"}
    | {"deletedAt", "deletedBy", "deletingUserId", "version", "id"}
    | {"organization", "organizationId", "environment", "environmentId"}
)
_FILTER_FIELDS: Final = _CHANGE_FIELDS | {
    *("name", "action", "rules", "filterVersion", "pathType", "links", "filterLinks")
}
_LINK_FIELDS: Final = _CHANGE_FIELDS | {
    *("source", "sourceId", "destination", "destinationId", "dataModel", "eventType"),
    *("connectingOrganization", "filterSettingsId"),
}
_RULE_FIELDS: Final = frozenset({"path", "values", "allowList"})
_QUEUE_FIELDS: Final = ("queueStatus", "queue", "status")
_SUBSCRIPTION_FIELDS: Final = frozenset({"id", "source", "destination", "dataModel", "deletedAt"})
_RESTORED_NAMES: Final = ("current", "restored", "next", "filter")


def read_filter(body: bytes, subscription: str | None = None) -> Filter:
    """`payload.filter`; raises BadAnswer. v0 asks for the filters of a `subscription`, which it does not repeat."""
    return filter_of(wire.read_one(body, "filter"), subscription)


def read_filters(body: bytes, subscription: str | None = None, *, page: int | None = None) -> FilterPage:
    """`payload.filters[]`, of a list with pages the one with this number; raises BadAnswer."""
    found = wire.read_listing(body, "filters", page)
    return FilterPage(tuple(filter_of(one, subscription) for one in found.records), found.total, found.next)


def read_restored(body: bytes) -> Restored:
    """The bare answer to a restore: `previous`, and under a name that is not documented what is current then."""
    answer = wire.read_object(body)
    answer = payload if isinstance(payload := answer.get("payload"), dict) else answer
    current = next((answer[name] for name in _RESTORED_NAMES if isinstance(answer.get(name), dict)), None)
    previous = answer.get("previous")
    return Restored(filter_of(previous if isinstance(previous, dict) else {}), filter_of(current) if current else None)


def read_link(body: bytes) -> FilterLink:
    """`payload.filterLink`; raises BadAnswer."""
    return _link(Fields(found := wire.read_one(body, "filterLink")), found)


def read_subscriptions(body: bytes, page: int | None = None) -> SubscriptionPage:
    """`payload.subscriptions[]`, of a list with pages the one with this number; raises BadAnswer."""
    found = wire.read_listing(body, "subscriptions", page)
    return SubscriptionPage(tuple(map(_subscription, found.records)), found.total, found.next)


def filter_of(record: Json, subscription: str | None = None) -> Filter:
    """A filter of either version. What cannot be read is named in its `problem`, and such a filter is not written."""
    fields = Fields(record)
    links = [one for name in ("links", "filterLinks") for one in _objects(record, name, fields)]
    organization, environment = fields.inner("organization"), fields.inner("environment")
    read = Filter(
        name=fields.text("name") or "",
        action=fields.text("action") or "",
        rules=tuple(_rule(one, fields) for one in _objects(record, "rules", fields)),
        id=fields.text("id") or "",
        filter_version=fields.whole("filterVersion"),
        environment=environment.text("id") if environment else fields.text("environmentId"),
        organization=organization.text("id") if organization else fields.text("organizationId"),
        organization_name=organization.text("name") if organization else None,
        subscription=subscription,
        links=tuple(_link(Fields(one), one) for one in links),
        schema_version=fields.text("version"),
        path_type=fields.text("pathType"),
        created=_change(fields, "createdAt", "createdBy", "creatingUserId") or Change(),
        updated=_change(fields, "updatedAt", "updatedBy", "lastUpdatingUserId") or Change(),
        deleted=_change(fields, "deletedAt", "deletedBy", "deletingUserId"),
        extra=_extra(record, _FILTER_FIELDS),
        problem=f"unreadable: {', '.join(sorted(fields.unreadable))}" if fields.unreadable else None,
    )
    return read


def body_of(wanted: Filter) -> Json:
    """What every save says: name, action and rules, with what this program does not know."""
    return {
        "name": wanted.name,
        "action": wanted.action,
        "rules": [*map(_rule_body, wanted.rules)],
        **_back(wanted.extra),
    }


def v0_body(wanted: Filter) -> Json:
    """The body of a save through v0; without an id a filter is created (platform-api.md §3.7)."""
    fields = {**body_of(wanted), "environmentId": wanted.environment}
    return {"filter": fields | ({"id": wanted.id} if wanted.id else {})}


def v1_create_body(wanted: Filter) -> Json:
    """The body that creates a filter through v1."""
    return {"environment": {"id": wanted.environment}, **body_of(wanted)}


def link_body(link: FilterLink) -> Json:
    """The body that links a filter through v1."""
    source, destination = link.source or Party(), link.destination or Party()
    return {"source": {"id": source.id}, "destination": {"id": destination.id}, "dataModel": link.data_model}


def _rule(record: Json, fields: Fields) -> Rule:
    values, allow = record.get("values"), record.get("allowList")
    path = record.get("path")
    is_readable = (
        isinstance(path, str)
        and isinstance(values, list)
        and all(isinstance(value, str) for value in values)
        and (allow is None or isinstance(allow, bool))
    )
    if not is_readable and "rules" not in fields.unreadable:
        fields.unreadable.append("rules")
    texts = tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
    return Rule(path if isinstance(path, str) else "", texts, allow is not False, _extra(record, _RULE_FIELDS))


def _rule_body(rule: Rule) -> Json:
    return {"path": rule.path, "values": list(rule.values), "allowList": rule.allow, **_back(rule.extra)}


def _link(fields: Fields, record: Json) -> FilterLink:
    organization, environment = fields.inner("organization"), fields.inner("environment")
    return FilterLink(
        id=fields.text("id") or "",
        source=_party(fields, "source", "sourceId"),
        destination=_party(fields, "destination", "destinationId"),
        data_model=fields.text("dataModel"),
        event_type=fields.text("eventType"),
        environment=environment.text("id") if environment else fields.text("environmentId"),
        organization=_named(organization) if organization else _party(fields, "organization", "organizationId"),
        connecting_organization=_named(inner) if (inner := fields.inner("connectingOrganization")) else None,
        filter_id=fields.text("filterSettingsId"),
        schema_version=fields.text("version"),
        created=_change(fields, "createdAt", "createdBy", "creatingUserId") or Change(),
        updated=_change(fields, "updatedAt", "updatedBy", "lastUpdatingUserId") or Change(),
        deleted=_change(fields, "deletedAt", "deletedBy", "deletingUserId"),
        extra=_extra(record, _LINK_FIELDS),
    )


def _subscription(record: Json) -> Subscription:
    fields = Fields(record)
    ends = [fields.inner(name) for name in ("source", "destination")]
    flags = [end.text("environmentFlag") if end else None for end in ends]
    queue = next((name for name in _QUEUE_FIELDS if record.get(name) is not None), None)
    value = record.get(queue) if queue else None
    return Subscription(
        id=fields.text("id") or "",
        source=_party(fields, "source", "sourceId"),
        destination=_party(fields, "destination", "destinationId"),
        data_model=fields.text("dataModel"),
        queue=value if isinstance(value, str) or value is None else _json(value),
        environment_flags=(flags[0], flags[1]),
        deleted_at=fields.time("deletedAt"),
        extra=_extra(record, _SUBSCRIPTION_FIELDS | ({queue} if queue else set())),
    )


def _change(fields: Fields, at: str, by: str, user_id: str) -> Change | None:
    time, user, number = fields.time(at), fields.inner(by), fields.text(user_id)
    if time is None and user is None and number is None:
        return None
    return Change(time, User(user.text("id"), user.text("name")) if user else User(number) if number else None)


def _party(fields: Fields, name: str, id_name: str) -> Party | None:
    inner = fields.inner(name)
    if inner:
        return _named(inner)
    found = fields.text(id_name)
    return Party(found) if found else None


def _named(fields: Fields) -> Party:
    organization = fields.inner("organization")
    outer = (organization.text("id"), organization.text("name")) if organization else (None, None)
    return Party(fields.text("id"), fields.text("name"), *outer)


def _objects(record: Json, name: str, fields: Fields) -> list[Json]:
    """The objects of an array; anything else in its place is noted."""
    value = record.get(name)
    found = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    is_readable = value is None or (isinstance(value, list) and len(found) == len(value))
    if not is_readable and name not in fields.unreadable:
        fields.unreadable.append(name)
    return found


def _extra(record: Json, known: frozenset[str] | set[str]) -> Extra:
    return tuple((name, _json(value)) for name, value in record.items() if name not in known)


def _back(extra: Extra) -> Json:
    return {name: json.loads(text) for name, text in extra}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
