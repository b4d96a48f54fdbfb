"""Fixtures of the snapshots."""

import os
from pathlib import Path

import pytest

_TEMPDIR = "TEXTUAL_SNAPSHOT_TEMPDIR"


@pytest.fixture(scope="session")
def place_of_the_plugin() -> str:
    """Where the plugin keeps what its report is made of; read before a test cleans the environment."""
    return os.environ[_TEMPDIR]


@pytest.fixture(autouse=True)
def environment_of_the_plugin(place_of_the_plugin: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin's own variable is no setting of Textual's, so it is put back."""
    monkeypatch.setenv(_TEMPDIR, place_of_the_plugin)
