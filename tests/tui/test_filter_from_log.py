"""From a log to its filter: a rule of a value in the payload, in the filter of the log's subscription."""

import pytest

from redox_tui.domain.filters import Rule
from redox_tui.simulator import network
from redox_tui.tui.screens.filter_editor import FilterEditor
from redox_tui.tui.screens.log_detail import LogDetailScreen
from redox_tui.tui.screens.logs import LogsScreen
from tests.tui.editing import NAME, Site, fields, rules
from tests.tui.given import PRODUCTION, Person, opened
from tests.tui.server import Call, Reply

LINKED = f"source:{network.FERNHILL_LAB.id} model:Results"


async def at_the_payload(person: Person) -> None:
    """Open the payload of the first log, still hidden."""
    await person.press("enter", "p")
    assert isinstance(person.app.screen, LogDetailScreen)


async def test_a_rule_begins_with_the_path_and_the_value_under_the_cursor() -> None:
    async with opened(Site().server, LINKED, environment=PRODUCTION) as person:
        await at_the_payload(person)
        await person.press("enter", "j", "j", "F")
        assert isinstance(person.app.screen, FilterEditor)
        assert fields(person) == {"Name": NAME}
        draft = person.app.screen._draft
        assert draft.rules[-1].rule == Rule("$.Meta.DataModel", ("Results",))
        assert rules(person)[-1].startswith(">4 allow $.Meta.DataModel")
        assert person.status == "rule 4 of 4 · not saved"


async def test_nothing_is_begun_while_the_payload_is_hidden() -> None:
    async with opened(Site().server, LINKED, environment=PRODUCTION) as person:
        await at_the_payload(person)
        await person.press("F")
        assert isinstance(person.app.screen, LogDetailScreen)


async def test_an_object_makes_no_rule() -> None:
    async with opened(Site().server, LINKED, environment=PRODUCTION) as person:
        await at_the_payload(person)
        await person.press("enter", "F")
        assert isinstance(person.app.screen, LogDetailScreen)
        assert person.status == "No rule can be made of this: objects, arrays and nulls equal no text."


async def test_a_subscription_without_a_filter_gets_a_new_one() -> None:
    site = Site()
    own = (one for one in site.world.filters.subscriptions.values() if one.destination.organization is network.OWN)
    free = next(one for one in own if site.world.filters.at(one) is None and not one.data_model.startswith("FHIR"))
    query = f"source:{free.source.id} dest:{free.destination.id} since:7d"
    async with opened(site.server, query, environment=PRODUCTION) as person:
        await at_the_payload(person)
        await person.press("enter", "j", "j", "F")
        assert isinstance(person.app.screen, FilterEditor)
        assert "Filters › new filter" in person.place
        assert f"Acts on {free.source.name}" in person.text
        assert len(rules(person)) == 1


@pytest.mark.parametrize("status", [403, 503])
async def test_a_filter_that_cannot_be_looked_for_is_said(status: int) -> None:
    site = Site()

    def answer(call: Call) -> Reply | None:
        return Reply(status) if "subscriptions" in call.path or "ilters" in call.path else None

    site.server.instead = answer
    async with opened(site.server, LINKED, environment=PRODUCTION) as person:
        await at_the_payload(person)
        await person.press("enter", "j", "j", "F")
        assert isinstance(person.app.screen, LogDetailScreen)
        assert str(status) in person.status


async def test_a_key_that_follows_leaving_belongs_to_the_log_below() -> None:
    async with opened(Site().server, LINKED, environment=PRODUCTION) as person:
        await at_the_payload(person)
        await person.press("enter", "j", "j", "F", "u")
        assert isinstance(person.app.screen, FilterEditor)
        person.strike("q")
        person.strike("q")
        await person.wait()
        assert isinstance(person.app.screen_stack[-1], LogsScreen)
