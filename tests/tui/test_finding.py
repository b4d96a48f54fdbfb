"""Next failure, jumps to a log, marks, columns, preview, zone and ranges: from the list to what one looks for."""

import json
from datetime import UTC, timedelta, timezone

import pytest

from redox_tui.domain.logs import Log
from redox_tui.simulator.search import Search
from redox_tui.tui.messages import LogFound
from redox_tui.tui.screens.log_detail import LogDetailScreen
from redox_tui.tui.widgets.log_table import LogTable
from tests.tui.given import PRODUCTION, Person, a_world, opened
from tests.tui.server import Call, simulated


def under_cursor(person: Person) -> Log:
    """The log under the cursor of the list."""
    log = person.find(LogTable).current
    assert log
    return log


def failures() -> list[str]:
    """The ids of all failed logs of the world's week, newest first."""
    world = a_world()
    found = world.search(Search(status="failed"))
    return [world.log(index).id for index in found.page(0, found.total)]


def newest(count: int) -> list[str]:
    world = a_world()
    return [world.log(index).id for index in world.search(Search()).page(0, count)]


async def paste(person: Person, text: str) -> None:
    """Press `i`, paste a text, and take it."""
    await person.tap("i")
    await person.paste(text)
    await person.tap("enter")
    await person.wait()


async def test_e_goes_from_failure_to_failure_and_back_again() -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        for wanted in failures()[:12]:
            await person.press("e")
            assert under_cursor(person).id == wanted
        for wanted in reversed(failures()[:11]):
            await person.press("E")
            assert under_cursor(person).id == wanted


async def test_a_failure_that_is_not_loaded_is_asked_for_with_two_questions() -> None:
    server = simulated(a_world())
    async with opened(server, "since:7d dest:e6cd09b5-4765-5691-9f1d-6528fd8275b2") as person:
        before = len(server.lists)
        await person.press("e", "e", "e")
        assert under_cursor(person).status == "failed"
        asked = server.lists[before:]
        assert sum(call.query.get("status") == "failed" for call in asked) <= 3
        assert len(asked) <= 12


async def test_from_the_last_row_e_asks_upwards() -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        await person.press("G", "E")
        assert under_cursor(person).id == failures()[-1]
        await person.press("E")
        assert under_cursor(person).id == failures()[-2]


async def test_where_no_failure_is_left_that_is_said() -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        await person.press("E")
        assert person.status == "No failed log above this one."
        await person.press("G", "e", "e")
        assert person.status.startswith("No failed log below this one.")


async def test_a_query_without_failures_is_not_searched_for_them() -> None:
    async with opened(simulated(a_world()), "status:succeeded") as person:
        await person.press("e")
        assert "This query shows succeeded logs only" in person.status


async def test_failures_are_found_in_a_list_with_a_cursor_too() -> None:
    server = simulated(a_world(), "environment")
    async with opened(server, "since:7d", environment=PRODUCTION, generation="environment") as person:
        for wanted in failures()[:5]:
            await person.press("e")
            assert under_cursor(person).id == wanted


@pytest.mark.parametrize("row", [0, 30, 777, 4_990])
async def test_an_id_leads_to_its_row(row: int) -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        wanted = newest(5_000)[row]
        await paste(person, f"look at {wanted}!")
        assert under_cursor(person).id == wanted
        assert person.status.startswith(f"row {row + 1:,} of 5,000")


async def test_a_message_leads_to_the_log_that_it_names() -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        wanted = newest(400)[333]
        await paste(person, json.dumps({"Meta": {"Logs": [{"ID": wanted, "AttemptID": "x"}]}}, indent=2))
        assert under_cursor(person).id == wanted


async def test_an_attempt_leads_to_its_log_while_that_is_loaded() -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        await person.press("j", "j", "j")
        log = under_cursor(person)
        assert log.latest_attempt
        assert log.latest_attempt.id
        await person.press("g")
        await paste(person, log.latest_attempt.id)
        assert under_cursor(person).id == log.id


async def test_a_log_outside_the_list_is_opened_by_itself() -> None:
    async with opened(simulated(a_world()), "since:1h") as person:
        wanted = newest(5_000)[3_000]
        await paste(person, wanted)
        assert isinstance(person.app.screen, LogDetailScreen)
        assert wanted in "\n".join(person.facts)
        await person.press("escape")
        assert person.find(LogTable).row_count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "There is no id in what was pasted"),
        ("00000000-0000-4000-8000-000000000000", "No log has the id 00000000-0000-4000-8000-000000000000."),
    ],
)
async def test_what_leads_nowhere_is_said(text: str, words: str) -> None:
    async with opened(simulated(a_world())) as person:
        await paste(person, text)
        assert words in person.status
        assert person.cursor == 0


async def test_of_several_logs_in_a_message_one_is_chosen() -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        first, second = newest(60)[10], newest(60)[55]
        await person.tap("i")
        await person.paste(json.dumps({"Meta": {"Logs": [{"ID": first}, {"ID": second}]}}))
        await person.tap("enter", "j", "enter")
        await person.wait()
        assert under_cursor(person).id == second


async def test_a_number_in_the_palette_is_a_row() -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        await person.tap(":")
        await person.write("4321")
        await person.until("Go to row 4,321")
        await person.tap("down", "enter")
        await person.wait()
        assert under_cursor(person).id == newest(5_000)[4_320]


async def test_marks_are_seen_and_gone_to() -> None:
    async with opened(simulated(a_world()), "since:7d") as person:
        await person.press("m", "j", "j", "m", "g", "'")
        assert person.cursor == 3
        assert [row[0] for row in person.rows[:4]] == ["*", " ", " ", "»"]
        await person.press("'")
        assert person.cursor == 0
        await person.press("m", "g", "'")
        assert person.cursor == 3


async def test_without_a_mark_that_is_said() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("'")
        assert person.status == "Nothing is marked; m marks a log."


async def test_columns_are_switched_on_and_off() -> None:
    async with opened(simulated(a_world())) as person:
        await person.tap("c", "space", "j", "space", "enter")
        await person.wait()
        header = person.lines(LogTable)[0]
        assert "TYPE" in header
        assert "TRY" not in header


async def test_the_preview_shows_the_log_under_the_cursor() -> None:
    async with opened(simulated(a_world()), size=(100, 40)) as person:
        await person.press("p", "j", "j")
        assert f"Log id          {under_cursor(person).id}" in person.text
        await person.press("p")
        assert under_cursor(person).id not in person.text


async def test_times_are_shown_in_the_zone_of_the_person_when_asked() -> None:
    async with opened(simulated(a_world()), "since:2026-11-20T12:00") as person:
        zone = timezone(timedelta(hours=-5), "EST")
        person.services.zone = zone
        created = under_cursor(person).created_at
        assert created
        assert created.instant
        await person.press("U")
        assert person.rows[0].startswith(f">{created.instant.astimezone(zone):%H:%M:%S}")
        assert "since 11-20 07:00 EST" in person.place
        await person.press("U")
        assert person.rows[0].startswith(f">{created.instant.astimezone(UTC):%H:%M:%S}")
        assert "since 11-20 12:00 UTC" in person.place


async def test_a_range_is_shifted_by_its_length_and_had_back() -> None:
    async with opened(simulated(a_world()), "since:6h") as person:
        await person.press("[")
        assert "11-20 03:00 – 09:00 UTC" in person.place
        await person.press("[")
        assert "11-19 21:00 – 11-20 03:00 UTC" in person.place
        await person.press("]")
        assert "11-20 03:00 – 09:00 UTC" in person.place
        await person.press("]", "]", "]")
        assert "11-20 09:00 – 15:00 UTC" in person.place
        await person.press(*"ZZZZZZ")
        assert "last 6 h" in person.place
        await person.press("Z")
        assert person.status == "There is no range before this one."


def not_succeeded() -> list[int]:
    """The rows of the week whose logs have not succeeded."""
    world = a_world()
    found = [world.log(index) for index in world.search(Search()).page(0, 5_000)]
    return [row for row, log in enumerate(found) if log.status != "succeeded"]


async def test_x_shows_only_the_rows_that_match_and_looks_further_when_asked() -> None:
    server = simulated(a_world())
    async with opened(server, "since:7d -status:succeeded") as person:
        rows = not_succeeded()
        await person.press("x")
        first = [row for row in rows if row < 1_000]
        assert person.status == f"{len(first)} of 1,000 looked at · x looks further"
        assert len(server.lists) <= 22
        assert not any("succeeded" in row for row in person.rows)
        await person.press("x")
        second = [row for row in rows if row < 2_000]
        assert person.status == f"{len(second)} of 2,000 looked at · x looks further"
        await person.press("G")
        await person.press("escape")
        assert person.status.startswith(f"row {second[-1] + 1:,} of 5,000")


async def test_x_at_the_end_of_the_list_shows_all_again() -> None:
    async with opened(simulated(a_world(300)), "since:7d -status:succeeded") as person:
        await person.press("x")
        assert person.status.endswith("of 300 looked at · x shows all")
        assert not any("succeeded" in row for row in person.rows)
        await person.press("x")
        assert person.status.startswith("row ")


async def test_a_log_that_is_looked_for_while_x_hides_rows_is_found_all_the_same() -> None:
    server = simulated(a_world())
    async with opened(server, "since:7d -status:succeeded") as person:
        wanted = newest(778)[777]
        server.hold()
        await person.tap("i")
        await person.paste(wanted)
        await person.tap("enter", "x")
        assert "looked at" in person.status
        server.release()
        await person.wait()
        assert under_cursor(person).id == wanted


async def test_a_time_that_is_looked_for_while_x_hides_rows_is_found_all_the_same() -> None:
    server = simulated(a_world())
    found = []
    async with opened(server, "since:7d -status:succeeded") as person:
        for keys in (["enter"], ["enter", "x"]):
            server.hold()
            await person.tap("g", "T")
            await person.write("2026-11-17T09:30")
            await person.tap(*keys)
            server.release()
            await person.wait()
            found.append((under_cursor(person).id, person.status))
    assert found[0] == found[1]


async def test_x_has_nothing_to_hide_where_the_server_answers_the_whole_query() -> None:
    async with opened(simulated(a_world()), "status:failed") as person:
        await person.press("x")
        assert person.status == "Every row matches: the server has answered the whole query."


async def test_the_log_of_a_row_that_is_shown_alone_is_opened() -> None:
    async with opened(simulated(a_world()), "since:7d -status:succeeded") as person:
        await person.press("x", "j", "j")
        wanted = newest(5_000)[not_succeeded()[2]]
        assert under_cursor(person).id == wanted
        await person.press("enter")
        assert wanted in "\n".join(person.facts)


async def test_a_shifted_range_shares_no_moment_with_the_one_that_it_came_from() -> None:
    async with opened(simulated(a_world()), "since:2026-11-20T06:00 until:2026-11-20T12:00") as person:
        await person.press("[")
        assert "until:2026-11-20T05:59:59.999Z" in person.query[0]
        await person.press("]")
        assert "since:2026-11-20T06:00:00.000Z until:2026-11-20T12:00:00.000Z" in person.query[0]


async def test_a_range_that_ends_now_has_none_after_it() -> None:
    async with opened(simulated(a_world()), "since:6h") as person:
        await person.press("]")
        assert "This range ends now, and nothing is later." in person.status
        assert person.query == ["/ since:6h"]


async def test_the_range_before_comes_back_with_the_query_as_it_is_now() -> None:
    async with opened(simulated(a_world()), "status:failed since:6h") as person:
        await person.press("[", "/")
        await person.write("status:filtered since:1h")
        await person.press("enter", "Z")
        assert person.query == ["/ status:filtered since:6h"]


async def test_a_terminal_that_was_too_small_gives_the_focus_back() -> None:
    async with opened(simulated(a_world())) as person:
        await person.pilot.resize_terminal(50, 10)
        await person.look()
        await person.pilot.resize_terminal(80, 24)
        await person.look()
        await person.press("j", "j")
        assert person.cursor == 2


async def test_an_id_of_a_message_that_is_no_id_is_not_asked_for() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        before = len(server.calls)
        await paste(person, json.dumps({"Meta": {"Logs": [{"ID": "../../x"}]}}))
        assert "There is no id in what was pasted" in person.status
        assert len(server.calls) == before


async def test_the_newest_rows_that_are_asked_for_end_the_way_to_a_log() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("f", "j")
        jump = newest(500)[-1]

        def holds(call: Call) -> None:
            if call.query.get("_count") == "1" and "logs" in call.path:
                server.hold()

        server.instead = holds
        await person.tap("i")
        await person.paste(jump)
        await person.tap("enter")
        await person.until("…")
        await person.tap("f")
        server.release()
        await person.wait()
        assert person.cursor == 0
        assert "not in this list any more" not in person.status
        assert not isinstance(person.app.screen, LogDetailScreen)


async def test_a_log_that_is_found_while_the_list_is_refreshed_is_gone_to() -> None:
    server, wanted = simulated(a_world()), newest(500)[-1]
    async with opened(server) as person:
        server.hold()
        await person.tap("r")
        person.app.screen.post_message(LogFound(Log(wanted), 499))
        await person.look()
        server.release()
        await person.wait()
        assert under_cursor(person).id == wanted
