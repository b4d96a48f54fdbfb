"""Files in the app: the same list, log and payload as of a server, with words for what files cannot do."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from redox_tui.cli.view import FileAccess
from redox_tui.domain.logs import Log, LogBatch, LogDetail
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import iso
from redox_tui.store import export as store
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.dialogs.export import ExportDialog
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.services import Services
from tests.tui.given import Person, clock, no_credentials

NEWEST = datetime(2026, 10, 20, 1, 39, 30, tzinfo=UTC)
MESSAGE = '{"Meta": {"DataModel": "Order"}, "Patient": {"Name": "CANARY"}}'


def logs(count: int, **more: object) -> str:
    """An export, newest first; every tenth log has failed."""
    made = (
        {
            "id": f"00000000-0000-4000-8000-{number:012}",
            "createdAt": iso(NEWEST - timedelta(minutes=number)),
            "status": "succeeded" if number % 10 else "failed",
            "dataModel": "Order",
            "eventType": "New",
            "source": {"id": f"00000000-0000-4000-8000-00000000000{number % 3}", "name": f"Lab {number % 3}"},
            **more,
        }
        for number in range(count)
    )
    return "".join(json.dumps(one) + "\n" for one in made)


@asynccontextmanager
async def viewing(*paths: Path, size: tuple[int, int] = (80, 24)) -> AsyncGenerator[Person, None]:
    """The app on files, with its first rows drawn."""
    access = FileAccess([str(path) for path in paths])
    query = LogQuery(since_by_default=None)
    app = RedoxApp(Services(access, clock), query, no_credentials(), clock, lock_after=600)
    async with app.run_test(size=size, notifications=True) as pilot:
        person = Person(pilot, app)
        await person.wait()
        yield person


def export(folder: Path, text: str, name: str = "logs.ndjson") -> Path:
    (folder / name).write_text(text)
    return folder / name


def _asks(person: Person) -> bool:
    return isinstance(person.app.screen, ExportDialog)


async def test_a_file_is_shown_whole_and_never_as_production(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(120))) as person:
        assert person.place.startswith(" logs.ndjson/file ")
        assert "all time UTC" in person.place
        assert "PROD" not in person.text
        assert person.status == "row 1 of 120"
        await person.press("G")
        assert person.status == "row 120 of 120"


async def test_a_file_name_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(1), "a\x1b]0;owned\x07\u202eb.ndjson")) as person:
        assert not {"\x1b", "\x07", "\u202e"} & set(person.text)
        assert "b.ndjson/file" in person.place


async def test_a_query_is_answered_with_exact_totals(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(120))) as person:
        await person.press("slash")
        await person.write("status:failed")
        await person.press("enter")
        assert person.status == "row 1 of 12"
        assert "all time" in person.place


async def test_names_of_parties_are_asked_of_the_file(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(120))) as person:
        await person.press("slash")
        await person.write('source:"Lab 1"')
        await person.press("escape", "enter") if person.completions else await person.press("enter")
        await person.until("row 1 of 40")


async def test_words_are_looked_at_here_and_sift_the_rows(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(120))) as person:
        await person.press("slash")
        await person.write("000000000007")
        await person.press("enter", "x")
        assert person.status.startswith("1 of 120 looked at")


async def test_the_next_failure_and_an_id_are_found(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(400))) as person:
        await person.press("e")
        assert person.status == "row 11 of 400"
        await person.tap("i")
        await person.paste("00000000-0000-4000-8000-000000000333")
        await person.tap("enter")
        await person.until("row 334 of 400")


async def test_a_range_leaves_out_what_lies_beyond(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(120))) as person:
        await person.press("t")
        await person.write("2026-10-20")
        await person.press("enter")
        assert person.status == "row 1 of 100"
        await person.press("Z")
        assert person.status == "row 1 of 120"


async def test_a_message_in_an_export_is_hidden_until_it_is_revealed(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(3, payload=json.loads(MESSAGE)))) as person:
        await person.press("enter", "p")
        assert "CANARY" not in person.text
        await person.press("enter", "asterisk")
        assert "CANARY" in person.text
        await person.press("right_square_bracket")
        assert "CANARY" not in person.text


async def test_a_message_file_shows_what_its_meta_says_and_itself(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, MESSAGE, "order.json")) as person:
        assert "Order" in person.rows[0]
        await person.press("enter")
        assert any("order.json#1" in fact for fact in person.facts)
        await person.press("p", "enter", "asterisk")
        assert "CANARY" in person.text


async def test_a_torn_last_line_is_one_marked_row_that_says_so(tmp_path: Path) -> None:
    text = logs(3)
    async with viewing(export(tmp_path, text[:-40], "logs.ndjson.part"), size=(120, 30)) as person:
        assert person.status == "row 1 of 3 · 1 unreadable"
        assert "cut off" in person.rows[2]
        await person.press("G", "enter")
        assert person.status == "! This log cannot be opened: cut off, the file ends inside it (record 3)."


async def test_following_a_file_is_refused_in_words(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(3))) as person:
        await person.press("f")
        assert person.status == "! Nothing comes into a file; redox-tui logs --follow asks a server."


async def test_a_lock_covers_a_file_and_enter_shows_it_again(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(60, payload=json.loads(MESSAGE)))) as person:
        await person.press("enter", "p", "enter", "asterisk")
        await person.tap("L")
        await person.until("Locked.")
        assert "CANARY" not in person.text
        await person.tap("enter")
        await person.until("payload hidden")
        await person.press("escape")
        assert isinstance(person.app.screen, LogsScreen)
        await person.press("G")
        assert person.status == "row 60 of 60"


async def test_a_file_that_is_gone_is_a_sentence_and_not_a_crash(tmp_path: Path) -> None:
    path = export(tmp_path, logs(120))
    async with viewing(path) as person:
        path.unlink()
        await person.press("r")
        assert "cannot be read any more: No such file or directory." in person.status


async def test_files_have_no_filters_and_say_where_some_are(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(3))) as person:
        await person.press("2")
        assert "Filters are asked of a server." in person.status
        assert "3 has profiles" in person.status
        assert "n new" not in person.hints
        await person.press("q")
        assert "row 1 of 3" in person.status


async def test_what_a_file_does_not_have_is_not_laid_on_the_api(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(2, destination={"id": "d"}))) as person:
        await person.press("enter", "p")
        assert "The file does not have this log's message. f reads it from another file." in person.text
        assert "API" not in person.text
        await person.press("w")
        assert "inspects" not in person.text
        assert "Subscriptions and their filters are asked of a server." in " ".join(person.text.split())


async def test_a_message_in_a_file_is_said_to_be_the_file_s(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(2, payload=json.loads(MESSAGE)))) as person:
        await person.press("enter", "w")
        assert "as the file has it" in person.text


async def test_a_record_that_holds_no_message_says_so(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, '[{"id": "log-0", "status": "failed"}, 7]', "two.json")) as person:
        await person.press("enter", "p", "right_square_bracket")
        assert "No message can be read from this record; o says what is wrong with it." in person.text


async def test_an_export_of_one_file_is_not_gone_on_with_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "place"
    folder.mkdir(0o700)
    monkeypatch.chdir(folder)
    first, second = export(tmp_path, logs(3)), export(tmp_path, logs(3, status="failed"), "others.ndjson")
    query = LogQuery(since_by_default=None)
    begun = store.begin(
        store.Plan(
            Path("out"),
            "ndjson",
            store.identity(FileAccess([str(first)]).connection, query, "ndjson", False, None),
        ),
        LogSearch(),
    )
    begun.take(LogBatch((LogDetail(Log("log-0", record=b'{"id":"log-0"}')),), 1))
    begun.close()
    for path, words in ((second, "is of another query, connection or format"), (first, "exported to out")):
        async with viewing(path) as person:
            await person.tap("X")
            await person.until(partial(_asks, person))
            await person.tap("right", "right", "enter", "enter", "enter", "enter", "ctrl+u")
            await person.write("out")
            await person.tap("enter", "right", "enter")
            await person.wait()
            assert words in person.status


async def test_what_is_said_instead_of_a_message_is_whole_on_the_narrowest_terminal(tmp_path: Path) -> None:
    async with viewing(export(tmp_path, logs(2)), size=(60, 15)) as person:
        await person.press("enter", "p")
        said = "The file does not have this log's message. f reads it from another file."
        assert said in " ".join(person.text.split())
        await person.press("I")
        assert "There is no inspection of this log; the line below says why." in " ".join(person.text.split())
