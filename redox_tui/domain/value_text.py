r"""The values of a rule as one line to type: comma-separated, in quotes what holds a comma (platform-api.md §4.3).

In quotes a quote is written twice, and what nobody could see or type is `\u{a}`, its number in hexadecimal; without
quotes every character is itself, and spaces around a value do not count.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_ITEM: Final = re.compile(r'\s*(?:"((?:[^"]|"")*)(")?|([^,\n]*))')
_ESCAPE: Final = re.compile(r'""|\\u\{([^}]*)\}?')
_DIGITS: Final = re.compile(r"[0-9A-Fa-f]{1,6}")
_UNSEEN: Final = re.compile(r'[,"\n]')


class ValueTextError(ValueError):
    """A text that is no list of values: a sentence, and the column (1 is the first character) that it is about."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@lru_cache(2_048)
def parse(text: str) -> tuple[str, ...]:
    """The values of a text, in order; nothing between two commas is no value. Raises ValueTextError."""
    values: list[str] = []
    at = 0
    while at < len(text):
        found = _ITEM.match(text, at)
        assert found  # noqa: S101 - the pattern matches any text
        quoted, closing, bare = found.groups()
        end = found.end()
        if quoted is not None:
            if not closing:
                raise ValueTextError("The quotes are not closed.", found.start(1))
            values.append(_unescaped(quoted, found.start(1)))
            end += len(text[end:]) - len(text[end:].lstrip(" \t"))
            if end < len(text) and text[end] not in ",\n":
                raise ValueTextError("After closing quotes a comma follows.", end + 1)
        elif value := bare.strip():
            values.append(value)
        at = end + 1
    return tuple(values)


def write(values: Iterable[str]) -> str:
    """The text of values, which `parse` reads as the same."""
    return ", ".join(map(_written, values))


def _written(value: str) -> str:
    if value and value.isprintable() and not _UNSEEN.search(value) and value == value.strip():
        return value
    text = value.replace("\\u{", "\\u{5c}u{").replace('"', '""')
    if not text.isprintable():
        text = "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in text)
    return f'"{text}"'


def _unescaped(text: str, begin: int) -> str:
    def char(found: re.Match[str]) -> str:
        if found[0] == '""':
            return '"'
        digits = found[1]
        if not found[0].endswith("}") or not _DIGITS.fullmatch(digits) or int(digits, 16) > 0x10FFFF:
            raise ValueTextError(
                "A character's number is 1 to 6 hexadecimal digits: \\u{a}.", begin + found.start() + 1
            )
        return chr(int(digits, 16))

    return _ESCAPE.sub(char, text)
