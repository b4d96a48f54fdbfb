"""Where the files of a user are, and what is made sure of before they are used."""

import os
import stat
from pathlib import Path

import pytest

from redox_tui.store import paths
from redox_tui.store.errors import UnsafeFile
from redox_tui.store.paths import Paths

from .given import as_normal_user, store


def test_the_folders_are_those_of_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/x/config")
    monkeypatch.setenv("XDG_STATE_HOME", "/x/state")
    assert paths.locate({}) == Paths(Path("/x/config/redox-tui"), Path("/x/state/redox-tui"))


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    found = paths.locate({"REDOX_TUI_HOME": str(tmp_path)})
    assert {path.parent for path, _ in found.listed()} == {tmp_path, tmp_path.parent}


def test_a_relative_folder_is_refused_since_it_would_depend_on_where_the_program_starts() -> None:
    with pytest.raises(UnsafeFile, match="Give an absolute path"):
        paths.locate({"REDOX_TUI_HOME": "here"})


def test_every_path_that_is_written_is_listed(tmp_path: Path) -> None:
    found = store(tmp_path)
    listed = {path for path, _ in found.listed()}
    named = {getattr(found, name) for name in dir(Paths) if isinstance(getattr(Paths, name), property)}
    assert named <= listed
    assert {found.config, found.state} <= listed


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    store(tmp_path).prepare()
    assert list(tmp_path.iterdir()) == []


def test_cs_03_a_store_that_others_can_look_into_is_refused_wherever_it_is(home: Path) -> None:
    def work() -> None:
        for name in ("config", "state"):
            folder = home / name
            folder.mkdir(0o700)
            store(home).prepare()
            os.chmod(folder, 0o750)
            with pytest.raises(UnsafeFile, match=f"Type: chmod 700 {folder}"):
                store(home).prepare()
            with pytest.raises(UnsafeFile):
                Paths(folder, folder).prepare()
            os.chmod(folder, stat.S_IRWXU)

    as_normal_user(work)


def test_cs_04_what_a_killed_run_has_left_is_cleared_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = store(tmp_path)
    found.config.mkdir(0o700)
    stray, mine = found.config / f".vault.{'0' * 16}.tmp", found.config / ".notes.tmp"
    for path in (stray, mine):
        path.touch()
    found.prepare()
    assert stray.exists()
    later = stray.stat().st_ctime + 61
    monkeypatch.setattr("time.time", lambda: later)
    found.prepare()
    assert (stray.exists(), mine.exists()) == (False, True)
