"""Reads a text that is no JSON into the lines of an outline: HL7 v2 by its segments, XML by its elements, else lines.

Tolerant and iterative: what is not well-formed has odd indents, and is shown whole all the same.
"""

import re
from collections.abc import Iterator
from typing import Final

from redox_tui.domain import display
from redox_tui.domain.outline import Outline

_BLANK = re.compile(r"[ \t\r\n]*+")
_BURST: Final = 512
_MOST_INDENT: Final = 255


def is_hl7(text: str) -> bool:
    """Whether a text begins as a message or batch of HL7 v2 does."""
    return text[:16].lstrip("\x0b\r\n ").startswith(("MSH|", "FHS|", "BHS|"))


def is_xml(text: str) -> bool:
    """Whether a text begins with an element or what may stand before one."""
    head = text[:256].lstrip("\ufeff \t\r\n")
    return bool(re.match(r"<(?:[A-Za-z_?]|!--|!DOCTYPE)", head)) and text[-256:].rstrip(" \t\r\n")[-1:] == ">"


def scan_lines(outline: Outline, width: int | None = None) -> Iterator[None]:
    """Read lines; LF, CRLF and the lone CR that HL7 v2 ends its segments with, end one. `width` wraps longer ones."""
    text, begin = outline.text, 0
    for end, next_begin in _breaks(text, 0, len(text)):
        yield from _add(outline, begin, end, 0, width)
        outline.at = begin = next_begin
    if begin < len(text) or not outline.starts:
        yield from _add(outline, begin, len(text), 0, width)
    outline.at, outline.is_complete = len(text), True


def scan_xml(outline: Outline, width: int | None = None) -> Iterator[None]:
    """Read elements: a line ends between two tags, and where the text has a line break of its own."""
    text, depth, indent = outline.text, 0, 0
    begin = at = _skip(text, 0)
    while at < len(text):
        tag = text.find("<", at)
        end, kind = _tag(text, tag) if tag >= 0 else (len(text), "")
        is_between = tag >= 0 and _skip(text, at) >= tag
        ends_element_of_line = kind == "close" and depth - 1 >= indent
        if is_between and tag > begin and not ends_element_of_line:
            yield from _add(outline, begin, at, indent, width)
            begin = at = tag
        inside, depth = depth, max(0, depth - (kind == "close"))
        indent = depth if begin == tag else indent
        for line_end, next_begin in _breaks(text, at, end):
            if line_end > begin:
                yield from _add(outline, begin, line_end, indent, width)
            begin = max(begin, min(_skip(text, next_begin), end))
            indent = depth if begin == tag else inside
        depth += kind == "open"
        outline.at = at = end
    if _skip(text, begin) < len(text) or not outline.starts:
        yield from _add(outline, begin, len(text), indent, width)
    outline.at, outline.is_complete = len(text), True


def text_line(outline: Outline, number: int) -> tuple[int, int]:
    """Where a line begins and ends, without its line break."""
    begin, end = outline.starts[number], outline.end(number)
    breaks = (outline.text.find(mark, begin, end) for mark in "\r\n")
    return begin, min((at for at in breaks if at >= 0), default=end)


def _breaks(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each line break begins and ends. `find` goes through a gigabyte a second, a pattern through a tenth."""
    feed, carriage = text.find("\n", begin, end), text.find("\r", begin, end)
    while feed >= 0 or carriage >= 0:
        at = min(mark for mark in (feed, carriage) if mark >= 0)
        after = at + (2 if carriage == at and feed == at + 1 else 1)
        yield at, after
        if 0 <= feed < after:
            feed = text.find("\n", after, end)
        if 0 <= carriage < after:
            carriage = text.find("\r", after, end)


def _tag(text: str, at: int) -> tuple[int, str]:
    """Where a tag ends, and what it does."""
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")):
        if text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            return (len(text) if end < 0 else end + len(closing)), "other"
    end = text.find(">", at)
    end = len(text) if end < 0 else end + 1
    if text.startswith("</", at):
        return end, "close"
    return end, "other" if text.endswith("/>", at, end) else "open"


def _add(outline: Outline, begin: int, end: int, depth: int, width: int | None) -> Iterator[None]:
    depth = min(depth, _MOST_INDENT)
    while True:
        outline.depths.append(depth)
        outline.starts.append(begin)
        if len(outline.starts) % _BURST == 0:
            outline.at = end
            yield
        if width is None or end - begin <= 0:
            return
        fitting = display.fitting(outline.text, begin, end, width)
        if begin + fitting >= end:
            return
        begin += fitting


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
