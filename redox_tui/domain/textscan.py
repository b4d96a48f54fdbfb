"""Reads a text that is no JSON into the lines of an outline: HL7 v2 by its segments, XML by its elements, else lines.

Tolerant and iterative: what is not well-formed has odd indents, and is shown whole all the same.
"""

import re
from collections.abc import Iterator
from typing import Final

from redox_tui.domain import display
from redox_tui.domain.outline import Outline

_BREAK = re.compile(r"\r\n|\r|\n")
_BLANK = re.compile(r"[ \t\r\n]*+")
_BURST: Final = 512
_PIECE: Final = 1 << 16
_MOST_INDENT: Final = 255


def is_hl7(text: str) -> bool:
    """Whether a text begins as a message or batch of HL7 v2 does."""
    return text[:16].lstrip("\x0b\r\n ").startswith(("MSH|", "FHS|", "BHS|"))


def is_xml(text: str) -> bool:
    """Whether a text begins with an element or what may stand before one."""
    head = text[:256].lstrip("\ufeff \t\r\n")
    return bool(re.match(r"<(?:[A-Za-z_?]|!--|!DOCTYPE)", head)) and text.rstrip(" \t\r\n")[-1:] == ">"


def scan_lines(outline: Outline, width: int | None = None) -> Iterator[None]:
    """Read lines; LF, CRLF and the lone CR that HL7 v2 ends its segments with, end one. `width` wraps longer ones."""
    text, at, begin = outline.text, 0, 0
    while True:
        found = _BREAK.search(text, at, at + _PIECE)
        if found and found.end() == at + _PIECE and found[0] == "\r":
            found = _BREAK.match(text, found.start())  # the LF of a CRLF may stand behind the piece
        if found:
            yield from _add(outline, begin, found.start(), 0, width)
            at = begin = found.end()
        elif at + _PIECE < len(text):
            at += _PIECE
            yield
        else:
            break
        outline.at = at
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
        for found in _BREAK.finditer(text, at, end):
            if found.start() > begin:
                yield from _add(outline, begin, found.start(), indent, width)
            begin = max(begin, min(_skip(text, found.end()), end))
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
