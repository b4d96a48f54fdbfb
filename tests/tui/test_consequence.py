"""Consent to a change of live traffic: nothing is sent before the exact consequence was shown and agreed to."""

import pytest

from redox_tui.domain.consent import Consequence, consequence
from redox_tui.tui.dialogs.consequence import ConsequenceDialog
from tests.tui.given import Person, a_world, opened
from tests.tui.server import simulated

ID = "7f3a09c1-5d2e-4a63-9f10-2b7c8d9e0f11"
LINES = ("Everything is delivered then.", "On Lakeside [b]Epic[/b] → CareCloud.")


def asked(
    flag: str | None = "Production", name: str = "Only inpatients", lines: tuple[str, ...] = LINES
) -> Consequence:
    """A deletion that has not been sent."""
    return consequence(f"Delete “{name}”?", lines, flag, name, ID)


async def shown(person: Person, question: Consequence) -> list[bool | None]:
    """Show a question; the list gets its answer."""
    answers: list[bool | None] = []
    await person.app.push_screen(ConsequenceDialog(question), answers.append)
    await person.look()
    return answers


async def test_production_is_agreed_to_by_the_name_and_by_nothing_less() -> None:
    async with opened(simulated(a_world())) as person:
        answers = await shown(person, asked())
        assert "PROD  Delete “Only inpatients”?" in person.text
        assert all(line in person.text for line in (*LINES, "Type Only inpatients:"))
        await person.press("enter")
        assert "Nothing was sent" in person.text
        await person.write("Only inpatient")
        await person.press("enter")
        assert answers == []
        await person.write("s")
        assert "Nothing was sent" not in person.text
        await person.press("enter")
        assert answers == [True]


async def test_elsewhere_enter_agrees_and_esc_does_not() -> None:
    async with opened(simulated(a_world())) as person:
        for key, answer in (("enter", True), ("escape", False)):
            answers = await shown(person, asked("Staging"))
            assert "Type" not in person.text
            await person.press(key)
            assert answers == [answer]


@pytest.mark.parametrize("key", ["escape", "L"])
async def test_leaving_and_locking_agree_to_nothing(key: str) -> None:
    async with opened(simulated(a_world())) as person:
        answers = await shown(person, asked("Staging"))
        await person.tap(key)
        assert answers in ([False], [None])


async def test_a_name_that_cannot_be_typed_is_agreed_to_by_the_beginning_of_its_id() -> None:
    async with opened(simulated(a_world())) as person:
        answers = await shown(person, asked(name="a\x1b[2Jb"))
        assert "␛" in person.text
        assert "Type 7f3a09c1:" in person.text
        await person.write("7f3a09c1")
        await person.press("enter")
        assert answers == [True]


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (120, 40)])
async def test_a_long_consequence_can_be_read_to_its_end_with_its_question_in_sight(size: tuple[int, int]) -> None:
    lines = tuple(f"rule {number} goes" for number in range(1, 101))
    async with opened(simulated(a_world()), size=size) as person:
        await shown(person, asked(lines=lines))
        assert "rule 1 goes" in person.text
        await person.press("down", "pagedown")
        assert "rule 1 goes" not in person.text
        await person.press(*["pagedown"] * 50)
        assert "rule 100 goes" in person.text
        assert "Type Only inpatients:" in person.text
        assert "esc leave" in person.text
