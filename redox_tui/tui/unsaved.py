"""Typed work that would be lost without a word: asked about before the program ends or another server is shown."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from textual.app import App

from redox_tui.tui.asking import LOCKED
from redox_tui.tui.dialogs.confirm import ConfirmDialog


@runtime_checkable
class Unsaved(Protocol):
    """A screen in which something may be typed and not saved."""

    @property
    def unsaved(self) -> str:
        """The name of what is not saved; empty where nothing would be lost."""


class UnsavedDialog(ConfirmDialog):
    """Whether to leave what is not saved; a second time it is not asked while it stands."""


def ask_first(app: App[Any], go_on: Callable[[], object], stay: Callable[[], object] = lambda: None) -> None:
    """Go on, at once where nothing would be lost. While the app is locked, the question names nothing."""
    screens = (screen for stack in app._screen_stacks.values() for screen in stack)
    name = next((screen.unsaved for screen in screens if isinstance(screen, Unsaved) and screen.unsaved), "")
    if not name:
        go_on()
    elif isinstance(app.screen, UnsavedDialog):
        stay()
    else:
        where = "before the lock" if app.current_mode == LOCKED else f"in “{name}”"

        def obey(agreed: bool | None) -> None:
            (go_on if agreed else stay)()

        question = f"What was typed {where} is not saved. Leave it?"
        app.push_screen(UnsavedDialog(question), obey, mode=app.current_mode)
