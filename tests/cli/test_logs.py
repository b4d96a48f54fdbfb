"""`redox-tui logs` against the simulator: which logs come, in which order, and how they are written."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from redox_tui.simulator.records import environment_record, record
from redox_tui.simulator.search import Search
from tests.unit.api.server import answer

from .given import ORGANIZATION, WEEK, Run, Served, logs_answer, scripted, to


def newest(served: Served, by_environment: bool = False) -> list[dict[str, Any]]:
    """Every record of the simulator, newest first, as it sends them."""
    matches = served.world.search(Search())
    logs = [served.world.log(index) for index in matches.page(0, matches.total)]
    return [environment_record(log) if by_environment else record(log) for log in logs]


def options(served: Served) -> list[str]:
    """The options that connect to a simulator, whichever its generation."""
    return to(served.url, "--environment", served.world.production.id)


def session(served: Served) -> str:
    return served.tokens.session()


def records(out: bytes) -> list[Any]:
    return [json.loads(line) for line in out.splitlines()]


def test_ndjson_is_every_record_as_the_server_sent_it_newest_first(run: Run, by_organization: Served) -> None:
    ran = run("logs", WEEK, "--all", "--format", "ndjson", *to(by_organization.url), token=session(by_organization))
    assert (ran.code, ran.err) == (0, "")
    expected = newest(by_organization)
    assert len(expected) == 1_000
    assert records(ran.out) == expected


def test_logs_behind_a_cursor_are_all_read_too(run: Run, by_environment: Served) -> None:
    ran = run("logs", WEEK, "--all", "--format", "ndjson", *options(by_environment), token=session(by_environment))
    assert (ran.code, ran.err) == (0, "")
    assert records(ran.out) == newest(by_environment, by_environment=True)


def test_an_organization_is_listed_where_searches_by_environment_are_missing(run: Run, by_organization: Served) -> None:
    ran = run("logs", WEEK, "--format", "ndjson", *options(by_organization), token=session(by_organization))
    assert (ran.code, len(ran.lines)) == (0, 100)


def test_a_hundred_logs_are_printed_unless_another_number_is_asked_for(run: Run, by_organization: Served) -> None:
    at, token = to(by_organization.url), session(by_organization)
    assert len(run("logs", WEEK, "--format", "ndjson", *at, token=token).lines) == 100
    assert len(run("logs", WEEK, "--format", "ndjson", "--limit", "3", *at, token=token).lines) == 3
    assert len(run("logs", WEEK, "--format", "ndjson", "--limit", "120", *at, token=token).lines) == 120
    assert len(run("logs", WEEK, "--format", "ndjson", "--limit", "5000", *at, token=token).lines) == 1_000


def test_terms_of_the_server_and_terms_of_ours_must_both_hold(run: Run, by_organization: Served) -> None:
    query = [WEEK, "model:PatientAdmin", "status:failed,filtered,pending", "-event:Transfer"]
    ran = run("logs", *query, "--all", "--format", "ndjson", *to(by_organization.url), token=session(by_organization))
    expected = [
        one
        for one in newest(by_organization)
        if one["dataModel"] == "PatientAdmin" and one["status"] != "succeeded" and one["eventType"] != "Transfer"
    ]
    assert expected
    assert records(ran.out) == expected


def test_a_limit_counts_what_is_printed_not_what_is_read(run: Run, by_organization: Served) -> None:
    query = [WEEK, "-status:succeeded", "--limit", "60"]
    ran = run("logs", *query, "--format", "ndjson", *to(by_organization.url), token=session(by_organization))
    expected = [one for one in newest(by_organization) if one["status"] != "succeeded"]
    assert records(ran.out) == expected[:60]


def test_options_may_give_the_range(run: Run, by_organization: Served) -> None:
    at = to(by_organization.url)
    bounds = ("--since", "2026-11-18T12:00", "--until", "2026-11-18T14:00")
    by_option = run("logs", *bounds, "--all", "--format", "ndjson", *at, token=session(by_organization))
    query = "since:2026-11-18T12:00 until:2026-11-18T14:00"
    by_query = run("logs", query, "--all", "--format", "ndjson", *at, token=session(by_organization))
    assert by_option == by_query
    times = [one["createdAt"] for one in records(by_option.out)]
    assert times
    assert min(times) >= "2026-11-18T12:00"
    assert max(times) <= "2026-11-18T14:00"


def test_a_list_without_a_match_is_no_error(run: Run, by_organization: Served) -> None:
    at = to(by_organization.url)
    query = ("event:Nonexistent", WEEK)
    for form, empty in (("ndjson", ""), ("json", "[\n\n]\n"), ("csv", CSV_HEADER)):
        ran = run("logs", *query, "--format", form, *at, token=session(by_organization))
        assert (ran.code, ran.text, ran.err) == (0, empty, "")
    assert len(run("logs", *query, *at, token=session(by_organization)).lines) == 1


CSV_HEADER = "id,createdAt,status,type,dataModel,eventType,sourceId,source,destinationId,destination,attempts\n"


def test_csv_has_the_columns_of_the_issue(run: Run, by_organization: Served) -> None:
    ran = run("logs", WEEK, "--format", "csv", *to(by_organization.url), token=session(by_organization))
    assert ran.text.startswith(CSV_HEADER)
    rows = list(csv.DictReader(io.StringIO(ran.text)))
    expected = newest(by_organization)[:100]
    assert [(row["id"], row["createdAt"], row["status"], row["dataModel"] or None) for row in rows] == [
        (one["id"], one["createdAt"], one["status"], one["dataModel"]) for one in expected
    ]
    assert [(row["sourceId"], row["source"]) for row in rows] == [
        (one["source"]["id"], one["source"]["name"]) if "source" in one else ("", "") for one in expected
    ]
    assert [row["attempts"] for row in rows] == [str(one["attempts"]["total"]) for one in expected]


def test_json_is_one_array_of_the_records(run: Run, by_organization: Served) -> None:
    ran = run("logs", WEEK, "--format", "json", *to(by_organization.url), token=session(by_organization))
    assert json.loads(ran.out) == newest(by_organization)[:100]


def test_a_table_is_for_people_one_line_a_log_with_the_whole_id(run: Run, by_organization: Served) -> None:
    ran = run("logs", WEEK, "--limit", "70", *to(by_organization.url), token=session(by_organization))
    header, *lines = ran.lines
    assert header.split() == [
        "CREATED",
        "STATUS",
        "TYPE",
        "MODEL",
        "·",
        "EVENT",
        "SOURCE",
        "→",
        "DESTINATION",
        "TRY",
        "ID",
    ]
    for line, one in zip(lines, newest(by_organization)[:70], strict=True):
        assert line.startswith(f"{one['createdAt']}  {one['status']}")
        assert line.endswith(f"  {one['id']}")


def test_without_a_range_the_last_day_is_asked_for_and_that_is_said(run: Run) -> None:
    before = datetime.now(UTC)
    with scripted(logs_answer()) as server:
        ran = run("logs", *to(server.url))
    assert (ran.code, ran.err) == (0, "redox-tui: no range was given, so these are the last 24 h (--since, --until)\n")
    [request] = server.requests
    since = datetime.fromisoformat(request.query["createdAfter"])
    assert before - timedelta(hours=24, milliseconds=1) <= since <= datetime.now(UTC) - timedelta(hours=24)
    assert "createdBefore" not in request.query


@pytest.mark.parametrize("arguments", [("since:3h",), ("until:3h",), ("--since", "3h"), ("--until", "3h")])
def test_with_any_end_of_a_range_nothing_is_said(arguments: tuple[str, ...], run: Run) -> None:
    with scripted(logs_answer()) as server:
        assert run("logs", *arguments, *to(server.url)).err == ""


def test_no_more_is_asked_of_the_server_than_the_limit(run: Run) -> None:
    with scripted(logs_answer({"id": "a"}, {"id": "b"}, totalRecords=9)) as server:
        ran = run("logs", WEEK, "--limit", "2", "--format", "ndjson", *to(server.url))
    assert (ran.code, len(ran.lines)) == (0, 2)
    assert [request.query["_count"] for request in server.requests] == ["2"]


def test_unknown_fields_spelling_and_order_of_a_record_are_kept(run: Run) -> None:
    record = b'{"z": 1.00, "id":"a",  "new":{"deep":[1e5, "\\u00e9"]},\n "z": 2}'
    with scripted(b"HTTP/1.1 200 OK\r\n\r\n" + b'{"payload":{"results":[' + record + b"]}}") as server:
        ran = run("logs", WEEK, "--format", "ndjson", *to(server.url))
    assert ran.out == b'{"z": 1.00, "id":"a",  "new":{"deep":[1e5, "\\u00e9"]},"z": 2}\n'


def test_bytes_that_are_no_text_pass_through_unharmed(run: Run) -> None:
    record = b'{"id":"a","status":"caf\xe9","x":"\\ud800"}'
    with scripted(b"HTTP/1.1 200 OK\r\n\r\n" + b'{"payload":{"results":[' + record + b"]}}") as server:
        ran = run("logs", WEEK, "--format", "ndjson", *to(server.url))
    assert ran.out == record + b"\n"


@pytest.mark.parametrize("form", ["table", "csv", "json", "ndjson"])
def test_records_that_are_odd_in_every_way_are_printed_in_every_format(form: str, run: Run) -> None:
    odd: list[Any] = [
        {"id": "ok"},
        {"id": "a", "createdAt": "soon", "status": "new-status", "type": "gossip", "destination": None},
        {"id": "\ud800", "source": {"name": "\ud800 \u202e"}, "attempts": {"total": "many"}},
        {"id": 7, "source": 7, "destination": {"name": None}},
        {},
        None,
        "text",
        [1],
        {"id": "b", "createdAt": "0001-01-01T00:00:00+23:59", "attempts": {"total": -1, "latest": {}}},
        {"id": "c", "dataModel": "x" * 9_000, "eventType": "\n\r\t"},
    ]
    with scripted(logs_answer(*odd)) as server:
        ran = run("logs", WEEK, "--format", form, *to(server.url))
    assert (ran.code, ran.err) == (0, "")
    if form == "json":
        assert json.loads(ran.out) == odd
    elif form == "ndjson":
        assert records(ran.out) == odd
    elif form == "table":
        assert len(ran.lines) == 1 + len(odd)
    else:
        assert len(list(csv.reader(io.StringIO(ran.text, newline="")))) == 1 + len(odd)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_csv_cell_that_a_spreadsheet_would_run_is_text(start: str, run: Run) -> None:
    name = f'{start}cmd|"/c calc"!A0'
    with scripted(logs_answer({"id": "a", "source": {"id": "s", "name": name}, "dataModel": 'a,"b"'})) as server:
        ran = run("logs", WEEK, "--format", "csv", *to(server.url))
    [row] = csv.DictReader(io.StringIO(ran.text, newline=""))
    assert row["source"] == "'" + name
    assert row["dataModel"] == 'a,"b"'


def test_what_was_printed_before_an_error_stays_and_is_counted(run: Run) -> None:
    with scripted(logs_answer({"id": "a"}, totalRecords=5), answer(b"", 500)) as server:
        ran = run("logs", WEEK, "--all", "--format", "ndjson", *to(server.url))
    assert (ran.code, ran.lines) == (6, ['{"id": "a"}'])
    assert "The server failed on logs (500)." in ran.err
    assert ran.err.endswith("Logs printed before that: 1.\n")


@pytest.mark.parametrize("form", ["table", "csv", "json", "ndjson"])
def test_an_error_before_the_first_log_leaves_stdout_empty(form: str, run: Run) -> None:
    with scripted(answer(b"", 401)) as server:
        ran = run("logs", WEEK, "--format", form, *to(server.url))
    assert (ran.code, ran.out) == (3, b"")


def test_another_organization_is_not_found(run: Run, by_organization: Served) -> None:
    at = ["--base-url", by_organization.url, "--organization", "999"]
    ran = run("logs", WEEK, *at, token=session(by_organization))
    assert (ran.code, ran.out) == (8, b"")
    assert "This organization does not exist, or you are not a member of it." in ran.err
    assert ORGANIZATION not in ran.err
