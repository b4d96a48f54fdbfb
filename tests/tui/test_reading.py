"""A list of logs as it is read: what is asked for, and what an answer changes; no screen is needed for that."""

from dataclasses import replace

from redox_tui.domain.logs import LogPage
from redox_tui.domain.query import LogQuery
from redox_tui.domain.window import LogWindow, PageRequest, Viewport
from redox_tui.tui.following import Follow
from redox_tui.tui.reading import Change, Reading
from tests.unit.domain.logs import NOW, a_log, some_logs
from tests.unit.domain.reading import Server

TOP = Viewport(0, 19)


def begun(text: str = "since:3h", *, count: int = 3_000) -> tuple[Reading, Server]:
    """A reading whose first page is there, and the server that it reads."""
    query, server = LogQuery.parse(text), Server(some_logs(count))
    reading = Reading(query, LogWindow(query.search(NOW)))
    (request,) = reading.requests(TOP)
    assert reading.put(request, server.answer(request)) is Change.ROWS
    return reading, server


def answer(reading: Reading, server: Server, wanted: list[PageRequest]) -> list[Change]:
    return [reading.put(request, server.answer(request)) for request in wanted]


def test_no_more_than_four_pages_are_asked_for_at_once_whoever_wants_them() -> None:
    reading, server = begun("since:3h -status:succeeded")
    reading.look_for_matches()
    wanted = list(reading.requests(Viewport(900, 919, 1)))
    assert [request.index for request in wanted] == [18, 19, 20, 1]
    assert not list(reading.requests(Viewport(1_900, 1_919, 1)))
    assert answer(reading, server, wanted) == [Change.ROWS] * 4


def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    reading, server = begun()
    wanted = list(reading.requests(Viewport(900, 919)))
    assert reading.stop("Stopped.")
    assert answer(reading, server, wanted) == [Change.NOTHING]
    assert not reading.stop("Stopped.")


def test_while_it_is_followed_a_newer_reading_takes_the_place_of_the_window() -> None:
    reading, server = begun("since:3h -status:succeeded")
    reading.following.state = Follow.ON
    reading.look_for_matches()
    server.logs.insert(0, a_log("newer", status="failed"))
    before, request = reading.window, reading.look(NOW)
    assert request
    assert reading.put(request, server.answer(request)) is Change.WINDOW
    assert reading.window is not before
    assert reading.only is not None
    assert list(reading.only) == list(range(50)), "matches are looked for in the newer window"


def test_paused_a_newer_reading_waits_until_it_is_taken() -> None:
    reading, server = begun()
    reading.following.state = Follow.PAUSED
    server.logs.insert(0, a_log("newer"))
    before, request = reading.window, reading.look(NOW)
    assert request
    assert reading.look(NOW) is None, "one look at a time"
    assert reading.put(request, server.answer(request)) is Change.NOTHING
    assert reading.window is before
    assert reading.take_newer()
    assert [log.id for log in reading.window.newest][:2] == ["newer", "log-0"]
    assert not reading.take_newer()


def test_that_the_list_has_changed_is_told_while_matches_are_looked_for_too() -> None:
    reading, server = begun("since:3h -status:succeeded")
    reading.look_for_matches()
    (first, *others) = list(reading.requests(TOP))
    page: LogPage = server.answer(first)
    reading.put(first, replace(page, total=2_999))
    changed = reading.window.notes
    assert changed == ("the list changed on the server and was read again",)
    server.logs.pop()
    while others := [*others, *reading.requests(TOP)]:
        answer(reading, server, others)
        others = []
    assert reading.window.notes == changed


def test_who_waits_for_a_newer_reading_still_does_after_going_on_with_following() -> None:
    reading, _ = begun()
    request = reading.look(NOW, is_wanted=True)
    assert request
    reading.following.state = Follow.ON
    assert not reading.take_newer()
    assert reading.is_waiting
    assert reading.fail(request, "Timed out.") is Change.WINDOW, "somebody is told"
    assert not reading.is_waiting
