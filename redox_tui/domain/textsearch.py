"""Finding a text in a long one, regardless of case, piece by piece so that it can be stopped and nothing waits for it.

A piece is folded to lower case and looked through by `str.find`, which is a hundred times faster than a pattern that
ignores case. Folding keeps every character in its place, so that what is found stands where it was sent.
"""

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

MOST: Final = 1_000_000
"""Hits after which a search ends."""

_PIECE: Final = 1 << 18


class Hits:
    """Where a text was found, in order, none overlapping the one before. `find` fills it; an empty text has none."""

    def __init__(self, text: str, wanted: str, *, is_json: bool = False) -> None:
        self.starts = array("I")
        self.is_complete = False
        self._text = text
        self._spellings = _spellings(wanted.strip(), is_json=is_json)

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def count(self) -> str:
        """How many there are, in words."""
        return f"{'>' * (len(self) >= MOST)}{len(self):,}"

    def find(self) -> Iterator[None]:
        """Look through the text; rests after each piece."""
        if self._spellings:
            longest = max(map(len, self._spellings))
            free = 0
            for begin in range(0, len(self._text), _PIECE):
                piece = _folded(self._text[begin : begin + _PIECE + longest - 1])
                for at, length in self._in_piece(piece):
                    if at >= _PIECE:
                        break
                    if begin + at >= free:
                        self.starts.append(begin + at)
                        free = begin + at + length
                if len(self.starts) >= MOST:
                    del self.starts[MOST:]
                    break
                yield
        self.is_complete = True

    def within(self, begin: int, end: int) -> list[tuple[int, int]]:
        """Begin and end of the hits that a part of the text has something of."""
        first = bisect_right(self.starts, begin)
        first -= first > 0
        found = ((at, at + self._length(at)) for at in self.starts[first : bisect_left(self.starts, end)])
        return [(at, to) for at, to in found if to > begin]

    def has_any(self, begin: int, end: int) -> bool:
        """Whether a hit begins in a part of the text."""
        found = bisect_left(self.starts, begin)
        return found < len(self.starts) and self.starts[found] < end

    def _in_piece(self, piece: str) -> Iterator[tuple[int, int]]:
        if len(self._spellings) == 1:
            return _all(piece, self._spellings[0])
        return iter(
            sorted((hit for one in self._spellings for hit in _all(piece, one)), key=lambda hit: (hit[0], -hit[1]))
        )

    def _length(self, at: int) -> int:
        fitting = (len(one) for one in self._spellings if _folded(self._text[at : at + len(one)]) == one)
        return max(fitting, default=1)


def _all(piece: str, wanted: str) -> Iterator[tuple[int, int]]:
    at, length = piece.find(wanted), len(wanted)
    while at >= 0:
        yield at, length
        at = piece.find(wanted, at + length)


def _spellings(wanted: str, *, is_json: bool) -> list[str]:
    """How a text may be written: JSON has escapes, and may have no space where the screen shows one."""
    if not wanted:
        return []
    ways = [wanted]
    if is_json:
        ways.append(wanted.replace('": ', '":'))
        for case in (wanted, wanted.lower(), wanted.upper()):
            escaped = json.dumps(case, ensure_ascii=False)[1:-1]
            ways += [json.dumps(case)[1:-1], escaped, escaped.replace("/", "\\/")]
    return list(dict.fromkeys(map(_folded, ways)))


def _folded(text: str) -> str:
    """Lower case without a change of length; of all letters only İ would become two."""
    return text.lower() if text.isascii() else text.replace("İ", "i").lower().replace("ς", "σ")
