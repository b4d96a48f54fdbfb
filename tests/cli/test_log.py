"""`redox-tui log ID` against the simulator and against odd answers."""

import json

import pytest

from redox_tui.simulator.records import environment_record, record

from .given import Run, Served, scripted, to


def test_a_log_is_printed_as_the_server_sent_it_without_its_message(run: Run, by_organization: Served) -> None:
    log = by_organization.world.log(7)
    ran = run("log", log.id, *to(by_organization.url), token=by_organization.tokens.session())
    assert (ran.code, ran.err, len(ran.lines)) == (0, "", 1)
    assert json.loads(ran.out) == record(log, with_operations=True)


def test_the_message_of_a_log_is_printed_as_it_is(run: Run, by_organization: Served) -> None:
    log = by_organization.world.log(7)
    ran = run("log", log.id, "--payload", *to(by_organization.url), token=by_organization.tokens.session())
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == by_organization.world.message(log) + b"\n"


def test_a_log_of_the_newer_generation_is_printed_but_has_no_message(run: Run, by_environment: Served) -> None:
    log = by_environment.world.log(7)
    at, token = to(by_environment.url), by_environment.tokens.session()
    assert json.loads(run("log", log.id, *at, token=token).out) == environment_record(log, with_operations=True)
    ran = run("log", log.id, "--payload", *at, token=token)
    assert (ran.code, ran.out) == (8, b"")
    assert "the server sent no message with this log" in ran.err


def test_a_backfill_log_is_found_without_being_told_so(run: Run, by_environment: Served) -> None:
    log = by_environment.world.log(3, "backfill")
    ran = run("log", log.id, *to(by_environment.url), token=by_environment.tokens.session())
    assert ran.code == 0
    assert json.loads(ran.out)["dataMode"] == "backfill"


@pytest.mark.parametrize("log_id", ["d758ea49-027b-4d6e-b4dd-a3500d8cc2e8", "no-id", "../sources", "-abc"])
def test_an_id_that_nobody_has_is_not_found(log_id: str, run: Run, by_organization: Served) -> None:
    ran = run("log", log_id, *to(by_organization.url), token=by_organization.tokens.session())
    assert (ran.code, ran.out) == (8, b"")
    assert ran.err.startswith(f"redox-tui: No log has the id {log_id}.")
    assert ran.err.endswith("Check the id and the organization.\n")


@pytest.mark.parametrize(
    ("message", "printed"),
    [
        (rb'{"n": 1.00}', b'{"n": 1.00}\n'),
        (rb'"MSH|^~\\&\rPID|1\n"', b"MSH|^~\\&\rPID|1\n"),
        (rb'"half \ud83d of a character"', "half \ufffd of a character\n".encode()),
        (b'"caf\xe9"', b"caf\xe9\n"),
        (b'""', b"\n"),
    ],
)
def test_a_message_is_printed_byte_for_byte(message: bytes, printed: bytes, run: Run) -> None:
    with scripted(b'HTTP/1.1 200 OK\r\n\r\n{"id":"a","payload":' + message + b"}") as server:
        ran = run("log", "a", "--payload", *to(server.url))
    assert (ran.code, ran.out) == (0, printed)
