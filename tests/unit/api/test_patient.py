"""A search for a patient: another call, another right, and none of the messages that come with it."""

import pytest

from redox_tui.domain.connection import Generation
from redox_tui.domain.query import LogQuery
from redox_tui.simulator.cast import CAST
from tests.tui.given import PRODUCTION, a_world, an_app, clock
from tests.tui.server import Reply, simulated

NAME = f"{CAST[0].first} {CAST[0].last}"


@pytest.mark.parametrize(("generation", "environment"), [("organization", None), ("environment", PRODUCTION)])
async def test_the_logs_of_a_patient_come_without_their_messages(
    generation: Generation, environment: str | None
) -> None:
    app = an_app(simulated(a_world(), generation), environment=environment, generation=generation)
    assert app._services
    client = await app._services.client()
    search = LogQuery.parse(f'since:7d patient:"{NAME}"').search(clock())
    page = await client.logs.page(search, 1, 50)
    assert len(page.logs) == 50
    for log in page.logs:
        assert log.status
        assert CAST[0].last.encode() not in log.record
        assert b'"Patient"' not in log.record


async def test_who_may_not_search_for_patients_is_told_which_role_may() -> None:
    server = simulated(a_world(), "environment")
    server.instead = lambda call: Reply(403) if call.path.endswith("/payloads") else None
    app = an_app(server, environment=PRODUCTION, generation="environment")
    assert app._services
    client = await app._services.client()
    with pytest.raises(Exception, match="Ask for the role of an engineer or of support"):
        await client.logs.page(LogQuery.parse("patient:x").search(clock()), 1, 50)
