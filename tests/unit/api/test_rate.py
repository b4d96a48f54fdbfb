"""The gate before every request: the most urgent first, so many at once, so many in five minutes."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api.protocol import Urgency
from redox_tui.api.rate import AT_ONCE, PERIOD, Gate, RateLimit
from redox_tui.domain.connection import Connection

from .virtual import VirtualLoop, at_once, settle

BROWSING, PREFETCH, COUNTING, EXPORT = Urgency.BROWSING, Urgency.PREFETCH, Urgency.COUNTING, Urgency.EXPORT
START = 1_000.0


def go(rate: RateLimit, urgency: Urgency = BROWSING, now: float = START) -> int:
    """Send as many requests as may go out now."""
    number = 0
    while not rate.wait(urgency, now):
        rate.sent(now)
        number += 1
    return number


def test_a_process_takes_three_thousand_requests_in_five_minutes_where_nothing_else_is_set() -> None:
    assert (Connection("https://api.redoxengine.com", "1").rate, PERIOD) == (3_000, 300.0)


def test_each_urgency_leaves_something_for_those_before_it() -> None:
    rate = RateLimit(1_000)
    assert [go(rate, urgency) for urgency in (EXPORT, COUNTING, PREFETCH, BROWSING)] == [800, 100, 50, 50]


@pytest.mark.parametrize("urgency", Urgency)
def test_whoever_waits_gets_at_least_one_request(urgency: Urgency) -> None:
    assert go(RateLimit(1), urgency) == 1


def test_the_window_rolls() -> None:
    rate = RateLimit(3)
    for now in (0.0, 100.0, 200.0):
        assert rate.wait(BROWSING, now) == 0
        rate.sent(now)
    assert rate.wait(BROWSING, 250.0) == 50.0
    assert go(rate, now=300.0) == 1
    assert rate.wait(BROWSING, 300.0) == 100.0
    assert go(rate, now=399.0) == 0
    assert go(rate, now=400.0) == 1
    assert go(rate, now=10_000.0) == 3


def test_less_urgent_requests_wait_until_their_own_share_is_free() -> None:
    rate = RateLimit(10)
    for now in range(10):
        rate.sent(float(now))
    assert rate.wait(BROWSING, 100.0) == 200.0
    assert rate.wait(EXPORT, 100.0) == 202.0


@given(st.integers(1, 30), st.lists(st.tuples(st.floats(0, 200), st.sampled_from(Urgency)), max_size=150))
def test_no_five_minutes_ever_see_more_requests_than_the_limit(limit: int, asked: list[tuple[float, Urgency]]) -> None:
    rate, now, sent = RateLimit(limit), START, list[float]()
    for pause, urgency in asked:
        now += pause
        if not rate.wait(urgency, now):
            rate.sent(now)
            sent.append(now)
        assert sum(at > now - PERIOD for at in sent) <= limit


@given(st.integers(1, 30), st.lists(st.floats(0, 50), max_size=60), st.sampled_from(Urgency))
def test_after_the_wait_that_was_told_a_request_may_go_out(limit: int, pauses: list[float], urgency: Urgency) -> None:
    rate, now = RateLimit(limit), START
    for pause in pauses:
        now += pause
        rate.sent(now)
    assert rate.wait(urgency, now + rate.wait(urgency, now)) < 1e-6


def test_after_a_refusal_nothing_goes_out_for_the_pause() -> None:
    rate = RateLimit(1_000)
    rate.refused(7.0, START)
    assert [rate.wait(urgency, START + 2.0) for urgency in Urgency] == [5.0] * 4
    assert rate.wait(BROWSING, START + 7.0) == 0


def test_after_a_refusal_the_limit_is_halved_for_five_minutes_and_whole_again_after_them() -> None:
    rate = RateLimit(1_000)
    rate.refused(1.0, START)
    assert go(rate, now=START + 1.0) == 500
    assert go(rate, now=START + 299.9) == 0
    assert go(rate, now=START + 300.0) == 500


def test_refusals_at_once_are_one_and_the_longest_pause_holds() -> None:
    rate = RateLimit(1_000)
    for pause, now in ((5.0, START), (2.0, START + 0.1), (9.0, START + 4.0)):
        rate.refused(pause, now)
    assert rate.wait(BROWSING, START + 4.0) == 9.0
    assert go(rate, now=START + 13.0) == 500


def test_refusals_of_requests_that_were_under_way_together_are_one_even_without_a_pause() -> None:
    rate = RateLimit(3_000)
    for _ in range(8):
        rate.refused(0, 0.0)
    for _ in range(600):
        rate.sent(1.0)
    assert rate.wait(Urgency.BROWSING, 2.0) == 0


def test_a_refusal_after_the_pause_halves_again_and_five_minutes_begin_anew() -> None:
    rate = RateLimit(1_000)
    rate.refused(1.0, START)
    rate.refused(1.0, START + 1.0)
    assert go(rate, now=START + 2.0) == 250
    assert go(rate, now=START + 300.5) == 0
    assert go(rate, now=START + 301.0) == 750


def test_a_refusal_after_five_minutes_of_peace_halves_the_whole_limit() -> None:
    rate = RateLimit(1_000)
    rate.refused(1.0, START)
    rate.refused(1.0, START + 300.0)
    assert go(rate, now=START + 302.0) == 500


@pytest.mark.parametrize(("limit", "least"), [(1_000, 100), (150, 100), (100, 100), (40, 40), (1, 1)])
def test_the_limit_does_not_sink_below_a_hundred_or_what_was_set(limit: int, least: int) -> None:
    rate = RateLimit(limit)
    for number in range(20):
        rate.refused(1.0, START + number)
    assert go(rate, now=START + 30.0) == least


@dataclass
class Crowd:
    """Callers at a gate, who stay until they are let go."""

    gate: Gate
    inside: list[str] = field(default_factory=list)
    most: int = 0
    entered: list[str] = field(default_factory=list)
    callers: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def come(self, *names: str, urgency: Urgency = BROWSING) -> None:
        for name in names:
            self.callers[name] = asyncio.create_task(self._pass(name, urgency))
        await settle()

    async def go(self, *names: str) -> None:
        """These are cancelled, wherever they are."""
        gone = [self.callers.pop(name) for name in names]
        for one in gone:
            one.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        await settle()

    async def end(self) -> None:
        await self.go(*self.callers)

    async def _pass(self, name: str, urgency: Urgency) -> None:
        async with self.gate.turn(urgency):
            self.entered.append(name)
            self.inside.append(name)
            self.most = max(self.most, len(self.inside))
            try:
                await self.let_go.wait()
            finally:
                self.inside.remove(name)


def names(number: int, prefix: str = "n") -> list[str]:
    return [f"{prefix}{one}" for one in range(number)]


def test_eight_requests_are_in_flight_at_most_and_the_next_goes_when_one_is_back() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(100, clock=loop.time))
        await crowd.come(*names(20))
        assert crowd.inside == names(8)
        await crowd.go("n3", "n5")
        assert crowd.entered == names(10)
        crowd.let_go.set()
        await settle()
        assert (crowd.entered, crowd.inside, crowd.most) == (names(20), [], 8)

    assert AT_ONCE == 8
    at_once(main)


def test_the_most_urgent_goes_first_and_those_who_are_as_urgent_go_in_their_order() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(100, clock=loop.time))
        await crowd.come(*names(8))
        for urgency in (EXPORT, COUNTING, PREFETCH, BROWSING):
            await crowd.come(f"{urgency.name} 1", f"{urgency.name} 2", urgency=urgency)
        crowd.let_go.set()
        await settle()
        assert crowd.entered[8:] == [f"{urgency.name} {number}" for urgency in Urgency for number in (1, 2)]

    at_once(main)


def test_an_urgent_one_passes_those_who_wait_for_the_rate() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(10, clock=loop.time))
        crowd.let_go.set()
        await crowd.come(*names(9), urgency=EXPORT)
        assert crowd.entered == names(8)
        await crowd.come("urgent")
        assert crowd.entered == [*names(8), "urgent"]
        await asyncio.gather(*crowd.callers.values())
        assert crowd.entered[-1] == "n8"
        assert loop.time() == pytest.approx(PERIOD)

    at_once(main)


def test_whoever_waits_for_the_rate_is_let_through_as_soon_as_it_allows_and_the_wait_is_told() -> None:
    told: list[float] = []

    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(3, waits=told.append, clock=loop.time))
        crowd.let_go.set()
        for name in names(3):
            await crowd.come(name)
            await asyncio.sleep(10.0)
        await crowd.come("a", "b")
        assert crowd.entered == names(3)
        assert told[-1] == pytest.approx(270.0)
        await crowd.callers["a"]
        assert loop.time() == pytest.approx(300.0)
        await crowd.callers["b"]
        assert loop.time() == pytest.approx(310.0)

    at_once(main)


def test_a_wait_that_is_none_is_not_told() -> None:
    told: list[float] = []

    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(100, waits=told.append, clock=loop.time))
        await crowd.come(*names(20))
        await crowd.end()

    at_once(main)
    assert told == []


def test_a_refusal_holds_everybody_back_for_the_pause() -> None:
    async def main(loop: VirtualLoop) -> None:
        gate = Gate(100, clock=loop.time)
        crowd = Crowd(gate)
        crowd.let_go.set()
        gate.refused(7.0)
        await crowd.come(*names(3))
        assert crowd.entered == []
        await asyncio.gather(*crowd.callers.values())
        assert crowd.entered == names(3)
        assert loop.time() == pytest.approx(7.0)

    at_once(main)


def test_a_request_that_takes_no_turn_counts_for_the_rate_all_the_same() -> None:
    async def main(loop: VirtualLoop) -> None:
        gate = Gate(2, clock=loop.time)
        for _ in range(2):
            async with gate.pass_by():
                pass
        crowd = Crowd(gate)
        crowd.let_go.set()
        await crowd.come("a")
        assert crowd.entered == []
        await crowd.callers["a"]
        assert loop.time() == pytest.approx(PERIOD)

    at_once(main)


def test_whoever_gives_up_in_the_line_takes_no_turn() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(9, clock=loop.time))
        await crowd.come(*names(8), "quitter", "patient")
        await crowd.go("quitter")
        await crowd.go("n0")
        assert crowd.entered == [*names(8), "patient"]

    at_once(main)


def test_whoever_gives_up_at_the_head_of_the_line_leaves_it_to_the_next_by_their_own_share() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(10, clock=loop.time))
        crowd.let_go.set()
        await crowd.come(*names(10))
        await crowd.come("first", "second")
        await crowd.go("first")
        await crowd.callers["second"]
        assert loop.time() == pytest.approx(PERIOD)
        assert "first" not in crowd.entered

    at_once(main)


def test_whoever_gives_up_alone_in_the_line_leaves_no_timer_behind() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(1, clock=loop.time))
        crowd.let_go.set()
        await crowd.come("a", "b")
        assert loop.pending() == 1
        await crowd.go("b")
        assert loop.pending() == 0

    at_once(main)


def test_whoever_is_cancelled_in_the_moment_of_being_let_through_gives_the_turn_back() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(100, clock=loop.time))
        await crowd.come(*names(8), "unlucky", "lucky")
        crowd.callers["n0"].cancel()
        while "n0" in crowd.inside:
            await asyncio.sleep(0)
        # The turn has been given to the next in line, who has not run since.
        crowd.callers["unlucky"].cancel()
        await settle()
        assert crowd.entered == [*names(8), "lucky"]
        crowd.let_go.set()
        await settle()
        await crowd.come(*names(8, "more"))
        assert (crowd.most, crowd.inside) == (8, [])

    at_once(main)


def test_an_error_inside_gives_the_turn_back() -> None:
    async def main(loop: VirtualLoop) -> None:
        gate = Gate(100, clock=loop.time)
        for _ in range(20):
            with pytest.raises(ZeroDivisionError):
                async with gate.turn(BROWSING):
                    raise ZeroDivisionError

    at_once(main)


@given(
    st.lists(
        st.tuples(st.floats(0, 20), st.sampled_from(Urgency), st.floats(0, 20), st.none() | st.floats(0, 40)),
        max_size=40,
    ),
    st.integers(1, 60),
)
def test_whoever_comes_and_whoever_is_cancelled_the_gate_is_free_at_the_end(
    callers: list[tuple[float, Urgency, float, float | None]], limit: int
) -> None:
    sent: list[float] = []
    inside = 0

    async def main(loop: VirtualLoop) -> None:
        gate = Gate(limit, clock=loop.time)

        async def call(comes: float, urgency: Urgency, stays: float) -> None:
            nonlocal inside
            await asyncio.sleep(comes)
            async with gate.turn(urgency):
                sent.append(loop.time())
                inside += 1
                try:
                    assert inside <= AT_ONCE
                    assert sum(at > loop.time() - PERIOD + 1e-6 for at in sent) <= limit
                    await asyncio.sleep(stays)
                finally:
                    inside -= 1

        tasks = []
        for comes, urgency, stays, gives_up in callers:
            tasks.append(asyncio.create_task(call(comes, urgency, stays)))
            if gives_up is not None:
                loop.call_later(gives_up, tasks[-1].cancel)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ends} <= {type(None), asyncio.CancelledError}
        await asyncio.sleep(2 * PERIOD)
        crowd = Crowd(gate)
        await crowd.come(*names(AT_ONCE))
        assert len(crowd.inside) == min(limit, AT_ONCE)
        await crowd.end()
        gate.close()
        assert loop.pending() == 0

    at_once(main)


def test_a_gate_that_is_closed_leaves_no_timer_behind() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(8, clock=loop.time))
        await crowd.come(*names(10))
        assert loop.pending() == 0
        await crowd.go("n0")
        assert loop.pending() == 1
        crowd.gate.close()
        assert loop.pending() == 0
        await crowd.end()

    at_once(main)


def test_a_gate_that_is_closed_sets_no_timer_for_those_who_leave_it_afterwards() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(8, clock=loop.time))
        await crowd.come(*names(10))
        crowd.gate.close()
        await crowd.go("n0", "n8")
        assert loop.pending() == 0
        await crowd.end()
        assert loop.pending() == 0

    at_once(main)


def test_whoever_is_in_the_line_when_the_gate_is_closed_does_not_wait_for_ever() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(8, clock=loop.time))
        await crowd.come(*names(10))
        crowd.gate.close()
        await settle()
        assert [name for name, caller in crowd.callers.items() if caller.done()] == ["n8", "n9"]
        assert crowd.entered == names(8)
        await crowd.end()

    at_once(main)


def test_nobody_comes_through_a_gate_that_is_closed() -> None:
    async def main(loop: VirtualLoop) -> None:
        crowd = Crowd(Gate(8, clock=loop.time))
        crowd.gate.close()
        await crowd.come("late")
        assert crowd.callers["late"].done()
        assert crowd.entered == []
        await crowd.end()
        assert loop.pending() == 0

    at_once(main)
