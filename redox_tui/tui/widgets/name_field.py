"""The field in which a part of a name is looked for in a list."""

from typing import ClassVar

from textual.binding import BindingType

from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.field import Field


class NameField(Field):
    """A part of a name; hidden until it is asked for, and shown as long as it has a text."""

    SCOPES = ("filter_name",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("filter_name")
    LABEL = "name "
    PLACEHOLDER = "a part of the name; nothing shows all"

    def problem(self, text: str) -> tuple[str, int, int] | None:
        return None
