"""The versions of a filter: who saved what when, the difference of any two, and the way back."""

import json
from dataclasses import replace

import pytest

from redox_tui.domain.filters import Rule
from redox_tui.simulator.filter_store import Content, Saved
from redox_tui.simulator.world import World
from redox_tui.tui.dialogs.consequence import ConsequenceDialog
from redox_tui.tui.screens.filter_versions import FilterVersionsScreen
from redox_tui.tui.screens.filters import FiltersScreen
from tests.tui.filters import (
    FIRST,
    LINKED,
    SECOND,
    a_world,
    agree,
    at_filters,
    changed,
    created,
    difference,
    named,
    rows,
    top,
    version_rows,
)
from tests.tui.server import Call, Reply, failing, simulated
from tests.tui.test_lock import locked, unlocked


def dry_runs(call: Call) -> bool:
    """Whether it tries a restore out."""
    return call.query.get("dryRun") == "true"


def restores(call: Call) -> bool:
    """Whether it restores."""
    return call.query.get("dryRun") == "false"


def saved_again(world: World, name: str, /, **content: object) -> Saved:
    """Somebody saves a part of a filter otherwise."""
    one = named(world, name)
    before = one.current.content
    values = {"name": before.name, "action": before.action, "rules": before.rules, **content}
    return world.filters.update(one.id, Content(**values), world.moment)  # type: ignore[arg-type]


async def test_each_version_says_who_saved_it_when_and_what_that_changed() -> None:
    async with at_filters(a_world(), size=(120, 40)) as person:
        await person.press("v")
        assert f"{FIRST} · acts on {LINKED}" in person.text
        assert [row.split()[0] for row in version_rows(person)] == [">3", "2", "1"]
        assert "in force" in version_rows(person)[0]
        assert "2026-11-19 18:00" in version_rows(person)[0]
        assert "Wim Haverford" in version_rows(person)[0]
        assert "+ rule 3 deny $.Visit.PatientClass “Veterinary”" in version_rows(person)[0]
        assert "the first that the server has" in version_rows(person)[2]
        assert "what changed from version 2 to version 3" in person.text
        assert difference(person) == ["+ rule 3 deny $.Visit.PatientClass “Veterinary”"]
        await person.press("j")
        assert "what changed from version 1 to version 2" in person.text
        await person.press("j")
        assert "version 1, the first that the server has" in person.text
        assert difference(person)[2] == "rule 1 allow $.Orders[*].Status “Resulted”, “Final”, “Corrected”"


async def test_any_two_versions_are_compared_by_a_mark() -> None:
    async with at_filters(a_world(), size=(120, 40)) as person:
        await person.press("v", "G", "m", "g")
        assert "what changed from version 1 to version 3" in person.text
        assert len(difference(person)) == 2
        assert "compared with version 1" in person.status
        assert version_rows(person)[2].startswith("*1")
        await person.press("j")
        assert "what changed from version 1 to version 2" in person.text
        await person.press("G")
        assert version_rows(person)[2].startswith("»1")
        await person.press("m", "g")
        assert "what changed from version 2 to version 3" in person.text


async def test_the_hints_are_those_of_versions() -> None:
    async with at_filters(a_world()) as person:
        await person.press("v")
        assert person.hints == " m mark  R restore  tab difference  esc back  ? keys"
        await person.press("escape")
        assert top(person) is FiltersScreen


async def test_a_long_difference_is_moved_in() -> None:
    world = a_world()
    saved_again(world, FIRST, rules=tuple(Rule(f"$.a{number}", ("1",)) for number in range(500)))
    async with at_filters(world) as person:
        await person.press("v")
        await person.press("tab", "G")
        assert "+ rule 500 allow $.a499 “1”" in difference(person)
        assert person.status.startswith("line 503 of 503")
        await person.press("tab", "j")
        assert "what changed from version 2 to version 3" in person.text


async def test_ten_thousand_values_are_counted() -> None:
    world = a_world()
    rules = named(world, FIRST).current.content.rules
    many = Rule(rules[0].path, tuple(f"v{number}" for number in range(10_000)))
    saved_again(world, FIRST, rules=(many, *rules[1:]))
    async with at_filters(world) as person:
        await person.press("v")
        assert "and 9,980 more" in " ".join(difference(person))


async def test_names_and_values_that_would_steer_a_terminal_are_harmless() -> None:
    world = a_world()
    saved_again(world, FIRST, name="[b]x\x1b[2J", rules=(Rule("$.a", ("\x1b]0;t\x07", "[red]", "病院")),))
    async with at_filters(world) as person:
        await person.press("v")
        assert "[b]x␛[2J" in person.text
        assert "[red]" in "".join(difference(person))
        assert all("\x1b" not in line for line in person.screen)


async def test_a_restore_is_tried_out_said_agreed_to_and_then_made() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server, size=(120, 40)) as person:
        await person.press("v", "G", "R")
        assert len([call for call in server.calls if dry_runs(call)]) == 1
        assert server.changes == []
        assert f"PROD  Restore version 1 of “{FIRST}”?" in person.text
        assert "It acts on Fernhill Lab Results → Lakeside EHR Inbound · Results, at" in person.text
        assert "- rule 3 deny $.Visit.PatientClass “Veterinary”" in person.text
        assert "The server's dry run says so." in person.text
        await agree(person, FIRST)
        assert person.status == "Version 1 was restored as version 4."
        assert "in force" in version_rows(person)[0]
        assert "4" in version_rows(person)[0].split()[0]
        assert len(version_rows(person)) == 4
        await person.press("escape")
        assert " 1 " in rows(person)[0]
        assert "v4" in rows(person)[0]
    assert len(server.changes) == 1
    assert len(named(world, FIRST).current.content.rules) == 1


async def test_leaving_the_question_restores_nothing() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        await person.press("v", "j", "R", "escape")
        assert top(person) is FilterVersionsScreen
        assert len(version_rows(person)) == 3
    assert server.changes == []


async def test_the_version_in_force_and_one_of_the_same_content_are_not_restored() -> None:
    world = a_world()
    saved_again(world, FIRST)
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("v")
        assert difference(person) == ["Both have the same name, action and rules."]
        await person.press("R")
        assert "This version is in force" in person.status
        await person.press("j", "R")
        assert "Version 3 has the content that is in force" in person.status
    assert server.changes == []


async def test_v0_restores_by_saving_again_and_says_so() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server, filters="v0", size=(120, 40)) as person:
        name = FIRST if FIRST[:8] in rows(person)[0] else SECOND
        await person.press("v", "G", "R")
        assert "There is no dry run; this is worked out here." in person.text
        assert "This change goes through v0 of the API" in person.text
        await agree(person, name)
        assert person.status == "Version 1 was restored as version 4."
    assert [(method, "/v0/" in path) for method, path in server.changes] == [("POST", True)]


async def test_a_deleted_filter_has_versions_and_no_way_back() -> None:
    world = a_world()
    mine = created(world, "Mine")
    saved_again(world, "Mine", action="block-all")
    world.filters.delete(mine.id, world.moment)
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press(".", "G", "v")
        assert "Mine · deleted" in person.text
        assert len(version_rows(person)) == 2
        await person.press("j", "R")
        assert "The filter is deleted" in person.status
    assert server.changes == []


async def test_a_save_since_the_versions_were_read_is_a_conflict_and_shown() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("v", "G")
        changed(world, FIRST)
        await person.press("R")
        assert f"Somebody saved the filter “{FIRST}” meanwhile." in person.status
        assert len(version_rows(person)) == 4
    assert server.changes == []


async def test_a_save_while_it_is_asked_is_a_conflict_and_nothing_is_sent() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("v", "G", "R")
        changed(world, FIRST)
        await agree(person, FIRST)
        assert "Nothing was changed." in person.status
        assert len(version_rows(person)) == 4
    assert server.changes == []


@pytest.mark.parametrize("is_made", [True, False])
async def test_a_lost_answer_is_judged_by_what_is_in_force(is_made: bool) -> None:
    world = a_world()
    server = simulated(world)
    left = [True]

    def answer(call: Call) -> Reply | None:
        if restores(call) and left:
            left.clear()
            if is_made:
                saved_again(world, FIRST, rules=named(world, FIRST).versions[0].content.rules)
            return Reply(500)
        return None

    server.instead = answer
    async with at_filters(server, size=(120, 40)) as person:
        await person.press("v", "G", "R")
        await agree(person, FIRST)
        if is_made:
            assert "The answer was lost, but the change is in force." in person.status
            assert len(version_rows(person)) == 4
        else:
            assert "The answer was lost, and the change of" in person.status
            assert len(version_rows(person)) == 3


@pytest.mark.parametrize(("when", "words"), [(dry_runs, "a dry run"), (restores, "restoring the filter")])
async def test_without_the_right_to_restore_it_is_said_why(when: object, words: str) -> None:
    server = simulated(a_world())
    server.instead = failing(403, when=when)  # type: ignore[arg-type]
    async with at_filters(server, size=(120, 40)) as person:
        await person.press("v", "G", "R")
        if when is restores:
            await agree(person, FIRST)
        assert words in person.status
        assert "(403)" in person.status
        assert len(version_rows(person)) == 3


async def test_a_filter_that_is_no_more_leaves_the_list() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        await person.press("v", "G")
        server.instead = failing(404, when=lambda call: "/operations/filters/" in call.path)
        await person.press("R")
        assert "is not there any more" in person.status
        await person.press("escape")
        assert len(rows(person)) == 1


async def test_versions_that_cannot_be_read_can_be_asked_for_again() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        server.instead = failing(503, when=lambda call: call.query.get("showDeleted") == "true")
        await person.press("v")
        assert "The versions could not be read" in person.text
        assert "r tries again" in person.status
        await person.press("r")
        assert len(version_rows(person)) == 3


async def test_a_dry_run_that_says_otherwise_is_what_is_shown() -> None:
    world = a_world()
    server = simulated(world)
    one = named(world, FIRST)
    fields = {"id": one.id, "name": FIRST, "action": "block-all", "rules": [], "filterVersion": 4}

    def answer(call: Call) -> Reply | None:
        return Reply(body=json.dumps({"previous": {}, "current": fields}).encode()) if dry_runs(call) else None

    server.instead = answer
    async with at_filters(server, size=(120, 40)) as person:
        await person.press("v", "G", "R")
        assert "action: “send” → “block-all”" in person.text


async def test_a_dry_run_that_shows_nothing_is_worked_out_here() -> None:
    server = simulated(a_world())
    server.instead = lambda call: Reply(body=b'{"previous": {}}') if dry_runs(call) else None
    async with at_filters(server, size=(120, 40)) as person:
        await person.press("v", "G", "R")
        assert "- rule 3 deny $.Visit.PatientClass “Veterinary”" in person.text
        assert "this is worked out here" in person.text


async def test_a_change_that_is_being_made_is_not_left() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("v", "G", "R")
        await person.write(FIRST)
        server.hold()
        await person.tap("enter")
        assert "restoring version 1 …" in person.status
        await person.tap("escape", "R")
        assert top(person) is FilterVersionsScreen
        server.release()
        await person.wait()
        assert person.status == "Version 1 was restored as version 4."
    assert len(server.changes) == 1


async def test_a_dry_run_can_be_stopped() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        await person.press("v", "G")
        server.hold()
        await person.tap("R")
        assert "esc stops" in person.status
        await person.tap("escape")
        assert person.status == "Stopped. Nothing was sent."
        await person.tap("escape")
        assert top(person) is FiltersScreen
        server.release()
        await person.wait()
        assert top(person) is FiltersScreen
    assert server.changes == []


async def test_a_lock_in_the_middle_comes_back_to_the_versions() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        await person.press("v", "G", "R")
        assert top(person) is ConsequenceDialog
        await locked(person, "f9")
        await unlocked(person)
        await person.wait()
        assert top(person) is FilterVersionsScreen
        assert len(version_rows(person)) == 3
        await person.press("R")
        assert top(person) is ConsequenceDialog
    assert server.changes == []


async def test_a_link_that_is_deleted_is_not_where_a_filter_acts() -> None:
    world = a_world()
    one = named(world, FIRST)
    world.filters.unlink(one.links[0].id, world.moment)
    assert replace(named(world, FIRST), links=()) == replace(one, links=())
    async with at_filters(world) as person:
        await person.press("v")
        assert f"{FIRST} · not linked, it does nothing" in person.text


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (200, 60)])
async def test_every_size_shows_versions_and_their_difference(size: tuple[int, int]) -> None:
    async with at_filters(a_world(), size=size) as person:
        await person.press("v")
        assert len(version_rows(person)) >= 2
        assert "+ rule 3" in difference(person)[0]
        assert "esc back" in person.hints
