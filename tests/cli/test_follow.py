"""`redox-tui logs --follow`: a real process that prints what comes, until somebody ends it."""

import json
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World
from tests.unit.api.server import Request, Server, answer

from .given import ORGANIZATION, Run, environment, logs_answer, program, scripted, serving_world, to


@dataclass(frozen=True, slots=True)
class Following:
    """A process that follows, and what it has printed."""

    process: subprocess.Popen[bytes]

    def line(self) -> bytes:
        """The next line that it prints."""
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        assert ready, "nothing was printed"
        return self.process.stdout.readline()

    def record(self) -> Any:
        return json.loads(self.line())

    def end(self, number: signal.Signals) -> tuple[int, bytes, bytes]:
        """Send a signal; how it ends and what it has still said."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@contextmanager
def following(url: str, *words: str, token: str = "t") -> Iterator[Following]:
    """Follow as a process of its own, a look a second."""
    command = program("logs", "--follow", "--interval", "1", *words, *to(url))
    with ExitStack() as ends:
        process = ends.enter_context(
            subprocess.Popen(
                command, 0, env=environment(REDOX_TUI_TOKEN=token), stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        )
        ends.callback(process.kill)
        yield Following(process)


def a_record(number: int, **more: Any) -> dict[str, Any]:
    """A log that was created at a second of a minute."""
    return {"id": f"r{number}", "createdAt": f"2026-11-20T15:00:{number:02}.000Z", "status": "failed", **more}


@contextmanager
def growing() -> Iterator[Server]:
    """A server that lists three logs at first, and one more at each look."""
    looks = 0

    def page(_: Request) -> bytes:
        nonlocal looks
        looks += 1
        return logs_answer(*(a_record(number) for number in range(looks + 1, -1, -1)))

    with scripted(server=Server(by=page)) as server:
        yield server


def test_new_logs_are_printed_as_they_come_each_once_oldest_first() -> None:
    with growing() as server, following(server.url, "since:1h", "--format", "ndjson") as reader:
        assert [reader.record() for _ in range(5)] == [a_record(number) for number in range(5)]
        code, _, err = reader.end(signal.SIGINT)
    assert (code, err) == (130, b"")


def test_against_a_simulator_every_log_since_the_start_is_printed_once() -> None:
    world = World(1_000_000, clock=lambda: datetime.now(UTC))
    with (
        serving_world(world) as served,
        following(served.url, "since:20s", "--format", "ndjson", token=served.tokens.session()) as reader,
    ):
        found = [reader.record() for _ in range(40)]
        code, rest, err = reader.end(signal.SIGINT)
    found += [json.loads(line) for line in rest.splitlines()]
    assert (code, err) == (130, b"")
    printed = [one["id"] for one in found]
    first, last = (datetime.fromisoformat(found[place]["createdAt"]) for place in (0, -1))
    bounds = (round(moment.timestamp() * 1_000) for moment in (first, last))
    after, before = bounds
    matches = world.search(Search(created_after=after, created_before=before))
    assert printed == [world.log(index).id for index in matches.page(0, matches.total)][::-1]


def test_local_terms_hold_for_what_comes_too() -> None:
    with growing() as server, following(server.url, "since:1h -r1", "--format", "ndjson") as reader:
        assert [reader.record()["id"] for _ in range(4)] == ["r0", "r2", "r3", "r4"]
        assert reader.end(signal.SIGINT)[0] == 130


@pytest.mark.parametrize(("form", "header"), [("table", b"CREATED"), ("csv", b"id,createdAt,")])
def test_a_header_is_printed_once(form: str, header: bytes) -> None:
    with growing() as server, following(server.url, "since:1h", "--format", form) as reader:
        lines = [reader.line() for _ in range(6)]
        reader.end(signal.SIGINT)
    assert [line.startswith(header) for line in lines] == [True, *[False] * 5]
    assert all(f"r{number}".encode() in line for number, line in enumerate(lines[1:]))


def test_a_reader_that_goes_away_ends_it_silently() -> None:
    with growing() as server, following(server.url, "since:1h", "--format", "ndjson") as reader:
        assert reader.record()["id"] == "r0"
        assert reader.process.stdout
        assert reader.process.stderr
        reader.process.stdout.close()
        assert reader.process.stderr.read() == b""
        assert reader.process.wait(60) == 141


def test_sigterm_ends_it_too() -> None:
    with growing() as server, following(server.url, "since:1h", "--format", "ndjson") as reader:
        reader.record()
        reader.process.terminate()
        assert reader.process.wait(60) in (143, -signal.SIGTERM)


def test_a_look_that_fails_is_said_and_made_up_for() -> None:
    looks = 0

    def page(_: Request) -> bytes:
        nonlocal looks
        looks += 1
        if looks == 2:
            return answer({"payload": {"errors": [{"title": "No", "detail": "Not now."}]}}, 400)
        return logs_answer(*(a_record(number) for number in range(looks - 1, -1, -1)))

    with (
        scripted(server=Server(by=page)) as server,
        following(server.url, "since:1h", "--format", "ndjson") as reader,
    ):
        assert [reader.record()["id"] for _ in range(3)] == ["r0", "r1", "r2"]
        code, _, err = reader.end(signal.SIGINT)
    assert code == 130
    assert err.startswith(b"redox-tui: ")
    assert len(err.splitlines()) == 1


def test_a_token_that_ends_is_the_end() -> None:
    looks = 0

    def page(_: Request) -> bytes:
        nonlocal looks
        looks += 1
        return logs_answer(a_record(0)) if looks == 1 else answer({"message": "no"}, 401)

    with (
        scripted(server=Server(by=page)) as server,
        following(server.url, "since:1h", "--format", "ndjson") as reader,
    ):
        out, err = reader.process.communicate(timeout=60)
    assert (reader.process.returncode, len(out.splitlines())) == (3, 1)
    assert b"The token is wrong or has ended (401)." in err


NOWHERE = ("--base-url", "http://127.0.0.1:9", "--organization", ORGANIZATION)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--all",), "--follow goes on for ever, so it does not go with --all."),
        (("--output", "{folder}/logs"), "--follow goes on for ever, so it does not go with --output."),
        (("--format", "json"), "--follow goes on for ever, and a JSON array has an end; take --format ndjson."),
        (("until:1h",), "--follow goes on for ever, so the range can have no end: leave until: out."),
        (("--until", "1h"), "--follow goes on for ever, so the range can have no end: leave until: out."),
        (("on:updated",), "--follow reads by the time of creation; leave on:updated out."),
    ],
)
def test_what_does_not_go_with_following_is_refused_in_a_sentence(
    words: tuple[str, ...], said: str, run: Run, tmp_path: Any
) -> None:
    ran = run("logs", "--follow", *(word.format(folder=tmp_path) for word in words), *NOWHERE)
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("interval", ["0", "-1", "x", "3601", "1.5", ""])
def test_an_interval_is_a_whole_number_of_seconds(interval: str, run: Run) -> None:
    ran = run("logs", "--follow", "--interval", interval, *NOWHERE)
    assert (ran.code, ran.out) == (2, b"")
    assert "--interval" in ran.err


def test_how_many_come_first_can_be_said() -> None:
    with growing() as server, following(server.url, "since:1h", "--format", "ndjson", "--limit", "1") as reader:
        assert [reader.record()["id"] for _ in range(3)] == ["r2", "r3", "r4"]
        reader.end(signal.SIGINT)
