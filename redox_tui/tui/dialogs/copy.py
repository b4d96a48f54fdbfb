"""The menu of what can be copied."""

from collections.abc import Sequence

from redox_tui.tui.dialogs.pick import PickDialog


class CopyDialog(PickDialog):
    """One of a few texts, by title. The app takes it away where payloads are hidden, since it may hold some of one."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__("Copy", titles)
