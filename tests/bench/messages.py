"""Messages of 5 KB and the paths of five rules, for the measure of impacts."""

import json
from collections.abc import Iterator
from typing import Any, Final

PATHS: Final = (
    "$.Meta.EventType",
    "$.Visit.Location.Facility",
    "$.Patient.Identifiers[*].IDType",
    '$.Patient.Identifiers[?(@.IDType=="MR")].ID',
    "$.Visit.Insurances[*].Plan.ID",
)
_EVENTS: Final = ("Arrival", "Discharge", "Transfer")


def texts(count: int) -> Iterator[str]:
    """So many messages as JSON."""
    for number in range(count):
        insurances = [{"Plan": {"ID": f"P{number % 7}-{one}", "Name": "x" * 200}} for one in range(4)]
        identifiers = [{"ID": f"{number}-{kind}", "IDType": kind} for kind in ("MR", "EHRID", "NIST")]
        notes = [f"{number} {'note ' * 60}" for _ in range(12)]
        yield json.dumps(
            {
                "Meta": {"DataModel": "PatientAdmin", "EventType": _EVENTS[number % 3]},
                "Patient": {"Identifiers": identifiers, "Notes": notes},
                "Visit": {"Location": {"Facility": f"F{number % 5}"}, "Insurances": insurances},
            }
        )


def parsed(count: int) -> list[Any]:
    """So many messages, parsed."""
    return [json.loads(text) for text in texts(count)]
