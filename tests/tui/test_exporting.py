"""Exporting from the list and from one log: what is offered, what is asked, what is written, and what stops it."""

import json
import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from redox_tui.domain.logs import Log, LogBatch, LogDetail
from redox_tui.domain.search import LogSearch
from redox_tui.store import export
from redox_tui.store.errors import NotSaved
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.export import ExportDialog
from redox_tui.tui.exporting import Exporting
from redox_tui.tui.screens.cover import CoverScreen
from redox_tui.tui.screens.log_detail import LogDetailScreen
from tests.tui.given import PRODUCTION, Person, a_world, opened
from tests.tui.server import Call, Reply, Server, failing, listing, scripted, simulated

NAME = "logs-2026-11-20T1500"
WIDE = "since:7d"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the app was started in."""
    folder = tmp_path / "place"
    folder.mkdir(0o700)
    monkeypatch.chdir(folder)
    return folder


async def asked(person: Person, key: str = "X") -> None:
    await person.tap(key)
    await person.until(lambda: isinstance(person.app.screen, ExportDialog))


async def chosen(
    person: Person, *, rows: int = 0, content: int = 0, mask: int = 0, file: str = "", action: int = 0
) -> None:
    """Take choices, each so many to the right of the first one, and begin."""
    for steps in (rows, 0, content, mask):
        await person.tap(*(["right"] * steps), "enter")
    if file:
        await person.tap("ctrl+u")
        await person.write(file)
    await person.tap("enter", *(["right"] * action), "enter")


def records(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def with_payloads() -> Server:
    """A server with three logs that have payloads."""

    def answer(call: Call) -> Reply:
        if call.path.endswith("/environments"):
            return Reply(body=b'{"payload":{"environments":[]}}')
        if call.lists_logs:
            return listing([{"id": f"log-{n}", "createdAt": f"2026-11-20T14:0{3 - n}:00.000Z"} for n in range(3)])
        name = call.path.rpartition("/")[2]
        return Reply(body=json.dumps({"payload": {"id": name, "payload": {"Name": "JANE CANARY"}}}).encode())

    return scripted(answer)


async def test_the_dialog_says_what_each_scope_costs(place: Path) -> None:
    async with opened(simulated(a_world()), WIDE) as person:
        await person.press("m")
        await asked(person)
        shown = []
        for _ in range(4):
            shown.append(next(line for line in person.screen if " Rows " in line).split("‹")[1].split("›")[0].strip())
            await person.tap("right")
        assert shown == ["this log", "1 marked", "150 loaded that match", "all 5,000 (will fetch 100 pages)"]
        assert f"{NAME}.ndjson" in person.text
        await person.tap("escape")
    assert os.listdir(place) == []


async def test_over_a_cursor_nobody_knows_how_many_pages_all_are(place: Path) -> None:
    async with opened(
        simulated(a_world(), "environment"), WIDE, environment=PRODUCTION, generation="environment"
    ) as person:
        await asked(person)
        await person.tap("left")
        assert "all that match (nobody knows how many pages)" in person.text


async def test_the_name_follows_the_format_until_it_is_typed(place: Path) -> None:
    async with opened(simulated(a_world())) as person:
        await asked(person)
        await person.tap("down", "right")
        assert f"{NAME}.csv" in person.text
        await person.tap("down", "down", "down")
        await person.write("x")
        await person.tap("up", "up", "up", "right")
        assert "x" in person.text
        assert f"{NAME}.json" not in person.text


async def test_the_name_follows_the_format_however_fast_keys_come(place: Path) -> None:
    async with opened(simulated(a_world())) as person:
        await asked(person)
        for key in ("enter", "right", "enter", "enter", "enter", "enter", "enter"):
            person.strike(key)
        await person.until(f"1 row exported to {NAME}.csv.")


async def test_this_log_is_exported_as_the_server_sent_it(place: Path) -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("j")
        await asked(person)
        await chosen(person)
        await person.until(f"1 row exported to {NAME}.ndjson.")
        found = records(place / f"{NAME}.ndjson")
    assert len(found) == 1
    assert (place / f"{NAME}.ndjson").stat().st_mode & 0o777 == 0o600


async def test_marked_logs_are_exported_without_a_request(place: Path) -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("m", "m", "m")
        before = len(server.lists)
        await asked(person)
        await chosen(person, rows=1)
        await person.until("3 rows exported")
        assert len(server.lists) == before
    assert len(records(place / f"{NAME}.ndjson")) == 3


async def test_all_that_match_are_exported_while_one_moves_around(place: Path) -> None:
    async with opened(simulated(a_world(1_000)), f"{WIDE} -status:succeeded") as person:
        await asked(person)
        await chosen(person, rows=2)
        await person.tap("j", "j", "enter")
        assert isinstance(person.app.screen, LogDetailScreen)
        await person.until("exported to")
        await person.tap("escape")
        found = records(place / f"{NAME}.ndjson")
        assert f"{len(found):,} rows exported to {NAME}.ndjson." in person.text
    assert found
    assert "succeeded" not in {record["status"] for record in found}
    assert len({record["id"] for record in found}) == len(found)


async def test_what_is_on_its_way_is_said_and_esc_stops_it_and_it_is_gone_on_with(place: Path) -> None:
    server = simulated(a_world(1_000))
    async with opened(server, WIDE) as person:
        await asked(person)
        await chosen(person, rows=2, file="whole")
        await person.until("1,000 rows exported")
        calls = len(server.calls)
        server.instead = lambda call: server.hold() if call.lists_logs and len(server.calls) > calls + 5 else None
        await asked(person)
        await chosen(person, rows=2)
        await server.arrived(calls + 6)
        await person.until("esc stops")
        await person.until((place / f"{NAME}.ndjson.part").exists)
        await person.tap("X")
        await person.until("An export is under way")
        await person.tap("escape")
        await person.until("Stopped.")
        assert "X goes on with it." in person.status
        server.instead = lambda call: None
        server.release()
        await asked(person)
        await chosen(person, rows=2, action=1)
        await person.until("1,000 rows exported")
    assert (place / f"{NAME}.ndjson").read_bytes() == (place / "whole").read_bytes()
    assert sorted(os.listdir(place)) == [f"{NAME}.ndjson", "whole"]


async def test_ph_11_a_lock_stops_it_and_the_part_stays(place: Path) -> None:
    server = simulated(a_world(1_000))
    async with opened(server, WIDE) as person:
        calls = len(server.calls)
        server.instead = lambda call: server.hold() if call.lists_logs and len(server.calls) > calls + 5 else None
        await asked(person)
        await chosen(person, rows=2)
        await server.arrived(calls + 6)
        await person.until((place / f"{NAME}.ndjson.part").exists)
        await person.tap("L")
        await person.until(lambda: isinstance(person.app.screen, CoverScreen))
        await person.until(
            lambda: not [w for w in person.app.workers if w.group == "logs.export" and not w.is_finished]
        )
        server.release()
        await person.tap("enter")
        await person.until(f"{NAME}.ndjson.part")
        assert person.status.startswith("! Locked. ")
    assert (place / f"{NAME}.ndjson.part").stat().st_size


async def test_an_error_in_the_middle_says_what_there_is(place: Path) -> None:
    server = simulated(a_world(1_000))
    async with opened(server, WIDE) as person:
        await asked(person)
        server.instead = failing(*[500] * 100, when=lambda call: call.lists_logs and call.page > 4)
        await chosen(person, rows=2)
        await person.until(lambda: "200 rows are in" in person.status)
        assert person.status.startswith("! ")
        assert person.status.endswith("X goes on with it.")


async def test_ph_12_payloads_are_exported_after_the_word_was_typed(place: Path) -> None:
    place.chmod(0o755)
    async with opened(with_payloads()) as person:
        await asked(person)
        await chosen(person, rows=2, content=1)
        await person.until(lambda: isinstance(person.app.screen, ConfirmDialog))
        assert "patient data" in person.text
        assert "mode 0755" in person.text
        await person.write("yes")
        await person.tap("enter")
        assert isinstance(person.app.screen, ConfirmDialog)
        assert os.listdir(place) == []
        await person.tap("ctrl+u")
        await person.write("patient data")
        await person.tap("enter")
        await person.until("3 rows exported")
    assert [record["payload"] for record in records(place / f"{NAME}.ndjson")] == [{"Name": "JANE CANARY"}] * 3


async def test_ph_12_who_does_not_type_the_word_exports_nothing(place: Path) -> None:
    server = with_payloads()
    async with opened(server) as person:
        await asked(person)
        await chosen(person, content=1)
        await person.until(lambda: isinstance(person.app.screen, ConfirmDialog))
        await person.press("escape")
    assert os.listdir(place) == []


async def test_one_log_is_exported_with_its_payload_and_with_pseudonyms(place: Path) -> None:
    async with opened(with_payloads()) as person:
        await person.press("enter")
        await asked(person)
        assert "all" not in next(line for line in person.screen if " Rows " in line)
        await chosen(person, content=1, mask=1)
        await person.until(lambda: isinstance(person.app.screen, ConfirmDialog))
        await person.write("patient data")
        await person.tap("enter")
        await person.until(f"1 row exported to {NAME}.ndjson.")
        assert isinstance(person.app.screen, LogDetailScreen)
    text = (place / f"{NAME}.ndjson").read_text()
    assert "CANARY" not in text
    assert "log-0" not in text
    assert json.loads(text)["payload"]["Name"].startswith("~")


async def test_a_file_that_is_there_is_refused(place: Path) -> None:
    (place / f"{NAME}.ndjson").write_text("precious")
    async with opened(simulated(a_world())) as person:
        await asked(person)
        await chosen(person)
        await person.until("exists already")
    assert (place / f"{NAME}.ndjson").read_text() == "precious"


async def test_a_file_needs_a_name(place: Path) -> None:
    async with opened(simulated(a_world())) as person:
        await asked(person)
        await chosen(person, file=" ")
        assert isinstance(person.app.screen, ExportDialog)
        assert "A file needs a name." in person.text


async def test_a_disk_that_fails_is_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(plan: export.Plan, search: LogSearch) -> None:
        raise NotSaved("Writing failed: No space left on device.")

    monkeypatch.setattr(export, "begin", fail)
    async with opened(simulated(a_world())) as person:
        await asked(person)
        await chosen(person)
        await person.until("No space left on device.")


async def test_how_it_stands_is_said_at_most_twice_a_second(place: Path) -> None:
    moment, said = [0.0], list[str]()
    plan = export.Plan(place / "logs", "ndjson")
    exporting = Exporting(plan, LogSearch(), 100, said.append, lambda: moment[0])

    async def rows(begun: export.Export) -> AsyncGenerator[LogBatch, None]:
        for number in range(10):
            moment[0] += 0.2
            yield LogBatch((LogDetail(Log(str(number), record=b"{}")),), 10)

    assert await exporting.run(rows, resumes=False) == f"10 rows exported to {place / 'logs'}."
    assert said == [
        "exporting 30 of 100 · 50 rows/s · 1 s left · esc stops",
        "exporting 60 of 100 · 50 rows/s · 1 s left · esc stops",
        "exporting 90 of 100 · 50 rows/s · 0 s left · esc stops",
    ]
