"""The query bar and the time field: what is typed, what is refused and why, and what running it does."""

import pytest
from textual.widgets import Input

from redox_tui.tui.widgets.log_table import LogTable
from redox_tui.tui.widgets.query_bar import QueryBar
from tests.tui.given import PRODUCTION, a_world, opened, texts_in
from tests.tui.server import listing, scripted, simulated


async def test_a_query_is_run_from_its_first_row() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("pagedown", "slash")
        await person.write("status:failed model:results")
        await person.press("enter")
        assert server.lists[-1].query["status"] == "failed"
        assert server.lists[-1].query["dataModel"] == "Results"
        assert server.pages[-1] == 1
        assert person.cursor == 0
        assert all("✗ failed" in row and "Results·" in row for row in person.rows)
        assert person.query == ["/ status:failed model:Results"], "printed as it was understood"


async def test_the_list_has_the_focus_again_after_a_query() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("slash", "enter", "j")
        assert person.cursor == 1


@pytest.mark.parametrize("key", ["slash", "t", "T", "colon"])
async def test_a_cursor_in_a_field_stands_still_because_blinking_sends_bytes_while_nobody_types(key: str) -> None:
    async with opened(simulated(a_world())) as person:
        await person.tap(key)
        await person.until(lambda: isinstance(person.app.focused, Input) and not person.app.focused.cursor_blink)


async def test_letters_are_typed_not_obeyed_in_the_bar() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("slash")
        await person.write("qjGrt?:")
        assert person.query[0] == "/ qjGrt?:"
        assert person.cursor == 0


async def test_a_wrong_term_is_underlined_with_the_reason_below_and_not_run() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("slash")
        await person.write("model:Results statsu:failed")
        assert person.query[1] == "statsu: is no key of a query; did you mean status:?"
        underlined = "".join(texts_in("underline", person.segments(QueryBar)[0]))
        assert underlined.strip() == "statsu:"
        await person.press("enter")
        assert len(server.lists) == 1
        assert isinstance(person.app.focused, Input)
        assert person.query[0] == "/ model:Results statsu:failed"


async def test_a_reason_goes_when_the_term_is_mended() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("slash")
        await person.write("status:faild")
        assert len(person.query) == 2
        await person.press("backspace", "backspace")
        await person.write("led")
        assert person.query == ["/ status:failed"]


async def test_esc_brings_back_the_query_that_runs() -> None:
    server = simulated(a_world())
    async with opened(server, "status:failed") as person:
        await person.press("slash")
        await person.write(" nonsense:")
        await person.press("escape")
        assert person.query == ["/ status:failed"]
        assert len(server.lists) == 1
        await person.press("j")
        assert person.cursor == 1


async def test_rows_that_do_not_match_a_local_term_are_dim() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("slash")
        await person.write("-model:Results")
        await person.press("enter")
        lines = person.segments(LogTable)[2:]
        colours = {
            "Results·" in "".join(part.text for part in line): {
                part.style.color for part in line if part.style and part.text.strip()
            }
            for line in lines
        }
        assert len(colours[True]) == 1, "one colour for the whole row"
        assert not colours[True] & colours[False]
        assert "dim rows do not match -model:Results" in person.status


async def test_a_local_term_does_not_go_to_the_server() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("slash")
        await person.write("-status:failed,pending Lakeside")
        await person.press("enter")
        assert set(server.lists[-1].query) == {"_page", "_count", "createdAfter"}


async def test_an_empty_answer_says_so_and_how_to_widen_it() -> None:
    async with opened(scripted(lambda call: listing([])), "status:failed since:15m") as person:
        assert person.rows == [
            "",
            "",
            " No logs match in this range (last 15 m).",
            " t widens the range, / changes the query.",
        ]
        assert person.status == "no logs"


async def test_an_empty_list_has_no_dim_rows() -> None:
    async with opened(scripted(lambda call: listing([])), "-model:Results") as person:
        assert person.status == "no logs"


async def test_keys_of_the_list_do_nothing_in_an_empty_one() -> None:
    async with opened(scripted(lambda call: listing([]))) as person:
        await person.press("j", "k", "G", "g", "pagedown", "pageup", "ctrl+d", "enter")
        assert person.cursor == 0
        assert "No logs match" in person.rows[2]


async def test_a_term_that_this_generation_does_not_know_is_refused_with_the_reason() -> None:
    server = simulated(a_world())
    async with opened(server, "facility:RIV", generation="organization") as person:
        assert "facility: cannot be asked of the organization generation" in person.status
        assert server.lists == []


async def test_a_term_of_the_environment_generation_goes_to_the_server() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, "mode:backfill since:7d", environment=PRODUCTION, generation="environment") as person:
        assert len(person.rows) == 18
        assert person.rows[0].startswith(">11-17"), "the backfill was loaded three days ago"


async def test_a_range_that_ends_before_it_begins_is_refused_under_the_bar() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("slash")
        await person.write("since:1h until:2h")
        await person.press("enter")
        assert "ends before it begins" in person.query[1]
        assert person.query[0] == "/ since:1h until:2h"
        assert len(server.lists) == 1


@pytest.mark.parametrize(
    ("typed", "since", "words"),
    [
        ("1", "2026-11-20T14:45:00.123Z", "last 15 m"),
        ("2", "2026-11-20T14:00:00.123Z", "last 1 h"),
        ("3", "2026-11-20T09:00:00.123Z", "last 6 h"),
        ("4", "2026-11-19T15:00:00.123Z", "last 24 h"),
        ("5", "2026-11-17T15:00:00.123Z", "last 3 d"),
        ("6", "2026-11-13T15:00:00.123Z", "last 7 d"),
        ("90m", "2026-11-20T13:30:00.123Z", "last 90 m"),
        ("2026-11-20T12:00..14:00", "2026-11-20T12:00:00.000Z", "11-20 12:00 – 14:00"),
        ("yesterday", "2026-11-19T00:00:00.000Z", "11-19 00:00 – 23:59"),
    ],
)
async def test_the_time_field_takes_a_digit_or_a_time(typed: str, since: str, words: str) -> None:
    server = simulated(a_world())
    async with opened(server, "status:failed") as person:
        await person.press("t")
        await person.write(typed)
        await person.press("enter")
        assert server.lists[-1].query["createdAfter"] == since
        assert server.lists[-1].query["status"] == "failed", "the rest of the query stays"
        assert f"{words} UTC" in person.place
        assert person.time_field == []
        assert person.query[0].startswith("/ status:failed since:")


async def test_the_time_field_says_what_the_digits_mean() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("t")
        assert person.time_field == ["time  1 15m  2 1h  3 6h  4 24h  5 3d  6 7d  or a time, or A..B"]


@pytest.mark.parametrize("typed", ["7", "soon", "2026-13-01", "14:00..12:00", ".."])
async def test_a_wrong_time_is_explained_below_the_field_and_not_run(typed: str) -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("t")
        await person.write(typed)
        assert len(person.time_field) > 1
        await person.press("enter")
        assert len(server.lists) == 1
        assert typed in person.time_field[0]


@pytest.mark.parametrize("keys", [["escape"], ["enter"], ["2", "escape"]])
async def test_the_time_field_can_be_left_without_a_change(keys: list[str]) -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("t", *keys)
        assert person.time_field == []
        assert len(server.lists) == 1
        await person.press("j")
        assert person.cursor == 1


async def test_the_default_range_is_said() -> None:
    async with opened(simulated(a_world())) as person:
        assert "last 24 h UTC" in person.place
