"""A frame that Textual writes, read: which text goes where, and how it looks.

Only what is surely understood is read. Everything else is for the terminal to make sense of.
"""

import re
from dataclasses import dataclass
from typing import Final

from redox_tui.tui.terminal.pens import DEFAULT, Pens

_STEP: Final = r"\x1b\[([\d;]*)([Hm])([^\x00-\x1f\x7f-\x9f]*)(\n?)"
_STEPS: Final = re.compile(_STEP)
_FRAME: Final = re.compile(rf"(?=\x1b\[\d+;\d+H)(?:{_STEP})*")
_PLACE: Final = re.compile(r"([1-9]\d{0,4});([1-9]\d{0,4})")

_ONE_CELL: Final = re.compile(
    "[ -~¡-¬®-\u02ff\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u052f\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u218b\u2190-\u2319\u2400-\u2426\u2460-\u25fc"
    "\u2605\u2606\u2610-\u2613\u2660-\u2667\u2701-\u2704\u2706-\u2709\u270c-\u2727\u2756\u275b-\u2794"
    "\u27e6-\u27eb\u2800-\u28ff]*"
)


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """Text in a line of the screen. Lines and columns count from 0; `pens` names the pen of each character.

    `as_written` is how Textual wrote it where terminals may think differently of how many cells some character takes,
    and empty where each takes one.
    """

    line: int
    column: int
    text: str
    pens: str
    as_written: str


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """What is drawn, in its order, and the line and the column where the cursor is afterwards."""

    pieces: list[Piece]
    cursor: tuple[int, int]


def read(written: str, pens: Pens, lines: int) -> Frame | None:
    """The frame that was written for a screen of so many lines; None where anything in it is not understood."""
    if not _FRAME.fullmatch(written):
        return None
    steps = _STEPS.findall(written)
    pieces: list[Piece] = []
    texts: list[str] = []
    looks: list[str] = []
    place, begin, pen, is_fed = (0, 0), 0, DEFAULT, False
    for at, (numbers, kind, text, feed) in enumerate(steps):
        if kind == "H":
            found = _PLACE.fullmatch(numbers)
            if not found or pen != DEFAULT:
                return None
            if texts:
                pieces.append(_piece(place, "".join(texts), "".join(looks), steps[begin:at]))
            place, begin, is_fed = (int(found[1]) - 1, int(found[2]) - 1), at, False
            texts, looks = [], []
        else:
            name = pens.name(numbers)
            if name is None or is_fed or DEFAULT not in (pen, name):
                return None
            pen = name
        if text:
            texts.append(text)
            looks.append(pen * len(text))
        if feed:
            is_fed = True
            if place[0] + 1 >= lines:
                return None  # the terminal would scroll
    return None if texts or pen != DEFAULT or is_fed else Frame(pieces, place)


def _piece(place: tuple[int, int], text: str, pens: str, steps: list[tuple[str, str, str, str]]) -> Piece:
    has_known_width = text.isascii() or _ONE_CELL.fullmatch(text)
    as_written = "" if has_known_width else "".join(f"\x1b[{numbers}{kind}{text}" for numbers, kind, text, _ in steps)
    return Piece(*place, text, pens, as_written)
