"""JSON as text: where its parts begin and end, so that what the server sent can be shown and stored as it was sent.

A parser would lose the spelling of numbers, the order of keys and duplicates. Nothing here recurses, so depth is no
danger.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
        (?P<string>"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")
      | (?P<scalar>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)
      | (?P<mark>[\[\]{},:])
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_BREAK = re.compile(r"[\r\n][ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


class JsonTextError(ValueError):
    """A text that is no JSON; the message says where, and never what the text holds."""


def tokens(text: str, at: int = 0) -> Iterator[tuple[str, int, int]]:
    """Each token as (kind, start, end); kind is `string`, `scalar`, or the mark itself. Raises JsonTextError."""
    while True:
        found = _TOKEN.match(text, at)
        if not found:
            raise JsonTextError(f"no JSON at character {at + 1:,}")
        kind = found.lastgroup or ""
        if kind == "end":
            return
        start, at = found.span(kind)
        yield (text[start] if kind == "mark" else kind), start, at


class JsonReader:
    """Reads a JSON text piece by piece: `at` always stands on the value that comes next.

    What is not read inside a loop over `members` or `elements` is skipped. All methods raise JsonTextError.
    """

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = _skip(text, at)
        self.end = self.at

    def peek(self) -> str:
        """The first character of the value that comes next, empty at the end of the text."""
        return self.text[self.at : self.at + 1]

    def value(self) -> Any:
        """Read a whole value as `json.loads` would; `end` is then where its text ended."""
        try:
            value, self.end = _DECODER.raw_decode(self.text, self.at)
        except json.JSONDecodeError:
            raise self._error() from None
        except ValueError:
            raise JsonTextError("a number has too many digits") from None
        except RecursionError:
            raise JsonTextError("it is nested too deeply") from None
        self.at = _skip(self.text, self.end)
        return value

    def finish(self) -> None:
        """Nothing may follow: a second text behind the first is an answer that went wrong in the middle."""
        if self.peek():
            raise self._error()

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next; at each the reader stands on its value."""
        self._expect("{")
        while self.peek() != "}":
            if self.peek() != '"':
                raise self._error()
            key = self.value()
            self._expect(":")
            at = self.at
            yield key
            if self.at == at:
                self.value()
            self._separate("}")
        self._expect("}")

    def elements(self) -> Iterator[int]:
        """The elements of the array that comes next, by number; at each the reader stands on the element."""
        self._expect("[")
        number = 0
        while self.peek() != "]":
            at = self.at
            yield number
            if self.at == at:
                self.value()
            number += 1
            self._separate("]")
        self._expect("]")

    def _separate(self, closing: str) -> None:
        if self.peek() != closing:
            self._expect(",")
            if self.peek() == closing:
                raise self._error()

    def _expect(self, mark: str) -> None:
        if self.peek() != mark:
            raise self._error()
        self.end = self.at + 1
        self.at = _skip(self.text, self.end)

    def _error(self) -> JsonTextError:
        cut_off = self.at >= len(self.text)
        return JsonTextError("the text is cut off" if cut_off else f"no JSON at character {self.at + 1:,}")


def on_one_line(text: str) -> str:
    """The same JSON without line feeds; inside strings there are none, since JSON forbids them."""
    return _BREAK.sub("", text) if "\n" in text or "\r" in text else text


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t", "\n", "\r"):
        at += 1
    return at
