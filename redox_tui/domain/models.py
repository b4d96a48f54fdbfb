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


def same_model(left: str, right: str) -> bool:
    """Whether two names mean one data model: case and spaces do not count (platform-api.md §6.1)."""
    return _bare(left) == _bare(right)


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()
