"""A user with files of their own: a real store, real keys, and servers in this process that know these keys."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import httpx
from textual.widget import Widget

from redox_tui.cli.access import Access
from redox_tui.cli.demo import simulated as demo_of
from redox_tui.cli.parser import parse
from redox_tui.cli.wiring import UserCredentials
from redox_tui.domain.query import LogQuery
from redox_tui.simulator.app import simulator
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World
from redox_tui.store import profiles, vault
from redox_tui.store.contents import SealedCredential, SealedKey
from redox_tui.store.paths import Paths
from redox_tui.store.profiles import Profile
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.dialogs.unlock import UnlockDialog
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.form_field import ChoiceField, FormField, SecretLine
from redox_tui.tui.widgets.profile_table import ProfileTable
from redox_tui.tui.widgets.step_list import StepList
from tests.tui.given import ORGANIZATION, Person, a_world, clock
from tests.tui.server import Server
from tests.unit.api import keys

PASSPHRASE: Final = "correct horse battery staple"
CLIENT: Final = "client-canary-1"
KEY: Final = "k-1"


@dataclass(slots=True)
class Site:
    """A server at an address, with the tokens that it gives to keys that it knows."""

    url: str
    server: Server
    tokens: Tokens

    def know(self, key: keys.PrivateKey, key_id: str = KEY, client: str = CLIENT) -> None:
        """Accept what this key signs."""
        self.tokens.register(client, key_id, keys.public_pem(key))


@dataclass(slots=True)
class Network(httpx.AsyncBaseTransport):
    """All servers that there are; what is sent elsewhere finds nobody."""

    sites: dict[str, Site] = field(default_factory=dict)

    def site(
        self, name: str = "127.0.0.1:4001", world: World | None = None, key: keys.PrivateKey | None = None
    ) -> Site:
        """A simulator that listens, and knows a key of the client."""
        tokens = Tokens()
        app = simulator(world or a_world(), tokens=tokens)
        site = Site(f"http://{name}", Server(app, token=tokens.session()), tokens)
        site.know(key or keys.ec())
        self.sites[name] = site
        return site

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on to the server that it is for."""
        site = self.sites.get(request.url.netloc.decode())
        if site is None:
            raise httpx.ConnectError("nobody listens there")
        return await httpx.ASGITransport(site.server, raise_app_exceptions=False).handle_async_request(request)


class Answering:
    """Somebody who knows the passphrase before the app is drawn."""

    can_be_asked_again = False

    def ask(self, what: str, note: str = "") -> bytearray:
        """The passphrase of the vault."""
        return bytearray(PASSPHRASE.encode())

    def agrees(self, question: str, word: str) -> bool:
        """Agrees to nothing."""
        return False


def stored(paths: Paths, name: str, site: Site, key: keys.PrivateKey | None = None, **more: object) -> None:
    """Store a profile for this server whose key is sealed in the vault."""
    paths.prepare()
    opened = (
        vault.unlock(paths, PASSPHRASE.encode())
        if vault.exists(paths)
        else vault.create(paths, bytearray(PASSPHRASE.encode()))
    )
    sealed = SealedKey(id=KEY, created=date(2026, 11, 20), text=keys.pem(key or keys.ec()).decode())
    token_url = f"{site.url}/v2/auth/token"
    opened.put(name, SealedCredential(client_id=CLIENT, base_url=site.url, token_url=token_url, keys=(sealed,)))
    known = Profile(organization=ORGANIZATION, base_url=site.url, key_id=KEY, keys={KEY: sealed.created})
    profiles.put(paths, name, known.model_copy(update=more))


def stored_with_file(paths: Paths, name: str, site: Site, path: Path, **more: object) -> None:
    """Store a profile for this server whose key stays in its file."""
    paths.prepare()
    described = Profile(
        organization=ORGANIZATION, base_url=site.url, backend="pem-file", client_id=CLIENT, key_id=KEY, key_file=path
    )
    profiles.put(paths, name, described.model_copy(update=more))


def a_key_file(path: Path, text: bytes | None = None, mode: int = 0o600) -> Path:
    """A key file, readable as it is said."""
    path.touch(0o600)
    path.write_bytes(keys.pem(keys.ec()) if text is None else text)
    path.chmod(mode)
    return path


@asynccontextmanager
async def at_the_app(
    profile: str | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    lock_after: float | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    wait: bool = True,
) -> AsyncGenerator[Person, None]:
    """A person in front of the app, with the store as it is; on a profile, or on none."""
    credentials = UserCredentials(lambda: demo_of(parse(["demo", "--logs", "500"])))
    services = None
    if profile:
        way: Access = await asyncio.to_thread(credentials.open, profile, Answering())
        services = Services(way, clock)
    app = RedoxApp(services, LogQuery(), credentials, clock, lock_after=lock_after, monotonic=monotonic)
    async with app.run_test(size=size, notifications=True) as pilot:
        person = Person(pilot, app)
        if services and wait:
            await person.until(lambda: "row 1 of " in person.text)
        await person.look()
        yield person


def shown(person: Person, widget: Widget) -> str:
    """What of a widget is on the screen."""
    area = widget.region
    return "\n".join(strip.crop(area.x, area.right).text.rstrip() for strip in person.strips()[area.y : area.bottom])


def focus(person: Person) -> str:
    """The name of the field of a form that has the focus; empty where none has."""
    focused = person.app.focused
    fields = focused.ancestors_with_self if focused else ()
    return next((str(one.name) for one in fields if isinstance(one, FormField | ChoiceField | SecretLine)), "")


async def go_to(person: Person, name: str) -> None:
    """Go to a field of the form, with the arrow key."""
    for _ in range(20):
        if focus(person) == name:
            return
        await person.tap("down")
    raise AssertionError(f"no field {name} on\n{person.text}")


async def fill(person: Person, **fields: str) -> None:
    """Type into fields of the form, in place of what stands there; a name is written with _ for -."""
    for name, text in fields.items():
        await go_to(person, name.replace("_", "-"))
        await person.tap("end", "ctrl+u")
        await person.write(text)


async def choose_backend(person: Person, backend: str) -> None:
    """Choose where the credential is."""
    await go_to(person, "backend")
    await _choose(person, "backend", backend)


async def run_form(person: Person, action: str = "test") -> None:
    """Run the form: `test` and store, or `store` without a test."""
    await go_to(person, "action")
    await _choose(person, "action", action)
    await person.tap("enter")


async def _choose(person: Person, name: str, value: str) -> None:
    choice = next(one for one in person.app.screen.query(ChoiceField) if one.name == name)
    while choice.value != value:
        await person.tap("right")


def reason(person: Person, name: str) -> str:
    """What is said to be wrong with a field, as it stands below it."""
    fields = person.app.screen.query("FormField, SecretLine")
    found = next((one for one in fields if one.name == name), None)
    if found is None:
        return ""
    line = found.query_one(".reason", Widget)
    return " ".join(shown(person, line).split()) if line.display else ""


def steps(person: Person) -> list[str]:
    """What a test has shown so far, a step a line; what a line has no room for is left out."""
    lines = [line.strip() for line in shown(person, person.find(StepList)).splitlines()]
    return [line for line in lines if line.startswith(("✓", "✗"))]


def profile_rows(person: Person) -> list[str]:
    """The list of profiles, without header and empty lines."""
    return [line for line in shown(person, person.find(ProfileTable)).splitlines()[1:] if line.strip()]


async def answer(person: Person, passphrase: str = PASSPHRASE, asked: str = "Passphrase of") -> None:
    """Give a passphrase to the dialog that asks for it."""
    await person.until(lambda: isinstance(person.app.screen, UnlockDialog) and asked in person.text)
    dialog = person.app.screen
    await person.write(passphrase)
    await person.tap("enter")
    await person.until(lambda: person.app.screen is not dialog)


async def new_passphrase(person: Person) -> None:
    """Answer who asks for a vault's first passphrase."""
    await answer(person, asked="a new one")
    await answer(person, asked="once more")


async def asked(person: Person, words: str) -> None:
    """Wait for a question in a dialog."""
    await person.until(lambda: isinstance(person.app.screen, Dialog) and words in person.text)
