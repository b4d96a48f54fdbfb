"""`redox-tui log ID --why`: the filter of a log, then and now, and what each of its rules says of the message."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.output import Output
from redox_tui.domain import display
from redox_tui.domain.filters import POINTS, Filter, Finding, Rule
from redox_tui.domain.in_force import Explained, Why, disagreement, verdict_words, why
from redox_tui.domain.logs import Log
from redox_tui.domain.problem import Problem
from redox_tui.store.message_file import read_message

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient

_MOST = 20
_SIGNS = {True: "✓", False: "✗", None: "·"}


async def explain(client: "PlatformClient", log_id: str, form: str, file: str | None, *, with_values: bool) -> int:
    """Print the verdict and the rules; the exit code. Values that were found are patient data. Raises PlatformError."""
    from redox_tui.api.in_force import decided_by, filter_of

    message = _message(file) if file else None
    detail = await client.logs.get(log_id)
    in_force = await filter_of(client, detail.log)
    decided = await decided_by(client, detail.log, in_force)
    message = detail.payload if message is None else message
    found = why(in_force, decided, message)
    _say(detail.log, found, has_message=message is not None)
    lines = _table if form == "table" else _records
    with Output(None) as output:
        for line in lines(detail.log, found, with_values=with_values):
            output.write(line + "\n")
    if any(one and one.verdict for one in (found.then, found.now)):
        return Exit.OK
    return Exit.AUTH if in_force.is_refused else Exit.NOT_FOUND


def _message(file: str) -> str:
    try:
        return read_message(Path(file))
    except Problem as problem:
        raise CommandError(str(problem), Exit.NOT_FOUND) from None


def _say(log: Log, found: Why, *, has_message: bool) -> None:
    if found.in_force.filter is None:
        say(found.in_force.why_none)
    if found.decided and found.decided.why_none:
        say(f"version {found.decided.operation.version} ran in the latest attempt. {found.decided.why_none}")
    elif found.decided and not found.decided.is_now:
        changed = "the filter has changed since: " if found.in_force.filter else ""
        say(f"{changed}what is marked “then” ran in the latest attempt")
    if not has_message and any(_filters(found)):
        say("the server sent no message with this log, so no rule can be looked at; --message FILE names one")
    if words := disagreement(log, found.decisive):
        say(words)


def _filters(found: Why) -> Iterator[tuple[str, Filter, Explained | None]]:
    """The filters that there is something to say of, the one that decided first."""
    if found.decided and found.decided.filter and not found.decided.is_now:
        yield "then", found.decided.filter, found.then
    if found.in_force.filter:
        yield "now", found.in_force.filter, found.now


def _table(log: Log, found: Why, *, with_values: bool) -> Iterator[str]:
    for when, filter_, explained in _filters(found):
        name = display.line(filter_.name) or "–"
        yield f"{when}: {name} · version {filter_.filter_version} · {filter_.action} · {filter_.id}"
        yield verdict_words(explained) if explained else "not known without a message"
        verdict = explained.verdict if explained else None
        for point in verdict.assumed if verdict else ():
            yield f"  this stands on what no document says: {POINTS[point]}"
        for number, rule in enumerate(filter_.rules, 1):
            yield _rule(number, rule, verdict.findings[number - 1] if verdict else None, with_values=with_values)


def _rule(number: int, rule: Rule, finding: Finding | None, *, with_values: bool) -> str:
    wanted = ", ".join(f"“{value}”" for value in rule.values[:_MOST])
    more = f" and {len(rule.values) - _MOST:,} more" if len(rule.values) > _MOST else ""
    text = f"{_SIGNS[finding.holds if finding else None]} rule {number}: {rule.path} "
    text += f"{'is in' if rule.allow else 'is not in'} {wanted}{more}"
    if finding is None:
        return text
    count = len(finding.found)
    seen = f"{count:,} {'value' if count == 1 else 'values'}"
    if with_values and count:
        seen = ", ".join("null" if value is None else f"“{value}”" for value in finding.found[:_MOST])
    return f"{text}; found {seen}"


def _records(log: Log, found: Why, *, with_values: bool) -> Iterator[str]:
    for when, filter_, explained in _filters(found):
        verdict = explained.verdict if explained else None
        record: dict[str, Any] = {
            "log": log.id,
            "status": log.status,
            "when": when,
            "subscription": found.in_force.subscription.id if found.in_force.subscription else None,
            "filter": filter_.id,
            "name": filter_.name,
            "version": filter_.filter_version,
            "action": filter_.action,
            "verdict": None if verdict is None else "delivered" if verdict.delivered else "filtered",
            "rule": verdict.rule if verdict else None,
            "assumed": list(verdict.assumed) if verdict else [],
            "problem": explained.problem if explained else "",
            "rules": [
                _rule_record(number, rule, verdict.findings[number - 1] if verdict else None, with_values=with_values)
                for number, rule in enumerate(filter_.rules, 1)
            ],
        }
        yield json.dumps(record, ensure_ascii=False)


def _rule_record(number: int, rule: Rule, finding: Finding | None, *, with_values: bool) -> dict[str, Any]:
    found = finding.found if finding else ()
    return {
        "rule": number,
        "path": rule.path,
        "allowList": rule.allow,
        "wanted": list(rule.values),
        "holds": finding.holds if finding else None,
        "found": None if finding is None else list(found) if with_values else len(found),
    }
