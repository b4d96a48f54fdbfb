import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.simulator import network
from redox_tui.simulator import world as world_module
from redox_tui.simulator.deck import Terms
from redox_tui.simulator.rhythm import DAY, HISTORY, HOUR, MINUTE
from redox_tui.simulator.search import Search
from redox_tui.simulator.traffic import Card
from redox_tui.simulator.world import World

from .given import NOW, START, Clock, a_world

_WORLD = a_world()


def test_a_frozen_clock_shows_exactly_as_many_logs_as_asked_for() -> None:
    for logs in (1, 2, 19, 1_000, 99_999, 1_000_000):
        assert a_world(logs).search(Search()).total == logs


@pytest.mark.parametrize("logs", [0, -1, 1_000_001])
def test_a_number_of_logs_out_of_range_is_refused(logs: int) -> None:
    with pytest.raises(ValueError, match="1 to 1,000,000 logs"):
        World(logs)


def test_logs_lie_in_the_week_before_the_start_each_later_than_the_one_before() -> None:
    world = a_world(1_000_000)
    for first in (0, 400_000, 995_000):
        times = [world.log(index).created for index in range(first, first + 3_000)]
        assert all(earlier < later for earlier, later in pairwise(times))
    first, last, next_one = (world.log(index).created for index in (0, 999_999, 1_000_000))
    assert 0 <= first - (START - HISTORY) < MINUTE
    assert START - MINUTE < last <= START < next_one


def test_equal_seeds_give_equal_logs_and_messages_and_other_seeds_do_not() -> None:
    one, same, other = a_world(seed=4), a_world(seed=4), a_world(seed=5)

    def shown(world: World, index: int) -> object:
        log = world.log(index)
        return log.id, log.created, log.status, log.attempts, log.patient, world.message(log)

    assert all(shown(one, index) == shown(same, index) for index in range(0, 5_000, 97))
    assert all(shown(one, index) != shown(other, index) for index in range(0, 5_000, 97))


def test_a_large_world_makes_no_more_objects_than_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def cards_made(logs: int) -> int:
        made = 0

        class Counted(Card):
            def __new__(cls, *values: object) -> "Counted":
                nonlocal made
                made += 1
                return super().__new__(cls)

        with monkeypatch.context() as patch:
            patch.setattr("redox_tui.simulator.traffic.Card", Counted)
            a_world(logs).search(Search(status="failed")).page(0, 50)
        return made

    assert cards_made(1_000_000) == cards_made(1_000) < 10_000


@given(index=st.integers(min_value=0, max_value=4_999))
def test_a_log_is_found_by_its_id(index: int) -> None:
    assert _WORLD.find(_WORLD.log(index).id) == _WORLD.log(index)


def test_an_attempt_id_and_a_cursor_find_no_log() -> None:
    world = a_world()
    assert world.find(world.log(5).attempt_id) is None
    assert world.find(world.cursor(5)) is None


def test_traffic_goes_on_as_the_clock_does() -> None:
    clock = Clock()
    world = a_world(100_000, clock=clock)
    future = world.log(100_000)
    assert world.find(future.id) is None
    clock.move(days=7)
    # A week on there has been another week's traffic, less the outages' bursts.
    assert world.search(Search()).total == pytest.approx(200_000, rel=0.02)
    assert world.find(future.id) == world.log(100_000)
    clock.move(days=60)
    assert world.search(Search()).total > 600_000


def test_before_the_first_log_there_is_nothing() -> None:
    clock = Clock()
    world = a_world(clock=clock)
    clock.move(days=-8)
    assert world.search(Search()).total == 0
    assert world.search(Search()).page(0, 50) == []


def test_a_log_is_pending_until_its_last_attempt_is_made() -> None:
    clock = Clock()
    world = a_world(100_000, clock=clock)
    index = next(i for i in range(99_999, 0, -1) if world.log(i, moment=START + DAY).attempts > 10)
    final = world.log(index, moment=START + DAY)
    early = world.log(index, moment=final.updated - 1)
    assert (early.status, early.attempts, early.updated) == ("pending", 1, early.created)
    assert early.id == final.id
    assert early.attempt_id != final.attempt_id
    assert world.log(index, moment=final.updated) == final


def test_days_are_three_to_five_times_busier_than_nights() -> None:
    world = a_world(100_000)
    hours = [
        world.search(
            Search(created_after=START - 2 * DAY + n * HOUR, created_before=START - 2 * DAY + (n + 1) * HOUR)
        ).total
        for n in range(24)
    ]
    assert 3 <= max(hours) / min(hours) <= 5


def test_an_outage_lets_its_destination_fail_and_grows_its_traffic() -> None:
    world = a_world(100_000)
    inbox = Terms(destination_id=network.MEADOWLARK_INBOX.id, type="send")

    def per_minute(status: str | None, since: int, until: int) -> float:
        search = Search(inbox, status, created_after=START - since, created_before=START - until)
        return world.search(search).total / ((since - until) / MINUTE)

    begun, ended = 5 * HOUR + 10 * MINUTE, 4 * HOUR + 20 * MINUTE
    assert per_minute("failed", begun, ended) == per_minute(None, begun, ended)
    assert per_minute(None, begun, ended) > 2 * per_minute(None, ended, ended - HOUR)
    assert per_minute("failed", ended - 5 * MINUTE, HOUR) < 0.1 * per_minute(None, ended - 5 * MINUTE, HOUR)


def test_one_source_is_noisy() -> None:
    world = a_world()
    logs = [world.log(index) for index in range(4_000)]
    by_source = Counter(log.route.source.name for log in logs if log.route.source)
    (noisiest, most), _ = by_source.most_common(2)
    assert noisiest == "Fernhill Lab Results"
    assert most > 0.3 * len(logs)
    assert max(log.attempts for log in logs if log.route.source is network.FERNHILL_LAB) == 25


def test_some_logs_are_unknown_and_lack_what_was_not_known() -> None:
    world = a_world()
    indexes = world.search(Search(Terms(type="unknown"))).page(0, 50)
    logs = [world.log(index) for index in indexes]
    assert logs
    assert all(log.route.data_model is None and log.route.destination is None for log in logs)
    assert {log.route.source is None for log in logs} == {True, False}
    assert all(world.message(log) == b"null" for log in logs)


def test_backfill_logs_are_a_world_of_their_own() -> None:
    world = a_world()
    matches = world.search(Search(mode="backfill"))
    assert matches.total == 250
    log = world.log(3, "backfill")
    assert world.find(log.id) is None
    assert world.find(log.id, "backfill") == log
    assert world.find(world.log(3).id, "backfill") is None


def test_every_built_in_message_is_about_its_log() -> None:
    world = a_world()
    seen = set()
    for index in range(4_000):
        log = world.log(index)
        kind = (log.route.data_model, log.route.event_type)
        if log.route.data_model is None or kind in seen:
            continue
        seen.add(kind)
        text = world.message(log)
        meta = json.loads(text)["Meta"]
        assert (meta["DataModel"], meta["EventType"]) == kind
        assert meta["Logs"] == [{"ID": log.id, "AttemptID": log.attempt_id}]
        assert meta["FacilityCode"] == log.route.facility_code
        assert meta["Test"] is True
        assert log.patient.last in text.decode()
    assert {model for model, _ in seen} >= {
        "PatientAdmin", "Scheduling", "Results", "Order", "Notes", "Clinical Summary", "FHIR.Encounter",
    }  # fmt: skip


def test_the_world_starts_at_the_clock_unless_told() -> None:
    assert World(10, clock=lambda: NOW).search(Search()).total == 10
    assert world_module.MOST_LOGS == 1_000_000
