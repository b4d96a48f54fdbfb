"""Saving a filter: what is asked before, what happens while others save too, and that nothing typed is lost."""

import pytest

from redox_tui.domain.connection import FilterVersion
from redox_tui.domain.filters import Filter, Rule
from redox_tui.domain.logs import Environment
from redox_tui.domain.subscriptions import SubscriptionSearch
from redox_tui.simulator import network
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.conflict import ConflictDialog
from redox_tui.tui.dialogs.consequence import ConsequenceDialog
from redox_tui.tui.filter_messages import FilterSaved
from redox_tui.tui.screens.filter_editor import FilterEditor
from tests.tui.editing import NAME, RESULTS, Site, edit, editing, fields, rules
from tests.tui.given import PRODUCTION, Person, opened
from tests.tui.server import Call, Reply
from tests.tui.test_lock import locked, unlocked

PROD = Environment(PRODUCTION, "Production", "Production")
STATUS = "$.Orders[*].Status"
THEIRS = Rule("$.Theirs", ("t",))


async def ask(person: Person, key: str = "S") -> None:
    """Begin to save, or to restore, up to the question."""
    await person.tap(key)
    await person.until(lambda: isinstance(person.app.screen, ConsequenceDialog))
    await person.look()


async def save(person: Person, key: str = "S") -> None:
    """Save, or restore, where nothing has to be typed."""
    await ask(person, key)
    await person.tap("enter")
    await person.until(lambda: not isinstance(person.app.screen, ConsequenceDialog))
    await person.wait()


async def conflict(person: Person) -> None:
    """Save up to the conflict."""
    await ask(person)
    await person.tap("enter")
    await person.until(lambda: isinstance(person.app.screen, ConflictDialog))
    await person.look()


@pytest.mark.parametrize("version", ["v1", "v0"])
async def test_a_save_shows_what_it_does_and_is_in_force_as_the_next_version(version: FilterVersion) -> None:
    site = Site()
    async with editing(site, version=version) as person:
        await person.press("x")
        await ask(person)
        assert "Staging Save “Final results of our facilities”, version 3 → 4?" in _unwrapped(person)
        assert f"- rule 1 allow {STATUS} “Resulted”, “Final”, “Corrected”" in _unwrapped(person)
        assert "It acts on Fernhill Lab Results → Lakeside EHR Inbound · Results, at once." in _unwrapped(person)
        assert "What it does to messages is not known: no sample messages: s chooses some." in _unwrapped(person)
        assert site.writes == []
        await person.tap("enter")
        await person.until("Saved as version 4.")
        await person.wait()
        assert (site.version, len(site.rules)) == (4, 2)
        assert "Filters › v4 · just now" in person.place
        assert len(site.writes) == 1
        await person.press("S")
        assert person.status == "There is nothing to save."


def _unwrapped(person: Person) -> str:
    lines = (line.split("│")[1] for line in person.screen if "│" in line)
    return " ".join(" ".join(lines).split())


async def test_a_long_difference_hides_neither_where_it_acts_nor_what_it_does() -> None:
    site = Site()
    site.somebody_saves(*(Rule(f"$.R{number}", ("x",)) for number in range(40)))
    async with editing(site) as person:
        await person.press(*["x"] * 30)
        await ask(person)
        assert "It acts on Fernhill Lab Results" in person.text
        assert "What it does to messages is not known" in person.text
        assert "and 8 more remarks, each said at its rule" in person.text
        assert "- rule 1 allow $.R0 “x”" in person.text
        assert "pgdn more below" in person.text
        await person.press(*["pagedown"] * 4)
        assert "- rule 30 allow $.R29 “x”" in person.text
        assert "more below" not in person.text


async def test_what_fits_says_nothing_of_more_below() -> None:
    async with editing(Site()) as person:
        await person.press("x")
        await ask(person)
        assert "enter agree" in person.text
        assert "more below" not in person.text


async def test_a_restore_over_what_was_typed_says_how_it_comes_back() -> None:
    async with editing(Site()) as person:
        await person.press("n")
        await person.write("!")
        await person.press("escape")
        await ask(person, "R")
        await person.tap("enter")
        await person.until("Version 2 is in force again, as version 4. u brings back what was typed.")
        await person.press("u")
        assert fields(person)["Name"] == f"{NAME}!"


async def test_v0_says_its_notice_before_anything_is_sent() -> None:
    site = Site()
    site.server.instead = _without_v1
    async with editing(site, version="v0") as person:
        await person.press("space")
        await ask(person)
        assert "may be switched off at 30 days' notice" in _unwrapped(person)
        await person.tap("enter")
        await person.until("Saved as version 4.")


def _without_v1(call: Call) -> Reply | None:
    return Reply(404) if "/operations/filters" in call.path else None


async def test_in_production_the_name_has_to_be_typed() -> None:
    site = Site()
    async with editing(site, environment=PROD) as person:
        await person.press("space")
        await ask(person)
        assert f"Type {NAME}:" in person.text
        await person.write("yes")
        await person.tap("enter")
        assert "That is something else. Nothing was sent." in person.text
        await person.tap(*["backspace"] * 3)
        await person.write(NAME)
        await person.tap("enter")
        await person.until("Saved as version 4.")


async def test_an_environment_that_is_not_known_counts_as_production() -> None:
    async with editing(Site(), environment=Environment(PRODUCTION)) as person:
        await person.press("space")
        await ask(person)
        assert f"Type {NAME}:" in person.text


async def test_what_is_not_agreed_to_is_not_sent() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        await ask(person)
        await person.tap("escape")
        await person.wait()
        assert person.status == "Nothing was sent."
        assert site.writes == []
        assert rules(person)[0].startswith(">1 deny")


async def test_nothing_can_be_saved_in_the_read_only_mode_and_all_can_be_read() -> None:
    site = Site()
    async with editing(site) as person:
        person.services.read_only = True
        await person.press("space", "S")
        assert person.status == "! This is the read-only mode: nothing is saved."
        await person.press("R")
        assert person.status == "! This is the read-only mode: nothing is restored."
        assert "read-only" in person.place
        assert rules(person)[0].startswith(">1 deny")
        assert site.writes == []


async def test_missing_rights_are_said_and_what_was_typed_is_kept() -> None:
    site = Site()
    site.refuses = 403
    async with editing(site) as person:
        await person.press("space")
        await save(person)
        assert person.status.startswith("! Not saved: ")
        assert "403" in person.status
        assert person.status.endswith("What you typed is kept.")
        assert rules(person)[0].startswith(">1 deny")
        assert site.version == 3


async def test_a_conflict_shows_both_sides_and_leaving_changes_nothing() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        site.somebody_saves(*site.rules, THEIRS)
        await conflict(person)
        text = _unwrapped(person)
        assert "Theirs: version 4 by Ottilie Marsh, against version 3 + rule 4 allow $.Theirs “t”" in text
        assert f"Yours, not saved, against version 3 - rule 1 allow {STATUS}" in text
        assert "A merge has all of both:" in text
        await person.tap("escape")
        await person.wait()
        assert person.status == "! Not saved: somebody saved it meanwhile. What you typed is kept."
        assert site.writes == []
        assert len(rules(person)) == 3


async def test_merging_takes_what_only_one_side_has_changed() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        site.somebody_saves(*site.rules, THEIRS)
        await conflict(person)
        await person.tap("m")
        await person.wait()
        assert person.status == "Merged, and not saved yet: S saves."
        assert "Filters › v4" in person.place
        await ask(person)
        assert "version 4 → 5" in person.text
        await person.tap("enter")
        await person.until("Saved as version 5.")
        assert [(rule.path, rule.allow) for rule in site.rules] == [
            (STATUS, False),
            ("$.Meta.FacilityCode", False),
            ("$.Visit.PatientClass", False),
            ("$.Theirs", True),
        ]


async def test_what_both_have_changed_is_shown_and_a_merge_keeps_yours() -> None:
    site = Site()
    async with editing(site, size=(120, 40)) as person:
        await person.press("enter", "enter", *", X", "escape")
        site.somebody_saves(Rule(STATUS, ("Theirs",)), *site.rules[1:])
        await conflict(person)
        text = _unwrapped(person)
        assert "A merge keeps yours of what both have changed:" in text
        assert f"rule 1 base allow {STATUS} “Resulted”, “Final”, “Corrected”" in text
        assert f"theirs allow {STATUS} “Theirs”" in text
        await person.tap("m")
        await person.wait()
        assert person.status == "Merged, and not saved yet: S saves. Yours is kept in 1 places."
        assert "Corrected, X" in rules(person)[0]


async def test_taking_theirs_can_be_undone() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        site.somebody_saves(THEIRS)
        await conflict(person)
        await person.tap("t")
        await person.wait()
        assert [line.split()[2] for line in rules(person)] == ["$.Theirs"]
        await person.press("u")
        assert rules(person)[0].startswith(">1 deny")
        await save(person)
        assert site.version == 5
        assert not site.rules[0].allow


async def test_somebody_who_has_saved_the_same_is_no_conflict() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("x")
        site.somebody_saves(*site.rules[1:])
        await save(person)
        assert person.status == "Somebody has saved just what you typed: it is in force as version 4."
        assert site.writes == []


async def test_a_save_in_between_is_noticed_afterwards() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        site.before_write = lambda: site.somebody_saves(THEIRS)
        await save(person)
        assert person.status.startswith("! Saved as version 5. Somebody saved in between: this is version 5,")


@pytest.mark.parametrize("is_made", [True, False])
async def test_a_lost_answer_is_judged_by_what_is_in_force(is_made: bool) -> None:
    site = Site()
    async with editing(site, size=(120, 40)) as person:
        await person.press("space")
        if is_made:
            site.loses = True
        else:
            site.refuses = 502
        await save(person)
        if is_made:
            assert person.status == "Saved as version 4. The answer was lost, but the change is in force."
        else:
            assert "The answer was lost, and the change of" in person.status
            assert person.status.endswith("What you typed is kept.")
        assert site.version == (4 if is_made else 3)
        assert rules(person)[0].startswith(">1 deny")


async def test_a_filter_that_was_deleted_meanwhile_can_be_created_anew() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        site.somebody_deletes()
        await ask(person)
        await person.tap("enter")
        await person.until(lambda: isinstance(person.app.screen, ConfirmDialog))
        assert "was deleted meanwhile." in person.text
        await person.tap("enter")
        await person.wait()
        assert person.status == "It is a new filter now, linked to nothing. S creates it."
        await ask(person)
        assert f"Create the filter “{NAME}”?" in person.text
        await person.tap("enter")
        await person.until("Created as version 1. It does nothing until it is linked: l in the list.")
        assert len(site.world.filters.filters) == 3


async def test_a_filter_that_was_deleted_stays_typed_where_nobody_wants_a_new_one() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        site.somebody_deletes()
        await ask(person)
        await person.tap("enter")
        await person.until(lambda: isinstance(person.app.screen, ConfirmDialog))
        await person.tap("escape")
        await person.wait()
        assert person.status == "! The filter was deleted meanwhile. What you typed is kept."
        assert rules(person)[0].startswith(">1 deny")


@pytest.mark.parametrize("version", ["v1", "v0"])
async def test_the_version_before_is_restored(version: FilterVersion) -> None:
    site = Site()
    async with editing(site, version=version) as person:
        await ask(person, "R")
        assert f"Staging  Restore version 2 of “{NAME}”?" in person.text
        assert "- rule 3 deny $.Visit.PatientClass “Veterinary”" in person.text
        assert site.writes == []
        await person.tap("enter")
        await person.until("Version 2 is in force again, as version 4.")
        assert len(site.rules) == 2
        assert len(rules(person)) == 2
        await person.press("u")
        assert len(rules(person)) == 3


async def test_a_first_version_has_none_before_it() -> None:
    site = Site()
    async with opened(site.server, environment=PRODUCTION) as person:
        await edit(person, None)
        await person.press("R")
        assert person.status == "! It is new, so there is no version before it."


async def test_looking_again_finds_what_somebody_else_has_saved() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("r")
        assert person.status == "Nobody has saved it since it was read."
        site.somebody_saves(THEIRS)
        await person.press("r")
        assert person.status == "Somebody has saved this: it is in force as version 4."
        assert [line.split()[2] for line in rules(person)] == ["$.Theirs"]


async def test_a_new_filter_is_created_and_the_list_links_it() -> None:
    site = Site()
    async with opened(site.server, environment=PRODUCTION) as person:
        await edit(person, None)
        await person.press("S")
        assert person.status == "! It cannot be saved. A filter needs a name."
        await person.press("n", *"new", "enter", "a", *"$.A", "enter", *"x", "enter")
        await save(person)
        assert person.status == "Created as version 1. It does nothing until it is linked: l in the list."
        assert "Filters › v1" in person.place
        assert site.writes == ["POST filters"]


@pytest.mark.parametrize("refuses_link", [False, True])
async def test_a_new_filter_of_a_subscription_is_linked_too(refuses_link: bool) -> None:
    site = Site()
    async with opened(site.server, environment=PRODUCTION, size=(120, 40)) as person:
        client = await person.services.client()
        places = await client.subscriptions.every(SubscriptionSearch())
        linked = {link.subscription.id for one in site.world.filters.filters.values() for link in one.links}
        own = [
            one.id for one in site.world.filters.subscriptions.values() if one.destination.organization is network.OWN
        ]
        place = next(one for one in places if one.id in own and one.id not in linked)
        await edit(person, None, subscription=place)
        assert f"Acts on {place.source and place.source.name}" in person.text
        await person.press("n", *"new", "enter", "a", *"$.A", "enter", *"x", "enter")
        if refuses_link:
            site.server.instead = _refuses_links
        await save(person)
        if refuses_link:
            assert person.status.startswith("! Created as version 1. It could not be linked, so it does nothing: ")
        else:
            assert person.status == "Created and linked as version 1."
            assert site.world.filters.at(site.world.filters.subscriptions[place.id]) is not None


def _refuses_links(call: Call) -> Reply | None:
    return Reply(403) if call.path.endswith("/links") else None


async def test_a_save_is_not_sent_twice_nor_left_while_it_is_sent() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        await ask(person)
        site.goes_on.clear()
        await person.tap("enter")
        await person.until(lambda: bool(site.writes))
        await person.tap("S", "S", "q")
        assert person.status == "It is being sent; a moment."
        site.goes_on.set()
        await person.until("Saved as version 4.")
        await person.wait()
        assert len(site.writes) == 1
        assert isinstance(person.app.screen, FilterEditor)


async def test_cs_16_a_lock_while_it_is_sent_keeps_what_was_typed_and_looking_tells_how_it_went() -> None:
    site = Site()
    async with editing(site, size=(120, 40)) as person:
        await person.press("space")
        await ask(person)
        site.goes_on.clear()
        await person.tap("enter")
        await person.until(lambda: bool(site.writes))
        await locked(person)
        site.goes_on.set()
        await unlocked(person)
        await person.wait()
        assert rules(person)[0].startswith(">1 deny")
        await person.press("r")
        assert person.status in (
            "Nobody has saved it since it was read.",
            "Somebody has saved just what you typed: it is in force as version 4.",
        )


async def test_cs_16_a_lock_takes_a_question_away_and_sends_nothing() -> None:
    site = Site()
    async with editing(site) as person:
        await person.press("space")
        await ask(person)
        await locked(person, "f9")
        await unlocked(person)
        await person.wait()
        assert isinstance(person.app.screen, FilterEditor)
        assert site.writes == []
        assert rules(person)[0].startswith(">1 deny")


async def test_a_save_posts_what_is_in_force() -> None:
    heard: list[Filter] = []
    site = Site()

    def hear(message: object) -> None:
        if isinstance(message, FilterSaved) and message.saved not in heard:
            heard.append(message.saved)

    async with opened(site.server, environment=PRODUCTION, hook=hear) as person:
        client = await person.services.client()
        await edit(person, await client.filters.get(RESULTS))
        await person.press("space")
        await save(person)
    assert [(one.filter_version, one.rules[0].allow) for one in heard] == [(4, False)]
