"""The head of an HTTP answer, as far as a proxy must know it: where the body ends, and the mark for the wire."""

import sys
from dataclasses import dataclass
from typing import Final

MARK: Final = b"x-simulator-wire"
"""The header that tells the wire what to do with an answer; its value is a fault's name or `BODILESS`."""
BODILESS: Final = b"bodiless"
"""The answer to a HEAD: its Content-Length counts a body that does not come."""


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers, a line each; the mark stands apart, empty where there is none."""

    lines: tuple[bytes, ...]
    mark: bytes = b""

    @property
    def text(self) -> bytes:
        """As it is sent, up to and with the empty line."""
        return b"\r\n".join(self.lines) + b"\r\n\r\n"

    @property
    def has_no_body(self) -> bool:
        """Whether the next answer follows at once, whatever Content-Length says."""
        status = self.lines[0].split(b" ")[1]
        return self.mark == BODILESS or status in (b"204", b"304") or status.startswith(b"1")

    @property
    def is_chunked(self) -> bool:
        """Whether the body says itself where it ends."""
        return self.value(b"transfer-encoding").lower() == b"chunked"

    @property
    def length(self) -> int:
        """How many bytes of body come; without end where only the end of the connection tells."""
        return int(self.value(b"content-length") or sys.maxsize)

    def value(self, name: bytes) -> bytes:
        """The value of a header, empty where it is missing."""
        return next((line.partition(b":")[2].strip() for line in self.lines[1:] if _name(line) == name), b"")

    def with_length(self, length: int) -> "Head":
        """With another Content-Length."""
        others = (line for line in self.lines if _name(line) != b"content-length")
        return Head((*others, b"content-length: %d" % length))


def read_head(text: bytes) -> Head:
    """The head that a text up to and with the empty line is."""
    lines = tuple(text.removesuffix(b"\r\n\r\n").split(b"\r\n"))
    mark = Head(lines).value(MARK)
    return Head(tuple(line for line in lines if _name(line) != MARK), mark)


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0].lower()
