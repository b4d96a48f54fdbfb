"""What is exported, how, and into which file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from redox_tui.tui.bindings import bindings
from redox_tui.tui.dialogs.dialog import Dialog
from redox_tui.tui.widgets.form_field import ChoiceField, FormField
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line

_NO, _YES = "no", "yes"
_CONTENTS: Final = ((_NO, "metadata only"), (_YES, "with payloads: patient data"))
_MASKS: Final = ((_NO, "as they are"), (_YES, "pseudonyms; no anonymisation"))
_ACTIONS: Final = (("begin", "Begin a new file"), ("resume", "Go on with its .part"))


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be exported: scopes and formats with their words, and the name of the file without its suffix."""

    scopes: Sequence[tuple[str, str]]
    formats: Sequence[tuple[str, str]]
    stem: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be exported."""

    scope: str
    format: str
    with_messages: bool
    is_masked: bool
    file: str
    resumes: bool


class ExportDialog(Dialog[Choice | None]):
    """Choices, the last of which begins; None where the dialog is left."""

    SCOPES = ("export", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = bindings("export")
    AUTO_FOCUS = "ChoiceField"

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self._offer = offer
        self._suggested = self._file_name(offer.formats[0][0])

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Line("Export", classes="title")
            yield from self._fields()
            yield _Choice(self._begin, "action", "", _ACTIONS)
            yield KeyHints()

    def _fields(self) -> Iterator[ChoiceField | FormField]:
        yield _Choice(self.action_next, "scope", "Rows", self._offer.scopes)
        yield _Choice(self.action_next, "format", "Format", self._offer.formats)
        yield _Choice(self.action_next, "content", "Content", _CONTENTS)
        yield _Choice(self.action_next, "mask", "Ids, names", _MASKS)
        yield _File(self.action_next, "file", "File", "a new file, for you alone", self._suggested)

    @on(ChoiceField.Changed)
    def _name_by_format(self) -> None:
        """Let the suggested name end as the format does; also before a key that may come before that message."""
        file = self.query_one(FormField)
        if file.text == self._suggested:
            file.text = self._suggested = self._file_name(self._value("format"))

    def action_next(self) -> None:
        self._name_by_format()
        self._select(self.focus_next("Input, ChoiceField"))

    def action_previous(self) -> None:
        self._select(self.focus_previous("Input, ChoiceField"))

    def _begin(self) -> None:
        file = self.query_one(FormField)
        if not file.text.strip():
            file.say("A file needs a name.")
        else:
            self.dismiss(
                Choice(
                    self._value("scope"),
                    self._value("format"),
                    self._value("content") == _YES,
                    self._value("mask") == _YES,
                    file.text.strip(),
                    self._value("action") == "resume",
                )
            )

    def action_leave(self) -> None:
        self.dismiss(None)

    def _value(self, name: str) -> str:
        return next(choice.value for choice in self.query(ChoiceField) if choice.name == name)

    def _file_name(self, form: str) -> str:
        return f"{self._offer.stem}.{form}"

    @staticmethod
    def _select(field: object) -> None:
        """What is typed next takes the place of what stands there."""
        if isinstance(field, Input):
            field.action_select_all()


class _Choice(ChoiceField):
    """A choice after which `enter` goes on at once: the next key belongs to the next field."""

    def __init__(self, go_on: Callable[[], None], *arguments: Any) -> None:
        super().__init__(*arguments)
        self._go_on = go_on

    def action_run(self) -> None:
        self._go_on()


class _File(FormField):
    """A field after which `enter` goes on at once."""

    def __init__(self, go_on: Callable[[], None], *arguments: str) -> None:
        super().__init__(*arguments)
        self._go_on = go_on

    def action_run(self) -> None:
        self._go_on()
