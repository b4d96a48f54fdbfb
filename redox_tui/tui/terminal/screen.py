"""What the terminal shows, and the fewest bytes that make it show the next frame (performance.md §2).

Of each cell is known what stands in it and how it looks, or nothing. What is known is what is on the screen and no
more: payloads are patients' data, and are forgotten here when they leave the screen.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import ne, or_
from typing import Final, NamedTuple

from redox_tui.tui.terminal.frames import Frame, Piece, read
from redox_tui.tui.terminal.pens import DEFAULT, UNKNOWN, Pens

_HARMLESS: Final = re.compile(r"\x07|\x1b\[\?2026[hl]|\x1b\[\?(?:2026|2048)\$p|\x1b\]22;[a-z-]+\x07")
"""What draws nothing: the bell, the bounds of an update, questions, the shape of the pointer."""

_STRETCH: Final = re.compile(r"(.)\1*", re.DOTALL)
_DIFFERENT: Final = re.compile(rb"\x01+")
_NARROW_GAP: Final = 6
"""Cells that are cheaper to write again than to be left out."""

_FEW_LINES: Final = 3
"""Lines that have to be found elsewhere on the screen before it is thought about moving them."""


class _Row(NamedTuple):
    """A line of the screen, a character and a pen for each cell; where a cell is unknown both are UNKNOWN."""

    text: str
    pens: str


@dataclass(frozen=True, slots=True)
class _Shift:
    """Lines `top` to `bottom` move up by `by` lines, or down where it is negative; what moves out of them is lost."""

    top: int
    bottom: int
    by: int

    @property
    def sequence(self) -> str:
        how = f"{self.by}M" if self.by > 0 else f"{-self.by}L"
        return f"\x1b[{self.top + 1};{self.bottom + 1}r{_to(self.top, 0)}\x1b[{how}\x1b[r"


@dataclass(frozen=True, slots=True, repr=False)
class _Known:
    """What is known of a terminal of some columns and lines: its lines, the pen that it holds, where its cursor is."""

    size: tuple[int, int]
    rows: list[_Row]
    pen: str = UNKNOWN
    cursor: tuple[int, int] | None = None

    @property
    def blank(self) -> _Row:
        """A line of which nothing is known."""
        return _Row(UNKNOWN * self.size[0], UNKNOWN * self.size[0])

    def holds(self, frame: Frame) -> bool:
        """Whether it is sure where a frame goes: inside, and with no mark that belongs to what stands before it."""
        columns, lines = self.size
        return all(
            piece.line < lines
            and piece.column < columns
            and (
                unicodedata.category(piece.text[0])[0] not in "MC"
                if piece.as_written
                else piece.column + len(piece.text) <= columns
            )
            for piece in frame.pieces
        )

    def moved(self, shift: _Shift) -> list[_Row]:
        """Its lines after a shift."""
        rows, new = self.rows[shift.top : shift.bottom + 1], [self.blank] * abs(shift.by)
        rows = rows[shift.by :] + new if shift.by > 0 else new + rows[: shift.by]
        return [*self.rows[: shift.top], *rows, *self.rows[shift.bottom + 1 :]]


def _nothing(size: tuple[int, int]) -> _Known:
    known = _Known(size, [])
    return replace(known, rows=[known.blank] * size[1])


class Screen:
    """A terminal's screen, as far as it is known."""

    def __init__(self) -> None:
        self._pens = Pens()
        self._known = _nothing((0, 0))

    def forget(self) -> None:
        """Know nothing any more: what is drawn next is sent whole."""
        self._known = _nothing(self._known.size)

    def shorten(self, written: str, size: tuple[int, int]) -> str:
        """What to send instead of what Textual wrote, to a terminal of so many columns and lines.

        What is not understood is sent as it is, and may have done anything to the screen. No write ends within a
        sequence.
        """
        if _HARMLESS.fullmatch(written):
            return written
        if size != self._known.size or self._pens.are_many:
            self._known, self._pens = _nothing(size), Pens()
        known, pens = self._known, self._pens
        frame = read(written, pens, size[1])
        if not frame or not known.holds(frame):
            self.forget()
            return written
        self._known, sent = _show(frame, known, pens)
        return sent


def _show(frame: Frame, known: _Known, pens: Pens) -> tuple[_Known, str]:
    """What is known once a frame is shown, and what has to be sent for it."""
    whole: dict[int, list[Piece]] = {piece.line: [] for piece in frame.pieces if piece.as_written}
    rows = known.rows.copy()
    for piece in frame.pieces:
        if piece.line in whole:
            whole[piece.line].append(piece)
            rows[piece.line] = known.blank
        else:
            rows[piece.line] = _with(rows[piece.line], piece)
    sent = _paint(known.rows, rows, whole, pens, known.pen)
    if shift := _shift(known.rows, rows):
        moved = shift.sequence + _paint(known.moved(shift), rows, whole, pens, known.pen)
        sent = min(sent, moved, key=len)
    if sent or frame.cursor != known.cursor:
        sent += _to(*frame.cursor)
    return _Known(known.size, rows, DEFAULT, frame.cursor), sent


def _paint(
    before: Sequence[_Row], after: Sequence[_Row], whole: Mapping[int, Sequence[Piece]], pens: Pens, pen: str
) -> str:
    """What turns lines into others, pieces of lines that cannot be known written whole; the pen is reset at the end."""
    sent: list[str] = []

    def write(place: tuple[int, int], text: str, looks: str) -> None:
        nonlocal pen
        sent.append(_to(*place))
        for stretch in _STRETCH.finditer(looks):
            sent.append(pens.change(pen, stretch[1]))
            sent.append(text[stretch.start() : stretch.end()])
            pen = stretch[1]

    for line, (old, new) in enumerate(zip(before, after, strict=True)):
        for piece in whole.get(line, ()):
            if piece.as_written:
                sent += [pens.change(pen, DEFAULT), piece.as_written]
                pen = DEFAULT
            else:
                write((line, piece.column), piece.text, piece.pens)
        if old != new and line not in whole:
            for begin, end in _differences(old, new):
                write((line, begin), new.text[begin:end], new.pens[begin:end])
    sent.append(pens.change(pen, DEFAULT))
    return "".join(sent)


def _with(row: _Row, piece: Piece) -> _Row:
    begin, end = piece.column, piece.column + len(piece.text)
    return _Row(row.text[:begin] + piece.text + row.text[end:], row.pens[:begin] + piece.pens + row.pens[end:])


def _differences(old: _Row, new: _Row) -> Iterator[tuple[int, int]]:
    """Where cells differ. Cells between two such places belong to them where writing them is cheaper than a move."""
    begin = end = 0
    for found in _DIFFERENT.finditer(bytes(map(or_, map(ne, old.text, new.text), map(ne, old.pens, new.pens)))):
        at = found.start()
        if end and (at - end > _NARROW_GAP or len(set(new.pens[end - 1 : at + 1])) > 1):
            yield begin, end
            end = 0
        if not end:
            begin = at
        end = found.end()
    if end:
        yield begin, end


def _shift(before: Sequence[_Row], after: Sequence[_Row]) -> _Shift | None:
    """How lines that are on the screen get nearest to where they shall be; None where it is not worth a thought."""
    changed = [line for line, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    seen = Counter(before[line] for line in changed)
    places = {before[line]: line for line in changed if seen[before[line]] == 1 and UNKNOWN not in before[line].pens}
    found = [(places[after[line]] - line, line) for line in changed if after[line] in places]
    if len(found) < _FEW_LINES:
        return None
    (by, count), *_ = Counter(by for by, _ in found).most_common(1)
    if count < _FEW_LINES:
        return None
    lines = [line for a_shift, line in found if a_shift == by]
    top, bottom = min(lines[0], lines[0] + by), max(lines[-1], lines[-1] + by)
    if any(UNKNOWN in row.pens for row in after[top : bottom + 1]):
        return None  # what is unknown would be moved too
    return _Shift(top, bottom, by)


def _to(line: int, column: int) -> str:
    return f"\x1b[{line + 1};{column + 1}H"
