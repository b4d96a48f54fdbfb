"""The table of calls by generation: the only place where a URL path or the name of a parameter is written.

What platform-api.md marks as inferred stands here and in wire.py, a line each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from redox_tui.api.errors import BadRequest
from redox_tui.domain.connection import Generation
from redox_tui.domain.query import LogSearch
from redox_tui.domain.timerange import iso


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: `what` it asks for, in words; `has_range` says that a shorter time range makes it cheaper."""

    method: str
    path: str
    what: str
    has_range: bool = False

    def url_path(self, **ids: str) -> str:
        """The path with its ids filled in; an id that would change the path is refused."""
        for name, value in ids.items():
            if value in ("", ".", ".."):
                raise BadRequest(f"“{value}” is no {name} id.")
        return self.path.format_map({name: quote(value, safe="") for name, value in ids.items()})


TOKEN: Final = Endpoint("POST", "/v2/auth/token", "a token")
LOGS_OF_ORGANIZATION: Final = Endpoint("GET", "/platform/v1/organizations/{organization}/logs", "logs", has_range=True)
PATIENT_LOGS_OF_ORGANIZATION: Final = Endpoint(
    "POST", "/platform/v1/organizations/{organization}/logs", "logs of a patient", has_range=True
)
LOGS_OF_ENVIRONMENT: Final = Endpoint(
    "POST", "/platform/v1/environments/{environment}/logs/search/metadata", "logs", has_range=True
)
PATIENT_LOGS_OF_ENVIRONMENT: Final = Endpoint(
    "POST", "/platform/v1/environments/{environment}/logs/search/payloads", "logs of a patient", has_range=True
)
LOG: Final = Endpoint("GET", "/platform/v1/organizations/{organization}/logs/{log}", "the log")
ENVIRONMENTS: Final = Endpoint("GET", "/platform/v1/organizations/{organization}/environments", "environments")
SOURCES: Final = Endpoint("GET", "/platform/v1/environments/{environment}/sources", "sources")
DESTINATIONS: Final = Endpoint("GET", "/platform/v1/environments/{environment}/destinations", "destinations")

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
    """The parameters of a list of logs, for query or body; BadRequest for a term that the call does not know."""
    known = _PARAMETERS[generation]
    parameters: dict[str, Any] = {}
    for key, value in search.terms:
        if key == "patient":
            parameters["searchTerms"] = [{"value": value, "category": "patient"}]
        elif key in known:
            parameters[known[key]] = value
        else:
            raise BadRequest(
                f"{key}: cannot be asked of the {generation} generation of the API.",
                hint=f"Leave it out, or use --generation {_OTHER[generation]}.",
            )
    bounds = [(f"{search.on}After", search.range.since), (f"{search.on}Before", search.range.until)]
    parameters |= {name: iso(instant) for name, instant in bounds if instant}
    if search.pin:
        parameters["createdBefore"] = iso(search.pin)
    return parameters
