"""Copying with `y`, and plain text with `V`: what can be chosen, and that nothing else leaves the program."""

import base64
import json
import stat
from pathlib import Path

import pytest
from textual.widgets import Input

from redox_tui.tui.clipboard import clipboard
from redox_tui.tui.messages import OfferCopies, Untouched
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.log_table import LogTable
from tests.tui.given import PRODUCTION, Person, a_world, opened
from tests.tui.server import Call, Reply, listing, scripted, simulated

PAYLOAD = '{"Patient": {"Name": "CANARY"}, "Long": "' + "x" * 300 + '"}'
PREFIX, END = "\x1b]52;c;", "\x07"


def listen(person: Person) -> list[str]:
    """The texts that are handed to the terminal from now on."""
    copied: list[str] = []

    def write(sequence: str) -> None:
        if sequence.startswith(PREFIX):
            copied.append(base64.b64decode(sequence.removeprefix(PREFIX).removesuffix(END)).decode())

    assert person.app._driver
    person.app._driver.write = write  # type: ignore[method-assign, assignment]
    return copied


async def choose(person: Person, title: str) -> None:
    """Open the menu and take the choice that begins so."""
    await person.tap("y")
    await person.until(title)
    for _ in range(12):
        if any(line.split("│")[1].strip().startswith(f">{title}") for line in person.screen if "│" in line):
            await person.tap("enter")
            return
        await person.tap("j")
    raise AssertionError(f"no {title} in\n{person.text}")


def with_payload(call: Call) -> Reply:
    """Three logs with one payload, and a nasty id."""
    if call.path.endswith("/environments"):
        return Reply(body=b'{"payload":{"environments":[]}}')
    if call.lists_logs:
        logs = [{"id": f"log-{n}", "status": "failed", "dataModel": "Order\x1b[31m\tx"} for n in range(3)]
        return listing(logs)
    return Reply(body=f'{{"payload":{{"id":"log-0","payload":{PAYLOAD}}}}}'.encode())


async def test_each_id_of_a_log_can_be_copied() -> None:
    world = a_world()
    async with opened(simulated(world)) as person:
        copied = listen(person)
        log = person.find(LogTable).current
        assert log
        for title, id_ in (
            ("Log id", log.id),
            ("Attempt id", log.latest_attempt and log.latest_attempt.id),
            ("Source id", log.source and log.source.id),
            ("Destination id", log.destination and log.destination.id),
        ):
            await choose(person, title)
            await person.until("to the terminal's clipboard")
            assert copied[-1] == id_
        assert person.status == f"sent {len(copied[-1])} bytes to the terminal's clipboard"
        assert len(copied) == 4


async def test_a_log_is_copied_as_the_server_sent_it_and_as_a_row() -> None:
    async with opened(scripted(with_payload)) as person:
        copied = listen(person)
        await choose(person, "Log as JSON")
        await person.until("to the terminal's clipboard")
        assert json.loads(copied[-1])["dataModel"] == "Order\x1b[31m\tx"
        await choose(person, "Row, tab-separated")
        await person.until(lambda: len(copied) == 2)
        cells = copied[-1].split("\t")
        assert len(cells) == 9, "a tab of the server's makes no cell"
        assert (cells[1], cells[3], cells[8]) == ("failed", "Order␛[31m␉x", "log-0")


async def test_requests_are_copied_without_token_and_patient() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, "patient:CANARY", environment=PRODUCTION, generation="environment") as person:
        copied = listen(person)
        await choose(person, "Request of this list as curl")
        await person.until("to the terminal's clipboard")
        assert copied[-1].startswith("curl ")
        assert '"value": "PATIENT"' in copied[-1]
        assert "CANARY" not in copied[-1]
        assert server.token not in copied[-1]


async def test_what_is_too_long_for_terminals_is_offered_as_a_file(tmp_path: Path) -> None:
    async with opened(scripted(with_payload)) as person:
        copied = listen(person)
        path = tmp_path / "copy"
        for keys in ("escape", "enter"):
            person.app.post_message(OfferCopies([("All", "é" * 40_000)]))
            await person.until(">All")
            await person.tap("enter")
            await person.until("80,000 bytes are more than a terminal's clipboard")
            field = person.app.screen.query_one(Input)
            assert field.value == "redox-tui-copy.txt"
            field.value = str(path)
            await person.tap(keys)
            assert not path.exists() or keys == "enter"
        await person.until("80,000 bytes were written to")
        assert path.read_text() == "é" * 40_000
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert copied == []


@pytest.mark.parametrize(
    ("title", "text"), [("Value", "CANARY"), ("Key", "Name"), ("Path", "$.Patient.Name"), ("All", '"CANARY"')]
)
async def test_of_a_payload_value_key_path_and_all_that_it_holds_can_be_copied(title: str, text: str) -> None:
    async with opened(scripted(with_payload)) as person:
        copied = listen(person)
        await person.press("enter", "p", "enter", "j", "j")
        await choose(person, title)
        await person.until("to the terminal's clipboard")
        assert copied == [text]


async def test_ph_01_while_a_payload_is_hidden_nothing_of_it_can_be_copied() -> None:
    async with opened(scripted(with_payload)) as person:
        copied = listen(person)
        await person.press("enter", "p")
        await person.tap("y")
        await person.until("Log id")
        assert "Value" not in person.text
        await person.tap("escape")
        await person.press("enter", "j", "j")
        await person.tap("y")
        await person.until("Value")
        person.app.screen_stack[-2].query_one(JsonView).action_hide()
        await person.tap("enter")
        await person.until("It is hidden by now, so it was not copied.")
        assert copied == []


async def test_where_nothing_can_be_copied_the_screen_says_so_and_names_the_other_way() -> None:
    async with opened(scripted(with_payload)) as person:
        copied = listen(person)
        person.app._copies = clipboard("off", "both", {"TERM": "xterm"})
        await choose(person, "Log id")
        await person.until("The clipboard is off")
        assert "V shows text to select." in person.status
        assert copied == []


async def test_ph_01_textual_itself_copies_nothing() -> None:
    async with opened(scripted(with_payload)) as person:
        copied = listen(person)
        await person.press("/")
        await person.write("status:failed")
        field = person.app.focused
        assert isinstance(field, Input)
        field.select_all()
        await person.press("ctrl+x")
        assert field.value == ""
        await person.press("ctrl+v")
        assert field.value == "status:failed", "what is cut can be put in again"
        person.app.copy_to_clipboard("anything")
        assert copied == []


async def test_a_menu_goes_where_nobody_touches_a_key() -> None:
    async with opened(scripted(with_payload)) as person:
        copied = listen(person)
        await person.tap("y")
        await person.until("Log id")
        now = person.app._monotonic()
        person.app._monotonic = lambda: now + 61
        person.app.hide_if_idle()
        await person.until("row 1 of 3")
        assert "Log id" not in person.text
        assert copied == []


async def test_ph_10_what_is_too_long_for_terminals_is_not_saved_once_payloads_are_hidden(tmp_path: Path) -> None:
    async with opened(scripted(with_payload)) as person:
        person.app.post_message(OfferCopies([("All", "é" * 40_000)]))
        await person.until(">All")
        await person.tap("enter")
        await person.until("80,000 bytes are more than a terminal's clipboard")
        person.app.screen.query_one(Input).value = str(tmp_path / "copy")
        now = person.app._monotonic()
        person.app._monotonic = lambda: now + 61
        person.app.hide_if_idle()
        await person.until("row 1 of 3")
        await person.press("enter")
        assert not (tmp_path / "copy").exists()


async def test_a_lock_takes_the_menu_away() -> None:
    async with opened(scripted(with_payload)) as person:
        copied = listen(person)
        await person.tap("y")
        await person.until("Log id")
        await person.tap("f9")
        await person.until("Locked.")
        await person.tap("enter")
        await person.until("row 1 of 3")
        assert copied == []


async def test_plain_text_shows_the_rows_without_anything_around_them() -> None:
    async with opened(simulated(a_world())) as person:
        rows = [row[1:].rstrip() for row in person.rows]
        await person.press("V")
        assert [line.rstrip() for line in person.screen[1 : len(rows) + 1]] == rows
        assert person.screen[0].startswith("TIME")
        assert "esc back" in person.status
        assert person.screen[-1].strip() == person.status
        await person.press("escape")
        assert person.rows[0][1:].rstrip() == rows[0]


async def test_plain_text_has_whole_values_and_wraps_them() -> None:
    async with opened(scripted(with_payload)) as person:
        await person.press("enter", "p", "enter", "V")
        assert "x" * 300 in "".join(line.rstrip() for line in person.screen)


@pytest.mark.parametrize("how", ["idle", "lock"])
async def test_ph_10_plain_text_of_a_payload_goes_when_it_is_hidden(how: str) -> None:
    async with opened(scripted(with_payload)) as person:
        await person.press("enter", "p", "enter", "V")
        assert "CANARY" in person.text
        if how == "idle":
            person.app.screen.post_message(Untouched())
        else:
            await person.tap("f9")
            await person.until("Locked.")
            await person.tap("enter")
        await person.until("payload hidden · esc goes back")
        assert "CANARY" not in person.text


async def test_plain_text_of_a_hidden_payload_has_none_of_it() -> None:
    async with opened(scripted(with_payload)) as person:
        await person.press("enter", "p", "V")
        assert "CANARY" not in person.text


async def test_the_mouse_is_the_terminals_while_plain_text_is_shown() -> None:
    async with opened(simulated(a_world())) as person:
        turned: list[str] = []
        driver = person.app._driver
        driver._disable_mouse_support = lambda: turned.append("off")  # type: ignore[union-attr]
        driver._enable_mouse_support = lambda: turned.append("on")  # type: ignore[union-attr]
        await person.press("V")
        assert turned == ["off"]
        await person.press("q")
        assert turned == ["off", "on"]


async def test_ph_10_nobody_who_touches_no_key_for_a_minute_sees_a_payload() -> None:
    async with opened(scripted(with_payload)) as person:
        await person.press("enter", "p", "enter", "V")
        now = person.app._monotonic()
        person.app._monotonic = lambda: now + 59
        person.app.hide_if_idle()
        await person.wait()
        assert "CANARY" in person.text
        person.app._monotonic = lambda: now + 61
        person.app.hide_if_idle()
        await person.wait()
        assert "CANARY" not in person.text
