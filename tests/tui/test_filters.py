"""The list of filters: what a row says, how it is read, and what cannot be read."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.message import Message

from redox_tui.domain.filters import Filter, Rule
from redox_tui.domain.query import LogQuery
from redox_tui.simulator import network
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.filter_messages import EditFilter, FilterGone, FilterSaved
from redox_tui.tui.screens.filters import FiltersScreen
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.screens.welcome import WelcomeScreen
from redox_tui.tui.widgets.filter_table import FilterTable
from tests.tui.filters import FIRST, LINKED, SECOND, a_world, at_filters, changed, created, named, rows, top
from tests.tui.given import PRODUCTION, Person, clock, no_credentials, opened, texts_in
from tests.tui.server import Call, Reply, Server, failing, scripted, simulated
from tests.tui.test_lock import locked, unlocked


def lists_filters(call: Call) -> bool:
    """Whether it asks for a page of filters."""
    return call.path.endswith("/operations/filters") and call.method == "GET"


def pages(server: Server) -> list[int]:
    """The pages of filters that were asked for."""
    return [call.page for call in server.calls if lists_filters(call)]


def serving(records: list[dict[str, Any]]) -> Server:
    """A server whose environment has these filters."""

    def answer(call: Call) -> Reply:
        if call.path.endswith("/environments"):
            found = [{"id": PRODUCTION, "name": "Lakeside Production", "environmentFlag": "Production"}]
            return Reply(body=json.dumps({"payload": {"environments": found}}).encode())
        if lists_filters(call):
            return Reply(body=json.dumps({"payload": {"filters": records}}).encode())
        return Reply(body=b'{"payload":{"results":[]}}')

    return scripted(answer)


def a_record(name: str = "A filter", **more: Any) -> dict[str, Any]:
    """A filter as v1 has it."""
    base = {"id": f"id-{name}", "name": name, "action": "send", "rules": [], "filterVersion": 1, "links": []}
    return {**base, "environment": {"id": PRODUCTION}, "updatedAt": "2026-11-19T10:00:00Z", **more}


@pytest.mark.parametrize("key", ["2", "f3"])
async def test_filters_are_a_place_of_their_own(key: str) -> None:
    async with opened(simulated(a_world()), environment=PRODUCTION) as person:
        await person.press("j", key)
        assert "Lakeside Production/PROD" in person.place
        assert "Filters" in person.place
        assert [row.split("  ")[0] for row in rows(person)] == [">Final results of …", " No drafts in the …"]
        await person.press("1")
        assert top(person) is LogsScreen
        assert person.cursor == 1
        await person.press("2", "q")
        assert top(person) is LogsScreen


async def test_a_row_says_what_a_filter_does_where_and_since_when() -> None:
    async with at_filters(a_world(), size=(170, 40)) as person:
        line = rows(person)[0]
        for part in (FIRST, "send", " 3 ", LINKED, "v3", "2026-11-19 18:00", "Wim Haverford"):
            assert part in line


async def test_a_small_terminal_says_in_full_what_is_under_the_cursor() -> None:
    async with at_filters(a_world()) as person:
        assert f"acts on {LINKED}" in person.text
        assert person.status == "row 1 of 2 · saved 2026-11-19 18:00 by Wim Haverford"
        await person.press("j")
        assert "acts on Brightwater RIS → Lakeside Document Archive · Notes" in person.text
        assert person.hints == " enter edit  / name  n new  v versions  l link  D delete  esc back  ? keys"


async def test_a_filter_without_a_link_says_that_it_does_nothing() -> None:
    world = a_world()
    created(world, "Idle", "block-all")
    async with at_filters(world) as person:
        await person.press("G")
        assert "block-all" in rows(person)[2]
        assert "not linked, it does nothing" in person.text


async def test_pages_are_read_as_the_cursor_comes_near_their_end() -> None:
    world = a_world()
    for number in range(148):
        created(world, f"Filter {number:03}")
    server = simulated(world)
    async with at_filters(server) as person:
        assert pages(server) == [1]
        assert person.status.startswith("row 1 of 150 ")
        await person.press("G")
        assert pages(server) == [1, 2]
        await person.press("G")
        assert pages(server) == [1, 2, 3]
        await person.press("G")
        assert person.status.startswith("row 150 of 150 ")
        assert pages(server) == [1, 2, 3]


async def test_a_name_is_looked_for_by_the_server() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        await person.press("/")
        await person.write("DRAFT")
        await person.press("enter")
        assert server.calls[-1].query["name"] == "DRAFT"
        assert len(rows(person)) == 1
        assert "No drafts" in rows(person)[0]
        assert " name  DRAFT" in person.text
        await person.press("/")
        await person.write("x]")
        await person.press("enter")
        assert "No filter has “x]” in its name." in person.text
        await person.press("/", "ctrl+u", "backspace", "enter")
        assert len(rows(person)) == 2
        assert "a part of the name" not in person.text


async def test_leaving_the_name_keeps_what_is_listed() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        asked = pages(server)
        await person.press("/")
        await person.write("zz")
        await person.press("escape")
        assert len(rows(person)) == 2
        assert pages(server) == asked
        await person.press("j")
        assert person.cursor == 1


async def test_deleted_ones_are_listed_on_demand() -> None:
    world = a_world()
    gone = created(world, "Long gone")
    world.filters.delete(gone.id, world.moment)
    async with at_filters(world) as person:
        assert len(rows(person)) == 2
        await person.press(".")
        assert "deleted too" in person.place
        assert [("deleted" in row) for row in rows(person)] == [False, False, True]
        await person.press("G")
        assert "deleted 2026-11-20 15:00 by Ottilie Marsh" in person.status
        await person.press("enter")
        assert "is deleted and cannot be edited" in person.status
        await person.press(".")
        assert len(rows(person)) == 2


async def test_refreshing_keeps_the_cursor_on_its_filter() -> None:
    world = a_world()
    async with at_filters(world) as person:
        await person.press("j")
        world.filters.filters = dict(reversed(world.filters.filters.items()))
        await person.press("r")
        assert [SECOND[:10] in row for row in rows(person)] == [True, False]
        assert person.cursor == 0


async def test_what_was_saved_elsewhere_shows_in_its_row() -> None:
    world = a_world()
    async with at_filters(world, size=(140, 30)) as person:
        screen = person.app.screen
        shown = person.find(FilterTable).current
        assert isinstance(screen, FiltersScreen)
        assert shown is not None
        changed(world, FIRST)
        client = await person.services.client()
        person.app.post_message(FilterSaved(await client.filters.get(shown.id)))
        await person.wait()
        assert "v4" in rows(person)[0]
        assert "Ottilie Marsh" in rows(person)[0]
        person.app.post_message(FilterGone(shown.id))
        await person.wait()
        assert len(rows(person)) == 1


async def test_the_cursor_is_on_a_filter_that_was_just_created() -> None:
    world = a_world()
    async with at_filters(world) as person:
        new = created(world, "Mine")
        client = await person.services.client()
        person.app.post_message(FilterSaved(await client.filters.get(new.id)))
        await person.wait()
        assert rows(person)[0].startswith(">Mine"), "what is linked next is what was made"


async def test_editing_and_new_filters_are_asked_for_with_their_environment() -> None:
    asked: list[EditFilter] = []

    def note(message: Message) -> None:
        if isinstance(message, EditFilter) and message not in asked:
            asked.append(message)

    async with at_filters(a_world(), hook=note) as person:
        await person.press("enter", "escape", "n")
    assert [one.known.name if one.known else None for one in asked] == [FIRST, None]
    assert [one.environment and one.environment.flag for one in asked] == ["Production", "Production"]


NASTY = ["[bold]x[/] \x1b]0;t\x07", "患者フィルタ" * 8, "\u202egnihtemos", "a\tb\nc", "", "🏥" * 30, "x" * 5_000]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15)])
async def test_names_that_would_steer_a_terminal_stand_in_their_column(size: tuple[int, int]) -> None:
    records = [
        a_record(name, id=f"id-{number}", links=[{"id": "l", "source": {"name": name}, "destination": {}}])
        for number, name in enumerate(NASTY)
    ]
    async with at_filters(serving(records), size=size) as person:
        for _ in NASTY:
            assert all("\x1b" not in line and "\u202e" not in line for line in person.screen)
            await person.press("j")
        assert all(row.count("send") == 1 for row in rows(person))
        assert "(no name)" in person.text


async def test_five_hundred_rules_are_a_number() -> None:
    world = a_world()
    created(world, "Very many", rules=tuple(Rule(f"$.a{number}", ("1",)) for number in range(500)))
    async with at_filters(world) as person:
        assert " 500 " in rows(person)[2]


async def test_a_record_that_cannot_be_read_is_one_marked_row() -> None:
    broken = [a_record("Odd", rules=[{"path": 5}, "x"]), {"id": 7, "name": ["x"]}, a_record("Fine"), {}]
    async with at_filters(serving(broken)) as person:
        assert ["! unreadable" in row for row in rows(person)] == [True, True, False, False]
        assert "a save would lose that" in person.text
        await person.press("G", "v")
        assert "no id" in person.status
        await person.press("D")
        assert "Nothing can be done with this record" in person.status


async def test_what_is_said_in_the_place_of_rows_is_wrapped_and_never_cut() -> None:
    async with at_filters(serving([]), size=(60, 15)) as person:
        await person.press("slash")
        await person.write("a name that nobody has ever given to a filter of theirs")
        await person.press("enter")
        said = " ".join(person.text.split())
        assert "No filter has “a name that nobody has ever given to a filter of theirs” in its name. / looks" in said


async def test_no_filters_at_all_is_said_with_what_helps() -> None:
    async with at_filters(serving([])) as person:
        assert "There are no filters: this environment has none." in person.text
        assert "n makes one." in person.text
        assert person.status == "no filters"
        await person.press("enter", "v", "D", "l", "j", "G")
        assert "There are no filters" in person.text


async def test_a_page_that_fails_can_be_asked_for_again() -> None:
    server = simulated(a_world())
    server.instead = failing(503, when=lists_filters)
    async with at_filters(server) as person:
        assert "The filters could not be read" in person.text
        assert "r tries again" in person.status
        await person.press("r")
        assert len(rows(person)) == 2


async def test_a_later_page_that_fails_keeps_what_is_there() -> None:
    world = a_world()
    for number in range(60):
        created(world, f"Filter {number:03}")
    server = simulated(world)
    async with at_filters(server) as person:
        server.instead = failing(503, when=lists_filters)
        await person.press("G")
        assert "r tries again" in person.status
        assert pages(server) == [1, 2]
        await person.press("r", "G")
        assert pages(server) == [1, 2, 2]
        assert person.status.startswith("row 62 of 62")


async def test_without_the_right_to_read_filters_it_is_said_why() -> None:
    server = simulated(a_world())
    server.instead = failing(403, when=lists_filters)
    async with at_filters(server) as person:
        assert "may not read filters (403)" in person.status


async def test_esc_stops_what_is_being_read_and_then_goes_back() -> None:
    server = simulated(a_world())
    async with opened(server, environment=PRODUCTION) as person:
        server.hold()
        await person.tap("2")
        assert "Reading filters" in person.text
        await person.tap("escape")
        assert "Stopped. r reads on." in person.status
        await person.tap("escape")
        assert top(person) is LogsScreen
        server.release()
        await person.press("2", "r")
        assert len(rows(person)) == 2


async def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        server.hold()
        await person.tap("r")
        await person.tap("/")
        await person.write("draft")
        await person.tap("enter")
        server.release()
        await person.wait()
        assert len(rows(person)) == 1


async def test_a_lock_in_the_middle_of_reading_is_made_up_for_afterwards() -> None:
    server = simulated(a_world())
    async with opened(server, environment=PRODUCTION) as person:
        server.hold()
        await person.tap("2")
        await locked(person)
        server.release()
        await unlocked(person)
        await person.wait()
        assert top(person) is FiltersScreen
        assert len(rows(person)) == 2


async def test_without_an_environment_it_is_asked_for_one() -> None:
    server = simulated(a_world())
    async with at_filters(server, environment=None) as person:
        assert top(person) is PickDialog
        assert "Lakeside Staging  Staging" in person.text
        assert pages(server) == []
        await person.press("escape")
        assert "e chooses one." in person.text
        await person.press("1", "2")
        assert top(person) is FiltersScreen
        await person.press("e", "j", "enter")
        assert "Lakeside Staging/Staging" in person.place
        assert "There are no filters" in person.text
        await person.press("e", "enter")
        assert "Lakeside Production/PROD" in person.place
        assert len(rows(person)) == 2


async def test_the_filters_of_one_environment_are_gone_before_those_of_another_are_there() -> None:
    server = simulated(a_world())
    async with at_filters(server, environment=None) as person:
        await person.press("enter")
        assert len(rows(person)) == 2
        server.hold()
        await person.tap("e", "j", "enter")
        assert "Lakeside Staging/Staging" in person.place
        assert FIRST[:8] not in person.text
        server.release()
        await person.wait()
        assert "There are no filters" in person.text


async def test_a_filter_of_another_environment_does_not_come_into_the_list() -> None:
    world = a_world()
    elsewhere = Filter("Elsewhere", id="f-9", filter_version=1, environment=network.ENVIRONMENTS[1].id)
    async with at_filters(world) as person:
        person.app.post_message(FilterSaved(elsewhere))
        await person.wait()
        assert len(rows(person)) == 2
        person.app.post_message(FilterSaved(replace(elsewhere, environment=PRODUCTION)))
        await person.wait()
        assert "Elsewhere" in rows(person)[0]


async def test_a_list_that_fails_shows_no_rows_of_the_one_before() -> None:
    server = simulated(a_world())
    async with at_filters(server) as person:
        server.instead = failing(503, when=lists_filters)
        await person.press("/")
        await person.write("x")
        await person.press("enter")
        assert "The filters could not be read" in person.text
        assert FIRST[:8] not in person.text


async def test_nobody_is_asked_in_front_of_another_place() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        server.hold()
        await person.tap("2", "1")
        server.release()
        await person.wait()
        assert top(person) is LogsScreen
        await person.press("2")
        assert top(person) is PickDialog


async def test_the_only_environment_needs_no_question() -> None:
    async with at_filters(serving([a_record()]), environment=None) as person:
        assert len(rows(person)) == 1
        assert "Lakeside Production/PROD" in person.place


async def test_where_environments_cannot_be_read_it_is_said_and_tried_again() -> None:
    server = simulated(a_world())
    server.instead = failing(503, 503, when=lambda call: call.path.endswith("/environments"))
    async with at_filters(server, environment=None) as person:
        assert "r tries again" in person.status
        await person.press("r")
        assert top(person) is PickDialog


async def test_an_environment_that_is_not_known_counts_as_production() -> None:
    server = simulated(a_world())
    server.instead = failing(*[403] * 9, when=lambda call: call.path.endswith("/environments"))
    async with at_filters(server) as person:
        assert "PROD?" in person.place
        assert len(rows(person)) == 2


# Through v0


async def test_v0_lists_the_filters_of_subscriptions() -> None:
    server = simulated(a_world())
    async with at_filters(server, filters="v0") as person:
        assert "v0" in person.place
        assert len(rows(person)) == 2
        assert not any("/operations/filters" in call.path for call in server.calls)
        assert server.most_at_once <= 8 + 2


async def test_a_server_without_v1_is_asked_by_v0() -> None:
    server = simulated(a_world())
    server.instead = lambda call: Reply(404) if "/operations/" in call.path else None
    async with at_filters(server) as person:
        assert "v0" in person.place
        assert len(rows(person)) == 2


async def test_v0_looks_for_a_name_among_what_is_read_and_says_so() -> None:
    server = simulated(a_world())
    async with at_filters(server, filters="v0", size=(120, 24)) as person:
        asked = len(server.calls)
        await person.press("/")
        await person.write("draft")
        await person.press("enter")
        assert len(rows(person)) == 1
        assert "v0: names are looked for among what is read" in person.status
        assert len(server.calls) == asked


async def test_v0_without_an_environment_lists_those_of_the_organization() -> None:
    async with at_filters(simulated(a_world()), environment=None, filters="v0") as person:
        assert "all environments/PROD" in person.place or "PROD" in person.place
        assert top(person) is FiltersScreen


def with_subscriptions(pages_of: int) -> Callable[[Call], Reply]:
    """A server of v0 with pages of subscriptions, none of which has a filter."""

    def answer(call: Call) -> Reply:
        if call.path.endswith("/subscriptions"):
            page = call.page
            meta = {"links": {"next": f"/x?_page={page + 1}"} if page < pages_of else {}}
            found = [{"id": f"{page}-{number}"} for number in range(5)]
            return Reply(body=json.dumps({"meta": meta, "payload": {"subscriptions": found}}).encode())
        if "/v0/" in call.path:
            return Reply(body=b'{"payload":{"filters":[]}}')
        return Reply(body=b'{"payload":{"environments":[],"results":[]}}')

    return answer


async def test_pages_without_any_filter_are_not_read_for_ever() -> None:
    server = scripted(with_subscriptions(10))
    async with at_filters(server, filters="v0") as person:
        read = [call.page for call in server.calls if call.path.endswith("/subscriptions")]
        assert read == [1, 2, 3, 4]
        assert "j reads on" in person.text
        await person.press("j")
        read = [call.page for call in server.calls if call.path.endswith("/subscriptions")]
        assert read == list(range(1, 9))
        await person.press("j")
        assert "no subscription has one" in person.text


# Read-only


async def test_read_only_has_no_command_that_changes_anything() -> None:
    server = simulated(a_world())
    async with at_filters(server, read_only=True) as person:
        assert "read-only" in person.place
        assert person.hints == " enter edit  / name  v versions  esc back  ? keys"
        await person.press("D", "l", "n")
        assert top(person) is FiltersScreen
        await person.press("?")
        assert "Its link goes first" not in person.text
        assert "Link or unlink" not in person.text
        await person.press("escape", "v", "j", "R")
        assert "Restore" not in person.text
        assert "R restore" not in person.hints
    assert server.changes == []


async def test_blocking_stands_out_by_a_word_and_a_style() -> None:
    world = a_world()
    created(world, "Block", "block-all")
    async with at_filters(world) as person:
        line = next(line for line in person.segments(FilterTable) if any("Block" in part.text for part in line))
        assert "block-all" in "".join(texts_in("bold", line))


async def test_an_environment_without_filters_shows_none_of_another() -> None:
    world = a_world()
    assert named(world, FIRST).environment == PRODUCTION
    async with at_filters(world, environment=network.ENVIRONMENTS[1].id) as person:
        assert "There are no filters" in person.text
        assert FIRST[:10] not in person.text


async def test_without_a_connection_there_are_no_filters_to_go_to() -> None:
    app = RedoxApp(None, LogQuery(), no_credentials(), clock)
    async with app.run_test(size=(80, 24)) as pilot:
        person = Person(pilot, app)
        await person.wait()
        await person.press("2", "f3")
        assert top(person) is WelcomeScreen
