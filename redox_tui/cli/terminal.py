"""What has to be so before the app may draw: a real terminal, and nothing of Textual's debugging in the environment."""

import asyncio
import importlib
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from redox_tui.cli.exits import CommandError, Exit, say

if TYPE_CHECKING:
    from redox_tui.domain.query import LogQuery
    from redox_tui.store.paths import Paths
    from redox_tui.store.settings import Settings
    from redox_tui.tui.access import Access, Credentials
    from redox_tui.tui.app import RedoxApp


_MINUTE = 60.0


def require_terminal() -> None:
    """Refuse to draw where nobody could see it; exit code 7 (security.md PK-05)."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError("The app needs a terminal; for scripts there is: redox-tui logs.", Exit.NO_TERMINAL)
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise CommandError(
            "TERM says that this terminal cannot be drawn on; set it, or use: redox-tui logs.", Exit.NO_TERMINAL
        )


def run_app(
    access: "Access | None",
    credentials: "Credentials",
    query: "LogQuery",
    *,
    lock_after: float,
    poll: float,
    read_only: bool,
) -> int:
    """Draw the app until it is left; the exit code. Without an access it begins with none.

    It locks itself after `lock_after` minutes without a key, and looks each `poll` seconds what a followed list has.
    With `read_only` it has no command that changes anything.
    """
    from redox_tui.store import paths, settings

    files = paths.locate(os.environ)
    wanted = settings.load(files)
    _take_keys(files, wanted)
    _scrub_environment()
    if not sys.stderr.isatty():
        # Textual draws on stderr; where that is a file or a pipe, the terminal is on stdout.
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]
    return asyncio.run(
        _run(access, credentials, query, wanted, lock_after * _MINUTE, poll, read_only or wanted.read_only)
    )


def _take_keys(files: "Paths", wanted: "Settings") -> None:
    """Let the registry have this user's keys, before anything that has bindings is loaded."""
    if not wanted.keys:
        return
    from redox_tui.store import settings
    from redox_tui.tui import commands, keymap

    try:
        commands.rebind(keymap.checked(wanted.keys))
    except keymap.WrongKey as wrong:
        raise settings.wrong_key(files, wrong.command, str(wrong)) from None


async def _run(
    access: "Access | None",
    credentials: "Credentials",
    query: "LogQuery",
    wanted: "Settings",
    lock_after: float,
    poll: float,
    read_only: bool,
) -> int:
    """Ask for the first page, then load Textual while the answer is on its way."""
    from redox_tui.domain.window import LogWindow, Viewport
    from redox_tui.tui import memory
    from redox_tui.tui.services import Services

    memory.hold()
    services = Services(access, now, poll=poll, read_only=read_only) if access else None
    if services and (first := LogWindow(query.search(services.started)).next_request(Viewport(0, 0))):
        services.ask_ahead(first)
    module = await asyncio.to_thread(importlib.import_module, "redox_tui.tui.app")
    from redox_tui.tui.clipboard import clipboard

    app: RedoxApp = module.RedoxApp(
        services,
        query,
        credentials,
        now,
        lock_after=lock_after,
        poll=poll,
        copies=clipboard(wanted.clipboard, wanted.clipboard_tmux, os.environ),
        read_only=read_only,
    )
    await app.run_async(mouse="SSH_CONNECTION" not in os.environ)
    if app.crash:
        say(app.crash)
    return app.return_code or Exit.OK


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def _scrub_environment() -> None:
    """Textual reads these when it is imported: one writes every typed character to a file (security.md PH-03)."""
    found = sorted(name for name in os.environ if name.startswith("TEXTUAL"))
    for name in found:
        del os.environ[name]
    if found:
        say(f"ignored in the environment: {', '.join(found)}")
