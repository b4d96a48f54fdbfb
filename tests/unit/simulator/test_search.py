from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from redox_tui.simulator import network
from redox_tui.simulator.deck import Terms
from redox_tui.simulator.log import Log
from redox_tui.simulator.rhythm import DAY, HOUR, MINUTE
from redox_tui.simulator.search import Search
from redox_tui.simulator.traffic import STATUSES, TYPES
from redox_tui.simulator.world import World

from .given import START, Clock, a_world

LOGS = 9_000


@cache
def _case(minutes: int) -> tuple[World, list[Log], list[Log]]:
    """A world some minutes after its start, and all its logs of both modes, newest first."""
    clock = Clock()
    clock.move(minutes=minutes)
    world = a_world(LOGS, clock=clock)
    realtime = [world.log(index) for index in range(LOGS + 500)]
    realtime = [log for log in realtime if log.created <= world.moment]
    backfill = [world.log(index, "backfill") for index in range(LOGS // 20)]
    return world, realtime[::-1], backfill[::-1]


def _fits(log: Log, search: Search) -> bool:
    terms, route = search.terms, log.route
    source = route.source.id if route.source else None
    destination = route.destination.id if route.destination else None
    model = route.data_model.replace(" ", "").lower() if route.data_model else None
    patient = log.patient
    names = {f"{patient.first} {patient.last}", patient.first, patient.last, patient.mrn}
    return (
        (terms.data_model is None or terms.data_model.replace(" ", "").lower() == model)
        and terms.event_type in (None, route.event_type)
        and terms.facility_code in (None, route.facility_code)
        and terms.source_id in (None, source)
        and terms.destination_id in (None, destination)
        and terms.type in (None, route.type)
        and (terms.patient is None or terms.patient.lower() in {name.lower() for name in names})
        and search.status in (None, log.status)
        and (search.created_after is None or log.created >= search.created_after)
        and (search.created_before is None or log.created <= search.created_before)
        and (search.updated_after is None or log.updated >= search.updated_after)
        and (search.updated_before is None or log.updated <= search.updated_before)
    )


# Moments near the present, where logs settle, near the outages, and anywhere in the week.
_moments = st.none() | st.one_of(
    st.integers(START - HOUR, START + 40 * MINUTE),
    st.integers(START - 6 * HOUR, START - 4 * HOUR),
    st.integers(START - 8 * DAY, START + DAY),
)
_terms = st.builds(
    Terms,
    data_model=st.sampled_from((None, None, None, "Patient Admin", "patientadmin", "Results", "Nothing")),
    event_type=st.sampled_from((None, None, None, "New", "Arrival")),
    facility_code=st.sampled_from((None, None, None, "2.16.840.1.113883.3.99871.1")),
    source_id=st.sampled_from((None, None, *(party.id for party in network.SOURCES))),
    destination_id=st.sampled_from((None, None, *(party.id for party in network.DESTINATIONS))),
    type=st.sampled_from((None, None, None, *TYPES)),
    patient=st.sampled_from((None, None, None, "QUILLON", "mira solbakken", "Ada", "LH4100233", "Nobody")),
)
_searches = st.builds(
    Search,
    terms=st.just(Terms()) | _terms,
    status=st.sampled_from((None, *STATUSES)),
    created_after=_moments,
    created_before=_moments,
    updated_after=_moments,
    updated_before=_moments,
    mode=st.sampled_from(("realtime", "realtime", "backfill")),
)


@settings(max_examples=250, deadline=None)
@given(search=_searches, minutes=st.sampled_from((0, 31)), size=st.integers(1, 50))
def test_total_and_pages_are_what_looking_at_every_log_gives(search: Search, minutes: int, size: int) -> None:
    world, realtime, backfill = _case(minutes)
    expected = [log.index for log in (backfill if search.mode == "backfill" else realtime) if _fits(log, search)]
    matches = world.search(search)
    assert matches.total == len(expected)
    walked = [index for offset in range(0, len(expected), size) for index in matches.page(offset, size)]
    assert walked == expected
    assert matches.page(len(expected), size) == []


@settings(max_examples=60, deadline=None)
@given(search=_searches, index=st.integers(0, LOGS + 100), count=st.integers(1, 50))
def test_the_logs_older_than_one_are_the_page_after_it(search: Search, index: int, count: int) -> None:
    world, realtime, backfill = _case(0)
    logs = backfill if search.mode == "backfill" else realtime
    expected = [log.index for log in logs if log.index < index and _fits(log, search)]
    assert world.search(search).older_than(index, count) == expected[:count]


def test_bounds_are_inclusive() -> None:
    world, realtime, _ = _case(0)
    log = realtime[4_000]
    created = Search(created_after=log.created, created_before=log.created)
    assert world.search(created).page(0, 50) == [log.index]
    updated = Search(updated_after=log.updated, updated_before=log.updated)
    assert log.index in world.search(updated).page(0, 50)


def test_the_last_page_of_a_million_is_as_right_as_the_first() -> None:
    world = a_world(1_000_000)
    matches = world.search(Search(status="failed"))
    oldest = matches.page(matches.total - 3, 50)
    assert oldest == [index for index in range(oldest[0], -1, -1) if world.log(index).status == "failed"]
