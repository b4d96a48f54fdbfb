"""What is offered while a query is typed: which texts, in which order, and what they take the place of."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.completion import MOST_CANDIDATES, Completions, complete
from redox_tui.domain.logs import Party
from redox_tui.domain.query import LogQuery
from redox_tui.domain.terms import QueryError, Term
from redox_tui.domain.vocabulary import Vocabulary

from .logs import NOW, a_log, an_admission

RIGHT_TO_LEFT, WIDE = "מרפאת השרון", "湖畔クリニック"


def known(*names: str, seen: tuple[str, ...] = ()) -> Vocabulary:
    """What is known where an organization lists these sources, and rows had those."""
    vocabulary = Vocabulary()
    vocabulary.parties.take_list("source", [Party(f"id of {name}", name) for name in names], NOW)
    vocabulary.learn(a_log(source=Party(f"id of {name}", name)) for name in seen)
    return vocabulary


def at_mark(text: str, vocabulary: Vocabulary | None = None) -> Completions:
    """What is offered where `|` stands, else at the end."""
    before, _, after = text.partition("|")
    return complete(before + after, len(before), vocabulary or Vocabulary())


def offered(text: str, vocabulary: Vocabulary | None = None) -> list[str]:
    return [candidate.text for candidate in at_mark(text, vocabulary).candidates]


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("st", ["status:", "dest:"]),
        ("ST", ["status:", "dest:"]),
        ("-so", ["-source:"]),
        ("x mo", ["model:", "mode:"]),
        ("status:fa", ["failed"]),
        ("status:", ["succeeded", "failed", "filtered", "pending"]),
        ("status:failed,", ["succeeded", "filtered", "pending"]),
        ("-status:failed,f", ["filtered"]),
        ("STATUS:P", ["pending"]),
        ("type:re", ["receive", "request", "respond"]),
        ('model:"patient a', ["PatientAdmin"]),
        ("model:sched", ["Scheduling", "SurgicalScheduling"]),
        ("model:order event:c", ["Cancel"]),
        ("event:arr", ["Arrival"]),
        ("mode:", ["realtime", "backfill"]),
        ("region:", ["AWS_USA_EAST_1", "AWS_CAN_CENTRAL", "GCP_USA_CENTRAL_1"]),
        ("region:can", ["AWS_CAN_CENTRAL"]),
        ("on:u", ["updated"]),
        ("since:ye", ["yesterday"]),
        ("since:", ["15m", "1h", "6h", "24h", "3d", "7d", "today", "yesterday"]),
    ],
)
def test_keys_and_known_values_are_offered(typed: str, texts: list[str]) -> None:
    assert offered(typed) == texts


@pytest.mark.parametrize(
    "typed",
    [
        "foo:x",
        'a "b c',
        "mode:realtime,",
        "-mode:",
        "-since:",
        "patient:B",
        "status:failed",
        "status:zz",
        "|status",
        "9",
    ],
)
def test_nothing_is_offered_where_nothing_is_known_or_allowed(typed: str) -> None:
    assert offered(typed) == []


def test_a_key_that_was_given_is_not_offered_again_but_can_be_excluded() -> None:
    assert offered("status:failed st") == ["dest:"]
    assert offered("status:failed -st") == ["-status:", "-dest:"]
    assert offered("-status:failed st") == ["status:", "dest:"]


def test_between_terms_every_key_is_offered() -> None:
    assert offered("")[:3] == ["status:", "type:", "model:"]
    assert offered("status:failed |")[:2] == ["type:", "model:"]
    assert "-patient:" not in offered("-")


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("sta|", "status:|"),
        ("sta|tus:failed", "status:|failed"),
        ("x -sta| y", "x -status:| y"),
        ("status:fa| x", "status:failed| x"),
        ("status:pend|xx,failed x", "status:pending|,failed x"),
        ("status:succeeded,f|", "status:succeeded,failed|"),
        ("source:lakeside|", 'source:"Lakeside Epic"|'),
        ('source:"lakeside e|', 'source:"Lakeside Epic"|'),
        ('source:"lake|side e"', 'source:"Lakeside Epic"|'),
        ('source:"lake| status:failed', 'source:"Lakeside Epic"| status:failed'),
        ('source:"a b",lake|', 'source:"a b","Lakeside Epic"|'),
    ],
)
def test_a_candidate_takes_the_place_of_what_is_being_typed(typed: str, taken: str) -> None:
    text, cursor = at_mark(typed, known("Lakeside Epic")).put(typed.replace("|", ""), 0)
    assert f"{text[:cursor]}|{text[cursor:]}" == taken


def test_what_begins_so_comes_before_what_has_it_inside_and_what_was_seen_before_what_is_known() -> None:
    vocabulary = known("Lab one", "Fern Lab", "Lab two", seen=("Old Lab", "Lab zero"))
    assert offered("source:lab", vocabulary) == ['"Lab zero"', '"Lab one"', '"Lab two"', '"Old Lab"', '"Fern Lab"']


def test_parties_of_partners_are_known_from_rows() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn([an_admission()])
    assert offered("dest:care", vocabulary) == ['"CareCloud, Inc."']
    assert offered("source:care", vocabulary) == []


def test_values_of_rows_are_offered_too() -> None:
    vocabulary = Vocabulary()
    log = an_admission(status="On Hold", data_model="FHIR.Patient", event_type="Upsert", facility_code="NRD")
    vocabulary.learn([log])
    assert offered("status:on", vocabulary) == ['"on hold"']
    assert offered("model:fhir", vocabulary) == ["FHIR.Patient"]
    assert offered("model:FHIR.Patient event:", vocabulary) == ["Upsert"]
    assert offered("model:Order event:upd", vocabulary) == ["Update"]
    assert offered("facility:n", vocabulary) == ["NRD"]


def test_a_name_that_two_parties_have_is_offered_once_and_says_so() -> None:
    vocabulary = Vocabulary()
    vocabulary.parties.take_list("source", [Party("a", "Epic"), Party("b", "EPIC")], NOW)
    (candidate,) = at_mark("source:e", vocabulary).candidates
    assert (candidate.text, candidate.note) == ("Epic", "2 of that name")


def test_a_party_that_was_renamed_is_offered_by_its_newest_name() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn([a_log(age=60, source=Party("a", "Old Lab")), a_log(age=5, source=Party("a", "New Lab"))])
    vocabulary.learn([a_log(age=90, source=Party("a", "Old Lab"))])
    assert offered("source:lab", vocabulary) == ['"New Lab"']


@pytest.mark.parametrize(
    "name",
    [
        "[/foo] [bold]",
        '"quoted"',
        "a, b: c",
        "\x1b]52;c;aGk=\x07",
        "\u202eevil",
        "\ud800",
        RIGHT_TO_LEFT,
        WIDE,
        "-x",
        "\\",
    ],
)
def test_any_name_is_offered_harmless_and_means_its_party(name: str) -> None:
    vocabulary = known(name)
    (candidate,) = at_mark("source:", vocabulary).candidates
    assert not {unicodedata.category(char) for char in candidate.text + candidate.label} & {"Cc", "Cf", "Cs"}
    resolved = LogQuery.parse(f"source:{candidate.text}").resolved(vocabulary.parties)
    assert resolved.terms == (Term("source", (f"id of {name}",)),)


@given(
    st.text() | st.text(' ab-,:"\\') | st.from_regex(r'(-?(status|Model|source|w):?("?[aL ,:\\"]*"?,?)* ?){1,3}'),
    st.data(),
)
def test_whatever_is_typed_a_candidate_fits_between_what_is_around_it(typed: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(typed)))
    found = complete(typed, cursor, known("Lakeside Epic", "a,b"))
    assert not found.candidates or found.start <= cursor <= found.end
    for row in range(len(found.candidates)):
        text, place = found.put(typed, row)
        assert text[:place].endswith(found.candidates[row].text)
        try:
            LogQuery.parse(typed)
        except QueryError:
            continue
        if not found.candidates[row].text.endswith(":") and found.start < found.end:
            LogQuery.parse(text)


@pytest.mark.parametrize(
    "typed", ["source:", "source:9", "source:zzz", 'source:"source 9999', "source:clinic", "source:é"]
)
def test_a_letter_among_100_000_sources_brings_no_more_than_can_be_looked_through(typed: str, many: Vocabulary) -> None:
    found = complete(typed, len(typed), many).candidates
    counts = {"source:zzz": 0, 'source:"source 9999': 11}
    assert len(found) == counts.get(typed, MOST_CANDIDATES)


@pytest.fixture(scope="module")
def many() -> Vocabulary:
    vocabulary = Vocabulary()
    parties = (Party(f"id-{n}", f"Source {n} of clinic {n % 977}{'é' if n % 7 == 0 else ''}") for n in range(100_000))
    vocabulary.parties.take_list("source", parties, NOW)
    return vocabulary
