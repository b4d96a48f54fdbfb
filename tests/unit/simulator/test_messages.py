import json
from collections import Counter
from pathlib import Path

import pytest

from redox_tui.simulator.deck import Terms
from redox_tui.simulator.messages import MessagesError, catalogue_from
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World

from .given import NOW, ORGANIZATION, Clock, calling

# Numbers, key order, a repeated key and spacing that no JSON library would write again the same way.
_BODIES = {
    "a.json": b'{ "Meta": {"EventType":"New","DataModel":"Results"},\n "v": 1.50e+2, "n": 1e400, "v": 2 }\n',
    "b.json": '{"Meta":{"DataModel":"Clinical Summary","EventType":"PatientQuery"},"t":"\\u00e9 é"}'.encode(),
    "c.json": b'{"Meta":{"DataModel":"Media","EventType":"New","FacilityCode":"F1"},"n":' + b"9" * 5_000 + b"}",
    "d.json": b'{"Meta":{"DataModel":"Notes","EventType":"New"},"Patient":{"Identifiers":[{"ID":"77"}],'
    b'"Demographics":{"FirstName":"Paper","LastName":"Moon"}}}',
}


def _folder(path: Path) -> Path:
    for name, body in _BODIES.items():
        (path / name).write_bytes(body)
    return path


def _world(folder: Path) -> World:
    return World(13_000, now=NOW, clock=Clock(), messages=catalogue_from(folder))


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    files = catalogue_from(_folder(tmp_path))
    assert [(file.data_model, file.event_type, file.facility_code) for file in files] == [
        ("Results", "New", None),
        ("Clinical Summary", "PatientQuery", None),
        ("Media", "New", "F1"),
        ("Notes", "New", None),
    ]


def test_every_message_is_equally_frequent_and_has_a_type_that_suits_it(tmp_path: Path) -> None:
    world = _world(_folder(tmp_path))
    logs = [world.log(index) for index in range(4_003)]
    counts = Counter(log.route.data_model for log in logs if log.route.data_model)
    assert len(counts) == 4
    assert max(counts.values()) - min(counts.values()) < 100
    for log in logs:
        if log.route.data_model == "Clinical Summary":
            assert log.route.type in ("request", "respond")
        elif log.route.data_model:
            assert log.route.type in ("send", "receive")


async def test_a_payload_is_the_file_byte_for_byte(tmp_path: Path) -> None:
    world = _world(_folder(tmp_path))
    async with calling(world) as client:
        for name, model in (("a.json", "Results"), ("b.json", "ClinicalSummary"), ("c.json", "Media")):
            [index] = world.search(Search(Terms(data_model=model))).page(0, 1)
            answer = await client.get(f"{ORGANIZATION}/logs/{world.log(index).id}")
            assert answer.content.endswith(b',"payload":' + _BODIES[name] + b"}}")
        found = await client.post(f"{ORGANIZATION}/logs", params={"_count": 2}, json={"dataModel": "Results"})
        assert found.content.count(_BODIES["a.json"]) == 2
        assert len(json.loads(found.content)["payload"]["results"]) == 2


def test_a_patient_search_finds_the_patients_of_the_files(tmp_path: Path) -> None:
    world = _world(_folder(tmp_path))
    of_notes = world.search(Search(Terms(data_model="Notes"))).total
    for text in ("paper moon", "MOON", "77"):
        assert world.search(Search(Terms(patient=text))).total == of_notes
    assert world.search(Search(Terms(patient="Mira Solbakken"))).total == 0


def test_more_messages_than_a_pack_has_cards_all_take_part(tmp_path: Path) -> None:
    for number in range(4_100):
        (tmp_path / f"{number}.json").write_text(f'{{"Meta":{{"DataModel":"M{number}","EventType":"New"}}}}')
    world = _world(tmp_path)
    assert len({world.log(index).route.data_model for index in range(4_103)}) == 4_101


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "is not JSON in UTF-8"),
        (b'{"Meta": NaN}', "is not JSON in UTF-8"),
        (b'{"Meta": "\xe9"}', "is not JSON in UTF-8"),
        (b"[" * 100_000, "is not JSON in UTF-8"),
        (b"[]", "its JSON is no object"),
        (b"{}", "it has no Meta object"),
        (b'{"Meta": {"EventType": "New"}}', "Meta.DataModel is missing"),
        (b'{"Meta": {"DataModel": "Notes", "EventType": 5}}', "Meta.EventType is missing or no text"),
    ],
)
def test_a_file_that_is_no_message_is_named_with_the_reason(tmp_path: Path, body: bytes, why: str) -> None:
    _folder(tmp_path)
    (tmp_path / "broken.json").write_bytes(body)
    with pytest.raises(MessagesError) as raised:
        catalogue_from(tmp_path)
    assert str(tmp_path / "broken.json") in str(raised.value)
    assert why in str(raised.value)


def test_a_missing_or_empty_folder_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(MessagesError, match="is not a folder"):
        catalogue_from(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("no message")
    with pytest.raises(MessagesError, match=r"holds no \*\.json file"):
        catalogue_from(tmp_path)
