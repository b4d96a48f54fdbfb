"""These tests exist only where the OAuth server is."""

from pathlib import Path

import pytest

from tests.oauth.given import PROVIDER

collect_ignore_glob = [] if (PROVIDER / "node_modules" / "oidc-provider").is_dir() else ["test_*.py"]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store of the test's own; there is nothing in it yet."""
    folder = tmp_path / "redox-tui"
    monkeypatch.setenv("REDOX_TUI_HOME", str(folder))
    return folder


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """An empty file of this user's alone, for a private key."""
    path = tmp_path / "key.pem"
    path.touch(0o600)
    return path
