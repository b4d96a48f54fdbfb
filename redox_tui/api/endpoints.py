"""The table of calls by generation: the only place where a URL path or the name of a parameter is written.

What platform-api.md marks as inferred stands here and in wire.py, a line each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from redox_tui.api.errors import BadRequest
from redox_tui.domain.connection import Generation
from redox_tui.domain.filter_list import FilterSearch
from redox_tui.domain.search import LogSearch
from redox_tui.domain.subscriptions import SubscriptionSearch
from redox_tui.domain.timerange import iso


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: `what` it asks for, in words.

    `is_read` says that it changes nothing, whatever its HTTP verb; `has_range` that a shorter time range makes it
    cheaper; `most_bytes` how long its answer may be when it is inflated (security.md HT-08).
    """

    method: str
    path: str
    what: str
    is_read: bool = field(default=False, kw_only=True)
    has_range: bool = field(default=False, kw_only=True)
    most_bytes: int = field(default=32 << 20, kw_only=True)
    role: str = field(default="a role that may", kw_only=True)

    def url_path(self, **ids: str) -> str:
        """The path with its ids filled in; an id that would change the path is refused."""
        for name, value in ids.items():
            if value in ("", ".", ".."):
                raise BadRequest(f"“{value}” is no {name} id.")
        return self.path.format_map({name: quote(value, safe="") for name, value in ids.items()})


_ORGANIZATION = "/platform/v1/organizations/{organization}"
_ENVIRONMENT = "/platform/v1/environments/{environment}"

TOKEN: Final = Endpoint("POST", "/v2/auth/token", "a token", is_read=True, most_bytes=64 << 10)
LOGS_OF_ORGANIZATION: Final = Endpoint("GET", f"{_ORGANIZATION}/logs", "logs", is_read=True, has_range=True)
PATIENT_LOGS_OF_ORGANIZATION: Final = Endpoint(
    "POST",
    f"{_ORGANIZATION}/logs",
    "logs of a patient",
    is_read=True,
    has_range=True,
    role="a role that may see patient data",  # platform-api.md §3.2
)
LOGS_OF_ENVIRONMENT: Final = Endpoint(
    "POST", f"{_ENVIRONMENT}/logs/search/metadata", "logs", is_read=True, has_range=True
)
PATIENT_LOGS_OF_ENVIRONMENT: Final = Endpoint(
    "POST",
    f"{_ENVIRONMENT}/logs/search/payloads",
    "logs of a patient",
    is_read=True,
    has_range=True,
    role="the role of an engineer or of support",  # platform-api.md §3.5
)
LOG: Final = Endpoint(
    "GET",
    f"{_ORGANIZATION}/logs/{{log}}",
    "the log",
    is_read=True,
    most_bytes=64 << 20,  # a message of 40 MB (platform-api.md §2.6), longer still as the text of a JSON string
)
INSPECTOR: Final = Endpoint(
    "POST",
    "/platform/v1/dry-run/logs/{log}",
    "an inspection of the log",
    is_read=True,
    most_bytes=64 << 20,  # the message twice for each operation
    role="the role of an engineer or of support",  # platform-api.md §3.6
)
ENVIRONMENTS: Final = Endpoint("GET", f"{_ORGANIZATION}/environments", "environments", is_read=True)
SOURCES: Final = Endpoint("GET", f"{_ENVIRONMENT}/sources", "sources", is_read=True)
DESTINATIONS: Final = Endpoint("GET", f"{_ENVIRONMENT}/destinations", "destinations", is_read=True)

_V0_FILTERS = "/platform/v0/subscriptions/{subscription}/filters"
_FILTERS = "/platform/v1/operations/filters"
_FILTER = f"{_FILTERS}/{{filter}}"
_LINK = "/platform/v1/operations/filterLinks/{link}"

FILTERS_OF_SUBSCRIPTION: Final = Endpoint("GET", _V0_FILTERS, "filters of a subscription", is_read=True)
# That it is POST is inferred from its siblings, PUT is possible (platform-api.md §3.0, §3.7).
SAVE_FILTER_OF_SUBSCRIPTION: Final = Endpoint("POST", _V0_FILTERS, "saving a filter")
PUT_FILTER_OF_SUBSCRIPTION: Final = Endpoint("PUT", _V0_FILTERS, "saving a filter")
DELETE_FILTER_OF_SUBSCRIPTION: Final = Endpoint("DELETE", f"{_V0_FILTERS}/{{filter}}", "deleting the filter")

# The paths to list, create, get and delete, and that of `LINK`, are inferred (platform-api.md §3.0).
FILTERS_OF_ENVIRONMENT: Final = Endpoint("GET", f"{_ENVIRONMENT}/operations/filters", "filters", is_read=True)
CREATE_FILTER: Final = Endpoint("POST", _FILTERS, "creating a filter")
CREATE_FILTER_OF_ENVIRONMENT: Final = Endpoint("POST", f"{_ENVIRONMENT}/operations/filters", "creating a filter")
FILTER: Final = Endpoint("GET", _FILTER, "the filter", is_read=True)
UPDATE_FILTER: Final = Endpoint("PUT", _FILTER, "saving the filter")
DELETE_FILTER: Final = Endpoint("DELETE", _FILTER, "deleting the filter")
RESTORE_FILTER: Final = Endpoint("POST", f"{_FILTER}/restore", "restoring the filter")
TRY_RESTORE: Final = Endpoint("POST", f"{_FILTER}/restore", "a dry run of restoring the filter", is_read=True)
CREATE_LINK: Final = Endpoint("POST", f"{_FILTER}/links", "linking the filter")
LINK: Final = Endpoint("GET", _LINK, "the filter link", is_read=True)
DELETE_LINK: Final = Endpoint("DELETE", _LINK, "unlinking the filter")

SUBSCRIPTIONS: Final = Endpoint("GET", f"{_ENVIRONMENT}/subscriptions", "subscriptions", is_read=True)
V0_SUBSCRIPTIONS: Final = Endpoint(
    "GET", "/platform/v0/organizations/{organization}/subscriptions", "subscriptions", is_read=True
)

SHOW_DELETED: Final = "showDeleted"
DRY_RUN: Final = "dryRun"
PAGE: Final = "_page"
COUNT: Final = "_count"
CURSOR: Final = "_cursor"
DATA_MODE: Final = "dataMode"

_BOTH = {
    "status": "status",
    "type": "type",
    "model": "dataModel",
    "event": "eventType",
    "source": "sourceId",
    "dest": "destinationId",
}
_PARAMETERS: Final[Mapping[Generation, Mapping[str, str]]] = {
    "organization": _BOTH,
    "environment": _BOTH | {"facility": "facilityCode", "mode": DATA_MODE, "region": "serviceRegion"},
}
_OTHER: Final[Mapping[Generation, str]] = {"organization": "environment", "environment": "organization"}


def list_endpoint(generation: Generation, search: LogSearch) -> Endpoint:
    """The call that lists logs; a search for a patient is another one, and needs more rights (platform-api.md §3.5)."""
    by_patient = "patient" in dict(search.terms)
    if generation == "organization":
        return PATIENT_LOGS_OF_ORGANIZATION if by_patient else LOGS_OF_ORGANIZATION
    return PATIENT_LOGS_OF_ENVIRONMENT if by_patient else LOGS_OF_ENVIRONMENT


def list_parameters(generation: Generation, search: LogSearch) -> dict[str, Any]:
    """The parameters of a list of logs, for query or body; BadRequest for a term that the call does not know.

    Each term of the search has a single value.
    """
    known = _PARAMETERS[generation]
    parameters: dict[str, Any] = {}
    for key, (value,) in search.terms:
        if key == "patient":
            parameters["searchTerms"] = [{"value": value, "category": "patient"}]
        elif key in known:
            parameters[known[key]] = value
        else:
            raise BadRequest(
                f"{key}: cannot be asked of the {generation} generation of the API.",
                hint=f"Leave it out, or use --generation {_OTHER[generation]}.",
            )
    bounds = {f"{search.on}After": search.range.since, f"{search.on}Before": search.range.until}
    if search.pin:
        bounds["createdBefore"] = min(search.pin, bounds.get("createdBefore") or search.pin)
    return parameters | {name: iso(instant) for name, instant in bounds.items() if instant}


def filter_parameters(search: FilterSearch) -> dict[str, str | int]:
    """The parameters of the list of filters of an environment (platform-api.md §3.8)."""
    asked = {
        "name": search.name,
        "dataModel": search.data_model,
        "sourceId": search.source,
        "destinationId": search.destination,
        "connectionId": search.connection,
        SHOW_DELETED: "true" if search.deleted else None,
    }
    return {name: value for name, value in asked.items() if value}


def subscription_parameters(search: SubscriptionSearch) -> dict[str, str | int]:
    """The parameters of the list of subscriptions of an environment (platform-api.md §3.9)."""
    asked = {
        "sourceId": search.source,
        "destinationId": search.destination,
        "sourceOrganizationId": search.source_organization,
        "destinationOrganizationId": search.destination_organization,
        "connectingOrganizationId": search.connecting_organization,
        "dataModel": search.data_model,
        "searchTerm": search.text,
        "orderBy": search.order_by,
        "isAscending": None if search.is_ascending is None else str(search.is_ascending).lower(),
    }
    return {name: value for name, value in asked.items() if value}
