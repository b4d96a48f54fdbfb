"""Another profile: nothing of the one before is sent with it, shown with it, or taken for an answer to it (AU-07)."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from redox_tui.api.auth import AssertionTokens
from redox_tui.cli.demo import simulated
from redox_tui.cli.parser import parse
from redox_tui.cli.wiring import UserCredentials
from redox_tui.domain.query import LogQuery
from redox_tui.simulator.world import World
from redox_tui.store.paths import Paths
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.messages import PageArrived
from redox_tui.tui.screens.credentials import CredentialsScreen
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.widgets.log_table import LogTable
from tests.tui.given import NOW, Person, clock
from tests.tui.server import Server
from tests.tui.user import Network, Site, at_the_app, profile_rows, stored
from tests.unit.api import keys

TOKEN = "/v2/auth/token"


@asynccontextmanager
async def two_profiles(store: Paths, network: Network) -> AsyncGenerator[tuple[Person, Site, Site]]:
    """The app on profile a, with a profile b of another server, key and traffic."""
    a = network.site("127.0.0.1:4001", world=World(5_000, seed=1, now=NOW, clock=clock), key=keys.ec())
    b = network.site("127.0.0.1:4002", world=World(3_000, seed=2, now=NOW, clock=clock), key=keys.rsa())
    stored(store, "a", a, keys.ec())
    stored(store, "b", b, keys.rsa())
    async with at_the_app("a") as person:
        await person.wait()
        yield person, a, b


async def to_profiles(person: Person) -> None:
    """Go to the list of profiles."""
    await person.tap("3")
    await person.until(lambda: bool(isinstance(person.app.screen, CredentialsScreen) and profile_rows(person)))


async def to_other(person: Person, key: str = "j") -> None:
    """Open the profile below the cursor, or above it."""
    await to_profiles(person)
    await person.tap(key, "o")


async def on(person: Person, name: str) -> None:
    """Wait until a profile's logs are shown."""
    await person.until(lambda: person.screen[0].startswith(f" {name}/") and "row 1 of " in person.text)


def sent(server: Server) -> set[str]:
    """The tokens that a server was sent."""
    return {call.authorization for call in server.calls if call.path != TOKEN}


def ids(person: Person) -> set[str]:
    """The ids of the logs that are loaded."""
    table = person.find(LogTable)
    window = person.app.screen._window  # type: ignore[attr-defined]
    rows = (window[row] for row in range(min(table.row_count, 50)))
    return {log.id for log in rows if hasattr(log, "id")}


async def test_au_07_after_a_switch_each_server_has_seen_its_own_tokens_only(store: Paths, network: Network) -> None:
    async with two_profiles(store, network) as (person, a, b):
        of_a = ids(person)
        await to_other(person)
        await on(person, "b")
        await person.wait()
        asked = len(a.server.calls)
        assert ids(person).isdisjoint(of_a)
        await person.press("pagedown", "pagedown", "G", "g", "enter", "escape", "r")
        assert len(a.server.calls) == asked, "nothing is asked of a any more"
        await to_other(person, "k")
        await on(person, "a")
        await person.wait()
        assert ids(person) == of_a
        assert all(token.startswith("Bearer ") for token in sent(a.server) | sent(b.server))
        assert sent(a.server).isdisjoint(sent(b.server))
        assert len(sent(a.server)) == 2, "the token of before was dropped"


async def test_au_07_calls_that_are_held_at_the_switch_are_dropped_and_so_are_their_answers(
    store: Paths, network: Network
) -> None:
    async with two_profiles(store, network) as (person, a, b):
        of_a = ids(person)
        a.server.hold()
        before = len(a.server.calls)
        person.strike("G")
        await a.server.arrived(before + 1)
        await to_other(person)
        await on(person, "b")
        a.server.release()
        for _ in range(10):
            await person.look()
            assert person.screen[0].startswith(" b/")
        await person.wait()
        assert a.server.cancelled >= 1
        assert ids(person).isdisjoint(of_a)
        assert sent(a.server).isdisjoint(sent(b.server))


async def test_au_07_a_late_answer_of_before_is_not_taken(store: Paths, network: Network) -> None:
    async with two_profiles(store, network) as (person, _, _b):
        screen = person.app.screen
        assert isinstance(screen, LogsScreen)
        await person.press("pagedown")
        request = screen._window.next_request(person.find(LogTable).view)
        page = await person.services.page(request) if request else None
        await to_other(person)
        await on(person, "b")
        rows = person.rows
        if request and page:
            screen.post_message(PageArrived(request, page))
        await person.wait()
        assert person.rows == rows
        assert not screen.is_running


async def test_au_07_concurrent_switches_end_at_the_last_one_and_mix_nothing(store: Paths, network: Network) -> None:
    async with two_profiles(store, network) as (person, a, b):
        b.server.hold()
        for turn in range(4):
            await to_other(person, "j" if turn % 2 == 0 else "k")
            if turn % 2 == 0:
                before = len(b.server.calls)
                await person.until(lambda: person.screen[0].startswith(" b/"))
                await b.server.arrived(max(1, before))
            else:
                await on(person, "a")
        b.server.release()
        for _ in range(10):
            await person.look()
            assert person.screen[0].startswith(" a/")
        await person.wait()
        assert "row 1 of " in person.status
        assert sent(a.server).isdisjoint(sent(b.server))


async def test_au_07_only_the_key_of_the_profile_in_use_is_held(store: Paths, network: Network) -> None:
    async with two_profiles(store, network) as (person, _, _b):
        await to_other(person)
        await on(person, "b")
        await person.wait()
        gc.collect()
        assert len([one for one in gc.get_objects() if isinstance(one, AssertionTokens)]) == 1


async def test_au_07_a_log_that_is_open_is_closed_by_the_switch(store: Paths, network: Network) -> None:
    async with two_profiles(store, network) as (person, _, _b):
        await person.press("enter")
        await to_other(person)
        await on(person, "b")
        assert isinstance(person.app.screen, LogsScreen)
        await person.tap("escape")
        assert len(person.app.screen_stack) == 1


async def test_a_profile_that_cannot_be_opened_leaves_the_one_in_use(store: Paths, network: Network) -> None:
    async with two_profiles(store, network) as (person, a, b):
        store.vault.write_bytes(store.vault.read_bytes()[:-1])
        await to_other(person)
        await person.until("The vault is damaged")
        await person.tap("escape")
        await on(person, "a")
        await person.press("r")
        assert person.status.startswith("row 1 of ")
        assert b.server.calls == []
        assert sent(a.server)


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_opening_a_profile_can_be_given_up_while_its_passphrase_is_asked_for(
    key: str, store: Paths, network: Network
) -> None:
    async with two_profiles(store, network) as (person, a, _):
        person.app._credentials.lock()
        await to_other(person)
        await person.until("Passphrase of the vault")
        await person.tap("escape")
        await person.until("No passphrase of the vault was given.")
        await person.tap(key)
        await on(person, "a")
        await asyncio.sleep(0)
        assert sent(a.server)


async def test_filters_are_those_of_the_profile_that_is_open(store: Paths, network: Network) -> None:
    async with two_profiles(store, network) as (person, a, b):
        await at_filters_in_production(person)
        await to_other(person)
        await on(person, "b")
        asked = len(a.server.calls)
        await at_filters_in_production(person)
        assert person.screen[0].startswith(" b/")
        assert len(a.server.calls) == asked
        assert sent(b.server).isdisjoint(sent(a.server))


async def at_filters_in_production(person: Person) -> None:
    """Go to the filters of the first environment."""
    await person.tap("2")
    await person.until("Filters are listed by environment")
    await person.tap("enter")
    await person.until("row 1 of 2")


async def test_a_profile_may_be_read_only(store: Paths, network: Network) -> None:
    stored(store, "a", network.site(), read_only=True)
    async with at_the_app("a") as person:
        await at_filters_in_production(person)
        assert "read-only" in person.place
        assert "D delete" not in person.hints


async def test_an_app_that_is_read_only_stays_so_with_every_connection() -> None:
    demo = UserCredentials(lambda: simulated(parse(["demo", "--logs", "500"])))
    app = RedoxApp(None, LogQuery(), demo, clock, read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        person = Person(pilot, app)
        await person.look()
        await person.tap("d")
        await person.until("row 1 of ")
        await at_filters_in_production(person)
        assert "read-only" in person.place
