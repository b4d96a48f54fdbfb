"""`redox-tui log ID --inspect`: what today's operations do to a log's message; a dry run, nothing is sent."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from redox_tui.cli.exits import Exit, say
from redox_tui.cli.output import Output
from redox_tui.domain import display
from redox_tui.domain.inspection import Inspection, Step

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient

_WIDTHS = (4, 20, 20, 5, 11, 10)


async def inspect(client: "PlatformClient", log_id: str, form: str, *, with_messages: bool) -> int:
    """Print the steps; the exit code. Raises PlatformError."""
    log = (await client.logs.get(log_id)).log
    inspection = await client.inspector.run(log)
    say("a dry run with today's settings; nothing is sent, and it may differ from what happened")
    lines = _table if form == "table" else _records
    with Output(None) as output:
        for line in lines(inspection, with_messages=with_messages):
            output.write(line + "\n")
    return Exit.OK


def _table(inspection: Inspection, *, with_messages: bool) -> Iterator[str]:
    titles = ("#", "OPERATION", "STAGE", "VERS", "DID", "MESSAGE", "ID")
    yield _columns(*titles)
    for number, step in enumerate(inspection.steps, 1):
        operation = step.operation
        yield _columns(
            str(number if operation.order is None else operation.order),
            operation.type or "–",
            operation.attempt_stage or "–",
            "–" if operation.version is None else f"v{operation.version}",
            step.did or "–",
            {None: "not shown", True: "changed", False: "unchanged"}[step.changed],
            " ".join(part for part in (operation.operation_id or "–", step.name or "", step.problem or "") if part),
        )
        if with_messages and (step.after is not None or step.before is not None):
            yield step.after if step.after is not None else step.before or ""


def _columns(*cells: str) -> str:
    fitted = [display.fit(cell, width) for cell, width in zip(cells, _WIDTHS, strict=False)]
    return " ".join((*fitted, display.line(cells[-1])))


def _records(inspection: Inspection, *, with_messages: bool) -> Iterator[str]:
    for step in inspection.steps:
        yield json.dumps(_record(step, with_messages=with_messages), ensure_ascii=False)


def _record(step: Step, *, with_messages: bool) -> dict[str, Any]:
    operation = step.operation
    record: dict[str, Any] = {
        "order": operation.order,
        "type": operation.type,
        "operationId": operation.operation_id,
        "version": operation.version,
        "stage": operation.attempt_stage,
        "name": step.name,
        "did": step.did,
        "changed": step.changed,
        "startTime": operation.start_time.text if operation.start_time else None,
        "endTime": operation.end_time.text if operation.end_time else None,
        "problem": step.problem,
    }
    return record | ({"input": step.before, "output": step.after} if with_messages else {})
