"""Pseudonyms: what stays, what does not, and that equal values stay equal."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.logs import Log, LogDetail
from redox_tui.domain.masking import Mask
from redox_tui.domain.timerange import Timestamp

MASK = Mask(b"the key of these tests")


def masked(message: Any) -> Any:
    return json.loads(MASK.message(json.dumps(message)))


def of_model(**parts: Any) -> Any:
    return masked({"Meta": {"DataModel": "PatientAdmin"}, **parts})


def test_equal_values_stay_equal_in_one_export_and_differ_between_two() -> None:
    assert MASK.text("Bixby") == MASK.text(" BIXBY ") != MASK.text("Bixbi")
    assert Mask(b"another").text("Bixby") != MASK.text("Bixby")


@given(st.text(min_size=1))
def test_a_pseudonym_says_nothing_of_its_text(text: str) -> None:
    found = MASK.text(text)
    assert found == text if not text.strip() else found.startswith("~") and len(found) == 13


def test_times_are_moved_by_one_length() -> None:
    times = ["2026-11-20T14:00:00.000Z", "2026-11-20T15:30:00.000Z", "2026-11-20", "2026-11-22"]
    moved = [datetime.fromisoformat(MASK.text(time)) for time in times]
    assert (moved[1] - moved[0]).total_seconds() == 5_400
    assert (moved[3] - moved[2]).days == 2
    assert moved[0].year < 2020
    assert MASK.text("2026-11-20T14:00:00.123456+01:00").endswith(".123456+01:00")


@pytest.mark.parametrize("text", ["2026-13-40", "0001-01-01", "2026-11-20T99:00:00Z", "20261120", "11/20/2026"])
def test_what_is_no_time_has_a_pseudonym(text: str) -> None:
    assert MASK.text(text).startswith("~")


def test_codes_kinds_and_small_numbers_stay() -> None:
    found = of_model(
        Visit={"PatientClass": "Inpatient", "Duration": 15, "Reason": "Check up"},
        Results=[{"Code": "2345-7", "Codeset": "LOINC", "Value": "120.5", "Units": "mg/dL", "Description": "Glucose"}],
        IsActive=True,
        Nothing=None,
        Empty="",
    )
    assert found["Visit"]["PatientClass"] == "Inpatient"
    assert found["Visit"]["Duration"] == 15
    assert found["Visit"]["Reason"].startswith("~")
    result = found["Results"][0]
    assert [result[name] for name in ("Code", "Codeset", "Value", "Units")] == ["2345-7", "LOINC", "120.5", "mg/dL"]
    assert result["Description"].startswith("~")
    assert (found["IsActive"], found["Nothing"], found["Empty"]) == (True, None, "")


def test_what_is_below_a_person_does_not_stay_whatever_it_is_called() -> None:
    found = of_model(Patient={"Demographics": {"Sex": "Male", "Code": "X", "Value": 12}, "Insurances": [{"Type": "P"}]})
    assert "Male" not in json.dumps(found)
    assert found["Patient"]["Demographics"]["Code"].startswith("~")
    assert found["Patient"]["Demographics"]["Value"] != 12
    assert found["Patient"]["Insurances"][0]["Type"].startswith("~")


def test_a_value_of_the_patient_does_not_stay_under_a_harmless_name() -> None:
    found = of_model(
        Patient={"Identifiers": [{"ID": "778899", "IDType": "MR"}], "Demographics": {"LastName": "Bixby"}},
        Order={"Code": "bixby-1", "Value": "778899", "Priority": "Stat"},
    )
    assert found["Patient"]["Identifiers"][0]["IDType"] == "MR"
    assert found["Order"] == {"Code": MASK.text("bixby-1"), "Value": MASK.text("778899"), "Priority": "Stat"}


@pytest.mark.parametrize("value", ["1234567", "12.345.678", "Bixby", "-", 1_234_567])
def test_a_measured_value_that_could_be_an_id_does_not_stay(value: object) -> None:
    assert of_model(Observation={"Value": value})["Observation"]["Value"] != value


def test_of_an_unknown_model_only_the_structure_stays() -> None:
    found = masked({"resourceType": "Patient", "code": "X", "n": [1, 2.5, True], "123456789": {"id": "a b"}})
    assert found["resourceType"].startswith("~")
    assert found["code"].startswith("~")
    assert found["n"][0] != 1
    assert isinstance(found["n"][1], float)
    assert found["n"][2] is True
    assert not any("1234" in name for name in found)


def test_hl7_keeps_its_segments_and_marks() -> None:
    text = "MSH|^~\\&|EPIC|LKS\rPID|1||778899^^^MR||Bixby^Timothy||20080106\rnonsense"
    found = MASK.message(text)
    assert [part[:4] for part in found.split("\r")[:2]] == ["MSH|", "PID|"]
    assert [found.count(mark) for mark in "|^&\r"] == [text.count(mark) for mark in "|^&\r"]
    assert not any(word in found for word in ("Bixby", "778899", "20080106", "EPIC", "nonsense"))


def test_xml_keeps_its_elements_and_names() -> None:
    text = "<?pi x?><!-- Bixby --><a id=\"778899\" b='x'>Bixby<b/><![CDATA[Timothy]]></a><torn Bixby"
    found = MASK.message(text)
    assert found.startswith(f'<a id="{MASK.text("778899")}" b="{MASK.text("x")}">{MASK.text("Bixby")}<b/>')
    assert not any(word in found for word in ("Bixby", "778899", "Timothy"))


@pytest.mark.parametrize("text", ["[" * 50_000, '{"a": tru', "Bixby came in"])
def test_a_text_that_cannot_be_read_is_replaced_whole(text: str) -> None:
    assert MASK.message(text) == MASK.text(text)


def test_metadata_keeps_what_the_systems_are_and_did() -> None:
    record = {
        "id": "5a1f0c9e",
        "createdAt": "2026-11-20T14:00:00.000Z",
        "status": "failed",
        "source": {"id": "s-1", "name": "Lakeside Epic", "organization": {"id": 12345, "name": "Lakeside"}},
        "attempts": {"total": 3, "latest": {"id": "a-1", "error": "No bed for Bixby", "operations": [{"version": 7}]}},
        "unknown": "Bixby",
    }
    log = Log("5a1f0c9e", Timestamp.read("2026-11-20T14:00:00.000Z"), record=json.dumps(record).encode())
    row = MASK.row(LogDetail(log, None))
    found = json.loads(row.log.record)
    assert found["source"] == record["source"]
    assert (found["status"], found["attempts"]["total"]) == ("failed", 3)
    assert found["attempts"]["latest"]["operations"] == [{"version": 7}]
    assert row.log.id == found["id"] == MASK.text("5a1f0c9e")
    assert row.log.created_at
    assert row.log.created_at.text == found["createdAt"] == MASK.text("2026-11-20T14:00:00.000Z")
    assert b"Bixby" not in row.log.record
    assert row.payload is None
