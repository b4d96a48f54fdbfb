"""Read-only, as it is said on the command line, in settings.toml and of a profile."""

import sys
from pathlib import Path
from typing import Any

import pytest

from redox_tui.cli import main
from tests.cli.given import Run, scripted, to
from tests.unit.api.filters import FILTER_ID, V1_FILTER
from tests.unit.api.server import Server, answer

CHANGES = (("apply", "folder", "--plan", "digest"), ("restore", FILTER_ID, "1"), ("delete", FILTER_ID, "--yes"))


@pytest.mark.parametrize(("words", "read_only"), [(["demo"], False), (["demo", "--read-only"], True)])
def test_an_option_makes_the_app_read_only(words: list[str], read_only: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr("redox_tui.cli.demo.require_terminal", lambda: None)

    def run_app(*arguments: object, **more: Any) -> int:
        given.append(more)
        return 0

    monkeypatch.setattr("redox_tui.cli.demo.run_app", run_app)
    assert main(words) == 0
    assert given[0]["read_only"] is read_only


def write(home: Path, name: str, text: str) -> None:
    home.mkdir(0o700, exist_ok=True)
    (home / name).touch(0o600)
    (home / name).write_text(text)


@pytest.mark.parametrize("arguments", CHANGES, ids=lambda words: words[0])
@pytest.mark.parametrize("is_setting", [True, False])
def test_what_changes_filters_is_refused_before_anything_is_sent(
    arguments: tuple[str, ...], is_setting: bool, home: Path, run: Run
) -> None:
    if is_setting:
        write(home, "settings.toml", "read_only = true\n")
    with scripted() as server:
        ran = run("filters", *arguments, *to(server.url), *(() if is_setting else ("--read-only",)))
    why = "read_only in settings.toml" if is_setting else "--read-only"
    assert (ran.code, ran.out, ran.err) == (9, b"", f"redox-tui: Nothing was changed: {why}.\n")
    assert server.requests == []


@pytest.mark.parametrize("arguments", CHANGES, ids=lambda words: words[0])
def test_a_profile_that_is_read_only_refuses_before_it_asks_for_a_passphrase(
    arguments: tuple[str, ...], home: Path, run: Run
) -> None:
    write(home, "profiles.toml", "default = 'lab'\n[profiles.lab]\norganization = 12345\nread-only = true\n")
    ran = run("filters", *arguments)
    assert (ran.code, ran.out, ran.err) == (9, b"", "redox-tui: Nothing was changed: the profile lab is read-only.\n")


def test_filters_can_be_listed_where_all_is_read_only(home: Path, run: Run) -> None:
    write(home, "settings.toml", "read_only = true\n")
    with scripted(server=Server(by=lambda request: answer({"payload": {"filters": [V1_FILTER]}}))) as server:
        ran = run("filters", "list", *to(server.url, "--environment", "e-1"))
    assert ran.code == 0
    assert FILTER_ID in ran.text


def test_settings_that_make_no_sense_are_told_before_anything_is_changed(home: Path, run: Run) -> None:
    write(home, "settings.toml", "read_only = 'yes'\n")
    with scripted() as server:
        ran = run("filters", "delete", FILTER_ID, "--yes", *to(server.url))
    assert ran.code == 2
    assert "settings.toml, line 1, read_only: this is neither true nor false." in ran.err
    assert server.requests == []
