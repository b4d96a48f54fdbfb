"""Editing a filter: what is typed, what is completed, what is said about it, and that nothing of it is lost."""

from tests.tui.editing import Site, editing, fields, figures, rules


async def test_a_filter_is_shown_with_its_rules_and_where_it_acts() -> None:
    async with editing(Site()) as person:
        print(person.text)
        assert "Fernhill" in person.text
        assert len(rules(person)) == 3
        await person.press("enter")
        print(person.text)
        await person.write("x")
        print(person.text)
        print(fields(person), figures(person))
        raise AssertionError
