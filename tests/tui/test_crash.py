"""An error that nobody expected ends the app with one line, which holds nothing of what was in memory (PH-04)."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from textual.app import ComposeResult
from textual.screen import Screen

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.origin import GuardedTransport
from redox_tui.cli.access import Access
from redox_tui.cli.asking import Secrets
from redox_tui.cli.credentials import TokenMaker
from redox_tui.domain.connection import Connection
from redox_tui.domain.query import LogQuery
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.log_table import LogTable
from tests.tui.given import ORGANIZATION, Person, a_world, an_app, clock, no_credentials, opened
from tests.tui.server import simulated

CANARY = "Jane Canary"


class UnexpectedError(Exception):
    """What nobody thought of."""


def break_down(*args: object, **kwargs: object) -> None:
    """Fail with patient data in the message and in a local variable."""
    patient = CANARY
    raise UnexpectedError(f"cannot read {patient}")


async def break_down_later(*args: object, **kwargs: object) -> None:
    """Fail in a coroutine."""
    break_down()


class BrokenScreen(Screen[None]):
    """A screen that cannot be composed."""

    def compose(self) -> ComposeResult:
        break_down()
        yield from ()


async def in_an_action(person: Person, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LogsScreen, "action_query", break_down)
    person.strike("/")


async def in_drawing(person: Person, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LogTable, "draw_row", break_down)
    person.strike("j")


async def in_a_worker(person: Person, patch: pytest.MonkeyPatch) -> None:
    client = await person.services.client()
    patch.setattr(client.logs, "page", break_down_later)
    person.strike("r")


async def in_a_timer(person: Person, patch: pytest.MonkeyPatch) -> None:
    person.app.set_timer(0.01, break_down)


async def in_a_task(person: Person, patch: pytest.MonkeyPatch) -> None:
    asyncio.get_running_loop().call_soon(break_down)


async def in_a_thread(person: Person, patch: pytest.MonkeyPatch) -> None:
    person.app.run_worker(break_down, thread=True)


async def in_composing(person: Person, patch: pytest.MonkeyPatch) -> None:
    person.app.call_later(person.app.push_screen, BrokenScreen())


async def in_a_handler(person: Person, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LogTable, "on_blur", break_down, raising=False)
    person.strike("/")


async def run_until_it_breaks(app: RedoxApp, breaking: Callable[[Person], Awaitable[None]] | None = None) -> None:
    """Run an app until something that nobody expected has happened; run_test raises that error again."""
    async with app.run_test() as pilot:
        person = Person(pilot, app)
        if breaking:
            await person.wait()
            await breaking(person)
        async with asyncio.timeout(30):
            await app._exception_event.wait()


@pytest.mark.parametrize(
    "somewhere",
    [in_an_action, in_drawing, in_a_worker, in_a_timer, in_a_task, in_a_thread, in_composing, in_a_handler],
    ids=lambda function: function.__name__,
)
async def test_an_unexpected_error_ends_the_app_with_one_harmless_line(
    somewhere: Callable[[Person, pytest.MonkeyPatch], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    app = an_app(simulated(a_world()))
    with pytest.raises(UnexpectedError):
        await run_until_it_breaks(app, lambda person: somewhere(person, monkeypatch))
    assert app.return_code == 1
    assert app.crash
    assert re.fullmatch(
        r"internal error UnexpectedError( at \w+:\d+)? \(reference [0-9a-f]{8}\); please report this line\.", app.crash
    )
    assert CANARY not in "".join([*capfd.readouterr(), app.crash])


async def test_a_client_that_cannot_be_made_ends_the_app_too(capfd: pytest.CaptureFixture[str]) -> None:
    def connect(target: Connection, tokens: TokenMaker) -> PlatformClient:
        break_down()
        raise AssertionError

    connection = Connection("http://127.0.0.1", ORGANIZATION)
    access = Access(connection, lambda asker: lambda client: GivenToken(""), client=connect)
    access.unlock(Secrets(None))
    app = RedoxApp(Services(access, clock), LogQuery(), no_credentials(), clock)
    with pytest.raises(UnexpectedError):
        await run_until_it_breaks(app)
    assert app.return_code == 1
    assert CANARY not in "".join([*capfd.readouterr(), app.crash or CANARY])


async def test_the_first_of_several_errors_is_the_one_that_is_reported() -> None:
    async def break_twice(person: Person) -> None:
        person.app._handle_exception(UnexpectedError())
        person.app._handle_exception(KeyError())

    app = an_app(simulated(a_world()))
    with pytest.raises(UnexpectedError):
        await run_until_it_breaks(app, break_twice)
    assert app.crash
    assert "UnexpectedError" in app.crash


async def test_a_connection_that_breaks_off_is_no_crash() -> None:
    class Broken(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ReadError("connection reset")

    async with opened(simulated(a_world())) as person:
        client = await person.services.client()
        assert isinstance(client, PlatformClient)
        client._transport = GuardedTransport(httpx.URL("http://127.0.0.1"), Broken())
        await person.press("r")
        assert person.status.startswith("! 127.0.0.1 broke off before the answer was whole. Try again.")
        assert person.app.is_running


async def test_work_that_ends_while_the_app_is_taken_down_is_no_crash() -> None:
    async with opened(simulated(a_world())) as person:
        screen = person.app.screen

        async def look_too_late() -> None:
            while screen.query(LogTable):
                await asyncio.sleep(0)
            screen.query_one(LogTable).refresh()

        screen.run_worker(look_too_late(), group="query.saved")
    assert person.app.crash is None
