"""Filters over real messages: verdicts that were worked out by hand, and paths that the index knows."""

import json
from pathlib import Path

import jsonpath_rfc9535
import pytest

from redox_tui.cli import main
from redox_tui.domain.fieldpath import compiled
from redox_tui.domain.fields import Fields, fields_of, values_seen
from redox_tui.domain.filters import Filter, Rule
from redox_tui.domain.impact import impact
from tests.real.given import PAYLOADS, messages

FILTER = """
name = "Outpatients with a record number"
action = "send"

[[rules]]
path = "$.Meta.DataModel"
values = ["PatientAdmin", "Scheduling", "Results", "Order", "Claim"]

[[rules]]
path = "$.Visit.PatientClass"
values = ["Inpatient", "Observation"]
allowList = false

[[rules]]
path = "$.Patient.Identifiers[*].IDType"
values = ["MR"]
"""

BY_HAND = {
    # Its PatientClass is Inpatient.
    "patientadmin_arrival": ("filtered", 2, ()),
    "patientadmin_cancel": ("filtered", 2, ()),
    # No Visit at all, and MR is the first of three identifiers.
    "patientadmin_newpatient": ("delivered", None, ("several", "missing")),
    "patientadmin_visitmerge": ("delivered", None, ("several", "missing")),
    # A Visit without a PatientClass.
    "scheduling_new": ("delivered", None, ("several", "missing")),
    "results_newunsolicited": ("delivered", None, ("several", "missing")),
    "order_new": ("delivered", None, ("several", "missing")),
    # No Patient, so no identifiers.
    "patientadmin_censusquery": ("filtered", 3, ("missing",)),
    "claim_payment": ("filtered", 3, ("missing",)),
    # Other data models; that Inventory has no Patient either does not matter.
    "notes_new": ("filtered", 1, ()),
    "vaccination_new": ("filtered", 1, ()),
    "sso_signon": ("filtered", 1, ()),
    "inventory_update": ("filtered", 1, ()),
    # “Clinical Summary” is written with a space.
    "clinicalsummary_visitpush": ("filtered", 1, ()),
}


def test_verdicts_are_those_worked_out_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "filter.toml"
    file.write_text(FILTER)
    assert main(["filters", "test", str(file), "--samples", str(PAYLOADS), "--format", "ndjson"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 111
    found = {Path(line["sample"]).stem: (line["verdict"], line["rule"], tuple(line["assumed"])) for line in lines}
    assert {name: found[name] for name in BY_HAND} == BY_HAND


def test_an_impact_counts_what_the_library_finds() -> None:
    samples = [json.loads(message.body) for message in messages().values()]
    rule = Rule("$.Patient.Demographics.Sex", ("Male",))
    found = impact(None, Filter("f", "send", (rule,)), samples)
    males = [one for one in samples if "Male" in jsonpath_rfc9535.find(rule.path, one).values()]
    assert (found.messages, found.delivered_now, found.delivered_proposed) == (111, 111, len(males))


def test_samples_complete_what_the_index_does_not_know() -> None:
    unknown = 0
    for message in messages().values():
        sample = json.loads(message.body)
        fields = fields_of(message.data_model)
        seen = Fields().with_samples([sample])
        both = fields.with_samples([sample])
        unknown += sum(field.path not in fields.by_path for field in seen)
        for field in seen:
            assert both.by_path[field.path].example == field.example
            assert values_seen([compiled(field.path).values(sample)])[field.example or ""]
    assert 0 < unknown < 1_500
