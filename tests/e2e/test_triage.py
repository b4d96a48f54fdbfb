"""A morning's triage in a real terminal: what failed, since when, what is different about it, and taking it along."""

import base64
import json
import re
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.conftest import Simulator
from tests.e2e.test_demo import Run

SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
BARS = re.compile(r"^ ([▁▂▃▄▅▆▇█⣀⣤⣶⣿·░]{8,})  (\S+)  ([\d,]+)", re.MULTILINE)
WORST = re.compile(r"^> +([\d,]+) ", re.MULTILINE)
SENT = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
BURST = timedelta(hours=4, minutes=45)
"""How long before its start the simulator has a destination in trouble."""


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
    [bars] = re.findall(BARS, terminal.text)
    # The first and the last bar are parts of an hour.
    assert re.search("[⣀⣤⣶⣿]", bars[0][1:-1]), "the hour of the burst has a sign of its own"

    terminal.press("T")
    terminal.until("Jump to a time")
    moment = datetime.now(UTC) - BURST
    terminal.press(f"{moment:%Y-%m-%dT%H:%M}\r")
    words = re.compile(rf" {moment:%H}:00–\S+  ([\d,]+), ([\d,]+) failed exact$", re.MULTILINE)
    terminal.until(lambda text: bool(words.search(text)))
    in_bar, failed = (int(number.replace(",", "")) for number in words.findall(terminal.text)[0])
    assert failed > in_bar / 5
    terminal.press("z")
    terminal.until(f"row 1 of {in_bar:,}\n")

    terminal.press("F")
    terminal.until(f"groups · all {failed:,} failed logs")
    count = int(WORST.findall(terminal.text)[0].replace(",", ""))
    terminal.press("\r")
    terminal.until(f"row 1 of {count:,}")
    assert "status:failed" in terminal.text

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
    print(f"{size[0]} by {size[1]}: {terminal.keys} keys pressed, {len(terminal.written):,} bytes sent")
