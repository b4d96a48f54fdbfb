"""What trying out a credential has shown so far."""

from textual.content import Content

from redox_tui.domain import display
from redox_tui.domain.probe import Step
from redox_tui.tui.widgets.line import Line

_WHAT_WIDTH = 14


class StepList(Line):
    """A line for each step, which says by a sign and a word how it ended; hidden while there is none."""

    _steps: tuple[Step, ...] = ()

    def show(self, steps: tuple[Step, ...]) -> None:
        """Show these steps."""
        self._steps = steps
        self.display = bool(steps)
        self.update(Content("\n").join(map(_line, steps)))


def _line(step: Step) -> Content:
    sign = ("✗ failed ", "$text-error bold") if step.code else ("✓ ok     ", "$text-success")
    return Content.assemble(sign, f" {step.what:<{_WHAT_WIDTH}}", display.line(step.words, 600))
