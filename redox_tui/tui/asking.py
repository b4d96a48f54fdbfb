"""A person in front of the app who is asked by work that goes on in a thread."""

import asyncio
from concurrent.futures import CancelledError
from typing import Any

from textual.app import App

from redox_tui.store.errors import NoCredential
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.dialogs.unlock import UnlockDialog


class PersonAtApp:
    """Shows a dialog for each question. A lock or the end of the app leaves questions without an answer.

    `mode` is the place in front of which it asks: where the app was when the work began, if it does not say. In no
    other place anything is asked, so that nothing but what unlocks the app is asked while it is locked.
    """

    def __init__(self, app: App[Any], mode: str | None = None) -> None:
        self._app = app
        self._mode = mode or app.current_mode

    @property
    def can_be_asked_again(self) -> bool:
        """A person may mistype."""
        return True

    def ask(self, what: str, note: str = "") -> bytearray:
        """The passphrase of `what`; NoCredential where the dialog is left."""
        secret: bytearray | None = self._answer(UnlockDialog(what, note))
        if not secret:
            raise NoCredential(f"No passphrase of {what} was given.")
        return secret

    def agrees(self, question: str, word: str) -> bool:
        """Whether the person types this word."""
        return bool(self._answer(ConfirmDialog(question, word)))

    def _answer(self, dialog: Dialog[Any]) -> Any:
        async def show() -> Any:
            if self._app.current_mode != self._mode:
                raise NoCredential("Nobody was there to be asked.")
            answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            await self._app.push_screen(dialog, callback=answer.set_result, mode=self._mode)
            return await answer

        try:
            return self._app.call_from_thread(show)
        except CancelledError:
            raise NoCredential("The app is being closed.") from None
