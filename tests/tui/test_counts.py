"""Counts over the list: the histogram, zooming, jumping to a time, and what logs consist of."""

import asyncio
from collections import Counter
from urllib.parse import parse_qs

import pytest

from redox_tui.simulator.records import record
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.widgets.histogram import HistogramLine
from redox_tui.tui.widgets.log_table import LogTable
from tests.tui.given import PRODUCTION, Person, a_world, opened
from tests.tui.server import _Message, _Receive, _Send, failing, simulated
from tests.tui.test_following import traffic


def records(world: World) -> list[dict[str, str]]:
    matches = world.search(Search())
    return [record(world.log(index)) for index in matches.page(0, matches.total)]  # type: ignore[misc]


def line(person: Person) -> str:
    """The histogram with its words."""
    return person.lines(HistogramLine)[0].strip()


class Counters:
    """A simulator whose answers to counting wait until they may go."""

    def __init__(self, world: World) -> None:
        self.may_go = asyncio.Event()
        self.waiting = 0
        self.server = simulated(world)
        self._app = self.server.app
        self.server.app = self

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if parse_qs(scope["query_string"].decode()).get("_count") == ["1"]:
            self.waiting += 1
            try:
                await self.may_go.wait()
            finally:
                self.waiting -= 1
        await self._app(scope, receive, send)


async def test_rows_are_on_the_screen_before_anything_is_counted() -> None:
    server = simulated(a_world())
    server.hold()
    async with opened(server, wait=False) as person:
        seen: list[str] = []

        def look(call: object) -> None:
            if server.counts and not seen:
                seen.append(person.rows[0])

        server.instead = look
        await server.arrived(1)
        assert server.counts == []
        server.release()
        await person.wait()
        assert seen
        assert seen[0].startswith(">14:5")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_bar_of_the_current_row_is_counted_as_a_walk_counts_it(size: tuple[int, int]) -> None:
    world = a_world()
    server = simulated(world)
    async with opened(server, size=size) as person:
        for _ in range(8):
            current = person.find(LogTable).current
            assert current
            assert current.created_at
            assert current.created_at.instant
            hour = f"{current.created_at.instant:%Y-%m-%dT%H}"
            inside = [one for one in records(world) if one["createdAt"].startswith(hour)]
            if hour.endswith("T15"):
                continue
            end = "15:00" if hour.endswith("14") else f"{(current.created_at.instant.hour + 1) % 24:02}:00"
            failed = sum(one["status"] == "failed" for one in inside)
            words = f"{hour[-2:]}:00–{end}  {len(inside):,}{f', {failed:,} failed' if failed else ''} exact"
            assert line(person).endswith(words)
            await person.press("pagedown", "pagedown")
        assert 40 <= len(server.counts) <= 64
        assert all(call.query["createdBefore"] <= "2026-11-20T15:00:00.124Z" for call in server.counts)


async def test_a_million_logs_are_counted_by_at_most_64_requests_4_at_once_and_no_rows() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        assert len(server.counts) <= 64
        assert server.pages == [1]
        assert server.most_at_once <= 5, "four that count, and the environments"
        assert line(person).endswith("exact")


async def test_moving_inside_a_bar_changes_nothing_of_the_histogram() -> None:
    async with opened(simulated(a_world())) as person:
        before = line(person)
        await person.press("j", "j")
        assert line(person) == before


async def test_the_next_query_ends_the_counting_of_the_one_before() -> None:
    counters = Counters(a_world())
    async with opened(counters.server, wait=False) as person:
        await person.until(lambda: counters.waiting == 2)
        await person.tap("slash")
        for char in "type:send":
            await person.tap(char)
        await person.tap("enter")
        await person.until(lambda: "type" in counters.server.counts[-1].query)
        await person.until(lambda: counters.waiting == 2)
        old = [call for call in counters.server.counts if "type" not in call.query]
        assert len(old) <= 4
        counters.may_go.set()
        await person.wait()
        assert line(person).endswith("exact")
        assert len([call for call in counters.server.counts if "type" not in call.query]) == len(old)


async def test_escape_stops_counting_and_r_goes_on() -> None:
    counters = Counters(a_world())
    async with opened(counters.server, wait=False) as person:
        await person.until(lambda: counters.waiting == 2)
        await person.tap("escape")
        assert counters.waiting == 0
        assert "25 bars missing (r)" in line(person)
        counters.may_go.set()
        await person.press("r")
        assert line(person).endswith("exact")
        assert counters.server.pages == [1], "the rows are there"


async def test_a_lock_in_the_middle_of_counting_stops_it() -> None:
    counters = Counters(a_world())
    async with opened(counters.server, wait=False) as person:
        await person.until(lambda: counters.waiting == 2)
        await person.tap("L")
        await person.until(lambda: counters.waiting == 0)
        calls = len(counters.server.counts)
        counters.may_go.set()
        await person.wait()
        assert len(counters.server.counts) == calls
        await person.tap("enter")
        await person.until("exact")


@pytest.mark.parametrize("status", [429, 500, 504])
async def test_what_the_server_did_not_count_is_hatched_and_said_and_r_counts_it(status: int) -> None:
    server = simulated(a_world())
    asked = failing(*[status] * 6, when=lambda call: call.counts and len(server.counts) > 20)
    server.instead = asked
    async with opened(server) as person:
        assert "missing (r) · 14:00–15:00" in line(person)
        assert "░" in line(person)
        assert any(sign in line(person) for sign in "▁▂▃▄▅▆▇█⣀⣤⣶⣿")
        assert person.status.startswith("! Not everything was counted. ")
        assert person.status.endswith("r tries again.")
        for _ in range(3):
            await person.press("r")
        assert line(person).endswith("exact")
        assert "░" not in line(person)
        assert person.status.startswith("row 1 of ")


async def test_a_server_that_goes_away_while_it_counts_is_named_each_time_that_r_asks_it_again() -> None:
    server = simulated(a_world())
    server.instead = failing(*[503] * 1000, when=lambda call: call.counts)
    async with opened(server) as person:
        said = person.status
        assert said.startswith("! Not everything was counted. ")
        await person.press("j")
        assert person.status.startswith("row 2 of ")
        await person.press("r")
        assert person.status == said


async def test_a_list_with_cursors_counts_the_rows_that_are_loaded_and_asks_nothing() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, environment=PRODUCTION, generation="environment") as person:
        assert line(person).endswith("of 50 loaded rows")
        assert server.counts == []
        await person.press("G")
        assert line(person).endswith("of 100 loaded rows")


@pytest.mark.parametrize("columns", range(60, 91, 10))
async def test_a_number_that_has_no_room_is_left_out_and_never_cut(columns: int) -> None:
    server = simulated(a_world(), "environment")
    async with opened(
        server, "since:7d", environment=PRODUCTION, generation="environment", size=(columns, 24)
    ) as person:
        words = {60: "", 70: "50 of 50 loaded", 80: "50, 1 failed of 50 loaded", 90: "50, 1 failed of 50 loaded rows"}
        assert line(person).endswith(f"  11-20 12:00–15:00  {words[columns]}".rstrip())


async def test_terms_that_the_server_cannot_answer_are_counted_on_loaded_rows() -> None:
    server = simulated(a_world())
    async with opened(server, "-status:succeeded") as person:
        assert line(person).endswith("loaded rows")
        assert server.counts == []


async def test_on_a_tall_terminal_failures_have_a_line_of_their_own() -> None:
    async with opened(simulated(a_world()), size=(120, 40)) as person:
        first, second = person.lines(HistogramLine)
        assert "exact" in first
        assert " failed, at most " in second
        assert any(sign in second for sign in "⣀⣤⣶⣿")


async def test_a_bar_that_fails_differs_by_its_sign_too() -> None:
    async with opened(simulated(a_world()), "status:failed since:7d") as person:
        bars = line(person).split("  ")[0]
        assert set(bars) <= set("·⣀⣤⣶⣿")


async def test_where_no_logs_match_none_are_counted() -> None:
    async with opened(simulated(a_world()), "model:Nothing") as person:
        assert person.status == "no logs"
        assert line(person).endswith("·  0 exact")


async def test_a_short_terminal_has_no_histogram_and_nothing_is_counted_for_it() -> None:
    server = simulated(a_world())
    async with opened(server, size=(80, 19)) as person:
        assert person.lines(HistogramLine) == []
        assert server.counts == []
        await person.pilot.resize_terminal(80, 24)
        await person.wait()
        assert line(person).endswith("exact")


async def test_z_narrows_the_range_to_the_bar_and_shift_z_goes_back() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("pagedown", "pagedown", "pagedown")
        count = int(line(person).split("  ")[-1].split(" ")[0].rstrip(",").replace(",", ""))
        hour = line(person).split("  ")[-2][:2]
        await person.press("z")
        assert person.query == [f"/ since:2026-11-20T{hour}:00:00.000Z until:2026-11-20T{hour}:59:59.999Z"]
        assert person.status == f"row 1 of {count:,}"
        assert line(person).endswith("exact")
        await person.press("Z")
        assert person.query[0].startswith("/ no query")


async def test_a_jump_to_a_time_costs_two_requests_and_lands_on_the_first_log_from_then_on() -> None:
    world = a_world(1_000_000)
    server = simulated(world)
    async with opened(server, "since:7d") as person:
        calls, counts = len(server.calls), len(server.counts)
        await person.tap("T")
        await person.write("2026-11-17T09:30")
        await person.tap("enter")
        await person.wait()
        assert (len(server.calls) - calls, len(server.counts) - counts) == (1, 1)
        current = person.find(LogTable).current
        assert current
        assert current.created_at
        assert current.created_at.text >= "2026-11-17T09:30:00.000Z"
        await person.press("j")
        below = person.find(LogTable).current
        assert below
        assert below.created_at
        assert below.created_at.text < "2026-11-17T09:30:00.000Z"


async def test_a_clock_time_is_of_the_day_of_the_current_row_and_must_be_in_the_range() -> None:
    async with opened(simulated(a_world())) as person:
        await person.tap("T")
        await person.write("11:00")
        await person.tap("enter")
        await person.wait()
        assert person.rows[person.cursor - person.find(LogTable).view.first].startswith(">11:0")
        await person.tap("T")
        await person.write("99:00")
        await person.tap("enter")
        assert "is no time" in person.text
        await person.tap("escape", "T")
        await person.write("2026-11-18")
        await person.tap("enter")
        await person.wait()
        assert person.status == "! 2026-11-18T00:00:00.000Z is outside of this range; t changes it."


async def test_a_jump_to_a_time_in_a_list_with_cursors_looks_at_loaded_rows() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, environment=PRODUCTION, generation="environment") as person:
        row = person.rows[9]
        await person.tap("T")
        await person.write(row[1:9])
        await person.tap("enter")
        await person.wait()
        assert person.rows[person.cursor][1:9] == row[1:9]
        await person.tap("T")
        await person.write("01:00")
        await person.tap("enter")
        await person.wait()
        assert person.status == "This list has not been read that far; G reads on."


async def test_values_are_counted_when_their_key_is_opened_and_one_narrows_the_query() -> None:
    world = a_world()
    server = simulated(world)
    async with opened(server) as person:
        walked = Counter(one["status"] for one in records(world) if one["createdAt"] >= "2026-11-19T15:00:00.123Z")
        before = len(server.counts)
        await person.tap("number_sign")
        assert len(server.counts) == before
        await person.tap("enter")
        await person.until("exact, all of ")
        for status, count in walked.items():
            assert any(row.split("│")[1].split() == [status, f"{count:,}"] for row in person.screen if status in row)
        assert len(server.counts) - before <= 8
        while "failed" not in _under_cursor(person):
            await person.tap("j")
        await person.tap("enter")
        await person.wait()
        assert person.query == ["/ status:failed"]
        assert person.status == f"row 1 of {walked['failed']:,}"


async def test_a_value_can_be_excluded() -> None:
    async with opened(simulated(a_world())) as person:
        await person.tap("number_sign", "enter")
        await person.until("exact, all of ")
        await person.tap("j", "minus")
        await person.wait()
        assert person.query == ["/ -status:succeeded"]


async def test_parties_are_counted_by_id_and_named() -> None:
    world = a_world()
    async with opened(simulated(world)) as person:
        await person.tap("number_sign", "j", "j", "j", "j", "enter")
        await person.until("exact, all of ")
        await person.tap("j")
        name = _under_cursor(person).strip(" >│").rsplit(maxsplit=1)[0].strip()
        await person.tap("enter")
        await person.wait()
        assert person.query == [f'/ source:"{name}"']
        assert all(row for row in person.rows)


async def test_over_cursors_values_are_those_of_loaded_rows() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, environment=PRODUCTION, generation="environment") as person:
        await person.tap("number_sign", "enter")
        await person.until("of 50 loaded rows")
        assert server.counts == []


async def test_a_facet_that_cannot_be_counted_says_why() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        server.instead = failing(*[500] * 100, when=lambda call: call.counts)
        await person.tap("number_sign", "enter")
        await person.until("not all counted")


def _under_cursor(person: Person) -> str:
    return next(row for row in person.screen if "│ >" in row)


async def test_a_range_that_is_too_wide_for_the_server_is_counted_bar_by_bar() -> None:
    server = simulated(a_world(), faults=["504-wide:6"])
    async with opened(server) as person:
        assert line(person).endswith(" exact")
        assert len(server.counts) <= 64


async def test_while_a_list_is_followed_its_counts_are_not_asked_for_with_every_look() -> None:
    there = traffic()
    async with opened(there.server) as person:
        counts = len(there.server.counts)
        assert line(person).endswith(" exact")
        await person.press("f")
        for minutes in (0.5, 1):
            there.times.pass_by(minutes)
            await person.press("r")
        assert len(there.server.counts) == counts
        assert line(person).endswith(" as of 15:00:00")
        await person.press("f", "r")
        assert len(there.server.counts) > counts
        assert not line(person).endswith(" as of 15:00:00")


async def test_a_value_that_is_taken_narrows_the_query_though_newer_rows_have_come_meanwhile() -> None:
    there = traffic()
    async with opened(there.server) as person:
        await person.press("f")
        await person.tap("number_sign", "enter")
        await person.until("exact, all of ")
        there.times.pass_by(2)
        logs = person.app.screen_stack[-2]
        assert isinstance(logs, LogsScreen)
        logs._look()
        await person.until(lambda: logs._window.epoch > 0)
        while "failed" not in _under_cursor(person):
            await person.tap("j")
        await person.tap("enter")
        await person.wait()
        assert person.query == ["/ status:failed"]
