"""Fixtures of the headless commands."""

import sys
from collections.abc import Iterator

import pytest

from redox_tui.api.policy import Patience
from redox_tui.cli import main

from .given import TOKEN, Ran, Run, Served, serving


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
