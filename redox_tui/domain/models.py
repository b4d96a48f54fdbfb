"""The data models by the names that log records use, and how two spellings are compared."""

from typing import Final

DATA_MODELS: Final = (
    "Claim",
    "ClinicalDecisions",
    "ClinicalSummary",
    "Device",
    "Enrichment",
    "Financial",
    "Flowsheet",
    "Inventory",
    "Media",
    "Medications",
    "Notes",
    "Order",
    "Organization",
    "PatientAdmin",
    "PatientEducation",
    "PatientSearch",
    "Provider",
    "Referral",
    "Research",
    "Results",
    "SSO",
    "Scheduling",
    "SurgicalScheduling",
    "Vaccination",
)
"""The compact names of log records (platform-api.md §5); `Meta.DataModel` in a message spells some with a space."""


_EVENTS: Final = {
    "Claim": "Payment PaymentBatch Submission SubmissionBatch",
    "ClinicalDecisions": "Request Response",
    "ClinicalSummary": "DocumentGet DocumentGetResponse DocumentQuery DocumentQueryResponse PatientPush PatientQuery"
    " PatientQueryResponse VisitPush VisitQuery VisitQueryResponse",
    "Device": "New",
    "Enrichment": "NaturalLanguageProcessingQuery NaturalLanguageProcessingQueryResponse NormalizationQuery"
    " NormalizationQueryResponse",
    "Financial": "AccountUpdate Transaction",
    "Flowsheet": "New",
    "Inventory": "Deplete Update",
    "Media": "Delete New Query QueryResponse Replace",
    "Medications": "Administration Cancel New Update",
    "Notes": "Delete New Query QueryResponse Replace",
    "Order": "Cancel GroupedOrders New Query QueryResponse Update",
    "Organization": "New Query QueryResponse Update",
    "PatientAdmin": "Arrival Cancel CensusQuery CensusQueryResponse Discharge NewPatient PatientMerge PatientUpdate"
    " PreAdmit Registration Transfer VisitMerge VisitQuery VisitQueryResponse VisitUpdate",
    "PatientEducation": "Delete New Update",
    "PatientSearch": "LocationQuery LocationQueryResponse Query Response",
    "Provider": "Activate Deactivate New ProviderQuery ProviderQueryResponse Update",
    "Referral": "AuthResponse AuthReview Cancel Modify New Query QueryResponse",
    "Research": "Study SubjectUpdate",
    "Results": "New NewUnsolicited Query QueryResponse",
    "SSO": "Sign-on",
    "Scheduling": "AvailableSlots AvailableSlotsResponse Booked BookedResponse Cancel Modification New NoShow"
    " PushSlots Reschedule",
    "SurgicalScheduling": "Cancel Modification New NoShow Reschedule",
    "Vaccination": "Administration New PatientQuery PatientQueryResponse",
}


def events_of(model: str) -> tuple[str, ...]:
    """The event types of a data model that are documented (platform-api.md §5); others exist."""
    return next((tuple(events.split()) for known, events in _EVENTS.items() if same_model(known, model)), ())


def same_model(left: str, right: str) -> bool:
    """Whether two names mean one data model: case and spaces do not count (platform-api.md §6.1)."""
    return bare(left) == bare(right)


def bare(name: str) -> str:
    """A name without what does not count in it."""
    return "".join(name.split()).casefold()
