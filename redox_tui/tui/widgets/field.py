"""A line to type in, with its reason below while what is typed makes no sense."""

from collections.abc import Iterator

from rich.highlighter import Highlighter
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from redox_tui.domain import display
from redox_tui.tui.bindings import Scoped
from redox_tui.tui.widgets.line import Line


class Field(Vertical, Scoped):
    """A label, an input and a reason. Subclasses say how a text is checked, and have the commands run and leave."""

    LABEL = ""
    PLACEHOLDER = ""

    class Submitted(Message):
        """The text was run; it has been checked."""

        def __init__(self, field: "Field", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

    class Left(Message):
        """The field was left without running its text."""

        def __init__(self, field: "Field") -> None:
            super().__init__()
            self.field = field

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Line(self.LABEL, classes="label")
            yield Input(placeholder=self.PLACEHOLDER, compact=True, highlighter=_Underline(self))
        yield Line(classes="reason")

    def problem(self, text: str) -> tuple[str, int, int] | None:
        """What is wrong with a text: a sentence, and the part that it is about; None where nothing is."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Input).value

    @text.setter
    def text(self, text: str) -> None:
        self.query_one(Input).value = display.line(text)

    def edit(self) -> None:
        """Go to the input, at once: what is typed next belongs there."""
        self.screen.set_focus(self.query_one(Input))

    def action_run(self) -> None:
        if self.problem(self.text) is None:
            self.post_message(self.Submitted(self, self.text))

    def action_leave(self) -> None:
        self.post_message(self.Left(self))

    @on(Input.Submitted)
    def _run(self) -> None:
        self.action_run()

    @on(Input.Changed)
    def _check(self) -> None:
        found = self.problem(self.text)
        reason = self.query_one(".reason", Line)
        reason.display = found is not None
        reason.update(display.line(found[0]) if found else "")


class _Underline(Highlighter):
    """Underlines the part of a text that makes no sense."""

    def __init__(self, field: Field) -> None:
        self._field = field

    def highlight(self, text: Text) -> None:
        for _, start, end in self._problems(text.plain):
            text.stylize(f"underline {self._field.app.theme_variables['text-error']}", start, end)

    def _problems(self, text: str) -> Iterator[tuple[str, int, int]]:
        if found := self._field.problem(text):
            yield found
