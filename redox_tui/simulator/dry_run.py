"""What the log inspector does: a log's message through today's settings, one operation after the other (§3.6, §4.2).

Filters are those that are saved; the modifiers and translation sets are the same for every message. Nothing is changed.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from redox_tui.domain.filters import evaluate
from redox_tui.simulator import network
from redox_tui.simulator.filter_store import as_filter
from redox_tui.simulator.log import Log
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.world import World, subscription_of

Json = dict[str, object]

_STEP = 12
_STEP_TIME = 9
_SEX = {"Male": "M", "Female": "F", "Other": "O", "Unknown": "U"}


def operations(world: World, log: Log, *, moment: int) -> Iterator[Json]:
    """The operations of a dry run in order, each with the message before and after it; a filter may end them."""
    message = json.loads(world.message(log))
    order = 0
    for kind, stage, act in _STEPS:
        if kind == "filters":
            judge = _judge(world, log)
            if judge is None:
                continue
            operation_id, version, name, passes = judge
            after = message if passes(message) else None
        else:
            operation_id, version, name = network.fixed_id(f"{kind} {log.route.data_model}"), 1, None
            after = act(deepcopy(message))
        order += 1
        yield {
            "type": kind,
            "operationId": operation_id,
            "version": version,
            **({"name": name} if name else {}),
            "order": order,
            "attemptStage": stage,
            "startTime": timestamp(moment + order * _STEP),
            "endTime": timestamp(moment + order * _STEP + _STEP_TIME),
            "status": "succeeded" if after is not None else "filtered",
            "input": message,
            "output": after,
        }
        if after is None:
            return
        message = after


def _judge(world: World, log: Log) -> tuple[str, int, str, Callable[[Any], bool]] | None:
    """The filter that acts on the subscription of a log now; only on what comes in without waiting (§4.3)."""
    key = subscription_of(log.route) if log.route.type == "receive" else None
    place = next((one for one in world.filters.subscriptions.values() if one.key == key), None)
    saved = world.filters.at(place) if place else None
    if saved is None:
        return None
    current = saved.current
    return saved.id, current.number, current.content.name, lambda message: evaluate(as_filter(current.content), message)


def _same(message: Any) -> Any:
    return message


def _modified(message: Any) -> Any:
    """A config modifier: the last name in upper case."""
    match message:
        case {"Patient": {"Demographics": {"LastName": str(last), **_others}}}:
            message["Patient"]["Demographics"]["LastName"] = last.upper()
    return message


def _translated(message: Any) -> Any:
    """A translation set: the words for sex as letters."""
    match message:
        case {"Patient": {"Demographics": {"Sex": str(sex), **_others}}}:
            message["Patient"]["Demographics"]["Sex"] = _SEX.get(sex, sex)
    return message


_STEPS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("blobResolvers", "source-request", _same),
    ("baseConfigs", "source-request", _same),
    ("filters", "source-request", _same),
    ("configModifiers", "destination-request", _modified),
    ("translationSets", "destination-request", _translated),
)
