"""Colours: everything can be read in both themes, and no meaning is carried by colour alone."""

import pytest
from rich.segment import Segment
from textual.color import Color

from redox_tui.tui import themes
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.widgets.log_table import LogTable
from tests.tui.given import Person, a_world, an_app, opened
from tests.tui.server import simulated

READABLE = 4.5
"""The contrast that WCAG asks of text."""

DIM = 3.0
"""What is left of it where the cursor stands on dim text."""


def contrast(segment: Segment) -> float:
    """The contrast between a text and what it stands on."""
    style = segment.style
    assert style
    assert style.color
    assert style.bgcolor
    lights = sorted(_light(Color.from_rich_color(one)) for one in (style.color, style.bgcolor))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour: Color) -> float:
    parts = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def faint_texts(person: Person, least: float) -> set[str]:
    """The texts on screen whose contrast is less than this."""
    found = (segment for strip in person.strips() for segment in strip if segment.text.strip(" ─│╭╮╰╯▔▁▂▃▄▅▆▇█"))
    return {f"{segment.text.strip()} {contrast(segment):.1f}" for segment in found if contrast(segment) < least}


def in_theme(name: str, query: str = "") -> RedoxApp:
    """The app in a theme."""
    app = an_app(simulated(a_world()), query)
    app.theme = name
    return app


@pytest.mark.parametrize("theme", [themes.DARK.name, themes.LIGHT.name])
async def test_every_text_can_be_read(theme: str) -> None:
    app = in_theme(theme)
    async with app.run_test(size=(120, 30)) as pilot:
        person = Person(pilot, app)
        await person.wait()
        assert faint_texts(person, READABLE) == set()
        for keys in (["/"], ["x", "escape", "t"], ["x"], ["escape", "?"], ["escape", "enter"], ["p"], ["enter"], ["<"]):
            await person.press(*keys)
            assert faint_texts(person, READABLE) == set(), f"after {keys}"


@pytest.mark.parametrize("theme", [themes.DARK.name, themes.LIGHT.name])
async def test_rows_that_do_not_match_are_dimmer_than_the_others_and_can_still_be_read(theme: str) -> None:
    app = in_theme(theme, "-status:succeeded")
    async with app.run_test(size=(80, 24)) as pilot:
        person = Person(pilot, app)
        await person.wait()
        assert faint_texts(person, DIM) == set()
        rows = [row for row in person.segments(LogTable)[1:] if "".join(part.text for part in row)[:1] == " "]
        contrasts: dict[bool, set[float]] = {True: set(), False: set()}
        for row in rows:
            is_dim = "succeeded" in "".join(part.text for part in row)
            contrasts[is_dim].add(contrast(row[-1]))
        assert READABLE <= max(contrasts[True]) < min(contrasts[False])


async def test_no_meaning_is_lost_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(simulated(a_world())) as person:
        assert "✓ succeeded" in person.text
        assert "PROD" in person.place
        assert person.rows[0].startswith(">")
