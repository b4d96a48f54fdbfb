"""What is new in a list, however late and in whatever order logs come in."""

from datetime import UTC, datetime, timedelta

import pytest

from redox_tui.domain.logs import Log, LogPage
from redox_tui.domain.news import news
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import Timestamp, iso
from redox_tui.domain.window import LogWindow, Viewport

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def log(second: int, status: str = "succeeded") -> Log:
    created = NOON + timedelta(seconds=second)
    return Log(f"log-{second}", Timestamp(iso(created), created), status=status)


def read(*logs: Log, total: int | None = None) -> LogWindow:
    """A window whose first page is these logs, newest first."""
    window = LogWindow(LogSearch())
    request = window.next_request(Viewport(0, 20))
    assert request
    window.put(request, LogPage(logs, len(logs) if total is None else total))
    return window


def test_a_list_that_stands_still_has_no_news() -> None:
    found = news(read(log(2), log(1)), read(log(2), log(1)))
    assert (found.count, found.changed, str(found)) == (0, False, "")


@pytest.mark.parametrize(
    ("now", "count"),
    [
        ([log(4), log(3), log(2), log(1)], 2),
        ([log(3), log(2), log(1)], 1),
    ],
)
def test_new_logs_are_counted(now: list[Log], count: int) -> None:
    assert news(read(log(2), log(1)), read(*now)).count == count


def test_a_log_that_comes_late_with_an_older_time_is_new() -> None:
    found = news(read(log(9), log(1)), read(log(9), log(5), log(1)))
    assert (found.count, str(found)) == (1, "+1 new")


def test_a_log_that_moved_up_from_the_second_page_is_not_new() -> None:
    before = read(log(9), log(8, "pending"), total=3)
    assert news(before, read(log(9), log(1), total=2)).count == 0


def test_a_page_of_new_logs_only_says_that_there_may_be_more() -> None:
    found = news(read(log(1)), read(log(9), log(8), total=9))
    assert str(found) == "+2 or more new"


def test_a_status_that_changed_is_a_change_but_nothing_new() -> None:
    found = news(read(log(1, "pending")), read(log(1, "failed")))
    assert (found.count, found.changed) == (0, True)


def test_every_log_is_new_in_a_list_that_was_empty() -> None:
    assert news(read(), read(log(2), log(1))).count == 2
