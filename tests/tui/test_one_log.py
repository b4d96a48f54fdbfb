"""One log: what is known of it, its payload hidden until it is revealed, and the way to the logs beside it."""

import json

import pytest

from redox_tui.tui.screens.log_detail import LogDetailScreen
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.line_list import LineList
from tests.tui.given import PRODUCTION, Person, a_world, opened
from tests.tui.server import Call, Reply, Server, failing, listing, scripted, simulated

PAYLOAD = """{
  "Meta": {"DataModel": "Results", "Logs": [{"ID": "one"}, {"ID": "two"}]},
  "Patient": {"Name": "CANARY", "Age": 1.50, "Notes": [], "Odd key": null},
  "Last": true
}"""

UNFOLDED = """\
{
  "Meta": {
    "DataModel": "Results",
    "Logs": [
      {
        "ID": "one"
      },
      {
        "ID": "two"
      }
    ]
  },
  "Patient": {
    "Name": "CANARY",
    "Age": 1.50,
    "Notes": [],
    "Odd key": null
  },
  "Last": true
}""".splitlines()


def with_payload(payload: str) -> Server:
    """A server with three logs that all carry this payload, which is JSON text."""

    def answer(call: Call) -> Reply:
        if call.path.endswith("/environments"):
            return Reply(body=b'{"payload":{"environments":[]}}')
        if call.lists_logs:
            return listing([{"id": f"log-{number}", "status": "failed"} for number in range(3)])
        log_id = call.path.rsplit("/", 1)[-1]
        return Reply(body=f'{{"payload":{{"id":{json.dumps(log_id)},"payload":{payload}}}}}'.encode())

    return scripted(answer)


async def reveal(person: Person) -> None:
    """Open the log under the cursor and reveal its payload."""
    await person.press("enter", "p", "enter")


async def test_enter_shows_what_is_known_of_the_log() -> None:
    server = simulated(a_world())
    async with opened(server, size=(100, 30)) as person:
        row = person.rows[0]
        await person.press("enter")
        facts = dict(fact.split(maxsplit=1) for fact in person.facts if fact[:16].strip() in ("Status", "Created"))
        assert facts["Status"] in row
        assert facts["Created"].startswith("2026-11-20 14:5")
        names = {fact[:16].strip() for fact in person.facts}
        assert {"Type", "Model · event", "Source", "Destination", "Log id", "Attempts", "Latest attempt"} <= names
        assert len(server.calls) == 3, "the list, the environments, the log"


async def test_what_the_list_knows_is_shown_before_the_log_has_been_read() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        server.hold()
        person.strike("enter")
        await server.arrived(3)
        await person.look()
        assert any(fact.startswith("Status") for fact in person.facts)
        assert person.status == "reading this log … esc goes back"
        server.release()


async def test_opening_twice_in_quick_succession_opens_one_log_once() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        person.strike("enter")
        person.strike("enter")
        await person.wait()
        assert len(server.calls) == 3, "the list, the environments, the log"
        await person.press("escape")
        assert isinstance(person.app.screen, LogsScreen)


async def test_the_overview_says_which_line_the_cursor_is_on_and_that_times_are_utc() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await person.press("enter", "j")
        assert person.status == f"line 2 of {len(person.facts)} · times are UTC"


@pytest.mark.parametrize("kind", [FactList, JsonView])
async def test_the_row_of_the_cursor_is_marked(kind: type[LineList]) -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await person.press("enter", *(["p", "enter"] if kind is JsonView else []), "j", "j")
        markers = [line[:1] for line in person.lines(kind) if line]
        assert [row for row, marker in enumerate(markers) if marker != " "] == [2]
        assert markers[2] == ">"


async def test_a_value_that_is_too_long_for_its_line_says_how_long_it_is() -> None:
    texts = {"plain": "x" * 1_000, "wide": "漢" * 60, "short": "x" * 40}
    async with opened(with_payload(json.dumps(texts, ensure_ascii=False))) as person:
        await reveal(person)
        plain, wide, short = person.payload[1:4]
        assert plain.endswith("x… 1,000 characters,")
        assert wide.endswith("漢… 60 characters,")
        assert short == f'  "short": "{texts["short"]}"'
        await person.pilot.resize_terminal(60, 24)
        await person.wait()
        assert person.payload[1].endswith("x… 1,000 characters,")
        assert person.payload[2].endswith("漢… 60 characters,")


async def test_every_fact_can_be_read_on_the_narrowest_terminal() -> None:
    async with opened(simulated(a_world()), size=(60, 24)) as person:
        await person.press("enter")
        ids = [fact for fact in person.facts if fact[:6] == "Log id"]
        assert len(ids[0].split()[-1]) == 36


async def test_a_payload_is_hidden_until_it_is_revealed_and_can_be_hidden_again() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await person.press("enter", "p")
        assert person.payload == ["", "payload hidden · enter reveals it"]
        assert "PHI hidden" in person.place
        assert "CANARY" not in person.text
        await person.press("enter")
        assert person.payload == UNFOLDED
        assert "PHI shown" in person.place
        await person.press("H")
        assert "CANARY" not in person.text
        assert "PHI hidden" in person.place
        assert person.payload == ["", "payload hidden · enter reveals it"]


async def test_a_payload_is_hidden_again_once_its_log_has_been_left() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("escape")
        assert "PHI hidden" in person.place
        await person.press("enter", "p")
        assert "CANARY" not in person.text


@pytest.mark.parametrize("key", ["]", "r"])
async def test_another_log_and_the_same_read_again_come_with_their_payload_hidden(key: str) -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press(key)
        assert "CANARY" not in person.text
        assert "PHI hidden" in person.place


async def test_the_status_line_says_where_the_cursor_is() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        paths = {}
        for row, line in enumerate(UNFOLDED, 1):
            place, _, path = person.status.partition(" · ")
            assert place == f"line {row} of {len(UNFOLDED)}"
            paths[line.strip()] = path
            await person.press("j")
        assert paths['"DataModel": "Results",'] == "$.Meta.DataModel"
        assert paths['"ID": "two"'] == "$.Meta.Logs[1].ID"
        assert paths['"Odd key": null'] == '$.Patient["Odd key"]'
        assert paths['"Last": true'] == "$.Last"


async def test_a_node_folds_to_one_line_that_counts_its_members() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("j", "space")
        assert person.payload[1] == '  "Meta": {…} 2 items'
        assert person.payload[2] == '  "Patient": {'
        await person.press("space")
        assert person.payload == UNFOLDED


@pytest.mark.parametrize(("fold", "unfold"), [("h", "l"), ("left", "right")])
async def test_folding_from_inside_folds_the_node_around_the_line(fold: str, unfold: str) -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("j", "j", fold)
        assert person.cursor == 1
        assert person.payload[1] == '  "Meta": {…} 2 items'
        await person.press(unfold)
        assert person.payload == UNFOLDED


async def test_levels_fold_one_by_one_and_unfold_at_once() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("<")
        assert "      {…} 1 item" in person.payload
        await person.press("<")
        assert '    "Logs": […] 2 items' in person.payload
        await person.press("<")
        assert person.payload == ["{", '  "Meta": {…} 2 items', '  "Patient": {…} 4 items', '  "Last": true', "}"]
        await person.press("<")
        assert len(person.payload) == 5, "the outermost stays open"
        await person.press(">")
        assert '    "Logs": […] 2 items' in person.payload
        await person.press("*")
        assert person.payload == UNFOLDED


async def test_the_cursor_stays_on_its_line_when_levels_fold() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("G", "k", "<", "<", "<")
        assert person.status.endswith("$.Last")
        await person.press("*")
        assert person.status.endswith("$.Last")


async def test_a_long_payload_is_moved_through_by_pages() -> None:
    async with opened(with_payload(json.dumps(list(range(1_000))))) as person:
        await reveal(person)
        await person.press("pagedown", "ctrl+f", "ctrl+d", "G")
        assert person.payload[-1] == "]"
        assert person.status.startswith("line 1,002 of 1,002")
        await person.press("pageup", "ctrl+b", "ctrl+u", "g")
        assert person.cursor == 0


async def test_numbers_and_doubled_keys_are_shown_as_they_were_sent() -> None:
    payload = '{"a": 1.0, "a": 12345678901234567890, "b": 1e400, "c": "\\u00e4"}'
    async with opened(with_payload(payload)) as person:
        await reveal(person)
        assert person.payload == [
            "{",
            '  "a": 1.0,',
            '  "a": 12345678901234567890,',
            '  "b": 1e400,',
            '  "c": "\\u00e4"',
            "}",
        ]


async def test_a_payload_that_is_no_json_is_shown_line_by_line() -> None:
    async with opened(with_payload(json.dumps("MSH|^~\\&|ADT\rPID|1||CANARY\r"))) as person:
        await reveal(person)
        assert person.payload[:2] == ["MSH|^~\\&|ADT", "PID|1||CANARY"]
        await person.press("<", "*", "space", "h", "l")
        assert person.payload[:2] == ["MSH|^~\\&|ADT", "PID|1||CANARY"]


async def test_keys_of_the_payload_do_nothing_while_it_is_hidden() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await person.press("enter", "p", "space", "h", "l", "<", ">", "*", "j", "G", "pagedown", "H")
        assert person.payload == ["", "payload hidden · enter reveals it"]


async def test_a_log_without_a_payload_says_so() -> None:
    async with opened(with_payload("null")) as person:
        await reveal(person)
        assert person.payload[1].startswith("The API gives no payload here; your role may not see it.")
        assert "PHI hidden" in person.place


async def test_a_generation_without_payloads_says_so() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, environment=PRODUCTION, generation="environment") as person:
        await reveal(person)
        assert person.payload[1].startswith("This generation of the API gives no payloads. I inspects, f reads a file.")


async def test_the_logs_beside_this_one_are_a_key_away() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        ids = []
        await person.press("enter")
        for key in ("]", "]", "[", "["):
            ids.append(person.place.split("›")[1].split()[0])
            await person.press(key)
        assert len(set(ids)) == 3
        assert ids[3] == ids[1]
        assert person.place.split("›")[1].split()[0] == ids[0]


async def test_stepping_moves_the_list_too_and_reads_its_pages() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("enter", *["]"] * 51)
        assert 2 in server.pages
        assert isinstance(person.app.screen, LogDetailScreen)
        await person.press("escape")
        assert person.cursor == 51


async def test_stepping_stays_where_the_next_log_has_not_been_read() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        server.instead = failing(503, when=lambda call: call.lists_logs and call.page == 2)
        await person.press(*["j"] * 48, "enter")
        last_but_one = person.place
        await person.press("]")
        last = person.place
        await person.press("]", "]")
        assert person.place == last
        assert person.status == "The next log is not loaded yet; the list says how far it is."
        await person.press("[")
        assert person.place == last_but_one


async def test_the_ends_of_the_list_are_said_when_stepping() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await person.press("enter", "[")
        assert person.status == "This is the first log of the list."
        await person.press("]", "]", "]")
        assert person.status == "This is the last log of the list."
        assert "log-2" in person.place


async def test_the_overview_and_the_payload_take_turns() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("o")
        assert person.payload == []
        assert any(fact.startswith("Log id") for fact in person.facts)
        await person.press("p")
        assert person.payload == UNFOLDED, "still revealed: nobody left"
        assert person.facts == []


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_leaving_goes_back_to_the_same_row(key: str) -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("j", "j", "enter", key)
        assert isinstance(person.app.screen, LogsScreen)
        assert person.cursor == 2


async def test_a_log_that_cannot_be_read_says_why_and_r_tries_again() -> None:
    server = simulated(a_world())
    async with opened(server, size=(120, 24)) as person:
        server.instead = failing(500, when=lambda call: not call.lists_logs)
        await person.press("enter")
        assert person.status.startswith("! The server failed on the log (500).")
        assert person.status.endswith("r tries again.")
        await person.press("p")
        assert person.payload[1] == "This log could not be read; the line below says why."
        assert person.status.startswith("! The server failed on the log (500)."), "the line below does say why"
        await person.press("r")
        assert person.payload[1] == "payload hidden · enter reveals it"
        assert not person.status.startswith("!")


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_log_that_is_refused_does_not_promise_that_trying_again_helps(status: int) -> None:
    server = simulated(a_world())
    async with opened(server, size=(120, 24)) as person:
        server.instead = failing(status, when=lambda call: not call.lists_logs)
        await person.press("enter")
        assert person.status.startswith("! ")
        assert f"({status})" in person.status
        assert "r tries again" not in person.status


async def test_an_answer_for_a_log_that_was_left_is_dropped() -> None:
    server = with_payload(PAYLOAD)
    async with opened(server) as person:
        server.hold()
        person.strike("enter")
        await server.arrived(3)
        person.strike("]")
        await server.arrived(4)
        assert server.cancelled == 1
        server.release()
        await person.wait()
        assert "log-1" in person.place


async def test_an_escape_while_a_log_is_read_goes_back_at_once() -> None:
    server = with_payload(PAYLOAD)
    async with opened(server) as person:
        server.hold()
        person.strike("enter")
        await server.arrived(3)
        person.strike("escape")
        await person.look()
        assert isinstance(person.app.screen, LogsScreen)
        assert server.cancelled == 1
        server.release()


async def test_a_backfilled_log_is_read_as_one() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, "mode:backfill since:7d", environment=PRODUCTION, generation="environment") as person:
        await person.press("enter")
        assert server.calls[-1].query == {"dataMode": "backfill"}
        assert not person.status.startswith("!")
