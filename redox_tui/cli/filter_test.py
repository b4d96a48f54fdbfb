"""`redox-tui filters test`: what a filter file does to sample messages, without a server, so that CI can ask it."""

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redox_tui.cli import filter_files
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.output import Output
from redox_tui.domain import lint
from redox_tui.domain.fields import fields_of
from redox_tui.domain.filters import POINTS, Filter, FilterError, Meaning, Verdict
from redox_tui.store import sample_files

_MOST_SAID = 10


def run(options: argparse.Namespace) -> int:
    """Print a verdict for each sample; 9 where one differs from what was expected."""
    filter_ = filter_files.load(Path(options.file))
    models = {link.data_model for link in filter_.links if link.data_model}
    for remark in lint.remarks(filter_, fields_of(models.pop()) if len(models) == 1 else None):
        say(str(remark))
    expected = _expected(Path(options.expect)) if options.expect else None
    verdicts: dict[str, str] = {}
    assumed: Counter[str] = Counter()
    line = _record if options.format == "ndjson" else _row
    try:
        meaning = Meaning(filter_)
    except FilterError as error:
        raise CommandError(f"{options.file}: {error}") from None
    with Output(None) as output:
        for sample in sample_files.read(options.samples):
            verdict = meaning.explain(sample.message)
            verdicts[sample.name] = _word(verdict)
            assumed.update(verdict.assumed)
            output.write(line(filter_, sample.name, verdict, with_values=options.values) + "\n")
    _summarize(verdicts, assumed)
    return Exit.OK if expected is None else _compare(verdicts, expected)


def _word(verdict: Verdict) -> str:
    return "delivered" if verdict.delivered else "filtered"


def _record(filter_: Filter, name: str, verdict: Verdict, *, with_values: bool) -> str:
    """One line of NDJSON. `found` is the number of values unless they are asked for, since they may be a patient's."""
    found, wanted = _reason(filter_, verdict)
    record: dict[str, Any] = {
        "sample": name,
        "verdict": _word(verdict),
        "rule": verdict.rule,
        "found": list(found) if with_values else len(found),
        "wanted": list(wanted),
        "assumed": list(verdict.assumed),
    }
    return json.dumps(record, ensure_ascii=False)


def _row(filter_: Filter, name: str, verdict: Verdict, *, with_values: bool) -> str:
    found, wanted = _reason(filter_, verdict)
    sign = "*" if verdict.assumed else " "
    why = ""
    if verdict.rule:
        rule = filter_.rules[verdict.rule - 1]
        count = f"{len(found)} {'value' if len(found) == 1 else 'values'}"
        seen = ", ".join(f"“{value}”" for value in found) if with_values and found else count
        listed = ", ".join(f"“{value}”" for value in wanted[:_MOST_SAID])
        kind = "is in" if rule.allow else "is not in"
        why = f"  rule {verdict.rule}: {rule.path} {kind} {listed}; found {seen}"
    return f"{_word(verdict):9}{sign} {name}{why}"


def _reason(filter_: Filter, verdict: Verdict) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    """What the deciding rule found, and what it wants; nothing where none decided."""
    if verdict.rule is None:
        return (), ()
    finding = verdict.findings[verdict.rule - 1]
    return finding.found, finding.rule.values


def _summarize(verdicts: Mapping[str, str], assumed: Counter[str]) -> None:
    counts = Counter(verdicts.values())
    say(f"{counts['delivered']:,} delivered, {counts['filtered']:,} filtered")
    for point, count in assumed.most_common():
        say(f"{count:,} of these verdicts (*) stand on what no document says: it is assumed {POINTS[point]}")


def _expected(path: Path) -> dict[str, str]:
    """Verdicts by sample from NDJSON lines of this command's own form."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", Exit.NOT_FOUND) from None
    except UnicodeDecodeError:
        raise CommandError(f"{path} is no text in UTF-8.") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        match record:
            case {"sample": str(sample), "verdict": "delivered" | "filtered" as verdict}:
                found[sample] = str(verdict)
            case _:
                raise CommandError(f"{path}, line {number}: a line is a JSON object with sample and verdict.")
    return found


def _compare(verdicts: Mapping[str, str], expected: Mapping[str, str]) -> int:
    """Say which verdicts differ; a sample on one side only differs too."""
    wrong = [name for name in {**expected, **verdicts} if verdicts.get(name) != expected.get(name)]
    for name in wrong[:_MOST_SAID]:
        say(f"{name}: expected {expected.get(name, 'nothing')}, was {verdicts.get(name, 'not among the samples')}")
    if len(wrong) > _MOST_SAID:
        say(f"and {len(wrong) - _MOST_SAID:,} more differ")
    return Exit.REFUSED if wrong else Exit.OK
