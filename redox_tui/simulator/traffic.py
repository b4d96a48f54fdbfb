"""What the traffic consists of: routes with weights, and how a shuffled pack of cards is dealt from them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from redox_tui.simulator import network
from redox_tui.simulator.cast import CAST
from redox_tui.simulator.filter_store import GUARDED
from redox_tui.simulator.messages import MessageFile
from redox_tui.simulator.network import Party

Temper = Literal["steady", "noisy", "synchronous", "broken"]
Deal = Callable[[random.Random, int, Party | None], list["Card"]]
"""Deals a shuffled pack of about so many cards; the party, if given, is a destination that is down."""

STATUSES = ("succeeded", "filtered", "failed", "pending")
TYPES = ("send", "receive", "request", "respond", "unknown")
DELAYS = (400, 2_500, 45_000, 360_000, 2_400_000)
"""Milliseconds from a log's creation to its last update, by delay class."""

LATE = 2
"""The delay class of which logs may be listed later than they were created."""

_OUTCOMES: dict[Temper, tuple[float, float, float, float]] = {
    "steady": (0.93, 0.045, 0.02, 0.005),
    "noisy": (0.74, 0.02, 0.22, 0.02),
    "synchronous": (0.98, 0.0, 0.02, 0.0),
    "broken": (0.0, 0.0, 1.0, 0.0),
}
_SURGE = 3.0
_FACILITIES = tuple(f"2.16.840.1.113883.3.99871.{number}" for number in (1, 2, 7))
_SYNCHRONOUS_ENDINGS = ("Query", "Response", "Request")
_SYNCHRONOUS_EVENTS = frozenset(("AvailableSlots", "Booked", "DocumentGet"))


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A kind of exchange: type, message and both ends. `file` is the message of a user, None for one we build.

    The values of an UNKNOWN log may be missing (platform-api.md §4.1).
    """

    type: str
    data_model: str | None
    event_type: str | None
    source: Party | None
    destination: Party | None
    facility_code: str | None
    temper: Temper
    file: MessageFile | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """All that a log takes from the pack. `delay` is an index into `DELAYS`, `patient` one into the cast."""

    route: Route
    status: str
    attempts: int
    delay: int
    patient: int


def built_in() -> Deal:
    """Deals the product's own messages over the product's own routes."""
    routes, weights = _own_routes()

    def deal(rng: random.Random, size: int, down: Party | None) -> list[Card]:
        surged = [weight * _surge(route, down) for route, weight in zip(routes, weights, strict=True)]
        return _cards(_spread(routes, surged, size), rng, down)

    return deal


def from_files(files: Sequence[MessageFile]) -> Deal:
    """Deals the messages of a user, every one equally often, over the connections of the product's own routes."""
    routes, weights = _own_routes()
    lines: dict[bool, list[tuple[Route, float]]] = {True: [], False: []}
    broken: list[Route] = []
    for route, weight in zip(routes, weights, strict=True):
        if route.temper == "broken":
            broken.append(route)
        else:
            lines[route.temper == "synchronous"].append((route, weight))
    made: dict[tuple[int, Route], Route] = {}

    def deal(rng: random.Random, size: int, down: Party | None) -> list[Card]:
        dealt = list(broken)
        for number, file in enumerate(files):
            choices = lines[_is_synchronous(file.event_type)]
            odds = [weight * _surge(route, down) for route, weight in choices]
            for line, _ in rng.choices(choices, odds, k=-(-size // len(files))):
                if (number, line) not in made:
                    made[number, line] = _with_file(line, file)
                dealt.append(made[number, line])
        return _cards(dealt, rng, down)

    return deal


def _own_routes() -> tuple[list[Route], list[float]]:
    routes: list[Route] = []
    weights: list[float] = []
    for source, destination, kind, temper, data_model, events in _LINES:
        for event_type, weight in events.items():
            facility = _FACILITIES[len(routes) % len(_FACILITIES)]
            routes.append(Route(kind, data_model, event_type, source, destination, facility, temper))
            weights.append(weight)
    for lost in (None, network.BRIGHTWATER_RIS, network.PHARMACY):
        routes.append(Route("unknown", None, None, lost, None, None, "broken"))
        weights.append(2)
    return routes, weights


def _with_file(line: Route, file: MessageFile) -> Route:
    return Route(
        line.type,
        file.data_model,
        file.event_type,
        line.source,
        line.destination,
        file.facility_code,
        line.temper,
        file,
    )


def _is_synchronous(event_type: str) -> bool:
    return event_type in _SYNCHRONOUS_EVENTS or event_type.endswith(_SYNCHRONOUS_ENDINGS)


def _surge(route: Route, down: Party | None) -> float:
    return _SURGE if down is not None and route.destination is down else 1.0


def _spread(routes: Sequence[Route], weights: Sequence[float], size: int) -> list[Route]:
    """As many of each route as its weight says, to the nearest card."""
    scale = size / sum(weights)
    edges = [round(edge * scale) for edge in accumulate(weights, initial=0.0)]
    counts = (right - left for left, right in pairwise(edges))
    return [route for route, count in zip(routes, counts, strict=True) for _ in range(count)]


def _cards(dealt: list[Route], rng: random.Random, down: Party | None) -> list[Card]:
    rng.shuffle(dealt)
    patients = rng.choices(range(len(CAST)), k=len(dealt))
    return [_card(route, patient, rng, down) for route, patient in zip(dealt, patients, strict=True)]


def _card(route: Route, patient: int, rng: random.Random, down: Party | None) -> Card:
    is_down = down is not None and route.destination is down
    status = "failed" if is_down else rng.choices(STATUSES, _OUTCOMES[route.temper])[0]
    # Filters act only on what the organization receives (platform-api.md §4.3).
    if status == "filtered" and route.type != "receive":
        status = "succeeded"
    attempts = _attempts(route, status, rng)
    if status == "filtered" and not _may_be_stopped(route):
        status = "succeeded"
    return Card(route, status, attempts, _delay(attempts, rng), patient)


def _may_be_stopped(route: Route) -> bool:
    """Whether there is a filter that could have stopped it; a user's own message is not bent until it fits one."""
    if route.file or not (route.source and route.destination and route.data_model):
        return False
    return (route.source.id, route.destination.id, route.data_model) in GUARDED


def _delay(attempts: int, rng: random.Random) -> int:
    if attempts == 1:
        return int(rng.random() < 0.15)
    return 2 if attempts <= 3 else 3 if attempts <= 10 else 4


def _attempts(route: Route, status: str, rng: random.Random) -> int:
    if route.temper in ("synchronous", "broken") or status == "filtered":
        return 1
    if status == "succeeded":
        return 1 if rng.random() < 0.96 else rng.randint(2, 6)
    if route.temper == "noisy":
        return rng.randint(6, 25)
    return rng.randint(3, 12)


_LINES: tuple[tuple[Party, Party, str, Temper, str, dict[str, float]], ...] = (
    (network.EHR, network.MEADOWLARK_INBOX, "send", "steady", "PatientAdmin",
     {"Arrival": 60, "Discharge": 45, "Transfer": 25, "Registration": 30, "VisitUpdate": 50}),
    (network.EHR, network.MEADOWLARK_INBOX, "send", "steady", "Scheduling",
     {"New": 40, "Modification": 15, "Cancel": 10}),
    (network.EHR, network.WAREHOUSE, "send", "steady", "PatientAdmin",
     {"Arrival": 40, "Discharge": 35, "PatientUpdate": 60}),
    (network.EHR, network.WAREHOUSE, "send", "steady", "Clinical Summary", {"VisitPush": 25}),
    (network.EHR, network.FERNHILL_ORDERS, "send", "steady", "Order", {"New": 80, "Cancel": 6}),
    (network.EHR, network.BRIGHTWATER_ORDERS, "send", "steady", "Order", {"New": 45, "Update": 10}),
    (network.EHR, network.JUNIPER_FEED, "send", "steady", "FHIR.Encounter", {"Create": 35, "Update": 20}),
    (network.PHARMACY, network.WAREHOUSE, "send", "steady", "Order", {"New": 20}),
    (network.FERNHILL_LAB, network.EHR_INBOUND, "receive", "noisy", "Results",
     {"New": 520, "NewUnsolicited": 140}),
    (network.BRIGHTWATER_RIS, network.EHR_INBOUND, "receive", "steady", "Results", {"New": 60}),
    (network.BRIGHTWATER_RIS, network.ARCHIVE, "receive", "steady", "Notes", {"New": 30, "Replace": 6}),
    (network.MEADOWLARK_APP, network.EHR_INBOUND, "receive", "steady", "Notes", {"New": 20}),
    (network.MEADOWLARK_APP, network.ARCHIVE, "receive", "steady", "Clinical Summary", {"PatientPush": 15}),
    (network.JUNIPER_INSIGHTS, network.EHR_INBOUND, "receive", "steady", "FHIR.Encounter", {"Update": 12}),
    (network.PORTAL, network.MEADOWLARK_INBOX, "request", "synchronous", "Scheduling",
     {"AvailableSlots": 30, "Booked": 12}),
    (network.EHR, network.JUNIPER_FEED, "request", "synchronous", "Clinical Summary", {"PatientQuery": 20}),
    (network.MEADOWLARK_APP, network.BOOKING, "respond", "synchronous", "Scheduling", {"AvailableSlots": 18}),
    (network.MEADOWLARK_APP, network.EHR_INBOUND, "respond", "synchronous", "Clinical Summary",
     {"PatientQuery": 25, "VisitQuery": 8}),
    (network.JUNIPER_INSIGHTS, network.EHR_INBOUND, "respond", "synchronous", "PatientSearch", {"Query": 22}),
)  # fmt: skip
