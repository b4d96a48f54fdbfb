"""What logs consist of: values and their counts, and the rest."""

from collections import Counter

import pytest

from redox_tui.api.census import fill
from redox_tui.api.errors import ServerTrouble, TooSlow
from redox_tui.api.protocol import Urgency
from redox_tui.domain.facets import ValueCensus, excluding, likely, narrowed, of_logs
from redox_tui.domain.logs import STATUSES, TYPES, Log, LogDetail, LogPage, PageRef, Party
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch
from tests.unit.domain.logs import NOW, a_log, an_admission


class Server:
    """Counts logs by the terms of a search."""

    def __init__(self, logs: list[Log]) -> None:
        self.logs = logs
        self.calls = 0
        self.fails: dict[int, Exception] = {}
        self.changes: dict[int, Log] = {}

    async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.BROWSING) -> LogPage:
        self.calls += 1
        if error := self.fails.get(self.calls):
            raise error
        if log := self.changes.get(self.calls):
            self.logs.append(log)
        query = LogQuery.parse(" ".join(f'{key}:"{value}"' for key, (value,) in search.terms))
        found = [log for log in self.logs if all(term.matches(log) for term in query.terms)]
        return LogPage(tuple(found[:1]), len(found), 1)

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        raise NotImplementedError


def some() -> list[Log]:
    statuses = ["failed"] * 3 + ["succeeded"] * 5 + ["pending", "exploded", None]
    return [a_log(str(number), status=status) for number, status in enumerate(statuses)]


async def counted(server: Server, census: ValueCensus) -> dict[str, int]:
    await fill(server, census)
    facet = census.facet
    return {row.value: row.count for row in facet.rows} | ({"other": facet.other} if facet.other else {})


async def test_a_closed_set_is_counted_exactly_and_what_nobody_documented_is_other() -> None:
    server = Server(some())
    census = ValueCensus(LogSearch(), "status", likely("status", ()))
    assert await counted(server, census) == {"succeeded": 5, "failed": 3, "pending": 1, "other": 2}
    assert census.facet.words == "exact, all of 11"
    assert server.calls == 2 + 3 + 2, "the whole and what moves twice, the others once"


async def test_counting_ends_when_all_is_accounted_for() -> None:
    logs = [a_log(str(number), data_model="Results") for number in range(9)]
    server = Server(logs)
    census = ValueCensus(LogSearch(), "model", likely("model", logs[:2]))
    assert await counted(server, census) == {"Results": 9}
    assert server.calls <= 2 + 4, "those four that were on their way together"


async def test_no_more_is_asked_than_may_be() -> None:
    logs = [a_log(str(number), event_type=f"E{number}") for number in range(200)]
    server = Server(logs)
    census = ValueCensus(LogSearch(), "event", likely("event", logs), most=20)
    found = await counted(server, census)
    assert server.calls <= 20
    assert sum(found.values()) == 200
    assert found["other"] > 150


async def test_a_query_for_several_values_counts_these() -> None:
    server = Server(some())
    search = LogQuery.parse("status:failed,pending").search(NOW)
    assert await counted(server, ValueCensus(search, "status", likely("status", ()))) == {"failed": 3, "pending": 1}


async def test_counts_that_change_under_way_are_not_called_exact() -> None:
    server = Server(some())
    server.changes[4] = a_log("new", status="failed")
    census = ValueCensus(LogSearch(), "status", likely("status", ()))
    await fill(server, census)
    assert census.facet.words == "changed while counted of 12"
    assert not census.is_exact


async def test_what_the_server_does_not_count_is_neither_shown_nor_other() -> None:
    server = Server(some())
    server.fails[5] = ServerTrouble("Out of order.")
    census = ValueCensus(LogSearch(), "status", likely("status", ()))
    assert await fill(server, census) is server.fails[5]
    assert census.facet.other is None
    assert census.facet.words == "not all counted of 11"


async def test_a_range_that_is_too_much_for_the_server_says_what_helps() -> None:
    server = Server(some())
    server.fails = {number: TooSlow("Too slow.") for number in range(9)}
    census = ValueCensus(LogSearch(), "type", likely("type", ()))
    assert isinstance(await fill(server, census), TooSlow)
    assert census.trouble == "too slow for the server, t narrows it"


def test_likely_values_are_those_of_rows_first_then_known_ones_in_one_spelling() -> None:
    logs = [a_log(str(number), data_model=model) for number, model in enumerate(["Order", "Clinical Summary", "Order"])]
    found = list(likely("model", logs))
    assert found[:2] == ["Order", "Clinical Summary"]
    assert "ClinicalSummary" not in found
    assert "Results" in found
    assert list(likely("status", logs)) == list(STATUSES)
    assert list(likely("type", logs)) == list(TYPES)


def test_parties_have_names() -> None:
    listed = [Party("s-2", "Lab"), Party("s-3")]
    found = likely("source", [an_admission()], listed)
    assert list(found.values()) == ["Lakeside Epic", "Lab", "s-3"]


def test_values_of_logs_that_were_read() -> None:
    facet = of_logs(some(), "status")
    assert [(row.value, row.count) for row in facet.rows] == [("succeeded", 5), ("failed", 3), ("pending", 1)]
    assert facet.other == 2
    models = [
        a_log(str(number), data_model=model)
        for number, model in enumerate(["Clinical Summary", "ClinicalSummary", None])
    ]
    facet = of_logs(models, "model")
    assert Counter({row.value: row.count for row in facet.rows}) == {"Clinical Summary": 2}
    assert facet.other == 1


@pytest.mark.parametrize(
    ("query", "narrower", "without"),
    [
        ("since:3h", "since:3h status:failed", "since:3h -status:failed"),
        ("status:failed,pending", "status:failed", "status:pending"),
        ("-status:pending", "-status:pending status:failed", "-status:pending -status:failed"),
    ],
)
def test_a_value_narrows_a_query_or_is_excluded_from_it(query: str, narrower: str, without: str) -> None:
    parsed = LogQuery.parse(query)
    assert str(narrowed(parsed, "status", "failed")) == narrower
    assert str(excluding(parsed, "status", "failed")) == without
