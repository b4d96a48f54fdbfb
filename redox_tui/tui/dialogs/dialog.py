"""What every dialog has: the keys of the app that must work above everything, since a modal screen cuts them off."""

from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.screen import ModalScreen

from redox_tui.tui.bindings import Scoped, bindings

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Scoped):
    """A question that is in front of a screen. Subclasses add their own scope before this one's."""

    SCOPES: ClassVar[tuple[str, ...]] = ("dialog",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("dialog")

    async def action_lock(self) -> None:
        await self.app.run_action("app.lock")
