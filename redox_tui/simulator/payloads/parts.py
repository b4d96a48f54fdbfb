"""The parts that messages of several data models share: meta, patient, visit, providers, codes."""

from random import Random

from redox_tui.simulator.cast import Patient
from redox_tui.simulator.log import Log
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.rhythm import DAY, MINUTE

Json = dict[str, object]
Code = tuple[str, str]
"""A code and what it means."""

_PROVIDERS = (
    ("1902448816", "Ottilie", "Hargrave", "MD"),
    ("1598233047", "Marek", "Dunsany", "DO"),
    ("1730551926", "Philippa", "Okonedo", "MD"),
    ("1467720933", "Lars", "Birkeland", "NP"),
    ("1821906475", "Renata", "Silverlake", "MD"),
)
_FACILITIES = ("Lakeside General Hospital", "Lakeside North Clinic", "Lakeside Heart Center")
_DEPARTMENTS = {
    "Inpatient": ("3N", "4W", "ICU", "MATERNITY"),
    "Outpatient": ("CARDIOLOGY", "RADIOLOGY", "FAMILY MEDICINE"),
    "Emergency": ("ED",),
}
_PLANS = (
    ("LKS-HMO-01", "Lakeside Choice HMO", "70114", "Granite Mutual"),
    ("LKS-PPO-02", "Lakeside Open PPO", "70114", "Granite Mutual"),
    ("SEN-ADV-10", "Senior Advantage", "81220", "Evergreen Benefit"),
    ("STATE-MCD", "State Medicaid", "90001", "State of Wisconsin"),
)
_DIAGNOSES: tuple[Code, ...] = (
    ("I10", "Essential (primary) hypertension"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
    ("J45.909", "Unspecified asthma, uncomplicated"),
    ("N39.0", "Urinary tract infection, site not specified"),
    ("R07.9", "Chest pain, unspecified"),
)


def meta(log: Log) -> Json:
    """`Meta` as a delivered message has it: with the ids of this log and of its latest attempt."""
    route = log.route
    return {
        "DataModel": route.data_model,
        "EventType": route.event_type,
        "EventDateTime": timestamp(log.created),
        "Test": True,
        "Source": {"ID": route.source.id, "Name": route.source.name} if route.source else None,
        "Destinations": ([{"ID": route.destination.id, "Name": route.destination.name}] if route.destination else []),
        "Logs": [{"ID": log.id, "AttemptID": log.attempt_id}],
        "FacilityCode": route.facility_code,
    }


def patient(person: Patient) -> Json:
    """`Patient` with its identifiers and demographics."""
    return {
        "Identifiers": [
            {"ID": person.mrn, "IDType": "MR"},
            {"ID": f"E{person.mrn[2:]}", "IDType": "EHRID"},
        ],
        "Demographics": {
            "FirstName": person.first,
            "MiddleName": None,
            "LastName": person.last,
            "DOB": person.born,
            "Sex": person.sex,
            "Language": "en",
            "MaritalStatus": None,
            "IsDeceased": False,
            "PhoneNumber": {"Home": person.phone, "Mobile": None},
            "EmailAddresses": [f"{person.first}.{person.last}@example.org".lower()],
            "Address": {
                "StreetAddress": person.street,
                "City": person.city,
                "State": person.state,
                "ZIP": person.zip,
                "Country": "US",
            },
        },
    }


def visit(log: Log, rng: Random, patient_class: str | None = None) -> Json:
    """`Visit` with class, location, providers, insurance and diagnosis."""
    patient_class = patient_class or rng.choice(tuple(_DEPARTMENTS))
    return {
        "VisitNumber": visit_number(log),
        "AccountNumber": f"A{log.index % 900_000 + 100_000}",
        "VisitDateTime": timestamp(log.created - rng.randrange(5, 240) * MINUTE),
        "PatientClass": patient_class,
        "Status": None,
        "Duration": None,
        "Reason": diagnosis(rng)["Name"],
        "Location": location(rng, patient_class),
        "AttendingProvider": provider(rng),
        "ReferringProvider": provider(rng),
        "Insurances": [insurance(log, rng)],
        "Diagnoses": [diagnosis(rng)],
    }


def visit_number(log: Log) -> str:
    """The number of the visit that a log belongs to."""
    return f"V{log.index % 9_000_000 + 1_000_000}"


def location(rng: Random, patient_class: str) -> Json:
    """`Location`; only inpatients have a room and a bed."""
    is_inpatient = patient_class == "Inpatient"
    return {
        "Type": patient_class,
        "Facility": rng.choice(_FACILITIES),
        "Department": rng.choice(_DEPARTMENTS[patient_class]),
        "Room": str(rng.randrange(100, 140)) if is_inpatient else None,
        "Bed": rng.choice("AB") if is_inpatient else None,
    }


def provider(rng: Random) -> Json:
    """One of a few invented providers."""
    npi, first, last, credential = rng.choice(_PROVIDERS)
    return {"ID": npi, "IDType": "NPI", "FirstName": first, "LastName": last, "Credentials": [credential]}


def insurance(log: Log, rng: Random) -> Json:
    """One entry of `Visit.Insurances`."""
    plan_id, plan, company_id, company = rng.choice(_PLANS)
    return {
        "Plan": {"ID": plan_id, "IDType": "Plan ID", "Name": plan, "Type": "Commercial"},
        "Company": {"ID": company_id, "IDType": "Payor ID", "Name": company},
        "GroupNumber": f"G{rng.randrange(1000, 9999)}",
        "MemberNumber": f"M{log.patient.mrn[2:]}",
        "EffectiveDate": timestamp(log.created - 400 * DAY)[:10],
        "ExpirationDate": None,
        "Priority": "Primary",
    }


def diagnosis(rng: Random) -> Json:
    """One coded diagnosis."""
    code, name = rng.choice(_DIAGNOSES)
    return {"Code": code, "Codeset": "ICD-10", "Name": name, "Type": "Admitting"}


def coded(code: Code, system: str) -> Json:
    """A code the way most data models write it."""
    return {"Code": code[0], "Codeset": system, "Description": code[1]}
