"""Fixtures of the store: a folder for a vault, and one that a normal user may use."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from redox_tui.store import vault
from redox_tui.store.paths import Paths
from redox_tui.store.vault import Vault

from .given import CHEAP, NOBODY, PASSPHRASE, store


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return store(tmp_path)


@pytest.fixture
def opened(paths: Paths) -> Vault:
    """A vault that was made with `PASSPHRASE`."""
    return vault.create(paths, PASSPHRASE, CHEAP)


@pytest.fixture
def home(home: Path) -> Iterator[Path]:
    """A home of a normal user, who is somebody else where root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="home-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        yield folder
    finally:
        shutil.rmtree(folder)
