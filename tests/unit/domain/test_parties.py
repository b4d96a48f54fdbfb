"""Names of sources and destinations, and the ids that they become in a query."""

import pytest

from redox_tui.domain.logs import Log, Party
from redox_tui.domain.parties import MOST_SEEN, KnownParties
from redox_tui.domain.query import LogQuery
from redox_tui.domain.terms import local_parts

from .logs import EPIC, NOW, a_log, an_admission

LAB, CARE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def parties() -> KnownParties:
    known = KnownParties()
    known.take_list("source", [Party(EPIC, "Lakeside Epic"), Party(LAB, "Lab"), Party(CARE, "LAB")], NOW)
    known.learn([an_admission(destination=Party(CARE, "CareCloud, Inc."))])
    return known


@pytest.mark.parametrize(
    ("typed", "resolved"),
    [
        ('source:"Lakeside Epic"', f"source:{EPIC}"),
        ('source:"LAKESIDE epic"', f"source:{EPIC}"),
        ('dest:"CareCloud, Inc."', f"dest:{CARE}"),
        ("source:lab", f"source:{LAB},{CARE}"),
        (f'source:lab,"lakeside epic",{LAB}', f"source:{LAB},{CARE},{EPIC}"),
        ("source:nobody", "source:nobody"),
        ("source:lab,nobody", "source:lab,nobody"),
        ("-source:lab", "-source:lab"),
        ("dest:lab", "dest:lab"),
        ("lab event:lab", "lab event:lab"),
        (f"source:{EPIC.upper()}", f"source:{EPIC.upper()}"),
    ],
)
def test_names_that_are_known_become_ids(typed: str, resolved: str, parties: KnownParties) -> None:
    query = LogQuery.parse(typed)
    assert str(query.resolved(parties)) == resolved
    assert str(query) == typed


def test_a_name_that_is_known_is_a_term_of_the_server(parties: KnownParties) -> None:
    resolved = LogQuery.parse('source:"lakeside epic"').resolved(parties)
    assert resolved.search(NOW).terms == (("source", (EPIC,)),)
    assert resolved.local == ()


def test_the_terms_that_stay_local_are_told_by_their_place(parties: KnownParties) -> None:
    text = 'status:failed -model:Order  source:"lakeside epic" dest:nobody'
    assert [text[start:end] for start, end in local_parts(text, parties)] == ["-model:Order", "dest:nobody"]


def test_a_party_that_was_renamed_is_found_by_every_name() -> None:
    known = KnownParties()
    known.learn([a_log(age=60, source=Party(EPIC, "Old")), a_log(age=5, source=Party(EPIC, "New"))])
    assert known.ids("source", "old") == known.ids("source", "new") == (EPIC,)
    assert known.is_current("source", "new")
    assert not known.is_current("source", "old")


def test_who_has_a_name_now_goes_before_who_had_it() -> None:
    known = KnownParties()
    known.learn([a_log(age=60, source=Party(EPIC, "Lab")), a_log(age=5, source=Party(EPIC, "New Lab"))])
    known.take_list("source", [Party(LAB, "Lab")], NOW)
    assert known.ids("source", "lab") == (LAB,)


def test_a_list_that_is_read_again_takes_the_place_of_the_one_before() -> None:
    known = KnownParties()
    known.take_list("source", [Party(EPIC, "Old")], NOW)
    known.take_list("source", [Party(LAB, "New")], NOW)
    assert known.ids("source", "Old") == ()


def test_parties_without_a_name_or_an_id_do_no_harm() -> None:
    known = KnownParties()
    known.learn([Log("x"), a_log(source=Party(EPIC), destination=Party(name=" ")), a_log(source=Party(name="Only"))])
    assert known.ids("source", "Only") == ()
    assert known.is_current("source", "Only")
    assert [len(index) for index in known.indexes("source")] == [1, 0]


def test_rows_teach_a_bounded_number_of_names() -> None:
    known = KnownParties()
    known.learn(a_log(source=Party(f"id-{n}", f"Source {n}")) for n in range(MOST_SEEN + 5))
    known.learn([a_log(source=Party("again", "Source 1"))])
    assert len(known.indexes("source")[0]) == MOST_SEEN
    assert known.ids("source", "Source 1") == ("id-1", "again")
