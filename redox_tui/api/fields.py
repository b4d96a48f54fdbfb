"""The fields of a JSON object, read tolerantly: what is missing is None, what is of another kind is None and noted."""

from collections.abc import Iterator
from typing import Any

from redox_tui.domain.timerange import Timestamp


class Fields:
    """An object of the wire. `unreadable` names the fields that held something else than was asked for.

    The objects inside share the list, under the name of the field that holds them.
    """

    __slots__ = ("_object", "_root", "unreadable")

    def __init__(self, fields: dict[str, Any], unreadable: list[str] | None = None, root: str = "") -> None:
        self._object = fields
        self._root = root
        self.unreadable: list[str] = [] if unreadable is None else unreadable

    def text(self, name: str) -> str | None:
        """A string; a number is taken as its text, since ids come as both (platform-api.md §2.4)."""
        value = self._object.get(name)
        if value is None or type(value) is str:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self._note(name)
        return None

    def texts(self, *names: str) -> list[str | None]:
        """Several strings, as `text` gives them."""
        found = self._object
        return [
            value if (value := found.get(name)) is None or type(value) is str else self.text(name) for name in names
        ]

    def time(self, name: str) -> Timestamp | None:
        """A timestamp, readable or not."""
        text = self.text(name)
        return Timestamp.read(text) if text else None

    def whole(self, name: str) -> int | None:
        """A whole number, also where it is written as text."""
        value = self._object.get(name)
        if value is None or type(value) is int:
            return value
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        self._note(name)
        return None

    def inner(self, name: str) -> "Fields | None":
        """An object."""
        value = self._object.get(name)
        if isinstance(value, dict):
            return Fields(value, self.unreadable, self._root or name)
        if value is not None:
            self._note(name)
        return None

    def inners(self, name: str) -> Iterator["Fields"]:
        """The objects of an array; what is no object is noted and left out."""
        value = self._object.get(name)
        if value is not None and not isinstance(value, list):
            self._note(name)
            return
        for item in value or ():
            if isinstance(item, dict):
                yield Fields(item, self.unreadable, self._root or name)
            else:
                self._note(name)

    def _note(self, name: str) -> None:
        name = self._root or name
        if name not in self.unreadable:
            self.unreadable.append(name)
