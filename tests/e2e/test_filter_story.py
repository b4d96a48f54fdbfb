"""Why filters are on screen, in a real terminal: from a message that did not arrive to new traffic that obeys."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Simulator
from tests.e2e.terminal import Terminal
from tests.e2e.test_demo import Run

NAME = "Final results of our facilities"
LAB = 'source:"Fernhill Lab Results" model:Results since:1h'
SIZES = {"v0": (80, 24), "v1": (120, 40)}


@pytest.mark.parametrize("filters", ["v0", "v1"])
def test_a_filtered_log_is_understood_its_filter_changed_obeyed_and_restored(
    filters: str, run: Run, simulate: Callable[..., Simulator]
) -> None:
    simulator = simulate("--logs", "1000000")
    terminal = run(simulator.connection("--filters", filters, "--poll", "1"), REDOX_TUI_TOKEN=simulator.token)
    terminal.resize(*SIZES[filters])
    terminal.until("row 1 of ")

    ask(terminal, f"status:filtered {LAB}")
    terminal.until("⊘ filtered")
    terminal.press("\r")
    terminal.until("Log id")
    terminal.press("w")
    terminal.until(NAME)
    terminal.until(lambda text: "⊘ filtered: rule" in text and "✗ rule" in text and "✓ rule" in text)

    terminal.press("p")
    terminal.until("payload hidden")
    terminal.press("\r")
    terminal.until('"DataModel"')
    terminal.press("jjF")
    terminal.until("rule 4 of 4 · not saved")
    assert "PHI hidden" in terminal.text

    terminal.press("s")
    terminal.until("the latest logs of this subscription")
    terminal.press("j\r")
    terminal.until("now   proposed")
    terminal.until("±0")
    terminal.press(" ")
    terminal.until("4 deny  $.Meta.DataModel")
    terminal.until(lambda text: row(text, "delivered")[1:2] == ["0"])
    now, _, less, *_ = row(terminal.text, "delivered")
    assert (less, int(now) > 100) == (f"−{now}", True)

    terminal.press("S")
    terminal.until(f"Save “{NAME}”, version 3 → 4?")
    terminal.until("enter agree")
    assert "PROD" in terminal.text
    assert "+ rule 4 deny $.Meta.DataModel “Results”" in terminal.text
    assert "It acts on Fernhill Lab Results → Lakeside EHR Inbound · Results," in terminal.text
    assert f"delivered {now} → 0" in terminal.text
    assert ("30 days" in terminal.text) is (filters == "v0")
    terminal.press("\r")
    terminal.until("Nothing was sent.")
    terminal.press(f"{NAME}\r")
    terminal.until("Saved as version 4.")

    terminal.press("qq")
    terminal.until("row 1 of ")
    ask(terminal, LAB)
    terminal.press("f")
    terminal.until(lambda text: decided(text)[:3] == ["filtered"] * 3)

    terminal.press("2")
    if filters == "v1":
        terminal.until("Filters are listed by environment. Of which?")
        terminal.press("\r")
    terminal.until("row 1 of 2 ·")
    terminal.press("/final results\r")
    terminal.until("row 1 of 1 ·")
    terminal.until("v4")
    terminal.press("\r")
    terminal.until("$.Meta.DataModel")
    terminal.press("R")
    terminal.until(f"Restore version 3 of “{NAME}”?")
    terminal.until("enter agree")
    assert "- rule 4 deny $.Meta.DataModel “Results”" in terminal.text
    terminal.press(f"{NAME}\r")
    terminal.until("Version 3 is in force again, as version 5.")
    terminal.press("q")
    terminal.until("v5")
    terminal.press("1")
    terminal.until(lambda text: decided(text)[:1] in (["succeeded"], ["failed"]))

    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert terminal.last_words() == ""


def ask(terminal: Terminal, query: str) -> None:
    """Run a query instead of the one that stands in the bar."""
    terminal.press("/")
    terminal.press(f"\x15{query}\r")
    terminal.until(f"/ {query}")
    terminal.until("row 1 of ")


def row(text: str, name: str) -> list[str]:
    """The figures of a line of the impact."""
    return next((line.split()[1:] for line in text.splitlines() if line.split()[:1] == [name]), [])


def decided(text: str) -> list[str]:
    """The statuses of the logs on the screen, newest first, without those of which nothing has been decided yet."""
    words = [line[1:].split()[2:3] for line in text.splitlines() if line[1:3].isdigit() and line[3:4] == ":"]
    return [word[0] for word in words if word and word[0] != "pending"]
