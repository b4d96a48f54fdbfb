"""Fixtures of the tests that run the real program."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.e2e.terminal import Terminal, environment, redox_tui


@dataclass(frozen=True, slots=True)
class Simulator:
    """A simulator that serves, as its one line describes it."""

    process: subprocess.Popen[str]
    url: str
    token: str
    organization: str
    environment: str

    def connection(self, *more: str) -> list[str]:
        """The program, about to open the app on this simulator."""
        return redox_tui("open", "--base-url", self.url, "--organization", self.organization, *more)


@pytest.fixture
def run(home: Path) -> Iterator[Callable[..., Terminal]]:
    """Run a command in a terminal of its own, in an empty home; whatever still runs at the end is killed."""
    with ExitStack() as terminals:

        def start(command: list[str], *, columns: int = 80, lines: int = 24, **variables: str) -> Terminal:
            return terminals.enter_context(
                Terminal(command, environment(home, **variables), columns=columns, lines=lines)
            )

        yield start


@pytest.fixture
def simulate(home: Path) -> Iterator[Callable[..., Simulator]]:
    """Start a simulator on a free port; it is ended after the test."""
    with ExitStack() as processes:

        def start(*arguments: str) -> Simulator:
            command = redox_tui("simulate", "--port", "0", "--logs", "2000", *arguments)
            process = processes.enter_context(
                subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, text=True)
            )
            processes.callback(process.kill)
            assert process.stdout
            url, *facts = process.stdout.readline().split()
            known = dict(fact.split("=", 1) for fact in facts)
            return Simulator(process, url, known["token"], known["organization"], known["environment"])

        yield start


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """The files of a private and a public key."""
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    key = ec.generate_private_key(ec.SECP384R1())
    private.touch(0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public
