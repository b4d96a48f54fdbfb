"""Waiting and failing: what is on its way, what could not be read and why, and the keys that help."""

import pytest

from redox_tui.tui.messages import PageArrived
from redox_tui.tui.widgets.log_table import LogTable
from tests.tui.given import a_world, opened
from tests.tui.server import Call, Reply, failing, listing, scripted, simulated


async def test_the_first_answer_is_waited_for_with_words() -> None:
    server = simulated(a_world())
    server.hold()
    async with opened(server, wait=False) as person:
        assert person.status == "reading the newest logs … esc stops"
        assert person.rows == ["", "", " Reading the newest logs … esc stops."]
        server.release()


async def test_rows_on_their_way_are_placeholders() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        server.hold()
        person.strike("G")
        await server.arrived(3)
        await person.look()
        assert [row.strip() for row in person.rows] == ["…"] * 17 + [">…"]
        assert person.status == "row 1,000,000 of 1,000,000 · reading … esc stops"
        server.release()
        await person.wait()
        assert person.rows[-1].startswith(">11-13")
        assert person.status == "row 1,000,000 of 1,000,000"


async def test_keys_are_obeyed_while_rows_are_on_their_way() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        server.hold()
        person.strike("G")
        await server.arrived(3)
        person.strike("g")
        await person.look()
        assert person.rows[0].startswith(">11-20")
        server.release()


async def test_the_first_page_that_fails_says_why_and_is_read_again_by_r() -> None:
    server = simulated(a_world())
    server.instead = failing(500)
    async with opened(server) as person:
        assert person.status.startswith("! The server failed on logs (500). The server says: Out of order today.")
        assert person.status.endswith("r tries again.")
        assert "The logs could not be read" in person.rows[2]
        await person.press("r")
        assert person.status.startswith("row 1 of ")
        assert person.rows[0].startswith(">14:5")


async def test_a_page_that_fails_is_a_gap_which_r_reads_again() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        server.instead = failing(503)
        await person.press("G")
        assert {row[1:].strip() for row in person.rows} == {"! not read; r tries again"}
        assert person.status.startswith("! The server failed on logs (503).")
        await person.press("g")
        assert person.rows[0].startswith(">11-20"), "what was read stays"
        assert person.status == "row 1 of 1,000,000 · 1 page not read, r tries again"
        await person.press("G", "r")
        assert person.rows[-1].startswith(">11-13")
        assert server.pages[:3] == [1, 20_000, 20_000]
        assert person.status == "row 1,000,000 of 1,000,000"


async def test_gaps_out_of_view_are_counted() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        server.instead = failing(503, 503)
        await person.press("G")
        person.find(LogTable).go_to(499_999)
        await person.wait()
        assert person.status.startswith("! The server failed on logs (503).")
        await person.press("g")
        assert person.status == "row 1 of 1,000,000 · 2 pages not read, r tries again"
        await person.press("r")
        assert person.status == "row 1 of 1,000,000"


async def test_a_row_that_was_not_read_says_that_it_cannot_be_opened() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        server.hold()
        person.strike("G")
        await server.arrived(3)
        person.strike("enter")
        await person.look()
        assert person.status == "! This log cannot be opened: it has not been read."
        assert len(person.rows) == 18
        server.release()


async def test_a_gap_is_not_asked_for_again_before_r() -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        server.instead = failing(503)
        await person.press("G", "k", "k", "j")
        assert server.pages.count(20_000) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, b"<html>Sign in", "text/html"), "The answer is a web page, not JSON. Check --base-url;"),
        (Reply(200, b'{"payload":{"results":[{"id":'), "The answer is not whole JSON:"),
        (Reply(429), "Too many requests (429). Wait a few minutes, then try again."),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else "",
)
async def test_an_answer_that_is_no_list_is_explained(reply: Reply, words: str) -> None:
    async with opened(scripted(lambda call: reply), size=(120, 24)) as person:
        assert person.status.startswith(f"! {words}")
        assert person.status.endswith("r tries again.")


@pytest.mark.parametrize(
    ("status", "sentences"),
    [
        (400, "The server refused the request for logs (400)."),
        (401, "The token is wrong or has ended (401). Get a new token, then start again."),
        (403, "This credential may not read logs (403). Ask for a role that may."),
    ],
)
async def test_a_refusal_is_explained_without_promising_that_trying_again_helps(status: int, sentences: str) -> None:
    async with opened(scripted(lambda call: Reply(status)), size=(120, 24)) as person:
        assert person.status == f"! {sentences}"


async def test_esc_stops_waiting_and_r_reads_on() -> None:
    server = simulated(a_world())
    server.hold()
    async with opened(server, wait=False) as person:
        await server.arrived(1)
        person.strike("escape")
        await person.look()
        assert server.cancelled == 1
        assert person.status == "! Stopped. r tries again."
        server.release()
        await person.press("r")
        assert person.rows[0].startswith(">14:5")


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_leaving_keys_stop_a_wait_before_they_do_anything_else(key: str) -> None:
    server = simulated(a_world(1_000_000))
    async with opened(server, "since:7d") as person:
        server.hold()
        person.strike("G")
        await server.arrived(3)
        person.strike(key)
        await person.look()
        assert person.app.is_running
        assert server.cancelled == 1
        assert person.status.startswith("! Stopped.")
        server.release()


async def test_refreshing_reads_the_list_from_its_top() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("pagedown", "r")
        assert person.cursor == 0
        assert server.pages[-1] == 1
        assert "createdBefore" not in server.lists[-1].query, "newer logs are wanted"


async def test_later_pages_are_bounded_by_the_newest_log_of_the_first() -> None:
    server = simulated(a_world())
    async with opened(server) as person:
        await person.press("pagedown", "pagedown")
        assert {"createdBefore" in call.query for call in server.lists[1:]} == {True}


async def test_answers_to_a_query_of_before_are_dropped() -> None:
    arrived: list[PageArrived] = []

    def note(message: object) -> None:
        if isinstance(message, PageArrived):
            arrived.append(message)

    server = simulated(a_world())
    async with opened(server, hook=note) as person:
        await person.press("slash")
        await person.write(" status:failed")
        await person.press("enter")
        before = person.rows
        person.app.screen.post_message(PageArrived(arrived[0].request, arrived[0].page))
        await person.wait()
        assert person.rows == before
        assert all("✗ failed" in row for row in before)


async def test_a_new_query_cancels_what_the_old_one_waits_for() -> None:
    server = simulated(a_world())
    server.hold()
    async with opened(server, wait=False) as person:
        await server.arrived(1)
        person.strike("slash")
        await person.look()
        await person.write("status:failed")
        person.strike("enter")
        await server.arrived(2)
        assert server.cancelled == 1
        server.release()
        await person.wait()
        assert all("✗ failed" in row for row in person.rows)


def shrinking(call: Call) -> Reply:
    """A list of 400 logs that has only 300 of them once its first page has been read."""
    if not call.lists_logs:
        return Reply(404)
    total = 400 if call.page == 1 else 300
    numbers = range(50 * (call.page - 1), min(50 * call.page, total))
    return listing([{"id": f"log-{number}"} for number in numbers], total=total)


CHANGED = "the list changed on the server and was read again"


async def test_a_list_that_changes_on_the_server_says_so_until_somebody_moves_on() -> None:
    async with opened(scripted(shrinking)) as person:
        person.find(LogTable).move_to(75, top=60)
        await person.wait()
        assert person.status == f"row 76 of 300 · {CHANGED}"
        await person.press("j")
        assert CHANGED in person.status, "the same rows are in view"
        await person.press("pagedown")
        assert person.status == "row 95 of 300"


async def test_a_list_that_ends_earlier_by_now_says_so() -> None:
    async with opened(scripted(shrinking)) as person:
        await person.press("G")
        assert "of 300" in person.status
        assert CHANGED in person.status


async def test_an_environment_list_that_fails_leaves_the_logs_alone() -> None:
    server = simulated(a_world())
    server.instead = failing(500, when=lambda call: call.path.endswith("/environments"))
    async with opened(server) as person:
        assert person.status.startswith("row 1 of ")
        assert "PROD?" in person.place
