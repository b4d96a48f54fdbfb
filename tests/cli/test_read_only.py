"""Read-only, as it is said on the command line."""

import sys
from typing import Any

import pytest

from redox_tui.cli import main


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
