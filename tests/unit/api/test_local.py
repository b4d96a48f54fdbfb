"""A client of files answers as the server did from which they were exported; and says what is wrong with a record."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import httpx
import pytest

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.errors import BadRequest, NotFound
from redox_tui.api.local import LocalClient
from redox_tui.api.local_index import LocalIndex
from redox_tui.api.protocol import Client
from redox_tui.cli.records import FORMATS
from redox_tui.cli.view import records_of
from redox_tui.domain.connection import Connection, Generation
from redox_tui.domain.logs import Log
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.simulator import network
from redox_tui.simulator.app import simulator
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World

NOW = datetime(2026, 11, 20, 15, 0, 0, 123_000, tzinfo=UTC)
EVERYTHING = LogQuery(since_by_default=None)
SOURCE, DESTINATION = "5322114a-33dc-545d-8ba3-c93c88464b97", "ccbe9a5e-11a8-5a8a-b3c1-abb899d978a6"
QUERIES = (
    "",
    "status:failed",
    "status:failed,pending type:send",
    "model:PatientAdmin event:PatientUpdate",
    f"source:{SOURCE}",
    f"dest:{DESTINATION} status:succeeded",
    "since:2026-11-18T12:00 until:2026-11-19",
    "since:24h model:Results",
    "on:updated since:2026-11-20T14:00",
    "status:failed until:2026-11-17",
)


def log_text(log_id: str, **more: object) -> str:
    return json.dumps({"id": log_id, "status": "failed", **more})


@asynccontextmanager
async def a_server(generation: Generation = "organization") -> AsyncIterator[PlatformClient]:
    tokens = Tokens()
    server = simulator(World(2_000, now=NOW, clock=lambda: NOW), tokens=tokens, generation=generation)
    environment = network.PRODUCTION.id if generation == "environment" else None
    connection = Connection("http://127.0.0.1", str(network.OWN.id), environment, generation)
    transport = httpx.ASGITransport(server, raise_app_exceptions=False)
    async with aclosing(PlatformClient(connection, lambda _: GivenToken(tokens.session()), transport=transport)) as it:
        yield it


def files(*paths: Path) -> LocalClient:
    return LocalClient(LocalIndex(records_of([str(path) for path in paths])))


async def every(client: Client, search: LogSearch) -> tuple[list[Log], set[int | None]]:
    """All logs of a search, page by page, and the totals that the pages told."""
    page = await client.logs.page(search, 1, 50)
    found, totals = list(page.logs), {page.total}
    search = search.pinned(page.logs)
    while page.next is not None:
        page = await client.logs.page(search, page.next, 50)
        found += page.logs
        totals.add(page.total)
    return found, totals


@cache
def text_of(form: str, logs: tuple[Log, ...]) -> str:
    written = FORMATS[form]
    return written.begin + written.between.join(map(written.log, logs)) + written.end


@pytest.mark.parametrize("form", ["ndjson", "json", "csv"])
async def test_an_export_answers_as_the_server_that_it_is_of(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"logs.{form}"
    async with a_server() as server:
        everything, _ = await every(server, LogQuery.parse("since:2020-01-01").search(NOW))
        path.write_text(text_of(form, tuple(everything)))
        async with aclosing(files(path)) as client:
            for query in QUERIES:
                if form == "csv" and "updated" in query:
                    continue  # the table does not hold the time of update
                search = EVERYTHING.rewritten(query).search(NOW)
                logs, totals = await every(client, search)
                if not query:
                    assert [log.id for log in logs] == [log.id for log in everything]
                    assert form == "csv" or logs == everything
                    assert totals == {2_000}
                    continue
                wanted, _ = await every(server, search)
                assert [log.id for log in logs] == [log.id for log in wanted], query
                assert totals == {len(wanted)}, query
                assert wanted, query


async def test_an_export_of_an_environment_knows_facility_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "logs.ndjson"
    async with a_server("environment") as server:
        realtime, _ = await every(server, LogQuery.parse("since:2020-01-01").search(NOW))
        backfill, _ = await every(server, LogQuery.parse("since:2020-01-01 mode:backfill").search(NOW))
        path.write_text(text_of("ndjson", (*realtime, *backfill)))
        facility = next(log.facility_code for log in realtime if log.facility_code)
        async with aclosing(files(path)) as client:
            for query in ("mode:backfill", "mode:realtime status:failed", f"mode:realtime facility:{facility}"):
                search = EVERYTHING.rewritten(query).search(NOW)
                wanted, _ = await every(server, LogQuery.parse(f"{query} since:2020-01-01").search(NOW))
                logs, totals = await every(client, search)
                assert {log.id for log in logs} == {log.id for log in wanted}
                assert totals == {len(wanted)}
                assert wanted


async def test_logs_of_several_files_are_sorted_newest_first(tmp_path: Path) -> None:
    early, late = tmp_path / "a.ndjson", tmp_path / "b.ndjson"
    early.write_text("\n".join(log_text(f"a{n}", createdAt=f"2026-11-19T10:0{n}:00.000Z") for n in range(3)))
    late.write_text("\n".join(log_text(f"b{n}", createdAt=f"2026-11-20T10:0{n}:00.000Z") for n in range(3)))
    async with aclosing(files(early, late)) as client:
        page = await client.logs.page(LogSearch(), 1, 50)
    assert [log.id for log in page.logs] == ["b2", "b1", "b0", "a2", "a1", "a0"]
    assert page.note == "sorted newest first"


async def test_what_has_no_time_stays_beside_the_record_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    times = {"b": "2026-11-20T12:00:00.000Z", "c": "2026-11-20T11:00:00.000Z", "e": "2026-11-20T10:00:00.000Z"}
    path.write_text("\n".join(log_text(i, **({"createdAt": times[i]} if i in times else {})) for i in "abcdef"))
    async with aclosing(files(path)) as client:
        every_one, totals = await every(client, LogSearch())
        ranged, _ = await every(client, LogQuery.parse("since:2026-11-20T10:30").search(NOW))
    assert [log.id for log in every_one] == list("abcdef")
    assert totals == {6}
    assert [log.id for log in ranged] == ["b", "c"]


async def test_a_log_is_found_by_its_id_with_its_message(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    message = '{"Meta": {"DataModel": "Order"}, "n": 1.50}'
    path.write_text(f'{log_text("a")}\n{{"id":"B","payload":{message},"status":"failed"}}\n')
    async with aclosing(files(path)) as client:
        found = await client.logs.get("b")
        assert (found.log.id, found.payload) == ("B", message)
        assert b"Order" not in found.log.record
        assert (await client.logs.get("a")).payload is None
        with pytest.raises(NotFound, match="has the id c"):
            await client.logs.get("c")


async def test_an_id_that_comes_twice_is_two_rows_that_both_open(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text("\n".join(log_text("a", eventType=event) for event in ("New", "Update")))
    async with aclosing(files(path)) as client:
        page = await client.logs.page(LogSearch(), 1, 50)
        opened = [await client.logs.get(log.id) for log in page.logs]
    assert [log.id for log in page.logs] == ["a", "a#2"]
    assert [detail.log.event_type for detail in opened] == ["New", "Update"]
    assert page.note == "1 repeated id"


async def test_a_message_tells_what_its_meta_tells(tmp_path: Path) -> None:
    path = tmp_path / "message.json"
    text = """{
  "Meta": {
    "DataModel": "Patient Admin", "EventType": "Arrival", "EventDateTime": "2026-11-20T12:00:00.000Z",
    "Source": {"ID": "s-1", "Name": "Lab"}, "Destinations": [{"ID": "d-1", "Name": "East"}],
    "Logs": [{"ID": "l-1", "AttemptID": "t-1"}], "FacilityCode": "F1"
  }, "Patient": {"Name": "Nobody"}
}"""
    path.write_text(text)
    async with aclosing(files(path)) as client:
        detail = await client.logs.get("l-1")
        found, _ = await every(client, EVERYTHING.rewritten("model:PatientAdmin source:s-1").search(NOW))
    log = detail.log
    assert detail.payload == text
    assert (log.id, log.data_model, log.event_type, log.facility_code) == ("l-1", "Patient Admin", "Arrival", "F1")
    assert log.created_at
    assert log.created_at.text == "2026-11-20T12:00:00.000Z"
    assert log.source
    assert log.destination
    assert log.latest_attempt
    assert (log.source.name, log.destination.id, log.latest_attempt.id) == ("Lab", "d-1", "t-1")
    assert (log.status, log.type, log.updated_at, log.attempts, log.problem) == (None, None, None, None, None)
    assert json.loads(log.record)["file"] == "message.json"
    assert b"Nobody" not in log.record
    assert [one.id for one in found] == ["l-1"]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.xml", b"<ClinicalDocument/>", None),
        ("a.hl7", b"MSH|^~\\&|\rPID|1\r", None),
        ("a.json", b'{"resourceType":"Bundle","type":"message","id":"x"}', None),
        ("a.json", b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "nested too deeply"),
        ("a.json", b'{"Meta": {"DataModel": "Or', "cut off"),
        ("a.json", b'{"Meta": {}, "x": "\xff\xfe"}', None),
    ],
    ids=["XML", "HL7", "FHIR", "too deep", "cut off", "not UTF-8"],
)
async def test_a_message_file_opens_as_text_whatever_is_in_it(
    tmp_path: Path, name: str, text: bytes, problem: str | None
) -> None:
    (tmp_path / name).write_bytes(text)
    async with aclosing(files(tmp_path / name)) as client:
        [log] = (await client.logs.page(LogSearch(), 1, 50)).logs
        detail = await client.logs.get(log.id)
    assert detail.payload == text.decode(errors="surrogateescape")
    assert detail.log.problem is None if problem is None else problem in str(detail.log.problem)


async def test_lines_that_are_no_logs_are_marked_rows_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    lines = [log_text("a"), "not json", "[1]", '{"a":' * 200_000 + "1" + "}" * 200_000, '{"status":"failed"}']
    path.write_text("\n".join([*lines, '{"id":"b","sta']))
    async with aclosing(files(path)) as client:
        page = await client.logs.page(LogSearch(), 1, 50)
        failed = await client.logs.page(LogSearch((("status", ("failed",)),)), 1, 50)
    assert [log.problem for log in page.logs] == [
        None,
        "no JSON object (record 2)",
        "no JSON object (record 3)",
        "nested too deeply (record 4)",
        "the record has no id",
        "cut off, the file ends inside it (record 6)",
    ]
    assert page.total == 6
    assert page.note == "5 unreadable"
    assert failed.total == 2


async def test_logs_and_messages_may_be_mixed(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(log_text("a") + '\n{"Meta":{"DataModel":"Order","Logs":[{"ID":"b"}]}}\n')
    async with aclosing(files(path)) as client:
        page = await client.logs.page(LogSearch(), 1, 50)
    assert [(log.id, log.status, log.data_model) for log in page.logs] == [("a", "failed", None), ("b", None, "Order")]


async def test_names_of_parties_are_those_of_the_records(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    ends = ({"id": "s-1", "name": "Lab"}, {"id": "s-2", "name": "East"}, {"id": "s-1", "name": "Lab"})
    path.write_text("\n".join(log_text(f"a{n}", source=end) for n, end in enumerate(ends)))
    async with aclosing(files(path)) as client:
        [environment] = await client.directory.environments()
        sources = await client.directory.sources(environment.id)
        assert await client.directory.destinations(environment.id) == ()
    assert not environment.is_live
    assert [party.name for party in sources] == ["Lab", "East"]


@pytest.mark.parametrize("query", ["patient:x", "region:AWS_USA_EAST_1"])
async def test_what_files_cannot_tell_is_refused_in_words(tmp_path: Path, query: str) -> None:
    (tmp_path / "a.ndjson").write_text(log_text("a"))
    async with aclosing(files(tmp_path / "a.ndjson")) as client:
        with pytest.raises(BadRequest, match=r"Records|Files"):
            await client.logs.page(EVERYTHING.rewritten(query).search(NOW), 1, 50)
        with pytest.raises(BadRequest, match="asked of a server"):
            await client.filters.get("f-1")


async def test_a_large_file_shows_its_first_page_before_all_of_it_has_been_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    instant = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
    times = (datetime.fromtimestamp(instant - n, UTC) for n in range(30_000))
    path.write_text("\n".join(log_text(f"a{n}", createdAt=f"{t:%FT%T}.000Z") for n, t in enumerate(times)))
    index = LocalIndex(records_of([str(path)]))
    async with aclosing(LocalClient(index)) as client:
        page = await client.logs.page(LogSearch(), 1, 50)
        looked_at = len(index)
        assert (page.total, page.logs[0].id) == (30_000, "a0")
        failed = await client.logs.page(LogSearch((("status", ("failed",)),)), 600, 50)
        assert looked_at < len(index) == 30_000
        assert (failed.total, failed.logs[-1].id) == (30_000, "a29999")


async def test_a_file_that_is_gone_is_said_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(log_text("a"))
    client = files(path)
    path.unlink()
    async with aclosing(client):
        for _ in range(2):
            with pytest.raises(BadRequest, match="cannot be read any more"):
                await client.logs.page(LogSearch(), 1, 50)


async def test_a_file_that_shrinks_is_said_and_its_rows_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text("".join(f"{log_text(one)}\n" for one in "abc"))
    async with aclosing(files(path)) as client:
        await client.logs.page(LogSearch(), 1, 50)
        os.truncate(path, len(log_text("a")) + 1)
        page = await client.logs.page(LogSearch(), 1, 50)
    assert page.note == "changed since it was opened"
    assert [log.problem for log in page.logs] == [None, *(f"the file has changed (record {n})" for n in (2, 3))]


async def test_a_client_after_a_lock_goes_on_with_the_same_index(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(log_text("a"))
    index = LocalIndex(records_of([str(path)]))
    for _ in range(2):
        async with aclosing(LocalClient(index)) as client:
            assert (await client.logs.page(LogSearch(), 1, 50)).total == 1
