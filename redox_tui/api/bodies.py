"""The body of an answer, inflated with a bound: httpx's own decoder has none (security.md HT-08)."""

import zlib
from typing import Final, Protocol

_GZIP: Final = 16 + zlib.MAX_WBITS
_MOST_CODINGS: Final = 2


class BodyTooLarge(ValueError):
    """More than the bound allows."""


class BodyDamaged(ValueError):
    """What is said to be compressed cannot be decompressed, or in no way that was asked for."""


class Body(Protocol):
    """Takes a body as it comes in."""

    def add(self, chunk: bytes) -> None:
        """Take the next bytes; raises BodyTooLarge or BodyDamaged."""

    def whole(self) -> bytes:
        """The body, when all of it has been added; raises BodyDamaged where some is missing."""


def body(content_encoding: str, most: int) -> Body:
    """What takes a body of this `Content-Encoding`, and at most so many bytes before and after inflating."""
    codings = [name for part in content_encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(codings) > _MOST_CODINGS or not {"gzip", "x-gzip"}.issuperset(codings):
        raise BodyDamaged
    found: Body = _Plain(most)
    for _ in codings:
        found = _Inflated(found, most)
    return found


class _Plain:
    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = bytearray()

    def add(self, chunk: bytes) -> None:
        if len(self._bytes) + len(chunk) > self._most:
            raise BodyTooLarge
        self._bytes += chunk

    def whole(self) -> bytes:
        return bytes(self._bytes)


class _Inflated:
    """Inflates into another body, so much at a time that a bomb is noticed before it has gone off."""

    _STEP = 1 << 20

    def __init__(self, into: Body, most: int) -> None:
        self._into = into
        self._left = most
        self._inflater = zlib.decompressobj(_GZIP)
        self._is_begun = False

    def add(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:
            raise BodyTooLarge
        self._is_begun = self._is_begun or bool(chunk)
        while chunk:
            if self._inflater.eof:
                self._inflater = zlib.decompressobj(_GZIP)
            try:
                self._into.add(self._inflater.decompress(chunk, self._STEP))
            except zlib.error:
                raise BodyDamaged from None
            chunk = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail

    def whole(self) -> bytes:
        if self._is_begun and not self._inflater.eof:
            raise BodyDamaged
        return self._into.whole()
