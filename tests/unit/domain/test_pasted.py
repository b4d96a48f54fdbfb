"""Which logs a pasted text names."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.pasted import Pasted, read

LOG = "d758ea49-027b-4d6e-b4dd-a3500d8cc2e8"
ATTEMPT = "925d1617-2fe0-468c-a14c-f8c04b572c54"


def test_an_id_is_one_whatever_stands_around_it() -> None:
    assert read(f"  see log {LOG.upper()}, please\n") == (Pasted(LOG),)


def test_a_message_names_its_log_and_the_attempt() -> None:
    message = {"Meta": {"DataModel": "PatientAdmin", "Logs": [{"ID": LOG, "AttemptID": ATTEMPT}]}, "Patient": {}}
    assert read(json.dumps(message)) == (Pasted(LOG, ATTEMPT),)
    assert Pasted(LOG, ATTEMPT).ids == (LOG, ATTEMPT)


def test_a_message_of_several_logs_names_them_in_its_order() -> None:
    message = {"Meta": {"Logs": [{"ID": LOG}, {"ID": 4711}, {"AttemptID": ATTEMPT}]}}
    assert [one.ids[0] for one in read(json.dumps(message))] == [LOG, "4711", ATTEMPT]


def test_an_old_log_has_a_whole_number() -> None:
    assert read("123456789") == (Pasted("123456789"),)


@pytest.mark.parametrize(
    "text", ["", "   ", "no id in here", "{}", '{"Meta": null}', '{"Meta": {"Logs": 3}}', "[" * 100_000]
)
def test_a_text_without_an_id_names_no_log(text: str) -> None:
    assert read(text) == ()


def test_a_message_that_is_cut_off_still_shows_its_ids() -> None:
    assert read('{"Meta": {"Logs": [{"ID": "' + LOG + '", "AttemptID') == (Pasted(LOG),)


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    assert all(one.ids for one in read(text))
