"""What is measured and why. Subject and baseline take turns, so that a slow moment of the machine hits both."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from redox_tui.store.export_parquet import is_available
from tests.bench.server import Server
from tests.bench.terminal import ROOT, Reaction, Terminal

FEW, MANY = 1_000, 1_000_000
"""Logs of the two simulators."""

_TABLE: Final = "tests.bench.baselines.table"
_LINES: Final = "tests.bench.baselines.lines"
_READING: Final = "tests.bench.baselines.reading"
_EXPORTING: Final = "tests.bench.baselines.exporting"

_ALL_LOGS: Final = "since:8d"
_A_ROW: Final = "✓ succeeded"
"""Stands in rows, of the simulator's logs and of the baselines, and nowhere else on the screen."""

_PAGE_DOWN: Final = "\x1b[6~"
_PRESSES: Final = 30
_WALK: Final = 100
_REST: Final = 0.5
"""Seconds without a byte after which pages on their way have come and been drawn."""

_IDLE: Final = 2.0
_PAGES: Final = 200
_LATENCY: Final = 0.05
_EXPORTED: Final = 100_000

Numbers: TypeAlias = dict[str, float]
"""What one run measured, by name."""


@dataclass(frozen=True, slots=True)
class Result:
    """A line of the table. The target limits a ratio, a difference (`sign` "+") or, without a baseline, the number."""

    what: str
    subject: float
    baseline: float | None = None
    target: float | None = None
    is_ratio: bool = True

    @property
    def sign(self) -> str:
        """What stands before the compared number."""
        if self.baseline is None:
            return ""
        return "×" if self.is_ratio else "+"

    @property
    def compared(self) -> float:
        """The number that the target is about."""
        if self.baseline is None:
            return self.subject
        return self.subject / self.baseline if self.is_ratio else self.subject - self.baseline

    @property
    def is_over(self) -> bool:
        """Whether there is a target and it is missed."""
        return self.target is not None and self.compared > self.target


@dataclass(frozen=True, slots=True)
class Bench:
    """What a measure works with."""

    few: Server
    many: Server
    variables: dict[str, str]
    runs: int

    def app(self, server: Server, *query: str) -> Terminal:
        """`redox-tui open` on a simulator."""
        options = ("--base-url", server.url, "--organization", server.organization)
        return Terminal(("redox_tui", "open", *options, *query), self.variables | {"REDOX_TUI_TOKEN": server.token})

    def script(self, module: str) -> Terminal:
        """A baseline."""
        return Terminal((module,), self.variables)

    def alternate(
        self, measure: Callable[[Terminal], Numbers], *programs: Callable[[], Terminal]
    ) -> tuple[Numbers, ...]:
        """The medians of what is measured of each program; every run is a new process."""
        found: list[list[Numbers]] = [[] for _ in programs]
        for _ in range(self.runs):
            for program, runs in zip(programs, found, strict=True):
                with program() as terminal:
                    runs.append(measure(terminal))
        return tuple({name: median(run[name] for run in runs) for name in runs[0]} for runs in found)


def start(bench: Bench) -> Iterator[Result]:
    """From fork to the first rows: what everybody waits for each time.

    Nearly all of it is imports (performance.md §1), so the baseline is an app that imports nothing but Textual.
    """

    def measure(terminal: Terminal) -> Numbers:
        seconds = terminal.wait_for(_A_ROW)
        return {"ms": 1000 * seconds, "bytes": terminal.settle()}

    ours, bare = bench.alternate(measure, lambda: bench.app(bench.few), lambda: bench.script(_TABLE))
    yield Result("start to first rows, ms", ours["ms"], bare["ms"], 1.6)
    yield Result("start to first rows, bytes", ours["bytes"], bare["bytes"])


def requests(bench: Bench) -> Iterator[Result]:
    """Pages of rows that are asked for: each costs a round trip and counts for the rate limit.

    The jump is to the last of 1,000,000 rows, a multiple of the page size, so the screen lies in the last page.
    """
    counted = bench.many.requests()

    def asked() -> int:
        nonlocal counted
        before, counted = counted, bench.many.requests()
        return counted - before

    def measure(terminal: Terminal) -> Numbers:
        terminal.wait_for(_A_ROW)
        terminal.settle(_REST)
        first = asked()
        terminal.press("G")
        terminal.wait_for(_A_ROW)
        terminal.settle(_REST)
        return {"first": first, "jump": asked()}

    (ours,) = bench.alternate(measure, lambda: bench.app(bench.many, _ALL_LOGS))
    yield Result("requests before first rows", ours["first"], target=1)
    yield Result("requests for a jump to the last row", ours["jump"], target=1)


def memory(bench: Bench) -> Iterator[Result]:
    """What the program holds, with 1,000,000 logs against 1,000: a list must cost what is seen, not what there is."""

    def measure(terminal: Terminal) -> Numbers:
        terminal.wait_for(_A_ROW)
        terminal.settle(_REST)
        first = terminal.memory("VmRSS")
        for key in ("G", "g", *(_WALK * [_PAGE_DOWN])):
            terminal.press(key)
        terminal.settle(_REST)
        return {"first": first, "walk": terminal.memory("VmRSS"), "peak": terminal.memory("VmHWM")}

    many, few = bench.alternate(
        measure, lambda: bench.app(bench.many, _ALL_LOGS), lambda: bench.app(bench.few, _ALL_LOGS)
    )
    moments = {"first": "after first rows", "walk": f"after {_WALK} pages", "peak": "at most"}
    for moment, words in moments.items():
        yield Result(f"memory {words}, MB", many[moment], few[moment], 25, is_ratio=False)


def keys(bench: Bench) -> Iterator[Result]:
    """From a key to the last byte of its answer, on rows that are loaded, and how many bytes the answer has.

    The baseline is a bare list over Textual's line API: the least that a page can cost. After the pages the cursor is
    in the top row, from where a line up scrolls, and lines down only move the cursor.
    """

    def measure(terminal: Terminal) -> Numbers:
        terminal.wait_for(_A_ROW)
        for key in (*((_PRESSES + 10) * [_PAGE_DOWN]), "g"):
            terminal.press(key)
        terminal.settle(_REST)
        found: Numbers = {}
        for name, key in (("page", _PAGE_DOWN), ("edge", "k"), ("line", "j")):
            presses = [terminal.press(key) for _ in range(_PRESSES)]
            found |= {f"{name} {unit}": number for unit, number in _summary(presses).items()}
        return found

    ours, bare = bench.alternate(measure, lambda: bench.app(bench.many, _ALL_LOGS), lambda: bench.script(_LINES))
    for name, what in (("page", "page down"), ("edge", "line at the edge"), ("line", "cursor move")):
        target = 1.8 if name == "page" else None
        yield Result(f"{what}, ms", ours[f"{name} ms"], bare[f"{name} ms"], target)
        yield Result(f"{what}, ms, 99th percentile", ours[f"{name} p99"], bare[f"{name} p99"])
        yield Result(f"{what}, bytes", ours[f"{name} bytes"], bare[f"{name} bytes"])


def idle(bench: Bench) -> Iterator[Result]:
    """Bytes that are written while nobody types and nothing changes: there is no reason for one."""

    def measure(terminal: Terminal) -> Numbers:
        terminal.wait_for(_A_ROW)
        terminal.settle(_REST)
        return {"bytes": terminal.listen(_IDLE)}

    (ours,) = bench.alternate(measure, lambda: bench.app(bench.few))
    yield Result(f"bytes in {_IDLE:.0f} s of quiet", ours["bytes"], target=0)


def reading(bench: Bench) -> Iterator[Result]:
    """Reading the pages of a list: CPU against a bare loop, and eight in flight against one where answers wait."""

    def run(module: str, server: Server, *more: object) -> list[float]:
        command = (sys.executable, "-m", module, server.url, server.token, server.organization, *map(str, more))
        said = subprocess.run(command, cwd=ROOT, env=bench.variables, stdout=subprocess.PIPE, text=True, check=True)
        return [float(number) for number in said.stdout.split()]

    runs = [
        (run("tests.bench.reading", bench.many, _PAGES, 1)[0], run(_READING, bench.many, _PAGES)[0])
        for _ in range(bench.runs)
    ]
    ours, bare = (1000 * median(column) for column in zip(*runs, strict=True))
    yield Result(f"CPU of {_PAGES} pages, ms", ours, bare, 1.5)
    with Server(_PAGES * 50, bench.variables, _LATENCY) as slow:
        speeds = [
            tuple(_PAGES / run("tests.bench.reading", slow, _PAGES, at_once)[1] for at_once in (8, 1))
            for _ in range(bench.runs)
        ]
    eight, one = (median(column) for column in zip(*speeds, strict=True))
    yield Result(f"pages a second at {1000 * _LATENCY:.0f} ms latency (goal ×6)", eight, one)


def impacts(bench: Bench) -> Iterator[Result]:
    """What a change of five rules does to 1,000 messages, against the bare JSONPath library; and memory of 10,000."""

    runs = [
        (_numbers(bench, "tests.bench.impacts", "1000")[0], _numbers(bench, "tests.bench.baselines.paths", "1000")[0])
        for _ in range(bench.runs)
    ]
    ours, bare = (median(column) for column in zip(*runs, strict=True))
    yield Result("impact of 5 rules on 1,000 messages, ms", ours, bare, 1.3)
    most = _numbers(bench, "tests.bench.impacts", "10000", "lazily")[1]
    yield Result("memory of an impact on 10,000, MB", most, target=300)


def payload(bench: Bench) -> Iterator[Result]:
    """A payload of 30 MB, with many small fields (s) and with one document (b), against `json.loads` of it.

    The first lines show at once; index and folds are worked out in a thread, and nothing holds the loop for long.
    """
    for kind in ("s", "b"):
        command = (sys.executable, "-m", "tests.bench.payloads", kind)
        runs: list[Numbers] = []
        for _ in range(bench.runs):
            said = subprocess.run(command, cwd=ROOT, env=bench.variables, stdout=subprocess.PIPE, text=True, check=True)
            runs.append(json.loads(said.stdout))
        found = {name: median(run[name] for run in runs) for name in runs[0]}
        worst = max(run[name] for run in runs for name in run if name.endswith(" held"))
        yield Result(f"payload {kind}: first lines, ms", found["first"], found["loads"], 1.5)
        yield Result(f"payload {kind}: index, ms", found["index"], found["loads"])
        yield Result(f"payload {kind}: fold a level, ms", found["fold"], found["loads"])
        yield Result(f"payload {kind}: fold all, ms", found["fold all"], found["loads"])
        yield Result(f"payload {kind}: unfold all, ms", found["unfold all"], found["loads"])
        yield Result(f"payload {kind}: search, ms", found["search"], target=500)
        yield Result(f"payload {kind}: search of many, ms", found["frequent"], target=500)
        yield Result(f"payload {kind}: loop held at most, ms", worst, target=100)
        yield Result(f"payload {kind}: memory, MB", found["memory"], found["size"], 6)


def export(bench: Bench) -> Iterator[Result]:
    """An export of 100,000 rows, each process whole: CPU against a bare loop that writes the same bytes, and memory."""

    def run(*command: str, **variables: str) -> tuple[float, float]:
        process = subprocess.Popen((sys.executable, "-m", *command), cwd=ROOT, env={**bench.variables, **variables})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, command
        return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024

    with Server(_EXPORTED, bench.variables) as server, TemporaryDirectory() as folder:

        def ours(form: str) -> tuple[float, float]:
            path = Path(folder, f"ours-{form}")
            place = ("--base-url", server.url, "--organization", server.organization)
            options = ("--all", "--format", form, "--output", str(path), *place)
            used = run("redox_tui", "logs", _ALL_LOGS, *options, REDOX_TUI_TOKEN=server.token)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.rename(Path(folder, "last"))
            return used

        def bare() -> tuple[float, float]:
            pages = str(_EXPORTED // 50)
            return run(_EXPORTING, server.url, server.token, server.organization, pages, str(Path(folder, "bare")))

        runs = [(*ours("ndjson"), *bare()) for _ in range(bench.runs)]
        assert Path(folder, "last").read_bytes() == Path(folder, "bare").read_bytes()
        cpu, memory, bare_cpu, _ = (median(column) for column in zip(*runs, strict=True))
        yield Result(f"export of {_EXPORTED:,} rows, s of CPU", cpu, bare_cpu, 1.5)
        yield Result(f"memory of an export of {_EXPORTED:,}, MB", memory, target=120)
        if is_available():
            parquet = [ours("parquet") for _ in range(bench.runs)]
            cpu, memory = (median(column) for column in zip(*parquet, strict=True))
            yield Result("the same as Parquet, s of CPU", cpu, bare_cpu)
            yield Result("memory of the same as Parquet, MB", memory, target=120)


def diff(bench: Bench) -> Iterator[Result]:
    """Two payloads of 10 MB compared, against the parsing of both."""
    runs = [_numbers(bench, "tests.bench.diffs") for _ in range(bench.runs)]
    ours, parsing = (median(column) for column in zip(*runs, strict=True))
    yield Result("difference of two payloads of 10 MB, ms", 1000 * ours, 1000 * parsing, 20)
    yield Result("the same, s of CPU", ours, target=5)


def editor(bench: Bench) -> Iterator[Result]:
    """Five rules over 1,000 samples while somebody types: CPU of the first figures against the bare JSONPath library,
    new figures after a letter, and how long the loop is kept from a letter, also with 10,000 samples.
    """

    def run(module: str, count: int) -> list[float]:
        command = (sys.executable, "-m", module, str(count))
        said = subprocess.run(command, cwd=ROOT, env=bench.variables, stdout=subprocess.PIPE, text=True, check=True)
        return [float(number) for number in said.stdout.split()]

    runs = [
        (*run("tests.bench.editing", 1_000), run("tests.bench.baselines.paths", 1_000)[0]) for _ in range(bench.runs)
    ]
    first, letter, path, late, latest, bare = (median(column) for column in zip(*runs, strict=True))
    yield Result("first figures of 5 rules on 1,000 samples, ms", first, bare, 1.3)
    yield Result("figures after a letter in a value, ms", letter, bare)
    yield Result("figures after a letter in a path, ms", path, target=150)
    yield Result("a letter waits for figures, ms, p99", late, target=10)
    yield Result("a letter waits for figures, ms at most", latest)
    many = [run("tests.bench.editing", 10_000) for _ in range(bench.runs)]
    yield Result("the same on 10,000 samples, ms, p99", median(run[3] for run in many), target=10)


def completion(bench: Bench) -> Iterator[Result]:
    """A letter of a name among 100,000 sources, the slowest of six texts, against a look through all names."""
    runs = [_numbers(bench, "tests.bench.completing") for _ in range(bench.runs)]
    letter, look = (median(column) for column in zip(*runs, strict=True))
    yield Result("a letter among 100,000 names, ms", letter, look, 1.5)


_ALL: Final = (start, requests, memory, keys, idle, reading, impacts, payload, export, diff, editor, completion)
MEASURES: Final = {measure.__name__: measure for measure in _ALL}
"""Every measure by its name."""


def _numbers(bench: Bench, module: str, *more: str) -> list[float]:
    command = (sys.executable, "-m", module, *more)
    said = subprocess.run(command, cwd=ROOT, env=bench.variables, stdout=subprocess.PIPE, text=True, check=True)
    return [float(number) for number in said.stdout.split()]


def _summary(presses: Sequence[Reaction]) -> Numbers:
    times = [1000 * press.seconds for press in presses]
    return {
        "ms": median(times),
        "p99": quantiles(times, n=100, method="inclusive")[-1],
        "bytes": median(press.size for press in presses),
    }
