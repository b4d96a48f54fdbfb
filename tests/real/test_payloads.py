"""Real messages: each comes through the API unchanged, and becomes a tree that says the same."""

import json

import httpx
import pytest
from jsonpath_rfc9535 import find

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.domain.connection import Connection
from redox_tui.domain.jsontree import JsonTree
from redox_tui.simulator.world import World
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.log_table import LogTable
from tests.real.given import messages, text_of
from tests.tui.given import NOW, ORGANIZATION, Person, clock, opened
from tests.tui.server import simulated

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
def test_a_message_becomes_a_tree_that_says_the_same(name: str) -> None:
    text = text_of(messages()[name])
    tree = JsonTree(text)
    assert tree.is_json
    shown = "".join(f"{line.key}{':' * bool(line.key)}{line.value}{',' * line.comma}" for line in tree.lines)
    assert json.loads(shown) == json.loads(text)
    assert [(2 * line.depth * " " + _shown(tree, row)) for row, line in enumerate(tree.lines)] == text.splitlines()


@pytest.mark.parametrize("name", messages())
def test_the_path_of_a_line_leads_to_its_value(name: str) -> None:
    text = text_of(messages()[name])
    tree, message = JsonTree(text), json.loads(text)
    scalars = [row for row in range(len(tree)) if tree[row].value[-1] not in "{}[]"]
    for row in scalars[:: max(1, len(scalars) // 20)]:
        [found] = find(tree.path(row), message)
        assert found.value == json.loads(tree[row].value)


@pytest.mark.parametrize("name", messages())
def test_a_message_can_be_folded_to_every_level(name: str) -> None:
    tree = JsonTree(text_of(messages()[name]))
    everything, deepest = len(tree), tree.depth
    lengths = []
    for depth in range(deepest, 0, -1):
        tree.fold_from(depth)
        lengths.append(len(tree))
        assert tree.depth == depth
    assert lengths[0] == everything
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] == 2 + len(json.loads(text_of(messages()[name])))
    tree.fold_from(deepest)
    assert len(tree) == everything


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
            assert len(person.payload) == min(len(lines), 47)
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


def _shown(tree: JsonTree, row: int) -> str:
    line = tree.lines[row]
    return f"{line.key}{': ' if line.key else ''}{line.value}{',' * line.comma}"
