"""The last net before the terminal (security.md TS-03): whatever slipped past `domain/display.py` is taken out here."""

import unicodedata

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class HarmlessFilter(LineFilter):
    """Drops control, bidirectional and invisible characters; none of them has a width, so columns hold."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, the same list where nothing is wrong with them."""
        if all(control or _is_harmless(text) for text, _, control in segments):
            return segments
        return [
            segment if segment.control else Segment("".join(filter(_is_harmless, segment.text)), segment.style)
            for segment in segments
        ]


def _is_harmless(text: str) -> bool:
    return text.isprintable() or not any(unicodedata.category(char) in _HIDDEN for char in text)
