"""The index of field paths, and what samples add to it."""

import pytest

from redox_tui.domain.fieldpath import compiled
from redox_tui.domain.fields import Field, Fields, fields_of, values_seen
from redox_tui.domain.models import DATA_MODELS

CLASS = "$.Visit.PatientClass"


def test_every_data_model_has_fields() -> None:
    assert all(len(fields_of(model)) > 20 for model in DATA_MODELS)


def test_a_field_has_its_types_and_event_types() -> None:
    field = fields_of("PatientAdmin").by_path["$.Meta.CanceledEvent"]
    assert field == Field("$.Meta.CanceledEvent", ("string",), ("Cancel",))
    assert fields_of("PatientAdmin").by_path["$.Meta.Test"].types == ("boolean",)
    assert "Arrival" in fields_of("PatientAdmin").by_path[CLASS].event_types
    assert fields_of("SSO").by_path["$.Meta.EventType"].event_types == ("Sign-on",)


def test_a_data_model_is_found_in_any_spelling() -> None:
    assert fields_of("Patient Admin").by_path == fields_of("patientadmin").by_path


@pytest.mark.parametrize("model", ["FHIR.Encounter", "Nonsense", ""])
def test_an_unknown_data_model_has_the_fields_of_its_samples_only(model: str) -> None:
    fields = fields_of(model)
    assert len(fields) == 0
    assert fields.knows(compiled("$.anything"))
    seen = fields.with_samples([{"status": "final", "code": [{"text": "a"}, {"text": "b", "rank": 1}]}, {"status": 1}])
    assert list(seen) == [
        Field("$.code[*].rank", ("number",), (), "1"),
        Field("$.code[*].text", ("string",), (), "a"),
        Field("$.status", ("number", "string"), (), "final"),
    ]


def test_samples_give_examples_to_known_fields() -> None:
    fields = fields_of("PatientAdmin")
    with_samples = fields.with_samples([{"Visit": {"PatientClass": "Inpatient"}, "New": {"o d d": True}}])
    assert with_samples.by_path[CLASS].example == "Inpatient"
    assert with_samples.by_path[CLASS].event_types == fields.by_path[CLASS].event_types
    assert with_samples.by_path['$.New["o d d"]'] == Field('$.New["o d d"]', ("boolean",), (), "true")
    assert len(with_samples) == len(fields) + 1


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("$.Visit.Pat", CLASS),
        ("$.visit.patientcl", CLASS),
        ("PatientClass", CLASS),
        ("$.Wrong.PatientClass", CLASS),
        ("$.Nonsense", None),
    ],
)
def test_a_path_is_completed_from_its_beginning_or_from_its_last_name(text: str, first: str | None) -> None:
    found = [field.path for field in fields_of("PatientAdmin").starting_with(text)]
    assert next(iter(found), None) == first


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("$.Visit.PatientClas", CLASS),
        ("$.visit.patientclass", CLASS),
        ("$.Patient.Identifiers.ID", "$.Patient.Identifiers[*].ID"),
        ("$.Patient.Notes", "$.Patient.Notes[*]"),
        ("$.Visit.Facility", "$.Visit.Location.Facility"),
        ("$.Foo", None),
        ("$..Foo", None),
    ],
)
def test_an_unknown_path_has_a_nearest_one(path: str, meant: str | None) -> None:
    assert fields_of("PatientAdmin").nearest(compiled(path)) == meant


@pytest.mark.parametrize(
    ("path", "is_known", "is_inner"),
    [
        (CLASS, True, False),
        ("$.Patient.Identifiers[0].ID", True, False),
        ('$.Patient.Identifiers[?(@.IDType=="MR")].ID', True, False),
        ("$..ID", True, False),
        ("$.Patient.Identifiers", False, True),
        ("$.Visit", False, True),
        ("$.Visi", False, False),
    ],
)
def test_a_path_is_known_inner_or_neither(path: str, is_known: bool, is_inner: bool) -> None:
    fields = fields_of("PatientAdmin")
    assert (fields.knows(compiled(path)), fields.is_inner(compiled(path))) == (is_known, is_inner)


def test_the_values_seen_at_a_path_are_counted_as_texts() -> None:
    messages = [{"A": ["x", 1, None]}, {"A": ["x", {}]}, {}]
    assert values_seen(map(compiled("$.A[*]").values, messages)) == {"x": 2, "1": 1}


def test_fields_without_any_are_empty() -> None:
    assert list(Fields()) == []
