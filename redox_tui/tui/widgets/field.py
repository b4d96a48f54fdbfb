"""A line to type in, with its reason below while what is typed makes no sense."""

from collections.abc import Iterator

from rich.highlighter import Highlighter
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Paste
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from redox_tui.domain import display
from redox_tui.tui.bindings import Scoped
from redox_tui.tui.widgets.line import Line


class Field(Vertical, Scoped):
    """A label, an input and a reason. Subclasses say how a text is checked, and have the commands run and leave."""

    LABEL = ""
    PLACEHOLDER = ""

    _came_from: Widget | None = None

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
            yield _Input(self)
        yield Line(classes="reason")

    def problem(self, text: str) -> tuple[str, int, int] | None:
        """What is wrong with a text: a sentence, and the part that it is about; None where nothing is."""
        raise NotImplementedError

    def marks(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Parts of a text that are drawn in a style: what makes no sense is underlined."""
        if found := self.problem(text):
            yield found[1], found[2], f"underline {self.app.theme_variables['text-error']}"

    def pasted(self, text: str) -> str:
        """What of a paste comes into the line: its first line."""
        return text

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Input).value

    @text.setter
    def text(self, text: str) -> None:
        self.query_one(Input).value = display.line(text)

    def show(self, text: str) -> None:
        """What stands there while nobody types; who types is not disturbed."""
        if self.screen.focused is not self.query_one(Input):
            self.text = text

    def edit(self) -> None:
        """Go to the input, at once: what is typed next belongs there."""
        typed_in = self.query_one(Input)
        if self.screen.focused is not typed_in:
            self._came_from = self.screen.focused
        self.screen.set_focus(typed_in)
        typed_in.action_select_all()

    def action_run(self) -> None:
        if self.problem(self.text) is None:
            self._give_back()
            self.post_message(self.Submitted(self, self.text))

    def action_leave(self) -> None:
        self._give_back()
        self.post_message(self.Left(self))

    def _give_back(self) -> None:
        """Go where one was before, at once too."""
        if self._came_from and self._came_from.is_attached:
            self.screen.set_focus(self._came_from)

    @on(Input.Changed)
    def _check(self) -> None:
        found = self.problem(self.text)
        reason = self.query_one(".reason", Line)
        reason.display = found is not None
        reason.update(display.line(found[0]) if found else "")


class _Input(Input):
    """The line itself. Nothing that it does waits for a message, which would come after the keys that follow."""

    def __init__(self, field: Field) -> None:
        super().__init__(placeholder=field.PLACEHOLDER, compact=True, highlighter=_Marks(field), select_on_focus=False)
        self._field = field

    async def action_submit(self) -> None:
        self._field.action_run()

    def on_paste(self, event: Paste) -> None:
        event.text = self._field.pasted(event.text)


class _Marks(Highlighter):
    """Styles the parts of a text that the field has something to say about."""

    def __init__(self, field: Field) -> None:
        self._field = field

    def highlight(self, text: Text) -> None:
        for start, end, style in self._field.marks(text.plain):
            text.stylize(style, start, end)
