"""What a payload is, and how its lines are read: a JSON tree, the segments of HL7 v2, the elements of XML, or lines."""

from collections.abc import Iterator

from redox_tui.domain.jsonscan import TooDeep, scan
from redox_tui.domain.jsontext import JsonTextError
from redox_tui.domain.outline import Outline
from redox_tui.domain.textscan import is_hl7, is_xml, scan_lines, scan_xml


class PayloadReader:
    """Reads a text into `outline`, as far as `steps` is driven; who drives it may do so in a thread.

    Where a text proves to be no JSON, `outline` is replaced by one of its plain lines and `notice` says why.
    `width` wraps the lines of what is no JSON. A part of a message (`is_part`) is JSON only where it has brackets: a
    word or a number of its own says more as it is.
    """

    def __init__(self, text: str, width: int | None = None, *, is_part: bool = False) -> None:
        self.text = text
        self.notice = ""
        self.outline = Outline(text)
        is_text = is_hl7(text) or is_xml(text) or (is_part and not _has_brackets(text))
        self.is_json = not is_text
        self._width = width

    def steps(self) -> Iterator[None]:
        """Read the text; rests every few milliseconds at most."""
        if self.is_json:
            try:
                yield from scan(self.outline)
            except JsonTextError as error:
                self.notice = _why(self.text, error)
                self.is_json, self.outline = False, Outline(self.text)
                yield from scan_lines(self.outline, self._width)
        elif is_xml(self.text):
            yield from scan_xml(self.outline, self._width)
        else:
            yield from scan_lines(self.outline, self._width)

    def read(self) -> Outline:
        """Read all of it at once."""
        for _ in self.steps():
            pass
        return self.outline


def _why(text: str, error: JsonTextError) -> str:
    if isinstance(error, TooDeep):
        return f"raw lines: {error}"
    return f"raw lines: {error}" if _has_brackets(text) else ""


def _has_brackets(text: str) -> bool:
    return text[:64].lstrip(" \t\r\n")[:1] in ("{", "[")
