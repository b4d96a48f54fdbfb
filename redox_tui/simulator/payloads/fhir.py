"""FHIR messages: a bundle with a patient and an encounter, the shape that FHIR filter paths look into."""

from random import Random

from redox_tui.simulator.log import Log
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.payloads.parts import Json, diagnosis, location, provider, visit_number
from redox_tui.simulator.rhythm import HOUR

_CLASSES = {"Inpatient": ("IMP", "inpatient encounter"), "Outpatient": ("AMB", "ambulatory")}
_ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def encounter(log: Log, rng: Random) -> Json:
    """A FHIR R4 message bundle about one encounter, beside the `Meta` that Redox adds."""
    patient_id, encounter_id = f"p-{log.patient.mrn}", f"e-{visit_number(log)}"
    return {
        "resourceType": "Bundle",
        "id": log.id,
        "type": "message",
        "timestamp": timestamp(log.created),
        "entry": [
            {"fullUrl": f"urn:example:{patient_id}", "resource": _patient(log, patient_id)},
            {
                "fullUrl": f"urn:example:{encounter_id}",
                "resource": _encounter(log, rng, encounter_id, patient_id),
            },
        ],
    }


def _patient(log: Log, patient_id: str) -> Json:
    person = log.patient
    return {
        "resourceType": "Patient",
        "id": patient_id,
        "active": True,
        "identifier": [{"system": "urn:example:lakeside:mrn", "value": person.mrn, "type": {"text": "MR"}}],
        "name": [{"use": "official", "family": person.last, "given": [person.first]}],
        "gender": person.sex.lower(),
        "birthDate": person.born,
        "telecom": [{"system": "phone", "value": person.phone, "use": "home"}],
        "address": [
            {
                "line": [person.street],
                "city": person.city,
                "state": person.state,
                "postalCode": person.zip,
                "country": "US",
            }
        ],
    }


def _encounter(log: Log, rng: Random, encounter_id: str, patient_id: str) -> Json:
    patient_class = rng.choice(tuple(_CLASSES))
    code, display = _CLASSES[patient_class]
    place, doctor, reason = location(rng, patient_class), provider(rng), diagnosis(rng)
    return {
        "resourceType": "Encounter",
        "id": encounter_id,
        "identifier": [{"system": "urn:example:lakeside:visit", "value": visit_number(log)}],
        "status": "in-progress" if log.route.event_type == "Create" else "finished",
        "class": {"system": _ACT_CODE, "code": code, "display": display},
        "subject": {"reference": f"Patient/{patient_id}"},
        "period": {"start": timestamp(log.created - 4 * HOUR), "end": None},
        "participant": [
            {
                "individual": {
                    "identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": doctor["ID"]},
                    "display": f"{doctor['FirstName']} {doctor['LastName']}",
                }
            }
        ],
        "reasonCode": [{"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": reason["Code"]}]}],
        "location": [{"location": {"display": place["Facility"]}, "status": "active"}],
        "serviceProvider": {"display": "Lakeside Health"},
    }
