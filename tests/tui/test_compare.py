"""Two logs compared: their metadata at once, their messages once they are revealed, and what one may lack."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from redox_tui.domain.diff import Difference
from redox_tui.store.paths import Paths
from redox_tui.tui.messages import Untouched
from redox_tui.tui.screens.compare import CompareScreen
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.widgets.diff_view import DiffView
from tests.tui.given import PRODUCTION, Person, a_world, opened
from tests.tui.server import Call, Reply, Server, failing, listing, scripted, simulated

ENDS = {"source": {"id": "s", "name": "S"}, "destination": {"id": "d", "name": "D"}}
LOGS: dict[str, dict[str, Any]] = {
    "log-0": {"status": "failed", "createdAt": "2026-11-20T14:00:00.000Z", "dataModel": "Order", **ENDS},
    "log-1": {"status": "succeeded", "createdAt": "2026-11-20T13:00:00.000Z", "dataModel": "Order", **ENDS},
    "log-2": {"status": "succeeded", "createdAt": "2026-11-20T12:00:00.000Z", "dataModel": "Results", **ENDS},
}
PAYLOADS: dict[str, Any] = {
    "log-0": {"Patient": {"Name": "CANARY-A", "Sex": "F"}, "Same": [1, 2, 3], "Only": {"left": True}},
    "log-1": {"Patient": {"Name": "CANARY-B", "Sex": "F"}, "Same": [1, 2, 3]},
    "log-2": {"Patient": {"Name": "CANARY-A", "Sex": "F"}, "Same": [1, 2, 3], "Only": {"left": True}},
}


def serving(payloads: dict[str, Any] | None = None, more: Callable[[Call], Reply | None] = lambda call: None) -> Server:
    """Three logs, of which some have a payload."""
    given = PAYLOADS if payloads is None else payloads

    def answer(call: Call) -> Reply:
        if reply := more(call):
            return reply
        if call.path.endswith("/environments"):
            return Reply(body=b'{"payload":{"environments":[]}}')
        if call.lists_logs:
            wanted = call.query.get("status")
            return listing([{"id": id_, **log} for id_, log in LOGS.items() if wanted in (None, log["status"])])
        id_ = call.path.rsplit("/", 1)[-1]
        payload = {"payload": given[id_]} if id_ in given else {}
        return Reply(body=json.dumps({"payload": {"id": id_, **LOGS[id_], **payload}}).encode())

    return scripted(answer)


def shown(person: Person) -> list[str]:
    """The lines of the comparison, without the column of the cursor's marker."""
    return [line[1:].rstrip() for line in person.lines(DiffView) if line[1:].strip()]


async def compare(person: Person) -> None:
    """Compare the second log with the first, which is marked."""
    await person.press("m", "=")


async def test_the_row_under_the_cursor_is_compared_with_the_marked_one() -> None:
    async with opened(serving()) as person:
        await compare(person)
        assert person.screen[1].split() == ["−", "2026-11-20", "14:00:00", "✗", "failed", "Order", "log-0"]
        assert person.screen[2].split() == ["+", "2026-11-20", "13:00:00", "✓", "succeeded", "Order", "log-1"]
        assert shown(person) == [
            "METADATA  3 differences",
            "  {",
            '−   "id": "log-0"',
            '+   "id": "log-1"',
            '−   "status": "failed"',
            '+   "status": "succeeded"',
            '−   "createdAt": "2026-11-20T14:00:00.000Z"',
            '+   "createdAt": "2026-11-20T13:00:00.000Z"',
            '    "dataModel": "Order"',
            "    … 8 equal lines",
            "  }",
            "PAYLOAD",
            "  payloads hidden · enter reveals them",
        ]
        await person.press("escape")
        assert isinstance(person.app.screen, LogsScreen)


async def test_on_a_wide_terminal_both_sides_stand_beside_each_other() -> None:
    async with opened(serving(), size=(120, 40)) as person:
        await compare(person)
        lines = shown(person)
        (status,) = [line for line in lines if '"status"' in line]
        left, right = status.split("│")
        assert (left.split(), right.split()) == (["~", '"status":', '"failed"'], ['"status":', '"succeeded"'])
        await person.pilot.resize_terminal(80, 24)
        await person.wait()
        assert [line for line in shown(person) if '"status"' in line] == [
            '−   "status": "failed"',
            '+   "status": "succeeded"',
        ]


async def test_payloads_are_hidden_until_they_are_revealed_and_can_be_hidden_again() -> None:
    async with opened(serving(), size=(80, 40)) as person:
        await compare(person)
        assert "CANARY" not in person.text
        assert "PHI hidden" in person.place
        await person.press("enter")
        assert "PHI shown" in person.place
        at = shown(person).index("PAYLOAD  2 differences")
        assert shown(person)[at:] == [
            "PAYLOAD  2 differences",
            "  {",
            '    "Patient": {',
            '−     "Name": "CANARY-A"',
            '+     "Name": "CANARY-B"',
            '      "Sex": "F"',
            "    }",
            "    … 5 equal lines",
            '−   "Only": {',
            '−     "left": true',
            "−   }",
            "  }",
        ]
        await person.press("H")
        assert "CANARY" not in person.text
        assert "PHI hidden" in person.place
        await person.press("enter")
        assert "CANARY" in person.text


async def test_ph_10_payloads_are_hidden_where_nobody_touches_a_key_and_dropped_by_a_lock() -> None:
    async with opened(serving(), size=(80, 40)) as person:
        await compare(person)
        await person.press("enter")
        person.app.screen.post_message(Untouched())
        await person.wait()
        assert "CANARY" not in person.text
        await person.press("enter")
        screen = person.app.screen
        assert isinstance(screen, CompareScreen)
        await person.tap("f9")
        await person.until("Locked.")
        assert not screen._texts
        assert not any(section.lines for section in screen._sections.values())
        await person.tap("enter")
        await person.until("METADATA  3 differences")
        assert "CANARY" not in person.text


async def test_ph_10_payloads_are_hidden_where_somebody_goes_to_another_place(store: Paths) -> None:
    async with opened(serving(), size=(80, 40)) as person:
        await compare(person)
        await person.press("enter")
        assert "CANARY" in person.text
        await person.press("3", "1")
        assert shown(person)[0] == "METADATA  3 differences"
        assert "CANARY" not in person.text


async def test_what_is_revealed_is_on_the_screen() -> None:
    async with opened(serving(), size=(60, 15)) as person:
        await compare(person)
        assert "PAYLOAD" not in person.text
        await person.press("enter")
        assert "CANARY-A" in person.text
        assert shown(person).index("PAYLOAD  2 differences") < 3


async def test_all_lines_or_only_differences_are_shown() -> None:
    async with opened(serving(), size=(80, 50)) as person:
        await compare(person)
        assert person.status == "only differences · x changes that, n goes to a difference"
        await person.press("enter", "x")
        assert any('"Same": [' in line for line in shown(person))
        assert not any("equal line" in line for line in shown(person))
        await person.press("x")
        assert any("… 5 equal lines" in line for line in shown(person))
        await person.press("x")
        assert not any("equal line" in line for line in shown(person))


async def test_n_goes_from_difference_to_difference_over_both_sections() -> None:
    async with opened(serving(), size=(80, 40)) as person:
        await compare(person)
        await person.press("enter", "g")
        seen = []
        for _ in range(5):
            await person.press("n")
            seen.append(person.status.removesuffix(" · only differences"))
        assert seen == [
            "difference 1 of 3 · $.id",
            "difference 2 of 3 · $.status",
            "difference 3 of 3 · $.createdAt",
            "difference 1 of 2 · $.Patient.Name",
            "difference 2 of 2 · $.Only",
        ]
        await person.press("n")
        assert person.status == "No difference below."
        await person.press("N")
        assert person.status.startswith("difference 1 of 2 · $.Patient.Name")


@pytest.mark.parametrize(
    ("payloads", "words"),
    [
        ({"log-0": 1}, "The right log has no payload: this generation of the API gives none"),
        ({"log-1": 1}, "The left log has no payload: this generation of the API gives none"),
        ({}, "Neither log has a payload: this generation of the API gives none"),
    ],
)
async def test_where_one_has_no_payload_that_is_said_and_metadata_are_compared(
    payloads: dict[str, Any], words: str
) -> None:
    async with opened(serving(payloads), size=(120, 24)) as person:
        await compare(person)
        assert shown(person)[0] == "METADATA  3 differences"
        assert any(words in line for line in shown(person))
        await person.press("enter")
        assert "PHI hidden" in person.place


async def test_equal_payloads_are_said_to_be() -> None:
    async with opened(serving(), size=(80, 40)) as person:
        await person.press("m", "j", "=", "enter")
        at = shown(person).index("PAYLOAD  the same")
        assert shown(person)[at + 1] == "  Both say the same."


async def test_messages_that_are_no_json_are_compared_by_segments() -> None:
    payloads = {"log-0": "MSH|1\rPID|a", "log-1": "MSH|1\rPID|b"}
    async with opened(serving(payloads), size=(80, 40)) as person:
        await compare(person)
        await person.press("enter")
        at = shown(person).index("PAYLOAD  1 difference")
        assert shown(person)[at + 1 :] == ["  MSH|1", "− PID|a", "+ PID|b"]


async def test_nasty_text_of_a_message_is_harmless() -> None:
    payloads = {"log-0": {"k\x1b[31m": "a\u202eb"}, "log-1": {"k\x1b[31m": "\x9b31m"}}
    async with opened(serving(payloads), size=(80, 40)) as person:
        await compare(person)
        await person.press("enter", "x")
        assert not set(person.text) & {"\x1b", "\u202e", "\x9b"}


async def test_without_a_marked_log_or_with_many_it_says_what_to_do() -> None:
    async with opened(serving()) as person:
        await person.press("=")
        assert person.status == "! Mark another log with m first; W compares with the last good one."
        await person.press("m", "m", "m", "g", "=")
        assert person.status == "! 3 logs are marked; leave one marked, or two with the cursor elsewhere."


async def test_two_marked_logs_are_compared_with_each_other() -> None:
    async with opened(serving()) as person:
        await person.press("m", "m", "=")
        assert [line.split()[-1] for line in person.screen[1:3]] == ["log-0", "log-1"]


async def test_a_log_that_cannot_be_read_is_named_and_r_reads_both_again() -> None:
    server = serving()
    original = server.instead
    broken = failing(500, when=lambda call: call.path.endswith("log-1"))
    server.instead = lambda call: broken(call) or original(call)
    async with opened(server) as person:
        await compare(person)
        assert person.status.startswith("! The right log: ")
        assert "r tries again." in person.status
        await person.press("r")
        assert shown(person)[0] == "METADATA  3 differences"


async def test_while_both_are_read_it_says_so_and_esc_goes_back() -> None:
    server = serving()
    async with opened(server) as person:
        await person.press("m")
        server.hold()
        calls = len(server.calls)
        person.strike("=")
        await server.arrived(calls + 2)
        await person.look()
        assert person.status == "reading both logs … esc goes back"
        await person.tap("escape")
        assert isinstance(person.app.screen, LogsScreen)
        server.release()


async def test_the_last_good_log_of_the_same_kind_is_found_with_one_request() -> None:
    server = serving()
    async with opened(server) as person:
        asked = len(server.lists)
        await person.press("W")
        assert [line.split()[-1] for line in person.screen[1:3]] == ["log-1", "log-0"]
        (call,) = server.lists[asked:]
        assert call.query["status"] == "succeeded"
        assert (call.query["sourceId"], call.query["destinationId"]) == ("s", "d")
        assert call.query["dataModel"] == "Order"
        assert call.query["createdBefore"] == "2026-11-20T14:00:00.000Z"
        assert call.query["createdAfter"] == "2026-11-19T14:00:00.000Z"


async def test_from_one_log_too_the_last_good_one_is_compared() -> None:
    async with opened(serving()) as person:
        await person.press("enter", "W")
        assert shown(person)[0] == "METADATA  3 differences"


async def test_where_there_is_no_good_one_two_requests_were_enough_to_say_so() -> None:
    server = serving()
    async with opened(server) as person:
        await person.press("j", "j")
        asked = len(server.lists)
        await person.press("W")
        assert person.status.startswith("! No log of the same source, destination, model and event succeeded in the 30")
        assert len(server.lists) == asked + 2


async def test_the_last_good_one_among_a_worlds_traffic_is_older_and_of_the_same_kind() -> None:
    async with opened(simulated(a_world()), "status:failed", environment=PRODUCTION, size=(120, 40)) as person:
        await person.press("W")
        words = [line.split() for line in person.screen[1:3]]
        assert [line[4] for line in words] == ["succeeded", "failed"]
        assert words[0][5] == words[1][5], "the same model and event"
        assert words[0][1:3] < words[1][1:3]


async def test_a_comparison_that_takes_long_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = []

    def endless(left: str, right: str, is_stopped: Callable[[], bool]) -> Difference:
        from redox_tui.domain.diff import Stopped

        while not is_stopped():
            pass
        stopped.append(True)
        raise Stopped

    async with opened(serving()) as person:
        await compare(person)
        monkeypatch.setattr("redox_tui.tui.screens.compare.compare", endless)
        await person.tap("enter")
        await person.until("comparing payload … esc stops")
        await person.tap("escape")
        await person.until(lambda: bool(stopped))
        assert any("Stopped. r compares again." in line for line in shown(person))
        await person.press("escape")
        assert isinstance(person.app.screen, LogsScreen)


async def test_both_values_of_a_difference_can_be_copied() -> None:
    async with opened(serving()) as person:
        await compare(person)
        await person.press("n", "n")
        await person.tap("y")
        await person.until("Left value")
        assert "Right value" in person.text
        assert "Path  $.status" in person.text


async def test_plain_text_of_a_comparison_has_no_payload_that_is_hidden() -> None:
    async with opened(serving(), size=(80, 40)) as person:
        await compare(person)
        await person.press("V")
        assert "CANARY" not in person.text
        assert any(line.startswith("METADATA  3 differences") for line in person.screen)
        await person.press("q", "enter", "V")
        assert "CANARY" in person.text
