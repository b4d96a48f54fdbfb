"""The menu of what can be copied."""

from collections.abc import Sequence

from redox_tui.tui.dialogs.pick import PickDialog


class CopyDialog(PickDialog):
    """One of a few texts, by title. It goes where payloads are hidden, since it may be about some of one."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__("Copy", titles)

    def on_untouched(self) -> None:
        self.dismiss(None)
