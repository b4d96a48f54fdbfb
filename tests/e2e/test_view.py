"""The real program in a real terminal on files: an export of the real command, a pipe, a folder, and what is none."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.e2e.conftest import Simulator
from tests.e2e.terminal import Terminal, environment, in_shell, redox_tui

Run: TypeAlias = Callable[..., Terminal]
PAGE_DOWN = "\x1b[6~"


@pytest.fixture
def exported(simulate: Callable[..., Simulator], home: Path, tmp_path: Path) -> Callable[[str], Path]:
    """What `logs --all --output` writes in a format."""
    server = simulate()

    def export(form: str) -> Path:
        path = tmp_path / f"logs.{form}"
        command = [*redox_tui("logs"), "--base-url", server.url, "--organization", server.organization]
        wanted = ["since:30d", "--all", "--format", form, "--output", str(path)]
        subprocess.run(
            [*command, *wanted], env=environment(home, REDOX_TUI_TOKEN=server.token), check=True, capture_output=True
        )
        return path

    return export


@pytest.fixture
def without_network(tmp_path: Path) -> dict[str, str]:
    """An environment in which whoever loads the network stack, or what keys need, fails."""
    folder = tmp_path / "libraries"
    folder.mkdir()
    for library in ("httpx", "httpcore", "truststore", "jwt", "cryptography"):
        (folder / f"{library}.py").write_text("raise AssertionError")
    others = [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
    return {"PYTHONPATH": os.pathsep.join([str(folder), *others])}


@pytest.mark.parametrize("form", ["ndjson", "json", "csv"])
def test_an_export_opens_pages_and_shows_one_log(
    run: Run, exported: Callable[[str], Path], form: str, without_network: dict[str, str]
) -> None:
    terminal = run(redox_tui("view", str(exported(form))), **without_network)
    terminal.until("row 1 of 2,0")
    assert terminal.lines[0].startswith(f" logs.{form}/file   Logs   all time UTC   PHI hidden")
    assert "PROD" not in terminal.text
    terminal.press(PAGE_DOWN)
    terminal.until("row 19 of ")
    terminal.press("\r")
    terminal.until("Log id")
    terminal.press("q")
    terminal.until("row 19 of ")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert terminal.last_words() == ""


def test_a_pipe_is_read_and_keys_come_from_the_terminal(run: Run, exported: Callable[[str], Path]) -> None:
    terminal = run(in_shell(redox_tui("view", "-"), f"<{exported('ndjson')}"))
    terminal.until("row 1 of 2,0")
    assert terminal.lines[0].startswith(" stdin/file ")
    terminal.press("j")
    terminal.until("row 2 of ")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored


def test_a_folder_opens_with_what_is_wrong_in_it_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"Meta": {"DataModel": "Order", "EventType": "New"}}')
    (tmp_path / "b.ndjson").write_text('{"id":"b","status":"failed"}\n{"id":"c","sta')
    (tmp_path / "empty.json").touch()
    (tmp_path / "b.ndjson.part.json").write_text("{}")
    (tmp_path / "notes.txt").write_text("no log")
    terminal = run(redox_tui("view", str(tmp_path)))
    terminal.until("row 1 of 3")
    assert "1 unreadable · 1 file left out" in terminal.text
    assert f" {tmp_path.name}/file " in terminal.lines[0]
    terminal.press("q")
    assert terminal.end() == 0


@pytest.mark.parametrize(
    ("name", "text", "code", "words"),
    [
        ("nothing.json", None, 8, "nothing.json cannot be read: No such file or directory."),
        ("empty.json", b"", 8, "empty.json is empty."),
        ("logs.gz", b"\x1f\x8b\x08", 8, "gunzip -c FILE | redox-tui view -"),
        ("logs.json", b"\x00\x01", 8, "logs.json is binary, no text."),
    ],
)
def test_what_cannot_be_viewed_is_refused_before_anything_is_drawn(
    run: Run, tmp_path: Path, name: str, text: bytes | None, code: int, words: str
) -> None:
    if text is not None:
        (tmp_path / name).write_bytes(text)
    terminal = run(redox_tui("view", str(tmp_path / name)))
    assert terminal.end() == code
    assert words in terminal.written.decode().replace("\r\n", "\n")
    assert b"\x1b" not in terminal.written
