"""`redox-tui count` against the simulator: its numbers are those of a full walk, and add up to the total."""

import csv
import io
import itertools
import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from redox_tui.domain.logs import STATUSES
from redox_tui.simulator.records import environment_record, record
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World

from .given import NOW, WEEK, Run, Served, scripted, serving_world, to
from .test_logs import options, session

UNTIL = "until:2026-11-20T15:00"


def every(served: Served, *, by_environment: bool = False) -> list[dict[str, Any]]:
    matches = served.world.search(Search())
    write = environment_record if by_environment else record
    return [write(served.world.log(index)) for index in matches.page(0, matches.total)]


def counts(out: bytes) -> dict[str, int]:
    """The rows of a CSV by their first column, the count being the last."""
    _, *rows = csv.reader(io.StringIO(out.decode()))
    return {row[0]: int(row[-1]) for row in rows}


def value(one: dict[str, Any], by: str) -> str:
    names = {"model": "dataModel", "event": "eventType", "source": "source", "dest": "destination"}
    found = one.get(names.get(by, by))
    found = found["id"] if isinstance(found, dict) else found
    return "other" if found is None or (by == "status" and found not in STATUSES) else str(found)


def test_a_count_is_one_number(run: Run, by_organization: Served) -> None:
    at, token = to(by_organization.url), session(by_organization)
    assert run("count", WEEK, *at, token=token).text == "1,000\n"
    assert run("count", WEEK, "--format", "csv", *at, token=token).text == "count\n1000\n"
    assert run("count", WEEK, "--format", "ndjson", *at, token=token).text == '{"count": 1000}\n'


@pytest.mark.parametrize("by", ["status", "type", "model", "event", "source", "dest"])
def test_counts_by_a_value_are_those_of_a_full_walk(by: str, run: Run, by_organization: Served) -> None:
    ran = run("count", WEEK, "--by", by, "--format", "csv", *to(by_organization.url), token=session(by_organization))
    assert (ran.code, ran.err) == (0, "")
    found, walked = counts(ran.out), Counter(value(one, by) for one in every(by_organization))
    assert sum(found.values()) == 1_000
    assert found.items() - {("other", found.get("other", 0))} <= walked.items()
    if by in ("status", "type"):
        assert found == walked
    header = ran.lines[0]
    assert header == (f"{by},name,count" if by in ("source", "dest") else f"{by},count")


def test_counts_over_a_cursor_are_of_what_was_read(run: Run, by_environment: Served) -> None:
    at, token = options(by_environment), session(by_environment)
    ran = run("count", WEEK, "--by", "model", "--format", "csv", *at, token=token)
    assert ran.err == "redox-tui: 1,000 of 1,000 read, all there are\n"
    assert counts(ran.out) == Counter(value(one, "model") for one in every(by_environment, by_environment=True))
    ran = run("count", WEEK, "--by", "status", "--limit", "120", "--format", "csv", *at, token=token)
    assert ran.err == "redox-tui: 120 of 120 read, the newest; --limit reads more\n"
    assert sum(counts(ran.out).values()) == 120


def test_terms_that_the_server_cannot_answer_are_counted_on_what_was_read(run: Run, by_organization: Served) -> None:
    at, token = to(by_organization.url), session(by_organization)
    ran = run("count", WEEK, "-status:succeeded", *at, token=token)
    expected = sum(one["status"] != "succeeded" for one in every(by_organization))
    assert ran.text == f"{expected:,}\n"
    assert ran.err == f"redox-tui: {expected:,} of 1,000 read, all there are\n"


@pytest.mark.parametrize("by", ["time", "time:7", "time:100"])
def test_buckets_of_time_are_those_of_a_full_walk(by: str, run: Run, by_organization: Served) -> None:
    at, token = to(by_organization.url), session(by_organization)
    ran = run("count", WEEK, UNTIL, "--by", by, "--format", "csv", *at, token=token)
    assert (ran.code, ran.err) == (0, "")
    begins = list(counts(ran.out))
    created = [one["createdAt"] for one in every(by_organization) if one["createdAt"] <= "2026-11-20T15:00:00.000Z"]
    walked = Counter(max(begin for begin in begins if begin <= at) for at in created)
    assert {begin: count for begin, count in counts(ran.out).items() if count} == walked
    assert sum(counts(ran.out).values()) == len(created)
    assert len(begins) <= int(by.partition(":")[2] or 32)
    steps = {datetime.fromisoformat(b) - datetime.fromisoformat(a) for a, b in itertools.pairwise(begins[1:])}
    assert len(steps) == 1
    assert steps.pop() >= timedelta(hours=1)


def test_buckets_over_a_cursor_leave_out_what_nobody_has_read(run: Run, by_environment: Served) -> None:
    at, token = options(by_environment), session(by_environment)
    few = run("count", WEEK, "--by", "time", "--limit", "50", "--format", "csv", *at, token=token)
    whole = run("count", WEEK, "--by", "time", "--format", "csv", *at, token=token)
    assert sum(counts(few.out).values()) == 50
    assert sum(counts(whole.out).values()) == 1_000
    assert set(counts(few.out)) < set(counts(whole.out))


def test_logs_without_a_readable_time_are_in_no_bucket_and_said(run: Run) -> None:
    from tests.unit.api.server import answer

    records = [{"id": "a", "createdAt": "2026-11-20T12:00:00.000Z"}, {"id": "b", "createdAt": "soon"}, {"id": "c"}]
    page = answer({"meta": {"links": {}}, "payload": {"results": records}})
    with scripted(page, page) as server:
        at = to(server.url, "--environment", "e-1")
        ran = run("count", "since:2026-11-20T10:00", "until:2026-11-20T14:00", "--by", "time", "--format", "csv", *at)
    assert ran.code == 0
    assert sum(counts(ran.out).values()) == 1
    assert "2 of them have no created time that can be read, so they are in no bucket" in ran.err


def test_a_table_has_names_and_ends_with_the_total(run: Run, by_organization: Served) -> None:
    ran = run("count", WEEK, "--by", "source", *to(by_organization.url), token=session(by_organization))
    assert any(line.startswith("Lakeside") for line in ran.lines)
    assert ran.lines[-1].split() == ["total", "1,000"]


def test_ndjson_names_the_key(run: Run, by_organization: Served) -> None:
    at, token = to(by_organization.url), session(by_organization)
    ran = run("count", WEEK, "--by", "dest", "--format", "ndjson", *at, token=token)
    first = json.loads(ran.lines[0])
    assert list(first) == ["dest", "name", "count"]
    assert sum(json.loads(line)["count"] for line in ran.lines) == 1_000


@pytest.mark.parametrize("by", ["colour", "time:0", "time:x", "status:3", "time:1001"])
def test_nothing_else_can_be_counted_by(by: str, run: Run) -> None:
    assert run("count", "--by", by).code == 2


def test_buckets_need_a_beginning(run: Run) -> None:
    ran = run("count", "until:2026-11-20", "--by", "time", *to("http://127.0.0.1:9"))
    assert ran.code == 2
    assert "need a beginning" in ran.err


def test_values_of_a_range_that_is_too_wide_for_the_server_are_not_counted_as_none(run: Run) -> None:
    with serving_world(World(1_000, now=NOW, clock=lambda: NOW), faults=["504-wide:30"]) as served:
        at, token = to(served.url), session(served)
        ran = run("count", WEEK, "--by", "status", *at, token=token)
        assert run("count", WEEK, *at, token=token).text == "1,000\n", "the whole comes in parts"
    assert (ran.code, ran.out) == (6, b"")
    assert "Narrow the time range" in ran.err


def test_a_server_that_refuses_ends_it_with_the_code_of_other_commands(run: Run) -> None:
    from tests.unit.api.server import answer

    refusal = answer({"errors": [{"detail": "Not for this role."}]}, status=403)
    with scripted(refusal) as server:
        ran = run("count", WEEK, *to(server.url))
    assert (ran.code, ran.out) == (3, b"")
