"""What the app does for every screen that copies, compares or shows plain text: the one place where anything is copied.

Textual copies by itself what is selected or cut; here only `y` does (security.md PH-01).
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from textual import on, work
from textual.widgets import Input

from redox_tui.domain import display
from redox_tui.domain.problem import Problem
from redox_tui.tui.clipboard import CannotCopy, Clipboard, TooLong
from redox_tui.tui.locking import LockingApp
from redox_tui.tui.messages import CompareLogs, OfferCopies, ShowPlain
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from redox_tui.tui.widgets.json_view import JsonView

_FILE: Final = "redox-tui-copy.txt"
"""The name that is proposed; it says nothing about a log or a patient (security.md PH-12)."""


@runtime_checkable
class Announces(Protocol):
    """A screen that keeps on saying what was copied until something else is done."""

    def announce(self, words: str, *, error: bool) -> None:
        """Say it."""


class CopyingApp(LockingApp):
    """An app that copies; `copies` says how."""

    def __init__(
        self,
        *,
        lock_after: float | None,
        monotonic: Callable[[], float],
        copies: Clipboard,
    ) -> None:
        super().__init__(lock_after=lock_after, monotonic=monotonic)
        self._copies = copies

    @property
    def services_in_use(self) -> Services | None:
        """What screens are given; None while nothing is connected."""
        raise NotImplementedError

    def copy_to_clipboard(self, text: str) -> None:
        """Keep what is cut out of a text field for pasting it here; nothing else is copied by Textual itself."""
        if isinstance(self.focused, Input):
            self._clipboard = text

    @on(OfferCopies)
    @work(group="app.copy", exclusive=True)
    async def _offer(self, message: OfferCopies) -> None:
        from redox_tui.tui.dialogs.copy import CopyDialog

        if self.is_locked:
            return
        chosen = await self.push_screen_wait(CopyDialog([title for title, _ in message.texts]))
        if chosen is None or self.is_locked:
            return
        given = message.texts[chosen][1]
        text = given if isinstance(given, str) else await asyncio.to_thread(given)
        if text is None:
            self._tell("It is hidden by now, so it was not copied.", error=True)
        else:
            await self._copy(text)

    def on_json_view_copy_node(self, message: "JsonView.CopyNode") -> None:
        node, view = message.node, message.view

        def shown(read: Callable[[], str]) -> Callable[[], str | None]:
            return lambda: read() if view.is_revealed else None

        texts = [("Value", shown(lambda: node.value))] if node.is_scalar else []
        if node.key:
            texts.append(("Key", shown(lambda: node.key)))
        if path := node.path:
            texts.append((f"Path  {display.line(path)}", shown(lambda: path)))
            texts.append(("All that it holds, as JSON", shown(lambda: node.subtree)))
        self.post_message(OfferCopies(texts))

    async def _copy(self, text: str) -> None:
        try:
            self._tell(await self._copies.put(text, self._write))
        except TooLong as why:
            await self._offer_file(text, str(why))
        except CannotCopy as why:
            self._tell(str(why), error=True)

    async def _offer_file(self, text: str, why: str) -> None:
        from redox_tui.store.new_file import write_new
        from redox_tui.tui.dialogs.path import NEW_FILE, PathDialog

        path = await self.push_screen_wait(PathDialog(f"{why} Save them as", _FILE, NEW_FILE))
        if path is None or self.is_locked:
            return
        data = text.encode("utf-8", errors="replace")
        try:
            size = await asyncio.to_thread(write_new, Path(path).expanduser(), [data])
        except Problem as problem:
            self._tell(str(problem), error=True)
        except RuntimeError:
            self._tell(f"{path} names a home folder that does not exist.", error=True)
        else:
            self._tell(f"{size:,} bytes were written to {path}.")

    @on(CompareLogs)
    def _compare(self, message: CompareLogs) -> None:
        from redox_tui.tui.screens.compare import CompareScreen

        if not self.is_held(message) and self.services_in_use:
            self.push_screen(CompareScreen(self.services_in_use, message))

    @on(ShowPlain)
    def _show_plain(self, message: ShowPlain) -> None:
        from redox_tui.tui.screens.plain import PlainScreen

        if not self.is_locked:
            self._turn_mouse("_disable_mouse_support")
            self.push_screen(PlainScreen(message), lambda _: self._turn_mouse("_enable_mouse_support"))

    def _turn_mouse(self, how: str) -> None:
        # Only drivers of real terminals have a mouse, and none where it was never on.
        turn = getattr(self._driver, how, None)
        if turn:
            turn()

    def _tell(self, words: str, *, error: bool = False) -> None:
        screen = self.screen
        if isinstance(screen, Announces):
            screen.announce(words, error=error)
        elif lines := screen.query(StatusLine):
            lines.first(StatusLine).say(words, error=error)

    def _write(self, sequence: str) -> None:
        if self._driver:
            self._driver.write(sequence)
