"""Deleting, linking and unlinking: said first, agreed to, made once, and judged by what is in force then."""

from collections.abc import Callable

import pytest

from redox_tui.domain.filters import Rule
from redox_tui.simulator import network
from redox_tui.simulator.filter_store import Content
from redox_tui.simulator.world import World
from redox_tui.tui.dialogs.consequence import ConsequenceDialog
from redox_tui.tui.dialogs.find import FindDialog
from redox_tui.tui.screens.filters import FiltersScreen
from redox_tui.tui.screens.logs import LogsScreen
from tests.tui.filters import (
    FIRST,
    FREE,
    LINKED,
    SECOND,
    a_world,
    agree,
    at_filters,
    changed,
    created,
    named,
    rows,
    top,
)
from tests.tui.given import Person
from tests.tui.server import Call, Reply, failing, simulated
from tests.tui.test_lock import locked, unlocked


def changing(call: Call) -> bool:
    """Whether a call changes something."""
    return call.changes


def losing(
    world: World, make: Callable[[World, Call], None] = lambda world, call: None
) -> Callable[[Call], Reply | None]:
    """A script for a server whose first answer to a change is lost, after it was made or not."""
    left = [True]

    def answer(call: Call) -> Reply | None:
        if call.changes and left:
            left.clear()
            make(world, call)
            return Reply(500)
        return None

    return answer


async def choose(person: Person, text: str) -> None:
    """Choose by name."""
    assert top(person) is FindDialog
    await person.write(text)
    await person.press("enter")


# Deleting


async def test_a_linked_filter_is_deleted_after_its_link_and_after_its_name_was_typed() -> None:
    world = a_world()
    server = simulated(world)
    link = named(world, FIRST).link
    assert link
    async with at_filters(server) as person:
        await person.press("D")
        assert f"PROD  Delete “{FIRST}”, version 3?" in person.text
        assert "First its link goes: Fernhill Lab Results" in person.text
        assert "What its 3 rules filter out now is delivered from then on." in person.text
        await person.press("enter")
        assert server.changes == []
        await agree(person, FIRST)
        assert person.status == f"“{FIRST}” was deleted."
        assert len(rows(person)) == 1
    filters = "/platform/v1/operations/filters/"
    assert [path for _, path in server.changes] == [
        f"/platform/v1/operations/filterLinks/{link.id}",
        filters + named(world, FIRST).id,
    ]
    assert named(world, FIRST).deleted


async def test_leaving_the_question_sends_nothing() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        await person.press("D", "escape")
        assert top(person) is FiltersScreen
        assert len(rows(person)) == 2
        await person.press("l", "escape", "D", "escape")
    assert server.changes == []


async def test_staging_wants_a_yes_only() -> None:
    world = a_world()
    staging = network.ENVIRONMENTS[1].id
    world.filters.create(Content("Tried out", "send", ()), staging, world.moment)
    async with at_filters(world, environment=staging) as person:
        await person.press("D")
        assert "Staging  Delete “Tried out”" in person.text
        assert "It has no link, so no message is treated otherwise." in person.text
        await person.press("enter")
        assert "was deleted" in person.status
        assert "There are no filters" in person.text


@pytest.mark.parametrize("status", [403, 500])
async def test_while_environments_are_not_known_the_name_is_wanted(status: int) -> None:
    world = a_world()
    staging = network.ENVIRONMENTS[1].id
    world.filters.create(Content("Tried out", "send", ()), staging, world.moment)
    server = simulated(world)
    server.instead = failing(*[status] * 9, when=lambda call: call.path.endswith("/environments"))
    async with at_filters(server, environment=staging) as person:
        await person.press("D", "enter")
        assert "Type Tried out:" in person.text
        assert server.changes == []


async def test_a_name_that_cannot_be_typed_is_agreed_to_by_its_id() -> None:
    world = a_world()
    nasty = created(world, "a\x1b[2J\nb")
    async with at_filters(world) as person:
        await person.press("G", "D")
        assert f"Type {nasty.id[:8]}:" in person.text
        await agree(person, nasty.id[:8])
        assert "was deleted" in person.status
    assert world.filters.filters[nasty.id].deleted


async def test_v0_deletes_at_once_and_says_how_long_v0_may_live() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server, filters="v0") as person:
        name = FIRST if FIRST[:8] in rows(person)[0] else SECOND
        await person.press("D")
        assert "may be switched off at 30 days' notice" in " ".join(person.text.replace("│", " ").split())
        await agree(person, name)
        assert len(rows(person)) == 1
    assert len(server.changes) == 1
    assert "/v0/subscriptions/" in server.changes[0][1]


async def test_what_was_done_before_a_failure_is_said() -> None:
    world = a_world()
    server = simulated(world)
    server.instead = failing(403, when=lambda call: call.method == "DELETE" and "/filters/" in call.path)
    async with at_filters(server) as person:
        await person.press("D")
        await agree(person, FIRST)
        assert f"“{FIRST}” was unlinked from {LINKED}, and is not deleted:" in person.status
        assert "Nothing was changed" not in person.status
        assert "has no right to this" in person.status
        assert len(rows(person)) == 2
        assert "not linked, it does nothing" in person.text


# Somebody else


async def test_what_somebody_saved_since_the_list_was_read_is_what_is_shown_before() -> None:
    world = a_world()
    async with at_filters(world) as person:
        changed(world, FIRST)
        await person.press("D")
        assert "version 4?" in person.text
        assert "What its rule filters out now" in person.text


async def test_what_somebody_saves_while_it_is_asked_is_a_conflict_and_nothing_is_sent() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("D")
        changed(world, FIRST)
        await agree(person, FIRST)
        assert f"Somebody saved the filter “{FIRST}” meanwhile." in person.status
        assert "It was read as version 3 and is version 4 now. Nothing was changed." in person.status
        assert "v4" in rows(person)[0]
    assert server.changes == []


@pytest.mark.parametrize("when", ["before", "while asked"])
async def test_what_somebody_deleted_is_said_and_leaves_the_list(when: str) -> None:
    world = a_world()
    server = simulated(world)
    mine = created(world, "Mine")

    async with at_filters(server) as person:
        await person.press("G")
        if when == "before":
            world.filters.delete(mine.id, world.moment)
        await person.press("D")
        if when == "while asked":
            world.filters.delete(mine.id, world.moment)
            await agree(person, "Mine")
        assert "“Mine” was deleted meanwhile." in person.status
        assert len(rows(person)) == 2
    assert server.changes == []


@pytest.mark.parametrize("key", ["D", "l"])
async def test_a_filter_that_the_server_has_no_more_leaves_the_list(key: str) -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        server.instead = failing(404, when=lambda call: "/operations/filters/" in call.path)
        await person.press(key)
        assert f"“{FIRST}” is not there any more." in person.status
        assert len(rows(person)) == 1


# Linking


async def test_a_filter_is_unlinked_and_linked_elsewhere_by_a_part_of_a_name() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("l")
        assert f"Unlink “{FIRST}”" in person.text
        assert "The filter itself stays" in person.text
        await agree(person, FIRST)
        assert person.status == f"“{FIRST}” was unlinked."
        assert "not linked, it does nothing" in person.text
        await person.press("l")
        assert "14 of 14" in person.text
        await person.write("warehouse PATIENT")
        assert "1 of 14" in person.text
        assert FREE in person.text
        await person.press("enter")
        assert top(person) is ConsequenceDialog
        assert "From then on only that is delivered for which all of this holds:" in person.text
        await agree(person, FIRST)
        assert person.status == f"“{FIRST}” was linked."
        assert f"acts on {FREE}" in person.text
    link = named(world, FIRST).link
    assert link
    assert link.subscription.data_model == "PatientAdmin"
    assert [method for method, _ in server.changes] == ["DELETE", "POST"]


async def test_a_subscription_that_has_a_filter_already_is_said_before_anything_is_asked() -> None:
    world = a_world()
    server = simulated(world)
    created(world, "Mine")
    async with at_filters(server) as person:
        await person.press("G", "l")
        await choose(person, "fernhill results")
        assert f"A subscription takes one filter, and “{FIRST}” acts on {LINKED}." in person.status
    assert server.changes == []


async def test_what_the_server_refuses_is_said_in_its_words() -> None:
    world = a_world()
    created(world, "Mine")
    async with at_filters(world) as person:
        await person.press("G", "l")
        await choose(person, "juniper feed")
        await agree(person, "Mine")
        assert "A filter acts on what this organization receives only" in person.status
        assert "not linked" in person.text


async def test_no_subscription_can_be_chosen_that_is_not_there() -> None:
    world = a_world()
    created(world, "Mine")
    async with at_filters(world) as person:
        await person.press("G", "l")
        await person.write("nobody [b]")
        assert "None of 14 has that in it." in person.text
        await person.press("enter")
        assert top(person) is FindDialog
        await person.press("escape")
        assert top(person) is FiltersScreen


async def test_choices_are_moved_in_while_something_is_typed() -> None:
    world = a_world()
    created(world, "Mine")
    async with at_filters(world) as person:
        await person.press("G", "l")
        await person.write("ehr")
        await person.press("down", "pagedown", "up", "enter")
        assert top(person) is ConsequenceDialog


async def test_a_link_in_production_wants_the_name_and_v0_has_none() -> None:
    server = simulated(a_world())
    async with at_filters(server, filters="v0") as person:
        await person.press("l")
        assert "In v0 of the API a filter belongs to its subscription" in person.status
    assert server.changes == []


async def test_block_all_says_that_nothing_is_delivered_any_more() -> None:
    world = a_world()
    created(world, "Stop", "block-all")
    async with at_filters(world) as person:
        await person.press("G", "l")
        await choose(person, "warehouse patient")
        assert "From then on nothing is delivered there." in person.text


async def test_five_hundred_rules_are_counted_before_they_are_linked() -> None:
    world = a_world()
    created(world, "Many", rules=tuple(Rule(f"$.a{number}", ("1",)) for number in range(500)))
    async with at_filters(world) as person:
        await person.press("G", "l")
        await choose(person, "warehouse patient")
        await person.press(*["pagedown"] * 10)
        assert "and 480 more rules" in person.text
        assert "Type Many:" in person.text


# Lost answers


async def test_a_lost_answer_of_a_deletion_that_was_made_is_no_failure() -> None:
    world = a_world()
    mine = created(world, "Mine")
    server = simulated(world)
    server.instead = losing(world, lambda world, call: world.filters.delete(mine.id, world.moment))
    async with at_filters(server) as person:
        await person.press("G", "D")
        await agree(person, "Mine")
        assert "“Mine” was deleted. The answer was lost, but the change is in force." in person.status
        assert len(rows(person)) == 2


async def test_a_lost_answer_of_an_unlinking_that_was_not_made_is_said() -> None:
    world = a_world()
    server = simulated(world)
    server.instead = losing(world)
    async with at_filters(server) as person:
        await person.press("l")
        await agree(person, FIRST)
        assert "The answer was lost, and the change of" in person.status
        assert "is not in force. Try again." in person.status
        assert f"acts on {LINKED}" in person.text
        await person.press("l")
        await agree(person, FIRST)
        assert "was unlinked" in person.status


async def test_a_lost_answer_that_cannot_be_read_back_leaves_it_open() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("l")
        lost: list[Call] = []

        def answer(call: Call) -> Reply | None:
            if call.changes or lost:
                lost.append(call)
                return Reply(500)
            return None

        server.instead = answer
        await agree(person, FIRST)
        assert "It is not known whether this was done" in person.status


@pytest.mark.parametrize("status", [403, 409])
async def test_without_the_right_nothing_is_changed_and_everything_stays_readable(status: int) -> None:
    world = a_world()
    server = simulated(world)
    server.instead = failing(status, when=changing)
    async with at_filters(server) as person:
        await person.press("l")
        await agree(person, FIRST)
        assert ("has no right to this" if status == 403 else "stands in the way") in person.status
        assert len(rows(person)) == 2
        await person.press("v")
        assert "version 2 to version 3" in person.text


# Meanwhile


async def test_while_a_change_is_being_made_no_other_one_begins() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("D")
        await person.write(FIRST)
        server.hold()
        await person.tap("enter")
        assert "deleting" in person.status
        await person.tap("j", "D")
        assert "A change is being made" in person.status
        server.release()
        await person.wait()
        assert len(rows(person)) == 1
    assert [method for method, _ in server.changes] == ["DELETE", "DELETE"]


@pytest.mark.parametrize("key", ["D", "l"])
async def test_a_change_can_be_stopped_until_it_is_sent(key: str) -> None:
    world = a_world()
    created(world, "Mine")
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("G")
        server.hold()
        await person.tap(key)
        assert person.status == "reading “Mine” … esc stops"
        await person.tap("escape")
        assert person.status == "Stopped. Nothing was sent."
        server.release()
        await person.wait()
        assert top(person) is FiltersScreen
        await person.press(key)
        assert top(person) in (ConsequenceDialog, FindDialog)
    assert server.changes == []


async def test_a_question_waits_in_its_own_place() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        server.hold()
        await person.tap("D", "1")
        server.release()
        await person.until(lambda: len(person.app._screen_stacks["filters"]) == 2)
        assert top(person) is LogsScreen
        await person.tap("2")
        assert top(person) is ConsequenceDialog
        await person.press("escape")
    assert server.changes == []


async def test_a_lock_agrees_to_nothing_and_comes_back_to_the_list() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        await person.press("D")
        await person.write(FIRST)
        await locked(person, "f9")
        assert FIRST not in person.text
        await unlocked(person)
        await person.wait()
        assert top(person) is FiltersScreen
        assert len(rows(person)) == 2
        await person.press("D")
        assert f"Type {FIRST}:" in person.text
    assert server.changes == []


async def test_a_lock_while_a_change_is_on_its_way_reads_afterwards_what_is_in_force() -> None:
    world = a_world()
    server = simulated(world)
    async with at_filters(server) as person:
        await person.press("l")
        await person.write(FIRST)
        held: list[Call] = []

        def answer(call: Call) -> Reply | None:
            if call.changes:
                held.append(call)
                server.hold()
            return None

        server.instead = answer
        await person.tap("enter")
        await locked(person)
        server.instead = lambda call: None
        server.release()
        await unlocked(person)
        await person.wait()
        assert top(person) is FiltersScreen
        shown = "not linked" in person.text
        assert shown is (named(world, FIRST).link is None)


@pytest.mark.parametrize("size", [(60, 15), (120, 40)])
async def test_the_terminal_may_be_resized_while_it_is_asked(size: tuple[int, int]) -> None:
    async with at_filters(a_world()) as person:
        await person.press("D")
        await person.write(FIRST[:5])
        await person.pilot.resize_terminal(*size)
        await person.look()
        assert f"Type {FIRST}:" in person.text
        await person.write(FIRST[5:])
        await person.press("enter")
        assert "was deleted" in person.status
