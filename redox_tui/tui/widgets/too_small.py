"""What stands on a screen that is too small for anything else."""

from redox_tui.tui.widgets.line import Line


class TooSmall(Line):
    """One sentence; the style sheet lays it over everything below 60×15."""

    def __init__(self) -> None:
        super().__init__("redox-tui needs 60×15 cells; make the terminal larger. ctrl+q quits.")
