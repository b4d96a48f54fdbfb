"""`redox-tui diff ID ID`: metadata or messages against each other, and exit codes that scripts can use."""

import json

import pytest

from .given import Run, Served, scripted, to


def log(id_: str, status: str, payload: str = "") -> bytes:
    message = f',"payload":{payload}' if payload else ""
    return f'HTTP/1.1 200 OK\r\n\r\n{{"id":"{id_}","status":"{status}","type":"send"{message}}}'.encode()


def test_two_logs_of_which_nothing_differs_end_with_0_and_without_a_line(run: Run, by_organization: Served) -> None:
    id_ = by_organization.world.log(7).id
    ran = run("diff", id_, id_, *to(by_organization.url), token=by_organization.tokens.session())
    assert (ran.code, ran.out, ran.err) == (0, b"", "")


def test_what_differs_is_printed_with_signs_and_the_exit_code_is_10(run: Run) -> None:
    with scripted(log("a", "failed"), log("a", "succeeded")) as server:
        ran = run("diff", "a", "b", *to(server.url))
    assert (ran.code, ran.err) == (10, "")
    assert sorted(line for line in ran.lines if line[0] in "+-") in (
        ['+   "status": "failed"', '-   "status": "succeeded"'],
        ['+   "status": "succeeded"', '-   "status": "failed"'],
    )
    assert (ran.lines[0], ran.lines[-1]) == ("  {", "  }")


def test_messages_are_compared_only_where_that_is_asked_for(run: Run) -> None:
    answers = log("a", "failed", '{"Name":"CANARY-A"}'), log("a", "failed", '{"Name":"CANARY-B"}')
    with scripted(*answers) as server:
        ran = run("diff", "a", "a", *to(server.url))
    assert (ran.code, ran.out) == (0, b"")
    with scripted(*answers) as server:
        ran = run("diff", "a", "a", "--payload", *to(server.url))
    assert ran.code == 10
    assert {line.strip("+- ") for line in ran.lines if line[0] in "+-"} == {'"Name": "CANARY-A"', '"Name": "CANARY-B"'}


def test_without_a_message_it_says_which_log_has_none(run: Run, by_environment: Served) -> None:
    id_ = by_environment.world.log(7).id
    ran = run("diff", id_, id_, "--payload", *to(by_environment.url), token=by_environment.tokens.session())
    assert (ran.code, ran.out) == (8, b"")
    assert f"no message with the log {id_}" in ran.err


def test_each_differing_line_is_a_record_of_ndjson(run: Run) -> None:
    with scripted(log("a", "failed", "[1,2.0]"), log("a", "failed", "[1,2]")) as server:
        ran = run("diff", "a", "a", "--payload", "--format", "ndjson", *to(server.url))
    assert ran.code == 10
    (record,) = map(json.loads, ran.lines)
    assert {record.pop("left"), record.pop("right")} == {"2.0", "2"}
    assert record == {"kind": "changed", "path": "$[1]", "difference": 1}


def test_all_lines_are_printed_where_that_is_asked_for(run: Run) -> None:
    with scripted(log("a", "failed"), log("a", "failed")) as server:
        ran = run("diff", "a", "a", "--all", *to(server.url))
    assert (ran.code, ran.lines) == (0, ["  {", '    "id": "a"', '    "status": "failed"', '    "type": "send"', "  }"])


@pytest.mark.parametrize("ids", [("no-id", "known"), ("known", "no-id")])
def test_a_log_that_nobody_has_is_not_found(ids: tuple[str, str], run: Run, by_organization: Served) -> None:
    known = by_organization.world.log(7).id
    asked = [known if id_ == "known" else id_ for id_ in ids]
    ran = run("diff", *asked, *to(by_organization.url), token=by_organization.tokens.session())
    assert (ran.code, ran.out) == (8, b"")
    assert "No log has the id no-id." in ran.err


def test_the_help_says_what_the_exit_codes_mean(run: Run) -> None:
    ran = run("diff", "--help")
    assert ran.code == 0
    assert "the exit code is 10 where anything does" in " ".join(ran.text.split())


@pytest.mark.parametrize("ids", [(), ("one",), ("one", "two", "three")])
def test_two_ids_are_wanted(ids: tuple[str, ...], run: Run) -> None:
    assert run("diff", *ids, *to("http://127.0.0.1:1")).code == 2
