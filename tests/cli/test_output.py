"""Where the data goes: a new private file, or stdout, made harmless where that is a terminal."""

import io
import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from redox_tui.cli import main
from tests.unit.api.server import answer

from .given import NASTY, TOKEN, WEEK, Run, logs_answer, scripted, to

RECORD = {"id": "a", "createdAt": NASTY, "status": NASTY, "dataModel": NASTY, "source": {"id": NASTY, "name": NASTY}}


def test_output_goes_to_a_new_file_that_only_this_user_can_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "logs.ndjson"
    before = os.umask(0)
    try:
        with scripted(logs_answer({"id": "a"})) as server:
            ran = run("logs", WEEK, "--format", "ndjson", "--output", str(file), *to(server.url))
    finally:
        os.umask(before)
    assert (ran.code, ran.out, ran.err) == (0, b"", "")
    assert file.read_bytes() == b'{"id": "a"}\n'
    assert file.stat().st_mode & 0o7777 == 0o600
    assert os.listdir(tmp_path) == ["logs.ndjson"]


@pytest.mark.parametrize("name", ["logs.csv", "logs.csv.part"])
def test_a_file_that_is_there_is_never_touched_nor_a_server_asked(name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / name).write_text("precious")
    with scripted() as server:
        ran = run("logs", WEEK, "--output", str(tmp_path / "logs.csv"), *to(server.url))
    assert (ran.code, ran.out, server.requests) == (9, b"", [])
    assert f"{tmp_path / name}" in ran.err
    assert (tmp_path / name).read_text() == "precious"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", ["logs.csv", "logs.csv.part"])
def test_a_link_is_not_followed(name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    with scripted(logs_answer()) as server:
        ran = run("logs", WEEK, "--output", str(tmp_path / "logs.csv"), *to(server.url))
    assert ran.code == 9
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_appears_meanwhile_is_not_replaced(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "logs.ndjson"

    def write(_: object) -> bytes:
        file.write_text("precious")
        return logs_answer({"id": "a"})

    with scripted() as server:
        server.answer_by(write)
        ran = run("logs", WEEK, "--format", "ndjson", "--output", str(file), *to(server.url))
    assert (ran.code, file.read_text()) == (9, "precious")
    assert (tmp_path / "logs.ndjson.part").read_text() == '{"id": "a"}\n'
    assert "the data is in" in ran.err


def test_what_came_before_an_error_stays_in_a_file_that_says_it_is_a_part(run: Run, tmp_path: Path) -> None:
    with scripted(logs_answer({"id": "a"}, totalRecords=5), answer(b"", 500)) as server:
        arguments = ["--all", "--format", "ndjson", "--output", str(tmp_path / "logs.ndjson")]
        assert run("logs", WEEK, *arguments, *to(server.url)).code == 6
    assert sorted(os.listdir(tmp_path)) == ["logs.ndjson.part", "logs.ndjson.part.json"]
    assert (tmp_path / "logs.ndjson.part").read_text() == '{"id": "a"}\n'


@pytest.mark.parametrize("form", ["table", "csv", "json", "ndjson"])
def test_a_run_that_fails_before_the_first_log_leaves_no_file_in_the_way_of_the_next(
    form: str, run: Run, tmp_path: Path
) -> None:
    arguments = ["logs", WEEK, "--format", form, "--output", str(tmp_path / "logs")]
    with scripted(answer(b"", 401), logs_answer({"id": "a"})) as server:
        assert run(*arguments, *to(server.url)).code == 3
        assert os.listdir(tmp_path) == []
        assert run(*arguments, *to(server.url)).code == 0
    assert os.listdir(tmp_path) == ["logs"]


@pytest.mark.parametrize("place", ["missing/logs.csv", "."])
def test_a_place_where_no_file_can_be_is_said(place: str, run: Run, tmp_path: Path) -> None:
    with scripted() as server:
        ran = run("logs", WEEK, "--output", f"{tmp_path}/{place}", *to(server.url))
    assert ran.code in (2, 9)
    assert ran.err.startswith("redox-tui: ")
    assert "internal error" not in ran.err
    assert server.requests == []


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.BytesIO]:
    """A terminal in place of stdout and stderr; what it was sent is there after the block."""
    controller, slave = pty.openpty()
    shown = io.BytesIO()

    def read() -> None:
        try:
            while data := os.read(controller, 65_536):
                shown.write(data)
        except OSError:
            pass  # Linux says so when the last writer is gone

    reader = Thread(target=read)
    reader.start()
    with monkeypatch.context() as patch, os.fdopen(slave, "w", encoding="utf-8") as stream:
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "stderr", stream)
        yield shown
    reader.join()
    os.close(controller)


ALLOWED = {0x0A, 0x0D, *range(0x20, 0x7F)}


@pytest.mark.parametrize(
    "arguments",
    [
        ("logs", WEEK, "--format", "table"),
        ("logs", WEEK, "--format", "csv"),
        ("logs", WEEK, "--format", "json"),
        ("logs", WEEK, "--format", "ndjson"),
        ("log", "a"),
        ("log", "a", "--payload"),
    ],
)
def test_a_terminal_is_sent_nothing_that_it_could_obey(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDOX_TUI_TOKEN", TOKEN)
    script = logs_answer(RECORD) if arguments[0] == "logs" else answer({**RECORD, "payload": NASTY})
    with scripted(script) as server, terminal(monkeypatch) as shown:
        assert main([*arguments, *to(server.url)]) == 0
    text = shown.getvalue().decode()
    assert text.strip()
    assert not {char for char in text if ord(char) < 0x80 and ord(char) not in ALLOWED}
    assert not set("\u202e\u200b\u2066\x9b\U000e0041") & set(text)


@pytest.mark.parametrize("text", ["\u202e\x9b31m\x7f\u200b".encode(), b"\x9b31m"], ids=["UTF-8", "Latin-1"])
def test_control_characters_that_stand_raw_in_the_json_do_not_reach_a_terminal(
    text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDOX_TUI_TOKEN", TOKEN)
    body = b'{"payload":{"results":[{"id":"a","x":"' + text + b'"}]}}'
    with scripted(b"HTTP/1.1 200 OK\r\n\r\n" + body) as server, terminal(monkeypatch) as shown:
        assert main(["logs", WEEK, "--format", "ndjson", *to(server.url)]) == 0
    # Strict decoding: a byte that is no UTF-8 would be a control character to a terminal in 8-bit mode.
    assert not set("\u202e\x9b\x7f\u200b") & set(shown.getvalue().decode())


def test_errors_on_a_terminal_are_harmless_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDOX_TUI_TOKEN", TOKEN)
    with scripted(answer({"message": NASTY}, 403)) as server, terminal(monkeypatch) as shown:
        assert main(["logs", WEEK, *to(server.url)]) == 3
    assert b"\x1b" not in shown.getvalue()
    assert "␛[31m".encode() in shown.getvalue()


def test_a_pipe_is_sent_the_bytes_as_they_are(run: Run) -> None:
    record = '{"id":"a","x":"\u202e\x7f"}'.encode()
    with scripted(b'HTTP/1.1 200 OK\r\n\r\n{"payload":{"results":[' + record + b"]}}") as server:
        ran = run("logs", WEEK, "--format", "ndjson", *to(server.url))
    assert ran.out == record + b"\n"
