"""Fixtures of the headless commands."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from redox_tui.api.policy import Patience
from redox_tui.cli import main
from redox_tui.store.sealing import Cost
from tests.unit.api import keys

from .given import TOKEN, Ran, Run, Served, serving
from .person import Person


@pytest.fixture(autouse=True)
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the test's own, whose vault costs little to open."""
    folder = home / "redox-tui"
    monkeypatch.setenv("REDOX_TUI_HOME", str(folder))
    monkeypatch.setattr("redox_tui.store.vault.PRODUCTION", Cost(logn=1))
    return folder


@pytest.fixture
def costly(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault that costs as much as in production, for tests of real processes."""
    monkeypatch.setattr("redox_tui.store.vault.PRODUCTION", Cost())


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A private key in a file of this user's alone."""
    path = tmp_path / "key.pem"
    path.touch(0o600)
    path.write_bytes(keys.pem(keys.ec()))
    return path


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """Somebody at the terminal that the program asks on."""
    with Person() as person:
        monkeypatch.setattr("redox_tui.cli.asking.TERMINAL", person.terminal)
        yield person


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried twice, so that a script has an answer for each request."""
    monkeypatch.setattr("redox_tui.api.policy.PATIENCE", Patience(tries=1))


@pytest.fixture(scope="session")
def by_organization() -> Iterator[Served]:
    """A simulator that lists the logs of an organization, with page numbers."""
    with serving("organization") as served:
        yield served


@pytest.fixture(scope="session")
def by_environment() -> Iterator[Served]:
    """A simulator that searches the logs of an environment, with cursors."""
    with serving("environment") as served:
        yield served


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program in this process; a token is in the environment unless another, or none, is asked for."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def run(*arguments: str, token: str | None = TOKEN) -> Ran:
        if token is None:
            monkeypatch.delenv("REDOX_TUI_TOKEN", raising=False)
        else:
            monkeypatch.setenv("REDOX_TUI_TOKEN", token)
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else -1
        captured = capsysbinary.readouterr()
        return Ran(code, captured.out, captured.err.decode())

    return run
