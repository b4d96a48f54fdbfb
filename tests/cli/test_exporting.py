"""`logs --output`: exports that end in the middle, with messages, with pseudonyms, and what is refused."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.world import World
from tests.unit.api.server import Request, answer

from .given import NOW, WEEK, Run, Served, environment, logs_answer, program, scripted, serving_world, to
from .person import Person


@dataclass
class Killing:
    """Stands before a server, and kills a process when it asks for so many pages."""

    app: ASGIApp | None = None
    victim: subprocess.Popen[bytes] | None = None
    after: int = 0
    pages: int = 0

    def before(self, app: ASGIApp) -> ASGIApp:
        self.app = app
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app
        if "/logs" in scope["path"]:
            self.pages += 1
            if self.victim and self.pages >= self.after:
                self.victim.kill()
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class Place:
    """A server that can kill its client, and how the program is told of it."""

    killing: Killing
    options: list[str]
    token: str

    def run(self, *arguments: str, killed_after: int = 0) -> int:
        """A real process; with `killed_after` it is killed when it has asked for so many pages."""
        self.killing.victim, self.killing.pages, self.killing.after = None, 0, killed_after
        process = subprocess.Popen(
            program("logs", WEEK, "--all", *arguments, *self.options), env=environment(REDOX_TUI_TOKEN=self.token)
        )
        self.killing.victim = process if killed_after else None
        code = process.wait()
        self.killing.victim = None
        return code


@contextmanager
def a_place(generation: Generation, logs: int) -> Iterator[Place]:
    killing = Killing()
    world = World(logs, now=NOW, clock=lambda: NOW)
    with serving_world(world, generation, killing.before) as served:
        more = ["--environment", next(iter(world.environments)).id] if generation == "environment" else []
        yield Place(killing, to(served.url, *more), served.tokens.session())


@pytest.fixture(scope="module", params=["organization", "environment"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with a_place(request.param, 2_000) as place:
        yield place


def content(path: Path) -> dict[str, bytes]:
    return (
        {file.name: file.read_bytes() for file in sorted(path.iterdir())} if path.is_dir() else {"": path.read_bytes()}
    )


def end_after_kills(form: str, place: Place, folder: Path, *kills: float) -> tuple[int, int]:
    """Kill an export at parts of its pages, and go on each time; the pages of a whole one, and of the last run."""
    whole, killed = folder / "whole", folder / "killed"
    assert place.run("--format", form, "--output", str(whole)) == 0
    every_page = place.killing.pages
    arguments = ("--format", form, "--output", str(killed), "--resume")
    for part in kills:
        assert place.run(*arguments, killed_after=max(1, round(part * every_page))) == -9
        assert not killed.exists()
    assert place.run(*arguments) == 0
    assert content(killed) == content(whole)
    assert sorted(os.listdir(folder)) == ["killed", "whole"]
    return every_page, place.killing.pages


@pytest.mark.parametrize("form", ["ndjson", "json", "csv"])
def test_an_export_that_was_killed_ends_as_one_that_was_not(form: str, place: Place, tmp_path: Path) -> None:
    whole, last = end_after_kills(form, place, tmp_path, 0, 0.4, 0.5)
    assert last < whole * 2 / 3, "pages that were asked for ahead when it was killed are asked for again"


def test_parquet_that_was_killed_keeps_whole_part_files(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with a_place("organization", 12_000) as place:
        whole, last = end_after_kills("parquet", place, tmp_path, 0.95)
    assert len(list((tmp_path / "whole").iterdir())) == 2
    assert last < whole


def test_an_error_in_the_middle_is_gone_on_with(run: Run, tmp_path: Path) -> None:
    records = [{"id": f"log-{n}", "createdAt": f"2026-11-20T14:00:{59 - n:02}.000Z"} for n in range(60)]
    file = tmp_path / "logs.ndjson"
    arguments = ("logs", WEEK, "--all", "--format", "ndjson", "--output", str(file))
    answers = [
        logs_answer(*records[:50], totalRecords=60),
        answer({"message": "No"}, 500),
        logs_answer(*records[49:], totalRecords=11),
    ]
    with scripted(*answers) as server:
        broken = run(*arguments, *to(server.url))
        assert broken.code == 6
        assert f"50 rows are in {file}.part. --resume goes on with it." in broken.err
        again = run(*arguments, "--resume", *to(server.url))
        assert (again.code, again.err) == (0, "redox-tui: going on behind 50 rows\n")
        assert server.requests[2].query["createdBefore"] == "2026-11-20T14:00:10.001Z"
    assert [json.loads(line) for line in file.read_text().splitlines()] == records


def test_no_export_is_gone_on_with_from_another_server(run: Run, tmp_path: Path) -> None:
    arguments = ("logs", WEEK, "--all", "--format", "ndjson", "--output", str(tmp_path / "logs"))
    with scripted(logs_answer({"id": "a"}, totalRecords=60), answer({"message": "No"}, 500)) as server:
        assert run(*arguments, *to(server.url)).code == 6
    with scripted() as other:
        refused = run(*arguments, "--resume", *to(other.url))
        assert (refused.code, other.requests) == (9, [])
    assert "another query, connection or format" in refused.err
    assert (tmp_path / "logs.part").read_bytes() == b'{"id": "a"}\n'


def test_a_limit_holds_over_both_runs(run: Run, by_organization: Served, tmp_path: Path) -> None:
    token = by_organization.tokens.session()
    file = tmp_path / "logs.csv"
    arguments = ("logs", WEEK, "--limit", "70", "--format", "csv", "--output", str(file), "--resume")
    assert run(*arguments, *to(by_organization.url), token=token).code == 0
    assert len(file.read_bytes().splitlines()) == 71


@pytest.mark.parametrize(
    "options",
    [
        ["--payload"],
        ["--mask", "--format", "ndjson"],
        ["--resume", "--output", "x"],
        ["--format", "parquet"],
        ["--mask", "--resume", "--format", "csv", "--output", "x"],
    ],
)
def test_options_that_make_no_sense_together_are_refused(options: list[str], run: Run) -> None:
    with scripted() as server:
        ran = run("logs", WEEK, *options, *to(server.url))
    assert (ran.code, server.requests) == (2, [])
    assert ran.err.startswith("redox-tui: --")


MESSAGE = {"Meta": {"DataModel": "PatientAdmin"}, "Patient": {"Demographics": {"FirstName": "Jane"}}}


def with_message(request: Request) -> bytes:
    record = {"id": "a", "createdAt": "2026-11-20T14:00:00.000Z", "dataModel": "PatientAdmin"}
    if request.path.endswith("/logs"):
        return logs_answer(record, {"id": "gone"})
    return answer({"payload": {**record, "payload": MESSAGE}}) if request.path.endswith("/a") else answer(b"", 404)


def export_messages(run: Run, file: Path, *options: str) -> tuple[int, str, int]:
    with scripted() as server:
        server.answer_by(with_message)
        arguments = ("logs", WEEK, "--format", "ndjson", "--output", str(file), "--payload", *options)
        ran = run(*arguments, *to(server.url))
        return ran.code, ran.err, len(server.requests)


def test_ph_12_messages_are_exported_after_a_word_was_typed(run: Run, person: Person, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    person.answers(("Type patient data: ", "patient data"))
    code, said, _ = export_messages(run, tmp_path / "logs")
    assert code == 0
    assert "Messages are patient data" in said
    assert "mode 0755" in said
    found = [json.loads(line) for line in (tmp_path / "logs").read_text().splitlines()]
    assert [record["payload"] for record in found] == [MESSAGE, None]


def test_ph_12_messages_are_not_exported_after_another_word(run: Run, person: Person, tmp_path: Path) -> None:
    person.answers(("Type patient data: ", "yes"))
    code, said, requests = export_messages(run, tmp_path / "logs")
    assert (code, requests, os.listdir(tmp_path)) == (9, 0, [])
    assert "Nothing was written." in said


def test_ph_12_without_a_terminal_the_option_is_needed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redox_tui.cli.asking.TERMINAL", "/nonexistent/tty")
    code, said, requests = export_messages(run, tmp_path / "logs")
    assert (code, requests, os.listdir(tmp_path)) == (9, 0, [])
    assert "--yes-patient-data" in said
    assert export_messages(run, tmp_path / "logs", "--yes-patient-data")[0] == 0


def test_pseudonyms_stand_in_record_and_message(run: Run, tmp_path: Path) -> None:
    assert export_messages(run, tmp_path / "one", "--yes-patient-data", "--mask")[0] == 0
    assert export_messages(run, tmp_path / "two", "--yes-patient-data", "--mask")[0] == 0
    one, two = (json.loads((tmp_path / name).read_text().splitlines()[0]) for name in ("one", "two"))
    assert one["dataModel"] == one["payload"]["Meta"]["DataModel"] == "PatientAdmin"
    assert one["id"] != "a"
    assert one["createdAt"] < "2019"
    assert one["payload"]["Patient"]["Demographics"]["FirstName"].startswith("~")
    assert one != two
    assert sorted(os.listdir(tmp_path)) == ["one", "two"]


@pytest.mark.parametrize("form", ["ndjson", "json", "csv"])
def test_a_file_has_the_format_that_its_name_says(form: str, place: Place, tmp_path: Path) -> None:
    named, asked = tmp_path / f"logs.{form}", tmp_path / "asked"
    assert place.run("--output", str(named)) == 0
    assert place.run("--format", form, "--output", str(asked)) == 0
    assert named.read_bytes() == asked.read_bytes()


def test_a_format_that_is_asked_for_counts_more_than_a_name(place: Place, tmp_path: Path) -> None:
    assert place.run("--format", "csv", "--output", str(tmp_path / "logs.ndjson")) == 0
    assert (tmp_path / "logs.ndjson").read_bytes().startswith(b"id,")
