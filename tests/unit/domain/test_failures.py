"""Failed logs in groups."""

from datetime import timedelta

from redox_tui.domain.failures import grouped
from redox_tui.domain.logs import Party
from redox_tui.domain.query import LogQuery
from tests.unit.domain.logs import EPIC, NOW, a_log, an_admission


def test_a_group_is_one_way_and_one_kind_of_message() -> None:
    logs = [an_admission(), an_admission(event_type="Discharge"), an_admission(), a_log("bare", status="failed")]
    assert [group.count for group in grouped(logs)] == [2, 1, 1]


def test_a_group_says_since_when_until_when_and_how_often_it_was_tried() -> None:
    logs = [a_log(str(age), age=age, attempts=tries) for age, tries in ((0, 3), (60, 25), (30, None))]
    [group] = grouped(logs)
    assert (group.last, group.first) == (NOW, NOW - timedelta(seconds=60))
    assert group.attempts == 25
    assert group.newest.id == "0"


def test_the_biggest_comes_first_and_of_equal_ones_what_failed_last() -> None:
    logs = [a_log("1", age=9, event_type="A"), a_log("2", age=5, event_type="B"), a_log("3", event_type="C")]
    logs += [a_log("4", age=99, event_type="A")]
    assert [group.newest.event_type for group in grouped(logs)] == ["A", "C", "B"]


def test_a_group_is_a_query_within_the_one_that_it_was_found_by() -> None:
    [group] = grouped([an_admission()])
    query = group.query(LogQuery.parse("status:failed,pending since:3h -model:Results"))
    assert str(query) == f"since:3h status:failed source:{EPIC} dest:d-1 model:PatientAdmin event:Arrival"
    assert query.matches(an_admission())


def test_what_is_missing_in_the_logs_is_not_asked_for() -> None:
    [group] = grouped([a_log("bare", status="failed")])
    assert str(group.query(LogQuery())) == "status:failed"


def test_parties_without_an_id_are_told_apart_by_name() -> None:
    logs = [a_log(name, source=Party(name=name)) for name in ("Epic", "Lab")]
    assert len(grouped(logs)) == 2
