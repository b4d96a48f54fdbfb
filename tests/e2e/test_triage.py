"""A morning's triage in a real terminal: what failed, since when, what is different about it, and taking it along."""

import base64
import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Simulator
from tests.e2e.test_demo import Run

SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
BARS = re.compile(r"^ ([▁▂▃▄▅▆▇█⣀⣤⣶⣿·░]{8,})  (\S+)  ([\d,]+)", re.MULTILINE)
WORST = re.compile(r"^> +([\d,]+) ", re.MULTILINE)
SENT = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_burst_of_failures_is_found_understood_and_taken_along(
    size: tuple[int, int], run: Run, simulate: Callable[..., Simulator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    simulator = simulate("--logs", "20000")
    terminal = run(simulator.connection(), REDOX_TUI_TOKEN=simulator.token, **SSH)
    terminal.resize(*size)

    terminal.until("row 1 of ")
    terminal.until(lambda text: "exact" in text and bool(BARS.search(text)))
    assert re.search("[⣀⣤⣶⣿]", terminal.text), "bars with failures have a sign of their own"

    terminal.press("F")
    terminal.until("groups · all ")
    terminal.until(lambda text: bool(WORST.search(text)))
    count = int(WORST.findall(terminal.text)[0].replace(",", ""))
    terminal.press("\r")
    terminal.until(f"row 1 of {count:,}")
    assert "status:failed" in terminal.text

    terminal.press("z")
    terminal.until(lambda text: f"of {count:,}" not in text and "row 1 of " in text)
    terminal.press("Z")
    terminal.until(f"row 1 of {count:,}")

    terminal.press("\r")
    terminal.until("✗ failed")
    terminal.until("Log id")
    terminal.press("W")
    terminal.until("Compare")
    terminal.until(lambda text: "✓ succeeded" in text and "✗ failed" in text)
    terminal.until("status")
    terminal.press("q")
    terminal.until("Log id")
    terminal.press("q")
    terminal.until(f"row 1 of {count:,}")

    terminal.press("y")
    terminal.until("Log id  ")
    found = re.search(r"Log id  ([0-9a-f-]{36})", terminal.text)
    assert found
    terminal.press("\r")
    terminal.until("sent 36 bytes to the terminal's clipboard")
    assert [base64.b64decode(one).decode() for one in SENT.findall(terminal.written)] == [found[1]]

    terminal.press("X")
    terminal.until("Rows")
    terminal.press("\x1b[C")
    terminal.until("loaded")
    terminal.press("\x1b[C")
    terminal.until(f"all {count:,} (will fetch ")
    terminal.press("\r" * 6)
    terminal.until(f"{count:,} rows exported to ")
    [exported] = tmp_path.glob("logs-*.ndjson")
    assert stat.S_IMODE(exported.stat().st_mode) == 0o600
    records = [json.loads(line) for line in exported.read_text().splitlines()]
    assert len(records) == count
    assert {record["status"] for record in records} == {"failed"}
    assert found[1] in {record["id"] for record in records}

    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored
