"""Draws screenshots/*.svg: the real screens, at 80×24 and 120×40, on simulated traffic that never changes."""

import asyncio
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx
from textual.screen import ModalScreen

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.cli.access import Access
from redox_tui.cli.asking import Secrets
from redox_tui.cli.credentials import TokenMaker
from redox_tui.cli.wiring import UserCredentials
from redox_tui.domain.connection import Connection
from redox_tui.domain.query import LogQuery
from redox_tui.simulator.app import simulator
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World
from redox_tui.store import secure_file
from redox_tui.store.paths import HOME_VARIABLE
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.services import Services

_LOOK_AT_DIALOG = 1.0
FOLDER = Path(__file__).parent.parent / "screenshots"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
SCREENS = {
    "logs": (),
    "failed": ("slash", *"status:failed model:PatientAdmin", "enter"),
    "log": ("enter",),
    "payload": ("enter", "p", "enter", "greater_than_sign"),
    "why": ("slash", *"status:filtered", "enter", "enter", "w"),
    "inspector": ("enter", "I"),
    "counts": ("number_sign", "enter"),
    "failures": ("F",),
    "compare": ("slash", *"status:failed model:Results event:New", "enter", "W", "n"),
    "copy": ("y",),
    "export": ("X",),
    "filters": ("2", "enter"),
    "versions": ("2", "enter", "v"),
    "editor": ("2", "enter", "enter"),
    "help": ("question_mark",),
    "credentials": ("3", "t"),
    "profile": ("3", "a", *"lakeside-test", "down", "down", *"12345"),
    "locked": ("L",),
}
_PROFILES = """\
default = "lakeside"

[profiles.lakeside]
organization = "12345"
environment = "7ab3a1f4-5d0e-4f0a-9f30-3c1f5a0e7d11"
environment-flag = "Production"
key-id = "2026-autumn"
keys = { 2026-spring = 2026-03-02, 2026-autumn = 2026-09-01 }

[profiles.lakeside-staging]
organization = "12345"
environment = "79afcb55-a915-5b70-8cbe-fa17e34f3f39"
environment-flag = "Staging"
backend = "pem-file"
client-id = "0a1b"
key-id = "staging-1"
key-file = "/home/you/keys/staging.pem"

[profiles.ci]
organization = "67890"
backend = "env"
"""


def app() -> RedoxApp:
    """The app on a frozen simulator."""
    connection = Connection("http://127.0.0.1", str(World.organization.id))

    tokens = Tokens()
    server = simulator(World(100_000, now=NOW, clock=lambda: NOW), tokens=tokens)

    def connect(target: Connection, maker: TokenMaker) -> PlatformClient:
        return PlatformClient(target, maker, transport=httpx.ASGITransport(server, raise_app_exceptions=False))

    access = Access(connection, lambda asker: lambda _: GivenToken(tokens.session()), title="demo", client=connect)
    access.unlock(Secrets(None))
    return RedoxApp(Services(access, lambda: NOW), LogQuery(), UserCredentials(lambda: access), lambda: NOW)


async def draw(name: str, keys: tuple[str, ...], size: tuple[int, int]) -> str:
    """One screen after some keys, as SVG."""
    subject = app()
    async with subject.run_test(size=size) as pilot:
        for key in ("", *keys):
            if key:
                await pilot.press(key)
            if isinstance(subject.screen, ModalScreen):
                await pilot.pause(_LOOK_AT_DIALOG)  # whoever has asked waits for an answer
            else:
                await subject.workers.wait_for_complete()
            await pilot.pause()
        return subject.export_screenshot(title=f"redox-tui · {name}")


async def main() -> None:
    """Draw every screen in every size, for a user with some profiles."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[HOME_VARIABLE] = folder
        secure_file.write(Path(folder) / "profiles.toml", _PROFILES.encode())
        await draw_all()


async def draw_all() -> None:
    """Draw every screen in every size."""
    for name, keys in SCREENS.items():
        for label, size in SIZES.items():
            (FOLDER / f"{name}-{label}.svg").write_text(await draw(name, keys, size), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
