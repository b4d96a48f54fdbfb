"""The impact of a draft while somebody types: worked out in a thread, and given up by the next letter.

A thread that computes keeps others from the interpreter for milliseconds at a time, so this one works for two of them
and then rests: a letter is on the screen before anybody notices.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from redox_tui.domain import lint
from redox_tui.domain.fields import Fields
from redox_tui.domain.filter_draft import Draft
from redox_tui.domain.filters import Filter, FilterError
from redox_tui.domain.impact import Impact
from redox_tui.domain.lint import Remark
from redox_tui.domain.live_impact import Progress, SampleSet

DEBOUNCE: Final = 0.05
"""Seconds without a letter after which the impact is worked out."""

_WORK: Final = 0.002
_REST: Final = 0.0005
_SAID_EVERY: Final = 0.5
_LEARNT_FROM: Final = 200
"""Messages from which paths and examples are learnt."""

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Judged:
    """What there is to say of a draft: its impact, or in `problem` why there is none, and remarks, errors first."""

    proposed: Filter | None
    impact: Impact | None
    remarks: tuple[Remark, ...]
    problem: str = ""


class LiveImpact:
    """Answers one question at a time; a question whose asker has been cancelled ends within milliseconds."""

    def __init__(self) -> None:
        self._at_work = threading.Lock()

    async def judge(self, draft: Draft, samples: SampleSet, fields: Fields, tell: Callable[[Progress], None]) -> Judged:
        """What there is to say of a draft; `tell` is called in the thread, twice a second at most."""
        return await self._in_thread(lambda pace: _judged(draft, samples, fields, pace), tell)

    async def seen(self, path: str, samples: SampleSet) -> dict[str, int]:
        """The values that samples have at a path, whether or not a rule with it has been judged."""
        return await self._in_thread(lambda pace: dict(pace.answer(samples.look(path))), _nobody)

    async def learn(self, samples: SampleSet, fields: Fields) -> Fields:
        """The fields with the paths and examples of samples."""
        return await self._in_thread(
            lambda pace: fields.with_samples(pace.each(samples.messages(_LEARNT_FROM))), _nobody
        )

    async def _in_thread(self, work: "Callable[[_Pace], _Answer]", tell: Callable[[Progress], None]) -> _Answer:
        pace = _Pace(tell)

        def run() -> _Answer:
            with self._at_work:
                return work(pace)

        try:
            return await asyncio.to_thread(run)
        except asyncio.CancelledError:
            pace.is_given_up = True
            raise


class _GivenUp(Exception):
    """Nobody waits for the answer any more."""


class _Pace:
    """Works, rests, and looks whether anybody still wants to know."""

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        self.is_given_up = False
        self._tell = tell
        self._rested = self._told = time.monotonic()

    def answer(self, looking: Generator[Progress, None, _Answer]) -> _Answer:
        while True:
            try:
                progress = next(looking)
            except StopIteration as end:
                answer: _Answer = end.value
                return answer
            if (now := time.monotonic()) - self._told >= _SAID_EVERY:
                self._told = now
                self._tell(progress)
            self.rest(now)

    def each(self, messages: Iterator[Any]) -> Iterator[Any]:
        for message in messages:
            self.rest(time.monotonic())
            yield message

    def rest(self, now: float) -> None:
        if self.is_given_up:
            raise _GivenUp
        if now - self._rested >= _WORK:
            time.sleep(_REST)
            self._rested = time.monotonic()


def _judged(draft: Draft, samples: SampleSet, fields: Fields, pace: _Pace) -> Judged:
    proposed = draft.proposed
    if proposed is None:
        return Judged(None, None, draft.unread, str(draft.unread[0]))
    impact, problem = None, ""
    if len(samples):
        try:
            impact = pace.answer(samples.impact(draft.current, proposed))
        except FilterError as error:
            problem = str(error)
    pace.rest(time.monotonic())
    return Judged(proposed, impact, lint.remarks(proposed, fields, samples.seen), problem)


def _nobody(progress: Progress) -> None:
    """Nobody wants to know how far it is."""
