"""Who talks to whom: the fixed organizations, environments, sources and destinations of the synthetic world."""

from dataclasses import dataclass
from uuid import UUID, uuid5

_NAMESPACE = UUID("5b6c1f0e-8a55-4f0b-9d0b-6c1d1c7a2e11")


def fixed_id(name: str) -> str:
    """The UUID text that belongs to a name in every world."""
    return str(uuid5(_NAMESPACE, name))


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization; ids are integers (platform-api.md §2.4)."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of the own organization; `flag` is its `environmentFlag` (platform-api.md §3.10)."""

    id: str
    name: str
    flag: str


@dataclass(frozen=True, slots=True)
class Party:
    """A source or a destination, as log records show it (platform-api.md §3.3)."""

    id: str
    name: str
    organization: Organization


OWN = Organization(12345, "Lakeside Health")
_BRIGHTWATER = Organization(20871, "Brightwater Imaging")
_FERNHILL = Organization(31402, "Fernhill Reference Laboratory")
_JUNIPER = Organization(44590, "Juniper Analytics")
_MEADOWLARK = Organization(58213, "Meadowlark Care")

ENVIRONMENTS = tuple(
    Environment(fixed_id(f"environment {flag}"), f"Lakeside {flag}", flag)
    for flag in ("Production", "Staging", "Development")
)
PRODUCTION = ENVIRONMENTS[0]


def _source(name: str, organization: Organization = OWN) -> Party:
    return Party(fixed_id(f"source {name}"), name, organization)


def _destination(name: str, organization: Organization = OWN) -> Party:
    return Party(fixed_id(f"destination {name}"), name, organization)


EHR = _source("Lakeside EHR")
PORTAL = _source("Lakeside Patient Portal")
PHARMACY = _source("Lakeside Pharmacy")
FERNHILL_LAB = _source("Fernhill Lab Results", _FERNHILL)
BRIGHTWATER_RIS = _source("Brightwater RIS", _BRIGHTWATER)
MEADOWLARK_APP = _source("Meadowlark App", _MEADOWLARK)
JUNIPER_INSIGHTS = _source("Juniper Insights", _JUNIPER)
SOURCES = (EHR, PORTAL, PHARMACY, FERNHILL_LAB, BRIGHTWATER_RIS, MEADOWLARK_APP, JUNIPER_INSIGHTS)

EHR_INBOUND = _destination("Lakeside EHR Inbound")
WAREHOUSE = _destination("Lakeside Data Warehouse")
ARCHIVE = _destination("Lakeside Document Archive")
BOOKING = _destination("Lakeside Booking")
FERNHILL_ORDERS = _destination("Fernhill Lab Orders", _FERNHILL)
BRIGHTWATER_ORDERS = _destination("Brightwater Orders", _BRIGHTWATER)
MEADOWLARK_INBOX = _destination("Meadowlark Inbox", _MEADOWLARK)
JUNIPER_FEED = _destination("Juniper Feed", _JUNIPER)
DESTINATIONS = (
    EHR_INBOUND,
    WAREHOUSE,
    ARCHIVE,
    BOOKING,
    FERNHILL_ORDERS,
    BRIGHTWATER_ORDERS,
    MEADOWLARK_INBOX,
    JUNIPER_FEED,
)
