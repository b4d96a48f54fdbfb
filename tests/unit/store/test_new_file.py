"""A new file: whole, this user's alone, and never in the place of another."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from redox_tui.store.errors import NotSaved
from redox_tui.store.new_file import write_new


def test_ph_12_a_new_file_holds_all_pieces_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert write_new(tmp_path / "new", [b"one", b"", b"two"]) == 6
    finally:
        os.umask(before)
    assert (tmp_path / "new").read_bytes() == b"onetwo"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["file", "link", "dangling", "folder"])
def test_ph_12_what_is_there_is_never_overwritten_nor_followed(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "there", tmp_path / "other"
    if kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.write_bytes(b"old")
    else:
        path.symlink_to(other)
        if kind == "link":
            other.write_bytes(b"old")
    with pytest.raises(NotSaved, match="exists already; nothing was written"):
        write_new(path, [b"new"])
    assert other.exists() == (kind == "link")
    assert not other.exists() or other.read_bytes() == b"old"


def test_a_file_that_cannot_be_written_whole_is_removed(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise LookupError

    with pytest.raises(LookupError):
        write_new(tmp_path / "new", pieces())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["missing/new", "a\0b"])
def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotSaved):
        write_new(tmp_path / name, [b"x"])
