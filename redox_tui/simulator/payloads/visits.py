"""PatientAdmin and PatientSearch messages: a patient comes, moves, leaves, or is looked up."""

from random import Random

from redox_tui.simulator.log import Log
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.payloads.parts import Json, location, patient, visit

_WITHOUT_VISIT = frozenset(("NewPatient", "PatientUpdate"))


def patient_admin(log: Log, rng: Random) -> Json:
    """A PatientAdmin notification. Transfers tell the former place, discharges the outcome."""
    event = log.route.event_type
    message: Json = {"Patient": patient(log.patient)}
    if event in _WITHOUT_VISIT:
        return message
    stay = visit(log, rng, "Inpatient" if event in ("Transfer", "Discharge") else None)
    if event == "Transfer":
        stay["PreviousLocation"] = location(rng, "Inpatient")
    if event == "Discharge":
        stay["DischargeDateTime"] = timestamp(log.created)
        stay["DischargeStatus"] = {"Code": "01", "Codeset": None, "Description": "Discharged to home"}
    return {**message, "Visit": stay}


def patient_search(log: Log, rng: Random) -> Json:
    """A PatientSearch query: the demographics that a partner looks for."""
    return {"Patient": patient(log.patient)}
