"""Sample messages for the impact: of logs, one by one and behind everything else, or of files, in a thread.

They are patient data: whoever asks for them drops them on lock and on leaving.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Final

from redox_tui.api.errors import NotFound, PlatformError
from redox_tui.api.protocol import Client, Urgency
from redox_tui.domain import samples
from redox_tui.domain.filters import FilterLink
from redox_tui.domain.live_impact import MOST, SampleSet
from redox_tui.domain.logs import FIRST_PAGE, Log, PageRef
from redox_tui.domain.models import same_model
from redox_tui.domain.samples import Sample, SampleError
from redox_tui.domain.search import LogSearch
from redox_tui.domain.subscriptions import Subscription
from redox_tui.domain.timerange import TimeRange
from redox_tui.store import sample_files

MOST_LOGS: Final = 200
"""Logs that are read for their messages: each costs a request."""

DAYS: Final = 7
_IN_FLIGHT: Final = 4
_PAGE: Final = 50
_TRIED: Final = 4
"""Logs without a message after which the others are not asked."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Samples, and what there is to say of them: where they are from, and what was left out."""

    samples: SampleSet
    words: str


def over(place: FilterLink | Subscription, logs: Iterable[Log]) -> list[Log]:
    """The logs of messages that came over a subscription."""
    return [log for log in logs if log.id and _came_over(place, log)]


async def latest(client: Client, place: FilterLink | Subscription, now: datetime) -> list[Log]:
    """The newest logs of a subscription in the last days, as many as are read for their messages."""
    ends = (("source", place.source and place.source.id), ("dest", place.destination and place.destination.id))
    terms = tuple((key, (value,)) for key, value in (*ends, ("model", place.data_model)) if value)
    search = LogSearch(terms, TimeRange(now - timedelta(days=DAYS), None))
    found: list[Log] = []
    ref: PageRef | None = FIRST_PAGE
    while ref is not None and len(found) < MOST_LOGS:
        page = await client.logs.page(search, ref, _PAGE, Urgency.EXPORT)
        found += over(place, page.logs)
        ref = page.next if page.logs else None
    return found[:MOST_LOGS]


async def of_logs(client: Client, logs: Sequence[Log]) -> Gathered:
    """The messages of logs, in their order; raises PlatformError where none can be read."""
    texts: dict[str, str] = {}
    read = 0
    problem: PlatformError | None = None
    waiting = list(reversed(logs[:MOST_LOGS]))

    async def work() -> None:
        nonlocal read, problem
        while waiting and not (read >= _TRIED and not texts):
            log = waiting.pop()
            try:
                detail = await client.logs.get(log.id, log.data_mode, Urgency.EXPORT)
            except NotFound:
                pass
            except PlatformError as error:
                problem = error
                return
            else:
                if detail.payload is not None:
                    texts[log.id] = detail.payload
            read += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(min(_IN_FLIGHT, len(waiting))):
            group.create_task(work())
    if problem and not texts:
        raise problem
    found = await asyncio.to_thread(_parsed, [(_name(log), texts[log.id]) for log in logs if log.id in texts])
    if not len(found):
        why = "the API gives no payload with these logs: their generation has none, or your role may not see it"
        return Gathered(found, f"no sample messages: {why if logs else 'there are no such logs'}")
    words = f"{len(found):,} messages of {len(logs):,} logs"
    return Gathered(found, f"{words}; {problem}" if problem else words)


async def of_files(path: str, models: Collection[str]) -> Gathered:
    """The messages of a file or a folder that may come over subscriptions of these data models; raises StoreError."""
    is_given_up = Event()
    try:
        return await asyncio.to_thread(_of_files, path, models, is_given_up)
    except asyncio.CancelledError:
        is_given_up.set()
        raise


def _of_files(path: str, models: Collection[str], is_given_up: Event) -> Gathered:
    place = Path(path).expanduser()
    every = sample_files.read([str(place)])
    # What all names begin with tells nothing apart.
    folder = f"{(place if place.is_dir() else place.parent).as_posix()}/"
    other = 0

    def fitting() -> Iterable[Sample]:
        nonlocal other
        for sample in every:
            if is_given_up.is_set():
                return
            if samples.is_of(sample.message, models):
                yield Sample(sample.name.removeprefix(folder), sample.message)
            else:
                other += 1

    reading = iter(fitting())
    found = SampleSet(islice(reading, MOST))
    words = f"{len(found):,} messages" if len(found) else "no sample messages"
    if next(reading, None):
        words = f"the first {words}"
    left_out = f", {other:,} of other data models left out" if other else ""
    return Gathered(found, f"{words} of {place.name}{left_out}")


def _name(log: Log) -> str:
    """When its log was made (UTC), and enough of that log's id to find it; short, since it shares a line."""
    at = log.created_at.instant if log.created_at else None
    return f"{at:%m-%d %H:%M:%S} {log.id[:6]}" if at else log.id[:13]


def _parsed(texts: Iterable[tuple[str, str]]) -> SampleSet:
    found = SampleSet()
    for name, text in texts:
        try:
            for sample in samples.read(name, text, by_line=False):
                found.add(sample)
        except SampleError:
            continue
    return found


def _came_over(place: FilterLink | Subscription, log: Log) -> bool:
    ends = ((place.source, log.source), (place.destination, log.destination))
    is_there = all(
        wanted and wanted.id and got and (got.id or "").casefold() == wanted.id.casefold() for wanted, got in ends
    )
    model = place.data_model
    return is_there and (model is None or log.data_model is None or same_model(model, log.data_model))
