"""Documents inside of messages: a long string that is base64 of a file is named by what it is, and can be decoded."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_LEAST: Final = 64
"""Characters below which a string is no document."""

_HEAD: Final = 2_048
_PIECE: Final = 1 << 20
_PREFIX: Final = re.compile(r'"?(?:data:[\w.+/\\-]*(?:;[\w=.-]+)*;base64,)?')
_ALPHABET: Final = re.compile(r"(?:[A-Za-z0-9+/]|\\[rn/])*+={0,2}(?:\\[rn])*+")
_BREAK: Final = re.compile(r"\\[rn]")

_MAGIC: Final = (
    (b"%PDF", "PDF", "pdf"),
    (b"\xff\xd8\xff", "JPEG", "jpg"),
    (b"\x89PNG", "PNG", "png"),
    (b"GIF8", "GIF", "gif"),
    (b"{\\rtf", "RTF", "rtf"),
    (b"II*\x00", "TIFF", "tif"),
    (b"MM\x00*", "TIFF", "tif"),
    (b"PK\x03\x04", "ZIP", "zip"),
    (b"\x1f\x8b", "gzip", "gz"),
    (b"\xd0\xcf\x11\xe0", "Office", "doc"),
    (b"<?xml", "XML", "xml"),
    (b"<ClinicalDocument", "XML", "xml"),
    (b"MSH|", "HL7", "hl7"),
)


class NoDocument(ValueError):
    """What looked like a document is no base64 throughout. The message never says what it holds."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document in a text: its kind (`PDF`), the suffix of its files, and about how many bytes it has."""

    kind: str
    suffix: str
    size: int
    _text: str = field(repr=False)
    _begin: int = field(repr=False)
    _end: int = field(repr=False)

    @property
    def words(self) -> str:
        """What it is: `PDF, 1.2 MB, base64`."""
        return f"{self.kind}, {_size(self.size)}, base64"

    def pieces(self) -> Iterator[bytes]:
        """Its bytes; raises NoDocument where they end."""
        rest = ""
        for begin in range(self._begin, self._end, _PIECE):
            text = rest + self._text[begin : min(begin + _PIECE, self._end)]
            rest = text[-1:] if text[-1:] == "\\" else ""
            text = _plain(text.removesuffix(rest) if rest else text)
            cut = len(text) - len(text) % 4 if begin + _PIECE < self._end else len(text)
            rest = text[cut:] + rest
            yield _decoded(text[:cut])
        if rest:
            raise NoDocument("The base64 text ends in the middle.")


def document_in(text: str, begin: int, end: int) -> Document | None:
    """The document that the string between two places is, judged by its first and last characters; None mostly."""
    if end - begin < _LEAST:
        return None
    prefix = _PREFIX.match(text, begin, min(end, begin + _HEAD))
    begin = prefix.end() if prefix else begin
    end -= text[end - 1] == '"'
    head = text[begin : min(end, begin + _HEAD)]
    is_whole = _ALPHABET.fullmatch(head) and _ALPHABET.fullmatch(text[max(begin, end - _LEAST) : end].lstrip("rn/"))
    plain = _plain(head) if is_whole else ""
    try:
        first = base64.b64decode(plain[: len(plain) - len(plain) % 4])
    except binascii.Error:
        return None
    for magic, kind, suffix in _MAGIC:
        if plain and first.startswith(magic):
            return Document(kind, suffix, _bytes(text, begin, end, head, plain), text, begin, end)
    return None


def _plain(text: str) -> str:
    """Base64 without what JSON escapes in it: line breaks, and slashes that need not be escaped."""
    return _BREAK.sub("", text).replace("\\/", "/") if "\\" in text else text


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise NoDocument("This is no base64 throughout.") from None


def _bytes(text: str, begin: int, end: int, head: str, plain: str) -> int:
    """About how many bytes there are, judged by how many line breaks there are at first."""
    padding = text[max(begin, end - 2) : end].count("=")
    return round((end - begin) * len(plain) / max(len(head), 1)) * 3 // 4 - padding


def _size(size: int) -> str:
    for unit, name in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"
