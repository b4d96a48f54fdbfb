"""Reading and replacing files that belong to one user alone."""

import contextlib
import errno
import os
import random
import stat
from functools import partial
from pathlib import Path

import pytest

from redox_tui.store import secure_file
from redox_tui.store.errors import NotSaved, StoreError, UnsafeFile

from .given import as_normal_user, begun_in_a_child, count_calls, die, fail, in_a_child, interrupted, temporaries

DISK_FAULTS = (errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.EIO)


def a_file(folder: Path, mode: int = 0o600, name: str = "file") -> Path:
    path = folder / name
    path.touch()
    path.write_bytes(b"secret")
    path.chmod(mode)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnsafeFile) as refused:
        secure_file.read(path)
    assert refused.value.exit_code == 4
    assert "secret" not in str(refused.value)
    return str(refused.value)


def test_cs_01_files_and_folders_are_private_from_creation_on_whatever_the_umask(home: Path) -> None:
    folder = home / "new" / "config"
    target = folder / "file"

    def write() -> None:
        os.umask(0)
        secure_file.make_private_folder(folder)
        for number in range(200):
            secure_file.write(target, b"%d" % number)

    def write_and_look() -> None:
        seen: set[tuple[bool, int]] = set()
        writer = begun_in_a_child(write)
        while os.waitpid(writer, os.WNOHANG) == (0, 0):
            for place in (home / "new", folder):
                with contextlib.suppress(FileNotFoundError):
                    seen |= _modes(place)
        assert seen == {(True, 0o700), (False, 0o600)}

    as_normal_user(write_and_look)
    assert target.read_bytes() == b"199"


def _modes(folder: Path) -> set[tuple[bool, int]]:
    modes = {(True, stat.S_IMODE(os.lstat(folder).st_mode))}
    for entry in os.scandir(folder):
        found = entry.stat(follow_symlinks=False)
        modes.add((stat.S_ISDIR(found.st_mode), stat.S_IMODE(found.st_mode)))
    return modes


def test_cs_01_a_umask_that_takes_our_own_bits_does_not_make_a_file_useless(tmp_path: Path) -> None:
    def write() -> None:
        os.umask(0o777)
        secure_file.write(tmp_path / "file", b"1")

    assert in_a_child(write) == 0
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o601])
def test_cs_02_a_file_that_others_can_reach_is_refused_with_the_chmod_to_type(mode: int, home: Path) -> None:
    def work() -> None:
        path = a_file(home, mode, "a file")
        words = refusal(path)
        assert f"(mode {mode:04o})" in words
        assert words.endswith(f"Type: chmod 600 '{path}'")
        os.chmod(path, 0o600)
        assert secure_file.read(path) == b"secret"

    as_normal_user(work)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_cs_02_a_file_of_this_user_alone_is_read(mode: int, home: Path) -> None:
    as_normal_user(lambda: _is_read(a_file(home, mode)))


def _is_read(path: Path) -> None:
    assert secure_file.read(path) == b"secret"


def test_cs_02_a_file_of_another_user_is_refused(home: Path) -> None:
    def work() -> None:
        assert "belongs to another user (uid 0" in refusal(Path("/etc/passwd"))

    as_normal_user(work)


def test_cs_02_what_is_no_plain_file_is_refused_without_waiting_for_it(home: Path) -> None:
    def work() -> None:
        os.mkfifo(home / "pipe", 0o600)
        (home / "folder").mkdir(0o700)
        (home / "link").symlink_to(a_file(home))
        assert "is a pipe" in refusal(home / "pipe")
        assert "is a folder" in refusal(home / "folder")
        assert f"is a symbolic link. It leads to {home / 'file'}." in refusal(home / "link")

    as_normal_user(work)


def test_cs_02_a_second_name_of_the_file_is_no_reason_to_refuse_it(home: Path) -> None:
    def work() -> None:
        os.link(a_file(home), home / "backup")
        assert secure_file.read(home / "file") == b"secret"

    as_normal_user(work)


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_cs_03_a_folder_above_that_others_can_write_to_is_refused_with_the_chmod_to_type(mode: int, home: Path) -> None:
    def work() -> None:
        (home / "shared" / "mine").mkdir(0o700, parents=True)
        path = a_file(home / "shared" / "mine")
        os.chmod(home / "shared", mode)
        assert refusal(path).endswith(f"Type: chmod go-w {home / 'shared'}")
        with pytest.raises(UnsafeFile):
            secure_file.write(path, b"new")
        assert path.read_bytes() == b"secret"
        os.chmod(home / "shared", mode | stat.S_ISVTX)
        assert secure_file.read(path) == b"secret"

    as_normal_user(work)


def test_cs_03_a_link_that_leads_through_a_shared_folder_is_followed_to_it(home: Path) -> None:
    def work() -> None:
        (home / "shared" / "mine").mkdir(0o700, parents=True)
        a_file(home / "shared" / "mine")
        (home / "short").symlink_to(home / "shared" / "mine")
        os.chmod(home / "shared", 0o777)
        assert "Others can replace what is in the folder" in refusal(home / "short" / "file")

    as_normal_user(work)


def test_cs_03_a_folder_above_of_another_user_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> None:
        path = a_file(home)
        us = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: us + 1)
        assert f"{home} belongs to another user (uid {us}), who could replace what is in it." in refusal(path)

    as_normal_user(work)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o755])
def test_cs_03_the_folder_of_the_store_is_this_users_alone(mode: int, home: Path) -> None:
    def work() -> None:
        folder = home / "config"
        folder.mkdir()
        os.chmod(folder, mode)
        with pytest.raises(UnsafeFile, match=f"mode {mode:04o}.*Type: chmod 700 {folder}"):
            secure_file.check_private_folder(folder)
        (home / "no folder").touch()
        with pytest.raises(UnsafeFile, match="is a file, not a folder"):
            secure_file.check_private_folder(home / "no folder")
        assert not secure_file.check_private_folder(home / "not there")

    as_normal_user(work)


def test_cs_04_a_run_that_is_killed_anywhere_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "file"
    secure_file.write(target, b"0")
    calls = count_calls(lambda: secure_file.write(target, b"0"))
    chance = random.Random(4)
    kept = b"0"
    for number in range(1, 101):
        new = b"%d" % number
        at = chance.randrange(calls + 1)

        def update(at: int = at, new: bytes = new) -> None:
            with interrupted(at, die):
                secure_file.write(target, new)

        in_a_child(update)
        found = secure_file.read(target)
        assert found in (kept, new)
        kept = found or b""
    assert temporaries(tmp_path)
    secure_file.sweep(tmp_path)
    assert temporaries(tmp_path)
    secure_file.sweep(tmp_path, now=target.stat().st_ctime + 61)
    assert temporaries(tmp_path) == []
    assert secure_file.read(target) == kept


def test_cs_04_a_run_that_is_killed_from_outside_leaves_a_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    contents = [b"%d" % number * 5_000 for number in range(10)]
    chance = random.Random(4)

    def save_on_and_on(writer: int) -> None:
        for content in contents * 50:
            secure_file.write(target, content)
            os.write(writer, b".")

    for _ in range(20):
        reader, writer = os.pipe()
        pid = begun_in_a_child(partial(save_on_and_on, writer))
        os.close(writer)
        with open(reader, "rb") as progress:
            progress.read(chance.randrange(1, 20))
            os.kill(pid, 9)
        os.waitpid(pid, 0)
        assert secure_file.read(target) in contents


@pytest.mark.parametrize("number", DISK_FAULTS, ids=errno.errorcode.get)
def test_cs_06_a_disk_that_fails_at_any_call_leaves_the_old_file_and_says_so(number: int, tmp_path: Path) -> None:
    target = tmp_path / "file"
    secure_file.write(target, b"old")
    calls = count_calls(lambda: secure_file.write(target, b"old"))
    for at in range(calls):
        with interrupted(at, fail(number)), pytest.raises(NotSaved) as raised:
            secure_file.write(target, b"new")
        assert os.strerror(number) in str(raised.value)
        assert "What was there before is unchanged." in str(raised.value)
        assert target.read_bytes() == b"old"
        assert temporaries(tmp_path) == []


@pytest.mark.parametrize("number", DISK_FAULTS, ids=errno.errorcode.get)
def test_cs_06_a_disk_that_fails_leaves_no_new_file_where_there_was_none(number: int, tmp_path: Path) -> None:
    target = tmp_path / "file"
    for at in range(6):
        with interrupted(at, fail(number)) as calls:
            try:
                secure_file.write(target, b"new")
            except NotSaved:
                assert list(tmp_path.iterdir()) == []
            else:
                assert calls[at] == "link"
                target.unlink()


def test_cs_06_a_disk_that_takes_a_few_bytes_at_a_time_gets_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    secure_file.write(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_cs_07_a_link_planted_at_the_target_is_not_followed_and_not_replaced(home: Path) -> None:
    def work() -> None:
        victim = a_file(home)
        (home / "target").symlink_to(victim)
        with pytest.raises(UnsafeFile, match="is a symbolic link"):
            secure_file.write(home / "target", b"new")
        assert victim.read_bytes() == b"secret"
        assert (home / "target").is_symlink()

    as_normal_user(work)


def test_cs_07_a_link_planted_at_the_temporary_file_is_not_followed(home: Path) -> None:
    def work() -> None:
        victim = a_file(home, name="victim")
        target = a_file(home)
        random_part = "0" * 16
        (home / secure_file.temporary_name("file", random_part)).symlink_to(victim)
        secure_file.secrets.token_hex = lambda size: random_part  # type: ignore[attr-defined]
        with pytest.raises(NotSaved, match="File exists"):
            secure_file.write(target, b"new")
        assert victim.read_bytes() == b"secret"
        assert target.read_bytes() == b"secret"

    as_normal_user(work)


def test_a_missing_file_is_none_and_one_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    assert secure_file.read(tmp_path / "missing") is None
    assert secure_file.read(tmp_path / "missing" / "too") is None
    with pytest.raises(UnsafeFile, match="is larger than 5 bytes"):
        secure_file.read(a_file(tmp_path), limit=5)


def test_a_file_that_cannot_be_read_is_said_with_the_reason(home: Path) -> None:
    def work() -> None:
        with pytest.raises(StoreError, match=r"cannot be read: Permission denied\."):
            secure_file.read(a_file(home, 0o200))

    as_normal_user(work)
