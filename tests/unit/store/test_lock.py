"""One writer at a time, and how long others wait for it."""

import os
from functools import partial
from pathlib import Path

import pytest

from redox_tui.store import profiles, vault
from redox_tui.store.errors import Conflict, NotSaved, UnsafeFile
from redox_tui.store.lock import PATIENCE, locked
from redox_tui.store.paths import Paths
from redox_tui.store.profiles import Profile
from redox_tui.store.vault import Vault

from .given import CHEAP, PASSPHRASE, as_normal_user, begun_in_a_child, credential, in_a_child


def test_cs_05_24_processes_that_each_add_a_profile_leave_24(opened: Vault, paths: Paths) -> None:
    names = [f"profile-{number}" for number in range(24)]
    gate, opener = os.pipe()

    def add(name: str) -> None:
        os.close(opener)
        here = vault.unlock(paths, PASSPHRASE, CHEAP)
        os.read(gate, 1)
        here.put(name, credential(name))
        profiles.put(paths, name, Profile(organization="1"))

    pids = [begun_in_a_child(partial(add, name)) for name in names]
    os.close(gate)
    os.close(opener)
    assert {os.waitpid(pid, 0)[1] for pid in pids} == {0}
    found = vault.unlock(paths, PASSPHRASE, CHEAP)
    assert {name: sealed.keys[0].text for name, sealed in found.profiles.items()} == {name: name for name in names}
    assert set(profiles.load(paths).named) == set(names)


def test_cs_05_who_does_not_get_the_lock_is_told_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "store" / "lock"
    assert PATIENCE == 5.0
    with (
        locked(path),
        pytest.raises(Conflict, match=rf"Another program \(pid {os.getpid()}\) is changing the store\."),
        locked(path, patience=0),
    ):
        pass
    with locked(path, patience=0):
        pass


def test_cs_05_who_waits_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "store" / "lock"
    reader, writer = os.pipe()

    def hold() -> None:
        with locked(path):
            os.write(writer, b".")

    pid = begun_in_a_child(hold)
    os.read(reader, 1)
    with locked(path):
        pass
    assert os.waitpid(pid, 0)[1] == 0


def test_cs_05_the_lock_of_a_program_that_was_killed_is_free(tmp_path: Path) -> None:
    path = tmp_path / "store" / "lock"

    def killed() -> None:
        with locked(path):
            os._exit(0)

    assert in_a_child(killed) == 0
    assert path.read_text().isdecimal()
    with locked(path, patience=0):
        pass


def test_cs_07_a_link_planted_at_the_lock_is_not_followed(home: Path) -> None:
    def work() -> None:
        victim = home / "victim"
        victim.write_bytes(b"kept")
        (home / "store").mkdir(0o700)
        (home / "store" / "lock").symlink_to(victim)
        with pytest.raises(UnsafeFile, match="is not a plain file"), locked(home / "store" / "lock"):
            pass
        assert victim.read_bytes() == b"kept"

    as_normal_user(work)


def test_cs_02_a_lock_that_others_could_hold_is_refused(home: Path) -> None:
    def work() -> None:
        (home / "store").mkdir(0o700)
        lock = home / "store" / "lock"
        lock.touch()
        lock.chmod(0o666)
        with pytest.raises(UnsafeFile, match=f"chmod 600 {lock}"), locked(lock):
            pass

    as_normal_user(work)


def test_cs_06_a_folder_that_cannot_be_written_to_is_said_so(home: Path) -> None:
    def work() -> None:
        (home / "store").mkdir(0o500)
        with pytest.raises(NotSaved, match=r"Permission denied\. Nothing was changed"), locked(home / "store" / "lock"):
            pass

    as_normal_user(work)
