import pytest

from redox_tui.domain.models import DATA_MODELS, same_model


@pytest.mark.parametrize(
    ("one", "other"),
    [("PatientAdmin", "PatientAdmin"), ("Clinical Summary", "ClinicalSummary"), ("patient  admin", " PATIENTADMIN")],
)
def test_case_and_spaces_do_not_tell_data_models_apart(one: str, other: str) -> None:
    assert same_model(one, other)
    assert same_model(other, one)


@pytest.mark.parametrize(("one", "other"), [("Order", "Orders"), ("Order", ""), ("FHIR.Patient", "Patient")])
def test_other_differences_do(one: str, other: str) -> None:
    assert not same_model(one, other)


def test_no_two_known_names_mean_one_data_model() -> None:
    assert len({name.casefold() for name in DATA_MODELS}) == len(DATA_MODELS)
    assert not any(" " in name for name in DATA_MODELS)
