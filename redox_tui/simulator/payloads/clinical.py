"""Notes and Clinical Summary messages: what a clinician wrote, and a chart in short."""

from random import Random

from redox_tui.simulator.log import Log
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.payloads.parts import Json, coded, diagnosis, patient, provider, visit, visit_number
from redox_tui.simulator.rhythm import DAY, MINUTE

_TITLES = ("Progress Note", "Discharge Summary", "Consultation", "Telephone Encounter")
_LINES = (
    "Patient seen today; feels better than at the last visit.",
    "Blood pressure within the agreed range. No change to medication.",
    "Discussed the plan of care; questions were answered.",
    "Return in four weeks or earlier if symptoms come back.",
)
_ALLERGIES = (("7980", "Penicillin"), ("2670", "Codeine"), ("1191", "Aspirin"))
_MEDICATIONS = (("860975", "metformin 500 MG"), ("314076", "lisinopril 10 MG"), ("197361", "amlodipine 5 MG"))
_QUERIES = frozenset(("PatientQuery", "VisitQuery"))


def note(log: Log, rng: Random) -> Json:
    """A Notes message with a short plain text."""
    document = f"D{log.index % 9_000_000 + 1_000_000}"
    return {
        "Patient": patient(log.patient),
        "Visit": visit(log, rng),
        "Note": {
            "ContentType": "Plain Text",
            "FileName": None,
            "FileContents": "\n".join(rng.sample(_LINES, 3)),
            "DocumentType": rng.choice(_TITLES),
            "DocumentID": document,
            "OriginalDocumentID": document if log.route.event_type == "Replace" else None,
            "DocumentationDateTime": timestamp(log.created - 10 * MINUTE),
            "ServiceDateTime": timestamp(log.created - 40 * MINUTE),
            "Status": "Signed",
            "Provider": provider(rng),
            "Authenticator": provider(rng),
            "Notifications": [],
        },
    }


def summary(log: Log, rng: Random) -> Json:
    """A Clinical Summary: a chart in short, or the query that asks for one."""
    if log.route.event_type in _QUERIES:
        return _query(log)
    return {
        "Header": {
            "Document": {
                "ID": f"C{log.index % 9_000_000 + 1_000_000}",
                "Title": "Summary of Care",
                "Type": "CCD",
                "DateTime": timestamp(log.created),
                "Locale": "en-US",
                "Author": provider(rng),
            },
            "Patient": patient(log.patient),
            "PCP": provider(rng),
        },
        "Allergies": [_allergy(log, rng)],
        "Medications": [_medication(log, rng)],
        "Problems": [{**diagnosis(rng), "Status": {"Name": "Active"}, "Category": {"Name": "Problem"}}],
        "VitalSigns": [
            {
                "DateTime": timestamp(log.created - 30 * MINUTE),
                "Observations": [
                    _vital("8480-6", "Systolic blood pressure", rng.randrange(105, 150), "mm[Hg]"),
                    _vital("8867-4", "Heart rate", rng.randrange(55, 100), "/min"),
                ],
            }
        ],
        "Visit": visit(log, rng),
    }


def _query(log: Log) -> Json:
    query: Json = {"Patient": patient(log.patient)}
    if log.route.event_type == "VisitQuery":
        query["Visit"] = {"VisitNumber": visit_number(log)}
    return query


def _allergy(log: Log, rng: Random) -> Json:
    return {
        "Substance": coded(rng.choice(_ALLERGIES), "RxNorm"),
        "Reaction": [{"Name": "Rash", "Text": None}],
        "Severity": {"Name": rng.choice(("Mild", "Moderate", "Severe"))},
        "Status": {"Name": "Active"},
        "StartDate": timestamp(log.created - 900 * DAY)[:10],
    }


def _medication(log: Log, rng: Random) -> Json:
    return {
        "Product": coded(rng.choice(_MEDICATIONS), "RxNorm"),
        "Dose": {"Quantity": "1", "Units": "tablet"},
        "Frequency": {"Period": "1", "Unit": "d"},
        "Route": {"Name": "Oral"},
        "StartDate": timestamp(log.created - 120 * DAY)[:10],
        "EndDate": None,
    }


def _vital(code: str, name: str, value: int, unit: str) -> Json:
    return {"Code": code, "CodeSystemName": "LOINC", "Name": name, "Value": str(value), "Units": unit}
