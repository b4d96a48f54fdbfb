"""The list under the query bar: when it opens, what its keys do, and names that become ids."""

import pytest

from redox_tui.domain.logs import Party
from redox_tui.simulator import network
from redox_tui.tui.widgets.completion_list import CompletionList
from redox_tui.tui.widgets.log_table import LogTable
from redox_tui.tui.widgets.query_bar import QueryBar
from tests.tui.given import NOW, PRODUCTION, Person, a_world, opened, texts_in
from tests.tui.server import Call, Reply, Server, listing, scripted, simulated
from tests.tui.test_untrusted_text import NASTY, assert_harmless

RIGHT_TO_LEFT, WIDE = "מרפאת השרון", "湖畔クリニック"
EHR = network.EHR


async def typed(person: Person, text: str) -> None:
    await person.press("slash")
    await person.write(text)


def naming(*names: str) -> Server:
    """A server with a log from each of these sources; each has an id of its own."""
    parties = [{"id": f"00000000-0000-4000-8000-{number:012}", "name": name} for number, name in enumerate(names)]
    records = [{"id": f"log-{number}", "source": party, "status": "failed"} for number, party in enumerate(parties)]
    return scripted(lambda call: listing(records) if call.lists_logs else Reply(404))


async def test_the_list_opens_while_typing_and_tab_takes_the_marked_one() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await typed(person, "st")
        assert person.completions[0].startswith(">status:")
        await person.press("tab")
        assert person.query[0] == "/ status:"
        assert person.completions == [">failed", " filtered", " pending", " succeeded"], "those of rows first"
        await person.press("down", "up", "tab")
        assert person.query[0] == "/ status:failed"
        assert person.completions == []
        await person.write(",pe")
        await person.press("tab", "enter")
        assert person.query[0] == "/ status:failed,pending"


async def test_narrowing_by_three_terms_takes_a_few_keys() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await typed(person, "st")
        await person.press("tab", "f", "tab")
        await person.write(" mod")
        await person.press("tab", "r", "tab")
        await person.write(" ev")
        await person.press("tab", "tab", "enter")
        asked = server.lists[-1].query
        assert (asked["status"], asked["dataModel"], asked["eventType"]) == ("failed", "Results", "New")


async def test_enter_runs_what_is_typed_even_while_the_list_is_open() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await typed(person, "event:New")
        assert person.completions[0].startswith(">")
        await person.press("enter")
        assert server.lists[-1].query["eventType"] == "New"
        assert person.completions == []


async def test_esc_closes_the_list_first_and_leaves_then() -> None:
    async with opened(simulated(a_world())) as person:
        await typed(person, "st")
        await person.press("escape")
        assert person.completions == []
        assert person.query[0] == "/ st"
        await person.write("a")
        assert person.completions[0].startswith(">status:")
        await person.press("escape", "escape")
        assert person.query[0].startswith("/ no query")
        assert isinstance(person.app.focused, LogTable)


async def test_nothing_is_listed_before_something_is_typed_but_tab_lists_all_keys() -> None:
    async with opened(simulated(a_world()), "status:failed") as person:
        await person.press("slash")
        assert person.completions == []
        await person.press("end", " ")
        assert person.completions == []
        await person.press("tab")
        assert [line[1:].split()[0] for line in person.completions][:2] == ["type:", "model:"]
        await person.press("down", "tab")
        assert person.query[0] == "/ status:failed model:"


async def test_the_list_follows_the_cursor() -> None:
    async with opened(simulated(a_world())) as person:
        await typed(person, "status:fa mod")
        assert person.completions[0].startswith(">model:")
        await person.press(*["left"] * 4)
        assert person.completions == [">failed"]
        await person.press("tab")
        assert person.query[0] == "/ status:failed mod"


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (140, 40)])
async def test_the_list_has_at_most_six_lines_and_moves_nothing(size: tuple[int, int]) -> None:
    async with opened(simulated(a_world()), size=size) as person:
        before = person.screen[8:-1]
        await typed(person, "m")
        await person.press("backspace", "tab")
        assert len(person.completions) == 6
        assert person.screen[8:-1] == before
        await person.press(*["down"] * 8)
        assert person.completions[-1].startswith(">region:")
        await person.press("tab")
        assert person.query[0] == "/ region:"


async def test_a_name_that_is_taken_goes_to_the_server_as_an_id_and_stays_a_name_on_the_screen() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await typed(person, "source:ehr")
        assert person.completions == [f">{EHR.name}"]
        await person.press("tab", "enter")
        assert server.lists[-1].query["sourceId"] == EHR.id
        assert person.query == [f'/ source:"{EHR.name}"']
        assert "dim rows" not in person.status
        assert list(texts_in("italic", person.segments(QueryBar)[0])) == []


async def test_a_name_is_understood_regardless_of_case_and_without_the_list() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await typed(person, f'dest:"{network.EHR_INBOUND.name.upper()}"')
        await person.press("enter")
        assert server.lists[-1].query["destinationId"] == network.EHR_INBOUND.id


async def test_a_name_that_nobody_has_is_looked_for_in_the_rows_and_marked_so() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await typed(person, "status:failed source:nobody")
        assert list(texts_in("italic", person.segments(QueryBar)[0])) == ["source:nobody"]
        await person.press("enter")
        assert "sourceId" not in server.lists[-1].query
        assert "dim rows do not match source:nobody" in person.status


async def test_own_parties_are_known_that_no_row_has_shown() -> None:
    server = simulated(a_world())
    async with opened(server, "event:nothing", environment=PRODUCTION) as person:
        assert person.status.startswith("no logs")
        await typed(person, "source:lake")
        await person.wait()
        await person.press("backspace")
        assert person.completions[0][1:].startswith("Lakeside")
        assert {call.path.rsplit("/")[-1] for call in server.calls} >= {"sources", "destinations"}


async def test_nothing_is_asked_for_the_bar_before_somebody_goes_to_it() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        assert not [call for call in server.calls if call.path.endswith(("sources", "destinations"))]
        await person.press("slash", "escape", "slash")
        asked = [call for call in server.calls if call.path.endswith(("sources", "destinations"))]
        assert len(asked) == 2 * len(network.ENVIRONMENTS)


async def test_lists_that_cannot_be_read_leave_the_names_of_rows() -> None:
    server = simulated(a_world())
    server.instead = lambda call: Reply(403) if call.path.endswith(("sources", "destinations")) else None
    async with opened(server) as person:
        await typed(person, "source:ehr")
        await person.wait()
        assert person.completions == [f">{EHR.name}"]


async def test_a_name_that_two_sources_have_asks_for_both() -> None:
    async with opened(naming("Lab", "LAB", "Other")) as person:
        await typed(person, "source:l")
        assert person.completions == [">Lab  2 of that name"]
        await person.press("tab", "enter")
        assert person.query[0] == "/ source:Lab"
        bar = person.find(QueryBar)
        assert len(bar.known.parties.ids("source", "lab")) == 2


async def test_a_source_that_is_renamed_between_pages_is_found_by_both_names() -> None:
    named = ["Old Lab"]

    def answer(call: Call) -> Reply:
        source = {"id": EHR.id, "name": named[0]}
        moment = "2026-11-20T14:00:00.000Z" if named[0] == "Old Lab" else "2026-11-20T14:30:00.000Z"
        return listing([{"id": "a", "createdAt": moment, "source": source}]) if call.lists_logs else Reply(404)

    server = scripted(answer)
    async with opened(server) as person:
        named[0] = "New Lab"
        await person.press("r")
        await typed(person, "source:lab")
        assert person.completions == [">New Lab"]
        for name in ("old lab", "new lab"):
            await person.press("escape", "escape")
            await typed(person, f'source:"{name}"')
            await person.press("enter")
            assert server.lists[-1].query["sourceId"] == EHR.id


@pytest.mark.parametrize(
    "name", ["[/foo] [bold]x", 'a "b", c: d', RIGHT_TO_LEFT, WIDE, "e\u0301\u0301\u0301\u0301\u0301\u0301"]
)
async def test_any_name_can_be_taken_and_run(name: str) -> None:
    server = naming(name)
    async with opened(server) as person:
        await typed(person, "source:")
        assert len(person.completions) == 1
        assert_harmless(person)
        await person.press("tab", "enter")
        assert_harmless(person)
        assert server.lists[-1].query["sourceId"].startswith("00000000")


async def test_nasty_names_are_harmless_in_the_list_and_in_the_bar() -> None:
    server = naming(NASTY, "\ud800")
    async with opened(server) as person:
        await typed(person, "source:")
        assert len(person.completions) == 2
        for _ in range(2):
            assert_harmless(person)
            await person.press("down")
        await person.press("tab")
        assert_harmless(person)
        await person.press("enter")
        assert_harmless(person)
        assert "sourceId" in server.lists[-1].query


@pytest.mark.parametrize(
    "half", ["status:", 'source:"', "-", "foo:", "a:b:c", '"', "status:failed,", ",", ":", "source:\\"]
)
async def test_half_a_query_does_no_harm(half: str) -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await typed(person, half)
        await person.press(
            "tab", "tab", "up", "down", "left", "tab", "home", "tab", "delete", "enter", "escape", "escape"
        )
        assert_harmless(person)
        assert person.app.is_running


async def test_letters_and_tab_in_one_piece_mean_what_they_mean_one_by_one() -> None:
    async with opened(simulated(a_world())) as person:
        for key in ("slash", *"st", "tab", *"fa", "tab", "enter"):
            person.strike(key)
        await person.wait()
        assert person.query[0] == "/ status:failed"


async def test_a_name_is_found_among_100_000_sources() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("slash")
        known = person.find(QueryBar).known.parties
        known.take_list("source", (Party(f"id-{n}", f"Clinic {n} of {n % 977}") for n in range(100_000)), NOW)
        await person.write("source:")
        for letter in "clinic":
            await person.write(letter)
            assert len(person.completions) == 6
        await person.press("tab", "enter")
        assert person.query[0].startswith('/ source:"Clinic ')
        assert not person.find(CompletionList).display
