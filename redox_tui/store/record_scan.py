"""Where the records of a file begin and how long they are, found a piece at a time: the file need not fit in memory."""

import codecs
import json
from collections.abc import Iterator
from typing import Final, TypeAlias

from redox_tui.domain.jsontext import JsonTextError, tokens
from redox_tui.store.record_bytes import Bytes

Span: TypeAlias = tuple[int, int]
"""Offset and length of a record, in bytes."""

LONGEST: Final = 64 << 20
"""Bytes of a record beyond which it is not read."""

_PIECE: Final = 1 << 20
_SPACES: Final = (" ", "\t", "\r", "\n")
_BEHIND_VALUE: Final = (*_SPACES, ",", "]")
_DECODER: Final = json.JSONDecoder()


def lines(source: Bytes, begin: int = 0, *, quoted: bool = False) -> Iterator[Span]:
    """Every line that is not blank; where it is `quoted`, a line feed between double quotes ends none (CSV)."""
    start = at = begin
    is_blank, is_inside = True, False
    while piece := source.read([(at, _PIECE)])[0]:
        *ended, rest = piece.split(b"\n")
        for part in ended:
            end = at + len(part)
            is_blank = is_blank and (not part or part.isspace())
            at = end + 1
            if quoted and part.count(b'"') % 2:
                is_inside = not is_inside
            if is_inside:
                continue
            if not is_blank:
                yield start, end - start
            start, is_blank = at, True
        is_blank = is_blank and (not rest or rest.isspace())
        if quoted and rest.count(b'"') % 2:
            is_inside = not is_inside
        at += len(rest)
    if not is_blank:
        yield start, at - start


def elements(source: Bytes, begin: int = 0) -> Iterator[Span]:
    """Every element of the JSON array that begins there. What is no JSON is one span up to the end, and the last."""
    text = _Text(source, begin)
    text.skip_space()
    text.advance(1)
    while (sign := text.skip_space()) and sign != "]":
        start = text.offset
        end = text.end_of_value()
        if end is None:
            yield start, source.size - start
            return
        text.advance(end)
        yield start, text.offset - start
        sign = text.skip_space()
        if sign == ",":
            text.advance(1)
        elif sign != "]":
            if sign:
                yield text.offset, source.size - text.offset
            return


class _Text:
    """The part of a file that is looked at, as text; `offset` is where it begins in the file, in bytes."""

    def __init__(self, source: Bytes, begin: int) -> None:
        self.offset = begin
        self._source = source
        self._text = ""
        self._at = 0
        self._next = begin
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def skip_space(self) -> str:
        """Go to the next character that is no space, and give it; empty at the end of the file."""
        while True:
            start = self._at
            while self._text[start : start + 1] in _SPACES:
                start += 1
            self.offset += start - self._at
            self._at = start
            if start < len(self._text) or not self._read(_PIECE):
                return self._text[start : start + 1]

    def advance(self, characters: int) -> None:
        """Leave so many characters behind."""
        passed = self._text[self._at : self._at + characters]
        self.offset += len(passed) if passed.isascii() else len(passed.encode(errors="surrogateescape"))
        self._at += characters

    def end_of_value(self) -> int | None:
        """How many characters the value here has; None where it is no JSON, is cut off, or longer than any may be."""
        while True:
            end = self._end_of_value()
            # What ends where the text ends may go on, and so may a number: “1” of “1.5”.
            if end is not None and self._text[end : end + 1] in _BEHIND_VALUE:
                return end - self._at
            length = len(self._text) - self._at
            if length > LONGEST or not self._read(max(_PIECE, length)):
                return None if end is None else end - self._at

    def _end_of_value(self) -> int | None:
        try:
            return _DECODER.raw_decode(self._text, self._at)[1]
        except json.JSONDecodeError:
            return None
        except (RecursionError, ValueError):
            return self._end_without_reading()

    def _end_without_reading(self) -> int | None:
        """The end of a value that is too deep, or has too many digits, for Python's parser."""
        depth = 0
        try:
            for kind, _, end in tokens(self._text, self._at):
                depth += (kind in "[{") - (kind in "]}")
                if depth == 0:
                    return end
        except JsonTextError:
            pass
        return None

    def _read(self, length: int) -> bool:
        """Read on, and forget what lies behind; False at the end of the file."""
        piece = self._source.read([(self._next, length)])[0]
        self._next += len(piece)
        more = self._decoder.decode(piece, final=not piece)
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(piece or more)
