"""Scheduling messages: appointments, and the questions about free slots that come before them."""

from random import Random

from redox_tui.simulator.log import Log
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.payloads.parts import Code, Json, coded, patient, provider, visit
from redox_tui.simulator.rhythm import DAY, HOUR

_REASONS: tuple[Code, ...] = (
    ("FUP30", "Follow-up visit, 30 minutes"),
    ("NEW60", "New patient visit, 60 minutes"),
    ("ECHO", "Echocardiogram"),
    ("LABDRAW", "Laboratory draw"),
)


def appointment(log: Log, rng: Random) -> Json:
    """A Scheduling message; a slot query has a time range in place of an appointment."""
    reason = rng.choice(_REASONS)
    begins = log.created - log.created % HOUR + rng.randrange(1, 30) * DAY
    if log.route.event_type == "AvailableSlots":
        return {
            "Patient": patient(log.patient),
            "Visit": {
                "Reason": coded(reason, "Lakeside visit types"),
                "AttendingProviders": [provider(rng)],
                "Location": {"Facility": "Lakeside North Clinic", "Department": "FAMILY MEDICINE"},
            },
            "StartDateTime": timestamp(begins),
            "EndDateTime": timestamp(begins + 7 * DAY),
            "MaxSlots": 20,
        }
    cancelled = log.route.event_type == "Cancel"
    stay = visit(log, rng, "Outpatient")
    stay.update(VisitDateTime=timestamp(begins), Duration=rng.choice((15, 30, 60)), Reason=reason[1])
    stay["Status"] = "Cancelled" if cancelled else "Scheduled"
    stay["CancelReason"] = "Patient asked for another day" if cancelled else None
    stay["Instructions"] = ["Please arrive ten minutes early."]
    return {
        "AppointmentInfo": [{**coded(reason, "Lakeside visit types"), "Value": None}],
        "Patient": patient(log.patient),
        "Visit": stay,
    }
