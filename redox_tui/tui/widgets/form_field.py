"""The fields of a form: a line to type in, a choice of a few, a secret; each with its reason below."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message

from redox_tui.domain import display
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.widgets.field import Field
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.secret_field import SecretField

_LABEL_WIDTH = 14


class FormField(Field):
    """A line of a form. What is wrong with it is said from outside, and holds until it is changed."""

    SCOPES = ("field",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("field")

    def __init__(self, name: str, label: str, placeholder: str = "", text: str = "") -> None:
        super().__init__(name=name)
        self.LABEL = f"{label:<{_LABEL_WIDTH}}"
        self.PLACEHOLDER = placeholder
        self._begins_with = text
        self._wrong: tuple[str, str] | None = None

    def on_mount(self) -> None:
        self.text = self._begins_with

    def problem(self, text: str) -> tuple[str, int, int] | None:
        return (self._wrong[0], 0, len(text)) if self._wrong and self._wrong[1] == text else None

    def say(self, problem: str) -> None:
        """Say what is wrong with the text as it is."""
        self._wrong = (problem, self.text)
        self._check()
        self.edit()

    @property
    def is_changed(self) -> bool:
        """Whether something else stands there than at first."""
        return self.text != self._begins_with

    def action_run(self) -> None:
        self.post_message(self.Submitted(self, self.text))


class ChoiceField(Line, Scoped, can_focus=True, inherit_bindings=False):
    """One of a few, changed with left and right."""

    SCOPES = ("choice",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("choice")

    class Changed(Message):
        """Another choice is shown."""

    class Taken(Message):
        """`enter` was pressed on a choice."""

        def __init__(self, choice: "ChoiceField") -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, name: str, label: str, choices: Sequence[tuple[str, str]], value: str = "") -> None:
        super().__init__(name=name)
        self._label = label
        self._choices = choices
        self._place = next((at for at, (known, _) in enumerate(choices) if known == value), 0)

    def on_mount(self) -> None:
        self._draw()

    @property
    def value(self) -> str:
        """The choice that is shown."""
        return self._choices[self._place][0]

    def action_later(self) -> None:
        self._move(1)

    def action_earlier(self) -> None:
        self._move(-1)

    def action_run(self) -> None:
        self.post_message(self.Taken(self))

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._draw()

    def _move(self, step: int) -> None:
        self._place = (self._place + step) % len(self._choices)
        self._draw()
        self.post_message(self.Changed())

    def _draw(self) -> None:
        words = display.line(self._choices[self._place][1])
        label = f" {self._label:<{_LABEL_WIDTH}} " if self._label else " "
        shown = f"‹ {words} ›" if len(self._choices) > 1 else words
        self.update(Content.assemble((label, "$text-accent"), (shown, "reverse" if self.has_focus else "")))


class SecretLine(Vertical):
    """A secret of a form, with its label and its reason."""

    def __init__(self, name: str, label: str, placeholder: str) -> None:
        super().__init__(name=name)
        self._label = label
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Line(f"{self._label:<{_LABEL_WIDTH}}", classes="label")
            yield SecretField(lines=True, placeholder=self._placeholder)
        yield Line(classes="reason")

    def say(self, problem: str) -> None:
        """Say what is wrong with it."""
        self._show(problem)
        self.screen.set_focus(self.query_one(SecretField))

    @on(SecretField.Changed)
    def _forget_problem(self) -> None:
        self._show("")

    def _show(self, problem: str) -> None:
        reason = self.query_one(".reason", Line)
        reason.display = bool(problem)
        reason.update(display.line(problem))
