"""From "it lists logs" to the one that is looked for, with a few keys, in a real terminal on a served simulator."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from redox_tui.simulator.deck import Terms
from redox_tui.simulator.log import Log
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World
from tests.cli.given import Served, serving_world
from tests.e2e.terminal import Terminal, redox_tui
from tests.e2e.test_demo import Run

LATENESS = 10_000
SIGNS = {"succeeded": "✓", "failed": "✗", "filtered": "⊘", "pending": "…"}


@dataclass
class Clock:
    """The simulator's clock, which goes on when somebody turns it; it begins with that of the machine."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Site:
    """A simulator that listens, and the truth about what it lists."""

    served: Served
    clock: Clock

    def logs(self, count: int, **wanted: str) -> list[Log]:
        """The newest logs that the server lists now."""
        search = Search(Terms(**wanted))
        world = self.served.world
        return [world.log(index) for index in world.search(search).page(0, count)]


@pytest.fixture
def site() -> Iterator[Site]:
    """A simulator with some logs a second, a part of which is listed late."""
    clock = Clock(datetime.now(UTC))
    with serving_world(World(300_000, now=clock.now, clock=clock, lateness=LATENESS)) as served:
        yield Site(served, clock)


def row(log: Log, form: str = "%H:%M:%S") -> str:
    """How a row begins."""
    return f"{datetime.fromtimestamp(log.created / 1_000, UTC):{form}}  {SIGNS[log.status]} {log.status}"


def marked(text: str) -> str:
    """The row under the cursor, without its marker."""
    return next((line[1:] for line in text.splitlines()[3:] if line.startswith(">")), "")


def rows(text: str) -> list[str]:
    """The rows of the list, without the marker."""
    lines = text.splitlines()
    header = next((number for number, line in enumerate(lines) if line.startswith(" TIME")), len(lines))
    return [line[1:] for line in lines[header + 1 : -2]]


def is_at(number: int, begin: str, text: str) -> bool:
    """Whether the cursor is in a row, counted from 0, that begins so."""
    return f"row {number + 1:,} of" in text and marked(text).startswith(begin)


def shows(logs: list[Log]) -> "Shows":
    return Shows([row(log) for log in logs])


@dataclass(frozen=True)
class Shows:
    """Whether the list begins with these rows."""

    wanted: list[str]

    def __call__(self, text: str) -> bool:
        found = rows(text)[: len(self.wanted)]
        return len(found) == len(self.wanted) and all(map(str.startswith, found, self.wanted))


def run_query(terminal: Terminal, query: str) -> None:
    """Put this query in place of the one that runs."""
    terminal.press("/")
    terminal.until("esc leave")
    terminal.press(f"{query}\r")
    terminal.until(lambda text: f"/ {query}" in text and "esc leave" not in text)


def in_the_bar(term: str) -> Callable[[str], bool]:
    """Whether the query bar holds a term."""
    return lambda text: term in text.splitlines()[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_a_log_is_found_among_very_many(size: tuple[int, int], run: Run, site: Site) -> None:
    url, token = site.served.url, site.served.tokens.session()
    terminal = run(redox_tui("open", "--base-url", url, "--organization", "12345"), REDOX_TUI_TOKEN=token)
    terminal.resize(*size)
    terminal.until("row 1 of ")
    visible = size[1] - (7 if size[1] >= 36 else 6)
    terminal.until(shows(site.logs(visible)))

    # Narrowed by three terms.
    terminal.press("/")
    terminal.until("esc leave")
    for typed, term in (("mod\tResu\t", "model:Results"), ("event:New", "event:New"), ("type:rec\t", "type:receive")):
        terminal.press(typed)
        terminal.until(in_the_bar(term))
        terminal.press(" ")
        terminal.until(term)
    terminal.press("\r")
    terminal.until(lambda text: "esc leave" not in text and text.splitlines()[1].endswith("type:receive"))
    narrow = {"data_model": "Results", "event_type": "New", "type": "receive"}
    wanted = site.logs(400, **narrow)
    terminal.until(shows(wanted[:visible]))
    terminal.until(lambda text: "last 24 h UTC" in text and "row 1 of " in text)

    # Over a wider range.
    terminal.press("t")
    terminal.until("esc leave")
    terminal.press("6\r")
    terminal.until("last 7 d UTC")
    first = row(wanted[0], "%m-%d %H:%M:%S")
    terminal.until(lambda text: marked(text).startswith(first) and "row 1 of " in text)
    assert "since:7d" in terminal.lines[1]

    # To the next failure, and to the one after that.
    failed = [number for number, log in enumerate(wanted) if log.status == "failed" and number]
    for number in failed[:2]:
        terminal.press("e")
        there = row(wanted[number], "%m-%d %H:%M:%S")
        terminal.until(partial(is_at, number, there))

    # To the log that a delivered message names.
    looked_for = wanted[333]
    terminal.press("i")
    terminal.until("esc")
    message = json.dumps({"Meta": {"DataModel": "Results", "Logs": [{"ID": looked_for.id}]}}, indent=2)
    terminal.press(f"\x1b[200~{message}\x1b[201~")
    terminal.until("characters")
    assert looked_for.id not in terminal.text
    terminal.press("\r")
    there = row(looked_for, "%m-%d %H:%M:%S")
    terminal.until(partial(is_at, 333, there))
    terminal.press("\r")
    terminal.until(lambda text: "Log id" in text and looked_for.id in text)
    terminal.press("q")
    terminal.until("row 334 of")

    # Following, while some rows come late.
    run_query(terminal, "since:1h")
    terminal.until(shows(site.logs(visible)))
    terminal.press("f")
    terminal.until("following")
    site.clock.now += timedelta(seconds=20)
    terminal.until(shows(site.logs(visible)))
    late = 0
    for _ in range(200):
        before = site.logs(visible)
        site.clock.now += timedelta(seconds=3)
        after = site.logs(visible)
        terminal.press("r")
        terminal.until(shows(after))
        late = late_ones(before, after)
        if late:
            break
    assert late, "nothing came late in this test"
    assert "following" in terminal.text
    assert "row 1 of " in terminal.text

    # A move pauses; what is new is counted, and had with f.
    terminal.press("j")
    terminal.until("paused")
    shown = rows(terminal.text)
    site.clock.now += timedelta(seconds=20)
    terminal.press("r")
    terminal.until("new (f goes on)")
    assert rows(terminal.text) == shown
    terminal.press("f")
    terminal.until("following")
    terminal.until(shows(site.logs(visible)))

    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert terminal.last_words() == ""
    assert token.encode() not in terminal.written


def late_ones(before: list[Log], after: list[Log]) -> int:
    """How many logs came in below one that had been listed before."""
    known = {log.id for log in before}
    return sum(log.id not in known and before[-1].index < log.index < before[0].index for log in after)
