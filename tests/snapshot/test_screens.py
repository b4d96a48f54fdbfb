"""How every screen looks. A picture that changed is looked at before `pytest tests/snapshot --snapshot-update`."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from redox_tui.domain.filters import Rule
from redox_tui.tui import themes
from redox_tui.tui.app import RedoxApp
from tests.tui import filters
from tests.tui.given import PRODUCTION, Person, a_world, an_app
from tests.tui.server import Server, failing, listing, scripted, simulated

SMALL, LARGE = (80, 24), (120, 40)


class Compare(Protocol):
    """The fixture `snap_compare`."""

    def __call__(
        self,
        app: App[None],
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[None]], Awaitable[None]],
    ) -> bool:
        """Whether the app still looks as it did."""


def the_app(server: Server | None = None, query: str = "", *, environment: str | None = None) -> RedoxApp:
    """The app on the organization of the simulator, or on an environment."""
    return an_app(server or simulated(a_world()), query, environment=environment, title="")


def pressing(*keys: str, text: str = "") -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press keys, then type a text."""

    async def press(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, RedoxApp)
        person = Person(pilot, pilot.app)
        await person.wait()
        await person.press(*keys)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await person.write(text)

    return press


def test_logs(snap_compare: Compare) -> None:
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=pressing("j", "j"))


def test_logs_of_the_organization_instead_of_an_environment(snap_compare: Compare) -> None:
    app = the_app(environment=PRODUCTION)
    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("j", "j"))


def test_logs_on_a_large_terminal(snap_compare: Compare) -> None:
    app = the_app(query="since:7d -model:PatientAdmin")
    assert snap_compare(app, terminal_size=LARGE, run_before=pressing("j", "j"))


def test_logs_in_the_light_theme(snap_compare: Compare) -> None:
    app = the_app(query="-status:succeeded")
    app.theme = themes.LIGHT.name
    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("j", "j"))


def test_logs_that_are_waited_for(snap_compare: Compare) -> None:
    server = simulated(a_world())
    server.hold()

    async def wait(pilot: Pilot[None]) -> None:
        await server.arrived(1)

    assert snap_compare(the_app(server), terminal_size=SMALL, run_before=wait)


def test_no_logs(snap_compare: Compare) -> None:
    app = the_app(scripted(lambda call: listing([])), "status:failed since:15m")
    assert snap_compare(app, terminal_size=SMALL, run_before=pressing())


def test_logs_that_could_not_be_read(snap_compare: Compare) -> None:
    server = simulated(a_world(1_000_000))

    async def fail(pilot: Pilot[None]) -> None:
        await pressing()(pilot)
        server.instead = failing(503)
        await pressing("G")(pilot)

    assert snap_compare(the_app(server, "since:7d"), terminal_size=SMALL, run_before=fail)


def test_a_query_that_makes_no_sense(snap_compare: Compare) -> None:
    typing = pressing("/", text="model:Results statsu:failed")
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=typing)


def test_completions_that_are_open(snap_compare: Compare) -> None:
    typing = pressing("/", text="status:failed -model:SSO so")
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=typing)


def test_names_that_are_offered(snap_compare: Compare) -> None:
    typing = pressing("/", text='source:Juniper dest:"la')
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=typing)


def test_the_time_field(snap_compare: Compare) -> None:
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=pressing("t"))


def test_one_log(snap_compare: Compare) -> None:
    app = the_app(simulated(a_world(), "environment"), "status:failed", environment=PRODUCTION)
    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("enter"))


def test_a_payload_that_is_hidden(snap_compare: Compare) -> None:
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=pressing("enter", "p"))


def test_a_payload_that_was_revealed(snap_compare: Compare) -> None:
    keys = ["enter", "p", "enter", "<", "<", *["j"] * 5, "l", "j", "j"]
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=pressing(*keys))


def test_a_payload_on_a_large_terminal(snap_compare: Compare) -> None:
    assert snap_compare(the_app(), terminal_size=LARGE, run_before=pressing("enter", "p", "enter", "ctrl+d"))


@pytest.mark.parametrize("tab", ["a", "w", "R", "I"])
def test_the_other_tabs_of_a_log(snap_compare: Compare, tab: str) -> None:
    app = the_app(query="status:filtered since:7d")
    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("enter", tab))


def test_help(snap_compare: Compare) -> None:
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=pressing("?"))


def test_following_that_is_paused(snap_compare: Compare) -> None:
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=pressing("f", "j", "m", "j"))


def test_only_matches(snap_compare: Compare) -> None:
    app = the_app(query="since:7d -status:succeeded")
    assert snap_compare(app, terminal_size=LARGE, run_before=pressing("x", "p", "j"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_two_logs_compared(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = the_app(query="model:Results", environment=PRODUCTION)
    assert snap_compare(app, terminal_size=size, run_before=pressing("j", "W", "enter", *["n"] * 9))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_plain_text_of_the_list(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(the_app(query="status:failed"), terminal_size=size, run_before=pressing("j", "j", "V"))


def test_plain_text_of_a_payload(snap_compare: Compare) -> None:
    assert snap_compare(the_app(), terminal_size=SMALL, run_before=pressing("enter", "p", "enter", "V"))


def with_filters() -> RedoxApp:
    """The app on an environment with filters of all kinds."""
    world = filters.a_world()
    filters.created(world, "Nothing goes out [maintenance]", "block-all", ())
    filters.created(world, "入院患者のみ LKS", rules=(filters.RULE,) * 500)
    filters.created(world, "a\x1b[2J\tb")
    gone = filters.created(world, "Pilot phase")
    world.filters.delete(gone.id, world.moment)
    longer = (Rule("$.Orders[*].Status", ("Resulted", "Final")), filters.RULE)
    filters.changed(world, filters.FIRST, longer)
    return the_app(simulated(world), environment=PRODUCTION)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_filters(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(with_filters(), terminal_size=size, run_before=pressing("2", ".", "j", "j"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_versions_of_a_filter(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(with_filters(), terminal_size=size, run_before=pressing("2", "v", "G", "m", "g"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_the_consequence_of_a_restore_in_production(snap_compare: Compare, size: tuple[int, int]) -> None:
    press = pressing("2", "v", "G", "R", "x", "enter")
    assert snap_compare(with_filters(), terminal_size=size, run_before=press)


def test_choosing_what_a_filter_is_to_act_on(snap_compare: Compare) -> None:
    press = pressing("2", "j", "j", "l", text="ehr warehouse")
    assert snap_compare(with_filters(), terminal_size=SMALL, run_before=press)


def test_filters_in_the_light_theme(snap_compare: Compare) -> None:
    app = with_filters()
    app.theme = themes.LIGHT.name
    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("2", ".", "G"))
