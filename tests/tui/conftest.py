"""Fixtures of the app's tests that have files of a user."""

from pathlib import Path

import pytest

from redox_tui.api.policy import Patience
from redox_tui.store.paths import Paths
from redox_tui.store.sealing import Cost
from tests.tui.user import Network, a_key_file


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A store of the test's own, which is not made yet; its vault costs little to open."""
    folder = home / "redox-tui"
    monkeypatch.setenv("REDOX_TUI_HOME", str(folder))
    monkeypatch.setattr("redox_tui.store.vault.PRODUCTION", Cost(logn=1))
    return Paths(folder, folder)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """The only servers that can be reached; nothing is tried twice."""
    network = Network()
    monkeypatch.setattr("redox_tui.api.way.Way.transport", lambda way: network)
    monkeypatch.setattr("redox_tui.api.policy.PATIENCE", Patience(tries=1, pause=0))
    return network


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A private key in a file of this user's alone."""
    return a_key_file(tmp_path / "key.pem")
