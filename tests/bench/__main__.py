"""`python -m tests.bench`: measure, and print one table of what was found beside the targets of performance.md."""

import argparse
import compileall
import contextlib
import sys
import sysconfig
import tempfile

from tests.bench.measures import FEW, MANY, MEASURES, Bench, Result
from tests.bench.server import Server
from tests.bench.terminal import COLUMNS, ROOT, ROWS, Failed, environment

_LINE = "{:<38}{:>10}{:>10}{:>9}{:>9}  {}"


def main() -> int:
    """Measure; the exit code is 1 where the harness failed, or with `--check` where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(MEASURES)} (default: all)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs, whose median counts (default: 5)")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a target is missed")
    options = parser.parse_args()
    if unknown := set(options.measures) - set(MEASURES):
        parser.error(f"there is no measure {', '.join(sorted(unknown))}")
    _compile()
    print(f"{COLUMNS}×{ROWS}, medians of {options.runs} runs")
    print(_LINE.format("what", "subject", "baseline", "ratio", "target", ""))
    is_over = False
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as stack:
        variables = environment(home)
        few, many = (stack.enter_context(Server(logs, variables)) for logs in (FEW, MANY))
        bench = Bench(few, many, variables, options.runs)
        for name in options.measures or MEASURES:
            try:
                for result in MEASURES[name](bench):
                    print(_LINE.format(*_cells(result)), flush=True)
                    is_over |= result.is_over
            except Failed as failure:
                print(f"{name} could not be measured: {failure}", file=sys.stderr)
                return 1
    return int(options.check and is_over)


def _compile() -> None:
    """Bytecode for everything that is started: without it a start takes three times as long (performance.md §1)."""
    for folder in (sysconfig.get_path("purelib"), ROOT / "redox_tui", ROOT / "tests" / "bench"):
        compileall.compile_dir(folder, quiet=2)


def _cells(result: Result) -> tuple[str, ...]:
    compared = target = verdict = ""
    if result.baseline is not None:
        compared = f"{result.sign}{result.compared:.2f}" if result.is_ratio else f"{result.compared:+.1f}"
    if result.target is not None:
        target = f"≤ {result.sign}{result.target:g}"
        verdict = "over" if result.is_over else "ok"
    baseline = "" if result.baseline is None else _number(result.baseline)
    return result.what, _number(result.subject), baseline, compared, target, verdict


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


if __name__ == "__main__":
    sys.exit(main())
