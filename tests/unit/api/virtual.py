"""Time that passes at once: a loop that moves its clock on where it would wait."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class _Skipping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found:
            assert timeout is not None, "nothing would ever happen any more"
            self.now += max(timeout, 0.0)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """`timers` are those that have been set and not been cancelled, whether or not they have gone off."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        self._timers: list[asyncio.TimerHandle] = []
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = super().call_at(when, callback, *args, context=context)
        self._timers.append(timer)
        return timer

    def pending(self) -> int:
        """How many timers are still to go off."""
        return sum(not timer.cancelled() and timer.when() > self.time() for timer in self._timers)


def at_once(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Run something to its end in no time."""
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop))


async def settle() -> None:
    """Let every task that can run now do so."""
    for _ in range(10):
        await asyncio.sleep(0)
