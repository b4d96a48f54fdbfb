"""Order and Results messages: what was asked of a laboratory or an imaging site, and what it found."""

from random import Random

from redox_tui.simulator.log import Log
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.network import BRIGHTWATER_ORDERS, BRIGHTWATER_RIS, PHARMACY
from redox_tui.simulator.payloads.parts import Code, Json, coded, diagnosis, patient, provider, visit
from redox_tui.simulator.rhythm import HOUR, MINUTE

_LABORATORY: tuple[Code, ...] = (
    ("CBC", "Complete blood count"),
    ("BMP", "Basic metabolic panel"),
    ("HBA1C", "Hemoglobin A1c"),
    ("LIPID", "Lipid panel"),
)
_IMAGING: tuple[Code, ...] = (("XRCHEST", "Chest X-ray, two views"), ("CTHEAD", "CT of the head"))
_MEDICATIONS: tuple[Code, ...] = (("MET500", "Metformin 500 mg"), ("LIS10", "Lisinopril 10 mg"))
# LOINC code, name, unit, reference range.
_ANALYTES = (
    ("718-7", "Hemoglobin", "g/dL", 12.0, 17.0),
    ("6690-2", "Leukocytes", "10*3/uL", 4.0, 11.0),
    ("777-3", "Platelets", "10*3/uL", 150.0, 400.0),
    ("2345-7", "Glucose", "mg/dL", 70.0, 99.0),
    ("2160-0", "Creatinine", "mg/dL", 0.6, 1.3),
    ("2823-3", "Potassium", "mmol/L", 3.5, 5.1),
    ("4548-4", "Hemoglobin A1c", "%", 4.0, 5.6),
)
_STATUS = {"New": "New", "Update": "Changed", "Cancel": "Canceled"}


def order(log: Log, rng: Random) -> Json:
    """An Order message for one procedure."""
    return {
        "Patient": patient(log.patient),
        "Order": {
            "ID": _order_id(log),
            "ApplicationOrderID": None,
            "Status": _STATUS.get(log.route.event_type or "", "New"),
            "TransactionDateTime": timestamp(log.created),
            "CollectionDateTime": timestamp(log.created + HOUR),
            "Priority": rng.choice(("Routine", "Routine", "Stat")),
            "Expiration": None,
            "Notes": [],
            "Procedure": coded(rng.choice(_procedures(log)), "Lakeside procedures"),
            "Provider": provider(rng),
            "Diagnoses": [diagnosis(rng)],
            "ClinicalInfo": [{**coded(("FASTING", "Fasting since midnight"), "Lakeside questions"), "Value": "Yes"}],
        },
        "Visit": visit(log, rng),
    }


def results(log: Log, rng: Random) -> Json:
    """A Results message with one order and a few observations."""
    return {
        "Patient": patient(log.patient),
        "Orders": [
            {
                "ID": None if log.route.event_type == "NewUnsolicited" else _order_id(log),
                "ApplicationOrderID": f"R{log.index % 8_000_000 + 1_000_000}",
                "TransactionDateTime": timestamp(log.created - 3 * HOUR),
                "CollectionDateTime": timestamp(log.created - 2 * HOUR),
                "CompletionDateTime": timestamp(log.created - MINUTE),
                "Status": "Resulted",
                "ResultsStatus": "Final",
                "Procedure": coded(rng.choice(_procedures(log)), "Lakeside procedures"),
                "Provider": provider(rng),
                "Results": _report(log) if _is_imaging(log) else _measurements(log, rng),
            }
        ],
        "Visit": visit(log, rng),
    }


def _order_id(log: Log) -> str:
    return f"O{log.index % 9_000_000 + 1_000_000}"


def _is_imaging(log: Log) -> bool:
    return log.route.destination is BRIGHTWATER_ORDERS or log.route.source is BRIGHTWATER_RIS


def _procedures(log: Log) -> tuple[Code, ...]:
    if log.route.source is PHARMACY:
        return _MEDICATIONS
    return _IMAGING if _is_imaging(log) else _LABORATORY


def _measurements(log: Log, rng: Random) -> list[Json]:
    return [_measurement(log, rng, *analyte) for analyte in rng.sample(_ANALYTES, 3)]


def _measurement(log: Log, rng: Random, code: str, name: str, unit: str, low: float, high: float) -> Json:
    value = round(rng.uniform(low - 0.1 * (high - low), high + 0.2 * (high - low)), 1)
    flag = "Low" if value < low else "High" if value > high else "Normal"
    return {
        "Code": code,
        "Codeset": "LOINC",
        "Description": name,
        "Value": str(value),
        "ValueType": "Numeric",
        "Units": unit,
        "AbnormalFlag": flag,
        "Status": "Final",
        "CompletionDateTime": timestamp(log.created - MINUTE),
        "ReferenceRange": {"Low": low, "High": high, "Text": None},
        "Specimen": {"Source": "Blood", "ID": f"S{log.index % 100_000}"},
    }


def _report(log: Log) -> list[Json]:
    return [
        {
            "Code": "IMP",
            "Codeset": "Lakeside procedures",
            "Description": "Impression",
            "Value": "No acute finding. This report describes nobody.",
            "ValueType": "String",
            "Units": None,
            "AbnormalFlag": None,
            "Status": "Final",
            "CompletionDateTime": timestamp(log.created - MINUTE),
        }
    ]
