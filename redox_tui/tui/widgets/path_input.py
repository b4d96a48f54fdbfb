"""The fields of the filter editor: a name, a path that is completed from known fields, values."""

from collections.abc import Callable
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from redox_tui.domain import display, value_text
from redox_tui.domain.completion import Candidate, Completions
from redox_tui.domain.fieldpath import FieldPathError, compiled
from redox_tui.domain.fields import Field as KnownField
from redox_tui.domain.fields import Fields
from redox_tui.domain.value_text import ValueTextError
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.completion_list import CompletionList
from redox_tui.tui.widgets.field import Field

_MOST_CHARS: Final = 1_000_000
_MOST_LISTED: Final = 200
_EXAMPLE_WIDTH: Final = 24


class DraftField(Field):
    """A field of a draft. What is typed is taken by whoever holds the draft; leaving the field keeps it."""

    SCOPES: ClassVar[tuple[str, ...]] = ("entry",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("entry")

    def __init__(self) -> None:
        super().__init__()
        self._put = ""
        self.home: Widget | None = None
        """Where the focus goes when the field is left."""
        self.went_on: Callable[[], None] = _nothing
        self.left: Callable[[], None] = _nothing
        """Called at once, since the next letter may belong somewhere else; a message would come after it."""

    def put(self, text: str) -> None:
        """Show a text that nobody has typed."""
        shown = display.line(text, _MOST_CHARS)
        if shown != self.text:
            self.query_one(Input).value = shown
        self._put = shown

    @property
    def is_typed(self) -> bool:
        """Whether something else stands there than was shown."""
        return self.text != self._put

    def taken(self) -> str:
        """The text, which is what is shown from now on."""
        self._put = self.text
        return self._put

    def edit(self) -> None:
        """Go to the end of the text: mostly something is added."""
        typed_in = self.query_one(Input)
        super().edit()
        typed_in.cursor_position = len(typed_in.value)
        self._came_from = self.home

    def action_run(self) -> None:
        self.went_on()

    def action_leave(self) -> None:
        self._give_back()
        self.left()

    def problem(self, text: str) -> tuple[str, int, int] | None:
        return None


class FilterNameField(DraftField):
    """The filter's name."""

    LABEL = "Name   "
    PLACEHOLDER = "what it lets through, in a few words"

    def problem(self, text: str) -> tuple[str, int, int] | None:
        return None if text.strip() else ("A filter needs a name.", 0, len(text))


class PathField(DraftField):
    """A path, with the fields that begin like it listed below."""

    SCOPES = ("path", "entry")
    BINDINGS: ClassVar[list[BindingType]] = bindings("path")
    LABEL = "Path   "
    PLACEHOLDER = "$.Visit.PatientClass, or a part of a field's name"

    def __init__(self) -> None:
        super().__init__()
        self.fields = Fields()
        self.listing: Callable[[bool], None] = _nothing
        """Called with whether examples from messages are on the screen."""
        self._is_closed = True
        self._remark = ("", "")

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield CompletionList()

    def problem(self, text: str) -> tuple[str, int, int] | None:
        if not text or self.is_listing:
            return None
        try:
            compiled(text)
        except FieldPathError as error:
            return f"{error} (column {error.column})", min(error.column - 1, len(text)), len(text)
        return (self._remark[1], 0, len(text)) if self._remark[0] == text else None

    def remark(self, text: str, words: str) -> None:
        """Say something about a text that is a path; to find it out takes longer than a letter may."""
        self._remark = (text, words) if words else ("", "")
        self._check()

    @property
    def is_listing(self) -> bool:
        """Whether completions are on the screen."""
        return self.is_mounted and bool(self._list.display)

    def edit(self) -> None:
        super().edit()
        self._is_closed = bool(self.text)
        self._offer()

    def close(self) -> None:
        """Take the list away."""
        self._is_closed = True
        self._offer()

    def action_run(self) -> None:
        self._offer()
        if self.is_listing and not self.text.startswith("$"):
            # A part of a name is no path, so nobody can mean it.
            self.action_take()
        self.close()
        super().action_run()

    def action_leave(self) -> None:
        self._offer()
        if self.is_listing:
            self.close()
        else:
            super().action_leave()

    def action_take(self) -> None:
        if not self.is_listing:
            self._is_closed = False
            self._offer()
            return
        text, cursor = self._list.offered.put(self.text, self._list.cursor)
        typed_in = self.query_one(Input)
        typed_in.value, typed_in.cursor_position = text, cursor
        self.close()

    def action_above(self) -> None:
        self._list.action_cursor_up()

    def action_below(self) -> None:
        self._list.action_cursor_down()

    @property
    def _list(self) -> CompletionList:
        return self.query_one(CompletionList)

    @on(Input.Changed)
    def _open(self) -> None:
        if self.is_typed or not self.text:
            self._is_closed = False
        self.call_next(self._offer)

    def _offer(self) -> None:
        """List the fields that begin like the text, while somebody types."""
        is_open = not self._is_closed and self.screen.focused is self.query_one(Input)
        found = self.fields.starting_with(self.text)[:_MOST_LISTED] if is_open else []
        if [one.path for one in found] == [self.text]:
            found = []
        candidates = tuple(Candidate(one.path, one.path, _note(one)) for one in found)
        self._list.show(Completions(candidates, 0, len(self.text)))
        self.listing(any(one.example is not None for one in found))
        self._check()


class ValuesField(DraftField):
    """Values, separated by commas; a column that is pasted becomes such a line."""

    SCOPES = ("values", "entry")
    BINDINGS: ClassVar[list[BindingType]] = bindings("values")
    LABEL = "Values "
    PLACEHOLDER = 'Inpatient, Observation; quotes around a comma: "a, b"'

    def __init__(self) -> None:
        super().__init__()
        self.asked_for_seen: Callable[[], None] = _nothing

    def problem(self, text: str) -> tuple[str, int, int] | None:
        try:
            value_text.parse(text)
        except ValueTextError as error:
            return f"{error} (column {error.column})", error.column - 1, len(text)
        return None

    def action_seen(self) -> None:
        self.asked_for_seen()

    def pasted(self, text: str) -> str:
        values = [line.strip() for line in text.splitlines() if line.strip()]
        if len(values) < 2:
            return super().pasted(text)
        before = self.text.rstrip()
        return (", " if before and not before.endswith(",") else "") + value_text.write(values)


def _note(field: KnownField) -> str:
    kinds = "/".join(field.types)
    return f"{kinds} · {display.clip(field.example, _EXAMPLE_WIDTH)}" if field.example is not None else kinds


def _nothing(*said: object) -> None:
    """Nobody wants to know."""
