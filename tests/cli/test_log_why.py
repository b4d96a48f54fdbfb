"""`redox-tui log ID --why` and `--inspect` against the simulator: verdicts, steps, and patient data only when asked."""

import json
from pathlib import Path

import pytest

from redox_tui.simulator import network
from redox_tui.simulator.log import Log
from redox_tui.simulator.world import World

from .given import Run, Served, to

HERE = network.PRODUCTION.id


def judged(world: World, status: str, version: int = 3) -> Log:
    """A log that this version of a filter has decided on."""
    logs = (world.log(index) for index in range(999, 0, -1))
    return next(log for log in logs if log.judge and log.judge[1] == version and log.status == status)


def at(served: Served, *more: str) -> list[str]:
    return to(served.url, "--environment", HERE, "--generation", "organization", *more)


@pytest.mark.parametrize(("status", "word"), [("filtered", "filtered: rule "), ("succeeded", "delivered: every rule")])
def test_why_gives_the_verdict_and_each_rule(status: str, word: str, run: Run, by_organization: Served) -> None:
    log = judged(by_organization.world, status)
    ran = run("log", log.id, "--why", *at(by_organization), token=by_organization.tokens.session())
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines[0].startswith("now: ")
    assert "version 3" in ran.lines[0]
    assert ran.lines[1].startswith(word)
    rules = [line for line in ran.lines if " rule " in line and line[0] in "✓✗"]
    assert len(rules) == 3
    assert any(line.startswith("✗") for line in rules) is (status == "filtered")
    assert all("; found " in line for line in rules)


def test_values_that_were_found_are_printed_only_when_asked_for(run: Run, by_organization: Served) -> None:
    log = judged(by_organization.world, "succeeded")
    token = by_organization.tokens.session()
    without = run("log", log.id, "--why", *at(by_organization), "--format", "ndjson", token=token)
    asked = run("log", log.id, "--why", "--payload", *at(by_organization), "--format", "ndjson", token=token)
    [hidden], [shown] = ([json.loads(line) for line in ran.lines] for ran in (without, asked))
    assert all(isinstance(rule["found"], int) for rule in hidden["rules"])
    assert all(isinstance(rule["found"], list) for rule in shown["rules"])
    assert [len(rule["found"]) for rule in shown["rules"]] == [rule["found"] for rule in hidden["rules"]]
    assert (hidden["verdict"], hidden["when"], hidden["version"]) == ("delivered", "now", 3)
    assert hidden["log"] == log.id


def test_the_version_of_then_comes_before_that_of_now(run: Run, by_organization: Served) -> None:
    log = judged(by_organization.world, "filtered", version=1)
    ran = run(
        "log", log.id, "--why", *at(by_organization), "--format", "ndjson", token=by_organization.tokens.session()
    )
    records = [json.loads(line) for line in ran.lines]
    assert [(one["when"], one["version"], one["verdict"]) for one in records] == [
        ("then", 1, "filtered"),
        ("now", 3, "filtered"),
    ]
    assert "the filter has changed since" in ran.err


def test_a_log_without_a_message_is_explained_by_a_file(run: Run, by_environment: Served, tmp_path: Path) -> None:
    log = judged(by_environment.world, "filtered")
    token, where = by_environment.tokens.session(), to(by_environment.url, "--environment", HERE)
    without = run("log", log.id, "--why", *where, token=token)
    assert without.code == 8
    assert without.lines[1] == "not known without a message"
    assert "--message FILE names one" in without.err
    file = tmp_path / "message.json"
    file.write_bytes(by_environment.world.message(log))
    ran = run("log", log.id, "--why", "--message", str(file), *where, token=token)
    assert ran.code == 0
    assert ran.lines[1].startswith("filtered: rule ")


@pytest.mark.parametrize("kind", ["request", "send", "unknown", "receive"])
def test_where_no_filter_acts_the_reason_is_said(kind: str, run: Run, by_organization: Served) -> None:
    world = by_organization.world
    log = next(one for one in map(world.log, range(999)) if one.route.type == kind and not one.judge)
    ran = run("log", log.id, "--why", *at(by_organization), token=by_organization.tokens.session())
    words = {"request": "its type is request", "unknown": "names no", "send": "It was sent"}
    assert (ran.code, ran.out) == (8, b"")
    assert words.get(kind, "No filter is linked to this subscription") in ran.err


def test_an_inspection_prints_a_step_a_line_without_messages(run: Run, by_organization: Served) -> None:
    log = judged(by_organization.world, "succeeded")
    ran = run("log", log.id, "--inspect", *at(by_organization), token=by_organization.tokens.session())
    assert ran.code == 0
    assert [line.split()[1] for line in ran.lines[1:]] == [
        *("blobResolvers", "baseConfigs", "filters", "configModifiers", "translationSets")
    ]
    assert "nothing is sent" in ran.err
    assert log.patient.last not in ran.text
    assert log.patient.last.upper() not in ran.text


def test_the_messages_of_an_inspection_are_printed_only_when_asked_for(run: Run, by_organization: Served) -> None:
    log = judged(by_organization.world, "filtered")
    token, options = by_organization.tokens.session(), [*at(by_organization), "--format", "ndjson"]
    without = [json.loads(line) for line in run("log", log.id, "--inspect", *options, token=token).lines]
    asked = [json.loads(line) for line in run("log", log.id, "--inspect", "--payload", *options, token=token).lines]
    assert not any("input" in step for step in without)
    assert asked[0]["input"] == by_organization.world.message(log).decode()
    assert (asked[-1]["type"], asked[-1]["did"], asked[-1]["output"]) == ("filters", "filtered", None)
    table = run("log", log.id, "--inspect", "--payload", *at(by_organization), token=token)
    assert by_organization.world.message(log).decode() in table.lines


def test_wrong_usage_and_missing_things_end_with_their_codes(run: Run, by_organization: Served, tmp_path: Path) -> None:
    log = judged(by_organization.world, "filtered")
    token = by_organization.tokens.session()
    assert run("log", log.id, "--message", "x", *at(by_organization), token=token).code == 2
    assert run("log", log.id, "--why", "--inspect", *at(by_organization), token=token).code == 2
    gone = run("log", log.id, "--why", "--message", str(tmp_path / "no"), *at(by_organization), token=token)
    assert (gone.code, gone.out) == (8, b"")
    assert "cannot be read: No such file or directory." in gone.err
    nobody = "d758ea49-027b-4d6e-b4dd-a3500d8cc2e8"
    assert run("log", nobody, "--why", *at(by_organization), token=token).code == 8
    assert run("log", nobody, "--inspect", *at(by_organization), token=token).code == 8
