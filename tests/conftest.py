"""What every test starts from: a clean environment, a home of its own, and a moment that stands still."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes is the machine's business. The examples are the same in each run, so that what a run finds
# is about the change; with HYPOTHESIS_EXAMPLES=random others are looked for.
_IS_HUNTING = os.environ.get("HYPOTHESIS_EXAMPLES") == "random"
settings.register_profile("redox-tui", deadline=None, derandomize=not _IS_HUNTING)
settings.load_profile("redox-tui")

_OURS = ("REDOX_TUI", "TEXTUAL", "XDG_", "SSL_CERT_")
_PLUGINS = "TEXTUAL_SNAPSHOT"
"""Of the snapshot plugin, which sets them for itself."""
_OTHERS = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NO_COLOR", "COLUMNS", "LINES"}


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the home directories of this run stand."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, in an environment that holds nothing that steers this program."""
    for name in os.environ:
        if name.startswith(_PLUGINS):
            continue
        if name.startswith(_OURS) or name.upper() in _OTHERS:
            monkeypatch.delenv(name)
    place = Path(tempfile.mkdtemp(dir=homes))
    monkeypatch.setenv("HOME", str(place))
    return place


@pytest.fixture
def now() -> datetime:
    """The present moment of a test."""
    return datetime(2026, 11, 20, 15, 0, 0, 123_000, tzinfo=UTC)
