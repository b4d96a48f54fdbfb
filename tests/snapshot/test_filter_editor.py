"""How the filter editor, its list of changes and a conflict look."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from redox_tui.domain.filters import Rule
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.dialogs.changes import ChangesDialog
from redox_tui.tui.dialogs.conflict import ConflictDialog
from tests.snapshot.test_screens import LARGE, SMALL, Compare, the_app
from tests.tui.editing import RESULTS, Site, edit, figures, rules
from tests.tui.given import PRODUCTION, Person
from tests.tui.test_filter_impact import take_file
from tests.tui.test_filter_saving import ask

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
Step = Callable[[Person], Awaitable[None]]


def editing(site: Site, samples: Path, step: Step) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Open the editor with samples, then do something."""

    async def run(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, RedoxApp)
        person = Person(pilot, pilot.app)
        await person.wait()
        client = await person.services.client()
        await edit(person, await client.filters.get(RESULTS), environment=None)
        await take_file(person, samples)
        await step(person)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await person.look()

    return run


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """Five hundred messages in a file."""
    statuses = ("Resulted", "Final", "Canceled", "Preliminary")
    messages = [
        {
            "Meta": {"DataModel": "Results", "FacilityCode": f"F{number % 3}"},
            "Orders": [{"Status": statuses[number % 4]}],
        }
        for number in range(500)
    ]
    path = tmp_path / "results.ndjson"
    path.write_text("\n".join(map(json.dumps, messages)))
    return path


async def type_a_rule(person: Person) -> None:
    """Add a rule up to its values."""
    await person.press("a", *"facilitycode", "enter", *"F1, F2")
    await person.until("−83")


async def list_changes(person: Person) -> None:
    """Change a rule and list what that changes."""
    await person.press("space")
    await person.until(lambda: "deny" in rules(person)[0] and "…" not in figures(person)[0])
    await person.tap("I")
    await person.until(lambda: isinstance(person.app.screen, ChangesDialog))


@SIZES
def test_the_editor(snap_compare: Compare, samples: Path, size: tuple[int, int]) -> None:
    site = Site()
    app = the_app(site.server, environment=PRODUCTION)
    assert snap_compare(app, terminal_size=size, run_before=editing(site, samples, type_a_rule))


@SIZES
def test_the_messages_that_change(snap_compare: Compare, samples: Path, size: tuple[int, int]) -> None:
    site = Site()
    app = the_app(site.server, environment=PRODUCTION)
    assert snap_compare(app, terminal_size=size, run_before=editing(site, samples, list_changes))


@SIZES
def test_a_conflict(snap_compare: Compare, samples: Path, size: tuple[int, int]) -> None:
    site = Site()

    async def clash(person: Person) -> None:
        await person.press("enter", "enter", *", Preliminary", "escape")
        first, second, third = site.rules
        site.somebody_saves(Rule(first.path, ("Final",)), second, third, Rule("$.Meta.Test", ("true",)))
        await ask(person)
        await person.write("Final results of our facilities")
        await person.tap("enter")
        await person.until(lambda: isinstance(person.app.screen, ConflictDialog))

    app = the_app(site.server, environment=PRODUCTION)
    assert snap_compare(app, terminal_size=size, run_before=editing(site, samples, clash))
