"""What every dialog has: it is answered once, and shows its keys, which a modal screen keeps the app from doing."""

from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen

from redox_tui.tui.bindings import Scoped, bindings

Answer = TypeVar("Answer")


class Dismissable(Screen[Answer]):
    """A screen that is dismissed once, and only while it is on top.

    A key that was pressed twice, or before a cover came, would else take away whatever is on top by then.
    """

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave the screen with a result; nothing happens where it is not on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(Dismissable[Answer], ModalScreen[Answer], Scoped):
    """A question that is in front of a screen. Subclasses add their own scope before this one's."""

    SCOPES: ClassVar[tuple[str, ...]] = ("dialog",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("dialog")

    async def action_help(self) -> None:
        await self.app.run_action("app.help")
