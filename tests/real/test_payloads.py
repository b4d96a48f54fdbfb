"""Real messages: each comes through the API unchanged, and becomes lines that say the same."""

import json
import re

import httpx
import pytest
from jsonpath_rfc9535 import find

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.domain.connection import Connection
from redox_tui.domain.folds import Folds
from redox_tui.domain.jsontree import Node
from redox_tui.domain.textsearch import Hits
from redox_tui.simulator.world import World
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.log_table import LogTable
from tests.real.given import messages, text_of
from tests.tui.given import NOW, ORGANIZATION, Person, clock, opened
from tests.tui.server import simulated
from tests.unit.domain.outlines import drawn, outline_of, rows

LOGS = 2_000
"""Enough for every message to be there several times."""


def a_real_world() -> World:
    """Traffic of real messages."""
    return World(LOGS, now=NOW, clock=clock, messages=list(messages().values()))


def places(world: World) -> dict[str, int]:
    """The row of a log for every message, in a list of all logs."""
    rows = {world.log(index).route.file: LOGS - 1 - index for index in range(LOGS)}
    return {name: rows[message] for name, message in messages().items()}


def test_all_of_them_are_there() -> None:
    assert len(messages()) == 111
    assert len({message.data_model for message in messages().values()}) == 24


@pytest.mark.parametrize("name", messages())
def test_a_message_becomes_lines_that_say_the_same(name: str) -> None:
    text = text_of(messages()[name])
    outline = outline_of(text)
    assert drawn(outline) == text.splitlines()


@pytest.mark.parametrize("name", messages())
def test_the_path_of_a_line_leads_to_its_value(name: str) -> None:
    text = text_of(messages()[name])
    outline, message = outline_of(text), json.loads(text)
    for line in range(0, len(outline), max(1, len(outline) // 20)):
        node = Node(outline, line)
        [found] = find(node.path, message)
        assert found.value == json.loads(node.subtree)


@pytest.mark.parametrize("name", messages())
def test_a_message_can_be_folded_to_every_level(name: str) -> None:
    text = text_of(messages()[name])
    outline = outline_of(text)
    everything = len(outline)
    visible = [rows(outline, Folds().from_level(outline, level)) for level in range(outline.deepest + 2)]
    assert len(visible[0]) == 1
    assert len(visible[1]) == 2 + len(json.loads(text))
    assert visible[-1] == list(range(everything))
    for level, lines in enumerate(visible[:-1]):
        assert set(lines) < set(visible[level + 1])
        assert max(outline.depths[line] for line in lines) == level


@pytest.mark.parametrize("name", messages())
def test_what_is_found_in_a_message_is_what_a_reader_of_its_lines_finds(name: str) -> None:
    text = text_of(messages()[name])
    outline, lines = outline_of(text), text.splitlines()
    words = sorted(set(re.findall(r"[\w.-]{2,}", text)))
    for wanted in (*words[:: max(1, len(words) // 25)], "e", '": "', "Identifiers", '"id": ', "not in there"):
        hits = Hits(text, wanted, is_json=True)
        for _ in hits.find():
            pass
        spaceless = wanted.strip().lower()
        naive = [number for number, line in enumerate(lines) for _ in range(line.lower().count(spaceless))]
        assert [outline.line_at(start) for start in hits.starts] == naive, wanted


async def test_every_message_comes_through_the_api_unchanged() -> None:
    world = a_real_world()
    server = simulated(world)
    connection = Connection("http://127.0.0.1", ORGANIZATION)
    client = PlatformClient(connection, lambda c: GivenToken(server.token), transport=httpx.ASGITransport(server))
    changed = []
    for name, row in places(world).items():
        detail = await client.logs.get(world.log(LOGS - 1 - row).id)
        assert detail.payload
        if detail.payload.encode() != messages()[name].body.strip():
            changed.append(name)
    await client.aclose()
    assert changed == []


async def test_a_dozen_messages_are_opened_revealed_and_folded() -> None:
    world = a_real_world()
    async with opened(simulated(world), "since:7d", size=(200, 50)) as person:
        for name, row in list(places(world).items())[::10]:
            lines = text_of(messages()[name]).splitlines()
            await _open(person, row)
            assert "payload hidden" in person.payload[1], name
            await person.press("enter")
            assert person.payload == [line.rstrip() for line in lines[: len(person.payload)]], name
            assert len(person.payload) == min(len(lines), 46)
            await _fold_to_every_level(person)
            await person.press("escape")


async def _open(person: Person, row: int) -> None:
    person.find(LogTable).go_to(row)
    await person.wait()
    await person.press("enter", "p")


async def _fold_to_every_level(person: Person) -> None:
    view = person.find(JsonView)
    everything, before = view.row_count, 0
    while view.row_count != before:
        before = view.row_count
        await person.press("<")
        assert view.row_count <= before
    assert view.row_count < everything
    await person.press("*")
    assert view.row_count == everything
