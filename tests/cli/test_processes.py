"""The program as a real process: what it loads, how it ends, what a terminal is sent."""

import json
import os
import pty
import signal
import subprocess
import sys
from threading import Event

import pytest

from tests.unit.api.server import HANG, Request, Server, answer

from .given import NASTY, TOKEN, WEEK, Served, environment, logs_answer, program, scripted, to

HEAVY = ("textual", "rich", "httpx", "pydantic", "starlette", "uvicorn", "cryptography", "jwt")


def modules_after(*arguments: str) -> set[str]:
    """The modules that a fresh interpreter holds after a run of the program."""
    code = (
        "import sys, json\n"
        "from redox_tui.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=True, text=True)
    return set(json.loads(ended.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("logs", "--help"), ("log", "--help"), ("open", "--help"), ("simulate", "--help")],
)
def test_help_and_version_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert modules_after(*arguments).isdisjoint(HEAVY)


def test_wrong_usage_is_answered_without_loading_anything_heavy() -> None:
    assert modules_after("logs", "stauts:failed", *to("http://127.0.0.1:9")).isdisjoint(HEAVY)


def test_the_headless_commands_never_load_the_screen() -> None:
    loaded = modules_after("logs", WEEK, *to("http://127.0.0.1:9"))
    assert loaded.isdisjoint({"textual", "rich", "starlette", "uvicorn", "redox_tui.simulator"})


def test_a_reader_that_has_enough_ends_the_program_silently(by_organization: Served) -> None:
    arguments = ["logs", WEEK, "--all", "--format", "ndjson", *to(by_organization.url)]
    process = subprocess.Popen(
        program(*arguments),
        env=environment(REDOX_TUI_TOKEN=by_organization.tokens.session()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["id"]
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


@pytest.mark.parametrize("arguments", [("--help",), ("logs", "--help"), ("--version",)])
def test_help_for_a_reader_that_is_gone_is_silent(arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(program(*arguments), stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert ended.stderr == b""


def test_ctrl_c_ends_the_program_silently_with_130() -> None:
    asked = Event()

    def wait(_: Request) -> bytes:
        asked.set()
        return HANG

    with scripted(server=Server(by=wait)) as server:
        arguments = ["logs", WEEK, *to(server.url)]
        process = subprocess.Popen(
            program(*arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert asked.wait(20)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_real_terminal_is_sent_nothing_that_it_could_obey() -> None:
    controller, slave = pty.openpty()
    with scripted(logs_answer({"id": "a", "status": NASTY, "source": {"name": NASTY}})) as server:
        process = subprocess.Popen(
            program("logs", WEEK, *to(server.url)), env=environment(), stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        shown = b""
        try:
            while data := os.read(controller, 65_536):
                shown += data
        except OSError:
            pass  # Linux says so when the last writer is gone
        assert process.wait() == 0
    os.close(controller)
    assert "␛]0;owned".encode() in shown
    assert not {byte for byte in shown if byte < 0x20} - {0x0A, 0x0D}
    assert not set("\u202e\u200b\u2066\x9b\x7f") & set(shown.decode())


def test_words_do_not_go_to_stdout_where_stderr_is_closed() -> None:
    with scripted(logs_answer({"id": "a"})) as server:
        command = " ".join(program("logs", "--format", "ndjson", *to(server.url)))
        ended = subprocess.run(f"{command} 2>&-", shell=True, env=environment(), stdout=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stdout) == (0, b'{"id": "a"}\n')


def test_the_token_is_in_no_argument_and_no_word_of_a_failing_process() -> None:
    with scripted(answer({"message": "no"}, 401)) as server:
        ended = subprocess.run(
            program("logs", WEEK, *to(server.url)), env=environment(), capture_output=True, check=False
        )
    assert ended.returncode == 3
    assert TOKEN.encode() not in ended.stdout + ended.stderr
    assert not any(TOKEN in one for one in program())


def test_the_script_and_the_module_are_the_same_program() -> None:
    ended = subprocess.run(program("--version"), capture_output=True, check=True)
    code = "from redox_tui.__main__ import main; raise SystemExit(main(['--version']))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ended.stdout == other.stdout


def test_stdout_that_is_full_is_an_error_in_words() -> None:
    with open("/dev/full", "wb") as full, scripted(logs_answer({"id": "a"})) as server:
        ended = subprocess.run(
            program("logs", WEEK, *to(server.url)), env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode == 9
    assert b"Writing failed: No space left on device." in ended.stderr


def test_a_closed_stdout_is_said_and_is_no_crash() -> None:
    program = "import sys; sys.stdout = None; from redox_tui.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "logs", "--base-url", "http://127.0.0.1:1", "--organization", "1"]
    ended = subprocess.run(command, env={"REDOX_TUI_TOKEN": "t"}, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "stdout is closed" in ended.stderr


def test_help_for_a_full_disk_is_an_error_in_words() -> None:
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(program("--help"), env=environment(), stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 9
    assert ended.stderr == b"redox-tui: Writing failed: No space left on device.\n"
