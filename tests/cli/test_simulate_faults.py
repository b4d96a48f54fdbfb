"""`--fault` of the program: what it takes, where it refuses, and how a process with faults on is told and ends."""

import http.client
import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from redox_tui.simulator.faults import KINDS

from .given import ORGANIZATION, Run, environment, program

_PATH = f"/platform/v1/organizations/{ORGANIZATION}/environments"


@dataclass(frozen=True, slots=True)
class Simulating:
    """A simulator in a process of its own."""

    process: "subprocess.Popen[bytes]"
    port: int
    token: str

    def call(self, path: str = _PATH, method: str = "GET", body: str | None = None) -> tuple[int, bytes]:
        answer, body_read = self.answer(path, method, body)
        return answer.status, body_read

    def answer(self, path: str, method: str, body: str | None = None) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def end(self, number: int) -> tuple[int, bytes]:
        """The exit code after a signal, and what was said on stderr."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@contextmanager
def simulating(*arguments: str) -> Iterator[Simulating]:
    command = program("simulate", "--port", "0", "--logs", "100", *arguments)
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            url, token, *_ = process.stdout.readline().decode().split()
            yield Simulating(process, int(url.rpartition(":")[2]), token.removeprefix("token="))
        finally:
            process.kill()


def test_a_process_plays_its_faults_and_others_when_it_is_told_to() -> None:
    with simulating("--fault", "503", "--fault", "close") as simulator:
        assert simulator.call()[0] == 503
        with pytest.raises(http.client.RemoteDisconnected):
            simulator.call()
        assert simulator.call()[0] == 200
        assert simulator.call("/simulator/faults", "PUT", '["short"]') == (200, b'["short:1"]')
        with pytest.raises(http.client.IncompleteRead):
            simulator.call()
        status, body = simulator.call()
        assert (status, len(json.loads(body)["payload"]["environments"])) == (200, 3)
        assert simulator.call("/simulator/faults") == (200, b"[]")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_clock_that_is_off_is_the_only_date_of_an_answer_and_no_mark_is_seen(method: str) -> None:
    with simulating("--fault", "clock:-86400") as simulator:
        answer, _ = simulator.answer(_PATH, method)
    [date] = answer.headers.get_all("date", [])
    off = datetime.now(UTC) - parsedate_to_datetime(date)
    assert timedelta(hours=23) < off < timedelta(hours=25)
    assert "x-simulator-wire" not in answer.headers


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_process_with_answers_under_way_silently(number: int) -> None:
    with simulating("--fault", "silent", "--fault", "stall", "--fault", "drip") as simulator:
        callers = [socket.create_connection(("127.0.0.1", simulator.port), timeout=20) for _ in range(3)]
        for caller in callers:
            caller.sendall(f"GET {_PATH} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        while simulator.call("/simulator/faults")[1] != b"[]":
            pass  # until all are played
        assert simulator.end(number) == (128 + number, b"")
        with pytest.raises(ConnectionRefusedError):
            simulator.call()
        for caller in callers:
            caller.close()


@pytest.mark.parametrize("command", ["simulate", "demo"])
def test_the_help_has_a_line_for_every_fault(command: str, run: Run) -> None:
    text = run(command, "--help").text
    assert "--fault NAME[:ARG]" in text
    assert all(f"  {kind.usage} " in text and kind.meaning in text for kind in KINDS)


@pytest.mark.parametrize("command", ["open", "logs", "log"])
def test_the_help_of_other_commands_has_none(command: str, run: Run) -> None:
    assert "--fault" not in run(command, "--help").text


@pytest.mark.parametrize("command", ["simulate", "demo"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "“nonsense” is no fault; there are 429, 429-wait, "),
        ("429:0", "The fault 429[:N] takes a whole number from 1 to 1,000,000, not “0”."),
        ("\x1b[31m", "“␛[31m” is no fault; there are "),
        ("", "“” is no fault; there are "),
    ],
)
def test_a_wrong_fault_ends_the_program_with_code_2(command: str, text: str, said: str, run: Run) -> None:
    ran = run(command, "--fault", "500", "--fault", text)
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith(f"redox-tui: {said}")


@pytest.mark.parametrize("name", [kind.name for kind in KINDS if kind.on_wire])
def test_a_demo_refuses_faults_that_need_a_socket(name: str, run: Run) -> None:
    ran = run("demo", "--fault", name)
    assert (ran.code, ran.out, ran.err) == (2, b"", f"redox-tui: The fault {name} needs a socket: use simulate.\n")


def test_a_demo_takes_the_others(run: Run) -> None:
    ran = run("demo", "--fault", "stall", "--fault", "504-wide:6")
    assert "fault" not in ran.err
    assert ran.code == 7
