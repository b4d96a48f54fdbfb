"""The list of logs: what stands in it, where its rows come from, and how few requests that takes."""

from itertools import pairwise

import pytest

from redox_tui.tui.widgets.histogram import HistogramLine
from redox_tui.tui.widgets.log_table import LogTable
from tests.tui.given import PRODUCTION, a_world, opened
from tests.tui.server import Call, Reply, failing, listing, scripted, simulated

ROWS = 18
"""Rows of the list on a terminal of 80×24."""


async def test_the_newest_logs_appear_with_their_status_as_sign_and_word() -> None:
    async with opened(simulated(a_world())) as person:
        assert len(person.rows) == ROWS
        assert person.rows[0].startswith(">14:5")
        times = [row[1:9] for row in person.rows]
        assert all(newer >= older for newer, older in pairwise(times))
        assert all(row[11:].startswith(("✓ succeeded", "✗ failed", "⊘ filtered", "… pending")) for row in person.rows)
        assert person.status == f"row 1 of {person.find(LogTable).row_count:,}"


async def test_one_request_is_made_before_the_first_rows() -> None:
    server = simulated(a_world())
    server.hold()
    async with opened(server, wait=False) as person:
        await server.arrived(1)
        await person.look()
        assert [call.page for call in server.calls] == [1]
        server.release()
        await person.wait()
        assert server.pages == [1]
        assert len(person.rows) == ROWS


async def test_environments_are_asked_for_once_and_after_the_first_rows() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("r")
        await person.press("r")
        assert [call.path.rsplit("/")[-1] for call in server.calls] == ["logs", "environments", "logs", "logs"]


async def test_the_last_of_a_million_rows_costs_one_request_more() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        await person.press("G")
        assert server.pages == [1, 20_000]
        assert person.rows[-1].startswith(">11-13 15:00:00")
        assert person.status == "row 1,000,000 of 1,000,000"


async def test_a_leap_in_the_middle_stays_inside_a_page() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        person.find(LogTable).go_to(499_999)
        await person.wait()
        assert server.pages == [1, 10_000]
        assert person.status == "row 500,000 of 1,000,000"


async def test_dragging_the_scrollbar_asks_for_the_pages_in_view_only() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        person.find(LogTable).scroll_to(y=500_010, animate=False)
        await person.wait()
        assert server.pages[:2] == [1, 10_001]
        assert len(server.pages) <= 4, "the page in view and two ahead"
        assert person.status == "row 500,011 of 1,000,000"


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("j j down", 3),
        ("j j k", 1),
        ("up", 0),
        ("pagedown", ROWS),
        ("space ctrl+f", 2 * ROWS),
        ("pagedown pageup", 0),
        ("pagedown pagedown ctrl+b", ROWS),
        ("ctrl+d", ROWS // 2),
        ("ctrl+d ctrl+d ctrl+u", ROWS // 2),
        ("pagedown g", 0),
        ("G home", 0),
    ],
)
async def test_a_key_moves_to_its_row(keys: str, row: int) -> None:
    async with opened(simulated(a_world())) as person:
        await person.press(*keys.split())
        assert person.cursor == row
        assert person.status.startswith(f"row {row + 1:,} of ")
        assert [line[0] for line in person.rows].count(">") == 1


@pytest.mark.parametrize("key", ["G", "end"])
async def test_the_last_row_is_where_the_list_ends(key: str) -> None:
    async with opened(simulated(a_world(500)), "since:7d") as person:
        await person.press(key)
        assert person.cursor == 499
        assert person.rows[-1].startswith(">11-13")
        await person.press("j", "pagedown", "space")
        assert person.cursor == 499


async def test_no_page_is_asked_for_twice_on_the_way_there_and_back() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press(*["pagedown"] * 12, *["pageup"] * 12, "G", "g", "G")
        assert len(server.pages) == len(set(server.pages))


async def test_a_burst_of_page_keys_asks_for_few_pages() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        server.hold()
        before = len(server.calls)
        for _ in range(50):
            person.strike("pagedown")
        await server.arrived(before + 1)
        await person.look()
        assert server.most_at_once <= 4
        server.release()
        await person.wait()
        assert person.cursor == 50 * ROWS
        assert len(server.pages) == len(set(server.pages))
        assert len(server.pages) <= 10, "50 screens are 19 pages; what was only passed is not read"
        assert not [row for row in person.rows if row[1:].strip() == "…"]


async def test_nothing_is_read_ahead_while_nobody_moves() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.wait()
        assert server.pages == [1]


async def test_two_pages_are_read_ahead_in_the_direction_of_movement() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        await person.press("pagedown")
        assert server.pages == [1, 2, 3]
        await person.press("G", "pageup")
        assert server.pages[3:] == [20_000, 19_999, 19_998]


async def test_a_list_with_a_cursor_says_that_it_goes_on_and_grows() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, environment=PRODUCTION, generation="environment") as person:
        assert person.status == "row 1 of >50 · more are read at the end"
        await person.press("G")
        assert len(server.lists) > 1
        assert "of >50 " not in person.status
        assert "of >" in person.status
        cursors = [call.query.get("_cursor") for call in server.lists]
        assert len(cursors) == len(set(cursors))


async def test_a_list_with_a_cursor_ends_where_the_server_ends_it() -> None:
    server = simulated(a_world(300), "environment")
    async with opened(server, "since:7d", environment=PRODUCTION, generation="environment") as person:
        for _ in range(12):
            await person.press("G")
        assert person.status == "row 300 of 300"


async def test_a_long_range_shows_dates_and_a_short_one_times() -> None:
    async with opened(simulated(a_world()), "since:24h") as person:
        assert person.rows[0][3] == ":"
    async with opened(simulated(a_world()), "since:3d") as person:
        assert person.rows[0].startswith(">11-20 14:5")


@pytest.mark.parametrize(
    ("query", "time", "words"),
    [
        ("since:2025-06-01", ">2026-11-20 14:5", "since 2025-06-01 00:00 UTC"),
        ("since:2025-06-01 until:2026-11-19", ">2026-11-19 23:5", "2025-06-01 00:00 – 11-19 23:59 UTC"),
        ("since:2026-01-01", ">11-20 14:5", "since 01-01 00:00 UTC"),
    ],
)
async def test_a_range_that_begins_in_another_year_shows_the_year(query: str, time: str, words: str) -> None:
    async with opened(simulated(a_world()), query) as person:
        assert person.rows[0].startswith(time)
        assert words in person.place


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (80, ["TIME", "STATUS", "MODEL · EVENT", "SOURCE → DESTINATION", "TRY"]),
        (120, ["TIME", "STATUS", "TYPE", "MODEL · EVENT", "SOURCE → DESTINATION", "TRY", "FACILITY", "ID"]),
    ],
)
async def test_wide_terminals_show_more_columns(width: int, titles: list[str]) -> None:
    async with opened(simulated(a_world()), size=(width, 24)) as person:
        header = person.lines(LogTable)[0]
        assert [title.strip() for title in header.split("  ") if title.strip()] == titles
        assert all(len(row) < width for row in person.rows)


@pytest.mark.parametrize("query", ["", "since:3d", "since:2025-06-01"])
async def test_titles_stand_over_their_columns_on_the_narrowest_terminal(query: str) -> None:
    async with opened(simulated(a_world()), query, size=(60, 24)) as person:
        header = person.lines(LogTable)[0]
        assert header.endswith("TRY")
        assert all(len(row) == len(header) for row in person.rows)
        assert all(row[header.index("STATUS")] in "✓✗⊘…" for row in person.rows)


async def test_whole_ids_fit_on_the_widest_terminals() -> None:
    async with opened(simulated(a_world()), size=(160, 24)) as person:
        assert all(len(row.rsplit(maxsplit=1)[-1]) == 36 for row in person.rows)


async def test_the_row_stays_in_sight_when_the_terminal_changes_its_size() -> None:
    async with opened(simulated(a_world()), size=(120, 40)) as person:
        await person.press(*["j"] * 30)
        await person.pilot.resize_terminal(80, 20)
        await person.wait()
        assert [row for row in person.rows if row.startswith(">")]
        assert person.cursor == 30


async def test_a_record_that_cannot_be_read_is_one_marked_row() -> None:
    def answer(call: Call) -> Reply:
        return listing([{"id": "a" * 8, "status": "failed"}, {"id": "b" * 8, "attempts": 7}, 42])

    async with opened(scripted(answer), size=(160, 24)) as person:
        assert "✗ failed" in person.rows[0]
        assert "! unreadable: attempts" in person.rows[1]
        assert "! the record is no object" in person.rows[2]
        assert person.status == "row 1 of 3"


async def test_a_record_without_an_id_says_that_it_cannot_be_opened() -> None:
    async with opened(scripted(lambda call: listing([{"status": "failed"}]))) as person:
        await person.press("enter")
        assert person.status == "! This log cannot be opened: the record has no id."
        assert len(person.rows) == 1


async def test_a_status_that_nobody_documented_is_shown_as_it_is() -> None:
    async with opened(scripted(lambda call: listing([{"id": "a", "status": "queued"}]))) as person:
        assert "? queued" in person.rows[0]


async def test_the_rows_stay_until_a_refresh_has_brought_newer_ones() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("j", "j")
        before = person.rows
        server.hold()
        await person.tap("r")
        assert person.rows == before
        assert person.status.endswith("reading … esc stops")
        server.release()
        await person.wait()
        assert person.rows[0].startswith(">"), "from the top"
        assert person.status.startswith("row 1 of ")


async def test_a_refresh_that_fails_leaves_the_rows_and_says_why_until_it_works() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        before = person.rows
        server.instead = failing(500)
        await person.press("r")
        assert person.rows == before[:-1], "the last one makes room for the sentence"
        assert person.status.startswith("! The server failed on logs (500).")
        assert person.status.endswith("r tries again. The rows are those of before.")
        await person.press("r")
        assert person.status.startswith("row 1 of ")
        assert server.pages == [1, 1, 1]


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_a_refresh_that_takes_long_is_stopped_and_the_rows_stay(key: str) -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        before = person.rows
        server.hold()
        await person.tap("r")
        await server.arrived(3)
        await person.tap(key)
        await person.until(lambda: server.cancelled == 1)
        assert person.rows == before
        assert person.status.startswith("row 1 of ")
        server.release()
        await person.press("r")
        assert server.pages == [1, 1, 1]


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_a_refresh_is_stopped_before_the_rows_that_do_not_match_come_back(key: str) -> None:
    server = simulated(a_world())
    async with opened(server, "since:3h -status:succeeded") as person:
        await person.press("x")
        before = person.rows
        server.hold()
        await person.tap("r")
        assert person.status.endswith("reading … esc stops")
        await person.tap(key)
        assert "esc stops" not in person.status
        assert person.rows == before
        await person.tap("escape")
        assert person.rows != before


async def test_what_a_refresh_has_brought_is_counted_anew() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        counted = len(server.counts)
        await person.press("r")
        assert len(server.counts) == 2 * counted
        assert person.lines(HistogramLine)[0].strip().endswith("exact")


async def test_a_refresh_says_that_it_reads_and_not_what_it_has_stopped() -> None:
    server = simulated(a_world())
    async with opened(server, "since:7d dest:e6cd09b5-4765-5691-9f1d-6528fd8275b2") as person:
        server.hold()
        await person.tap("e", "e", "e")
        assert "looking for the next failed log … esc stops" in person.status
        await person.tap("r")
        assert "reading … esc stops" in person.status
        assert "failed log" not in person.status


async def test_a_party_that_a_refresh_brings_is_known_by_its_name() -> None:
    sources = [{"id": "s-1", "name": "Old"}, {"id": "s-2", "name": "New"}]

    def answer(call: Call) -> Reply:
        if call.lists_logs:
            return listing([{"id": f"log-{source['id']}", "source": source} for source in sources[:shown]])
        return Reply(404)

    shown, server = 1, scripted(answer)
    async with opened(server) as person:
        shown = 2
        await person.press("r", "/")
        await person.write(" source:New")
        await person.press("enter")
        assert person.status.endswith("do not match source:s-2")
