"""A message from a file: its text as it is, and a sentence for what is no such file."""

import os
from pathlib import Path

import pytest

from redox_tui.domain.problem import Problem
from redox_tui.store import message_file
from redox_tui.store.message_file import read_message


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"{}\n", "{}\n"), (b"\xef\xbb\xbf{}", "{}"), (b"caf\xe9", "caf\udce9"), (b"MSH|^~\rPID|1\r", "MSH|^~\rPID|1\r")],
)
def test_the_text_of_a_file_is_read_as_it_is(data: bytes, text: str, tmp_path: Path) -> None:
    file = tmp_path / "message"
    file.write_bytes(data)
    assert read_message(file) == text


def test_a_path_below_home_may_begin_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "message").write_bytes(b"{}")
    assert read_message(Path("~/message")) == "{}"


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/null")):
        with pytest.raises(Problem, match="is no file with a message in it"):
            read_message(path)


@pytest.mark.parametrize(("name", "words"), [("nothing", "No such file"), ("a\0b", "That is no path of a file")])
def test_a_file_that_is_not_there_is_said(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=words):
        read_message(tmp_path / name)


def test_a_file_that_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_file, "MOST_BYTES", 1 << 20)
    file = tmp_path / "message"
    file.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(Problem, match="is longer than 1 MB"):
        read_message(file)
    file.write_bytes(b" " * (1 << 20))
    assert len(read_message(file)) == 1 << 20
