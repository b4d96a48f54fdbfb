"""The menu of what can be copied."""

from collections.abc import Sequence

from textual import on

from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.messages import Untouched


class CopyDialog(PickDialog):
    """One of a few texts, by title. It goes where payloads are hidden, since it may be about some of one."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__("Copy", titles)

    @on(Untouched)
    def _go(self) -> None:
        if self.is_current:
            self.dismiss(None)
