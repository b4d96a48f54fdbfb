"""Bad answers, made of nothing or of a good one: statuses, bodies and headers as ASGI can say them.

Pure functions: which answer is bad, and when a byte leaves, is decided elsewhere.
"""

import gzip
import json
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

from starlette.responses import Response

from redox_tui.simulator.answers import VERSION, Refused, refusal
from redox_tui.simulator.compact import dump
from redox_tui.simulator.faults import Fault
from redox_tui.simulator.wire_head import MARK

EVIL: Final = "https://api.redoxengine.com@evil.example/platform/v1"
_DEPTH = 100_000
_HEADER_SIZE = 80_000
_MEGABYTE = 1 << 20
_DETAILS: Final = {
    429: "Too many requests; at most 10,000 in 5 minutes.",
    500: "Something went wrong.",
    502: "The request was dropped on its way.",
    503: "The service is not available now.",
    504: "The request took longer than a minute; ask for a shorter range of time.",
}
_LOGIN = b"<!DOCTYPE html><title>Sign in</title><form action='/login' method='post'><input name='user'></form>"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer that has not been sent yet."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def with_header(self, name: bytes, value: bytes) -> "Answer":
        """With this header, instead of one of that name."""
        kept = tuple(header for header in self.headers if header[0] != name)
        return replace(self, headers=(*kept, (name, value)))

    def with_body(self, body: bytes) -> "Answer":
        """With this body, and a Content-Length that fits."""
        return replace(self.with_header(b"content-length", b"%d" % len(body)), body=body)


def http_date(moment: datetime) -> str:
    """An aware moment in UTC as HTTP headers write it, `Fri, 20 Nov 2026 15:00:00 GMT`."""
    return format_datetime(moment, usegmt=True)


def instead(fault: Fault, now: datetime) -> Answer | None:
    """The answer that is given without asking the server; None where the fault spoils the real one.

    Args:
        fault: what is played.
        now: the time on the server's clock.
    """
    match fault.name:
        case "429":
            return _refused(429)
        case "429-wait":
            return _refused(429).with_header(b"retry-after", fault.argument.encode())
        case "429-date":
            then = http_date(now + timedelta(seconds=fault.number))
            return _refused(429).with_header(b"retry-after", then.encode())
        case "500" | "502" | "503" | "504":
            return _refused(int(fault.name))
        case "html":
            return _answer(Response(_LOGIN, media_type="text/html"))
        case "empty":
            return _answer(Response(status_code=204))
        case "deep":
            nested = b"[" * _DEPTH + b"]" * _DEPTH
            body = b'{"meta":' + dump({"version": VERSION}) + b',"payload":' + nested + b"}"
            return _answer(Response(body, media_type="application/json"))
        case "redirect":
            return _answer(Response(status_code=302, headers={"location": "https://evil.example/"}))
        case _:
            return None


def took_too_long() -> Answer:
    """The answer to a search that takes longer than a minute (platform-api.md §2.6)."""
    return _refused(504)


def spoiled(answer: Answer, fault: Fault) -> Answer:
    """A real answer with the fault in it, as it is where there is no place for the fault."""
    if fault.kind.on_wire:
        return answer.with_header(MARK, fault.name.encode())
    spoil = _SPOILED.get(fault.name)
    return answer if spoil is None else spoil(answer, fault)


def with_evil_links(answer: Answer) -> Answer:
    """A page whose links lead to another host, which a hasty eye takes for the API's."""
    return _with_links(answer, lambda links: {name: EVIL + path for name, path in links.items()})


def with_first_row(answer: Answer, before: Answer) -> Answer:
    """A page that begins with the last row of the page before it; an empty page stays as it is."""
    rows = _rows(before)
    if not rows or not _rows(answer):
        return answer
    head, start, rest = answer.body.partition(b'"results":[')
    return answer.with_body(head + start + dump(rows[-1]) + b"," + rest)


def _answer(response: Response) -> Answer:
    return Answer(response.status_code, tuple(response.raw_headers), bytes(response.body))


def _refused(status: int) -> Answer:
    headers = {"x-ratelimit-limit": "10000"} if status == 429 else None
    return _answer(refusal(Refused(status, _DETAILS[status], headers)))


def _bomb(answer: Answer, fault: Fault) -> Answer:
    """Blanks, then the real body: what inflates it without a bound finds nothing wrong but its own memory."""
    count, block = int(fault.argument), b" " * _MEGABYTE
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    # A full flush makes the block stand alone, so that one is packed and all others are copies.
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(count):
        checksum = zlib.crc32(block, checksum)
    checksum = zlib.crc32(answer.body, checksum)
    size = (count * _MEGABYTE + len(answer.body)) % 2**32
    head = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    end = zlib.compress(answer.body, wbits=-zlib.MAX_WBITS)
    return _gzipped(answer, head + packed * count + end + struct.pack("<II", checksum, size))


def _bad_gzip(answer: Answer, fault: Fault) -> Answer:
    good = gzip.compress(answer.body, mtime=0)
    half = len(good) // 2
    return _gzipped(answer, good[:half] + b"\xff" * (len(good) - half))


def _cut_gzip(answer: Answer, fault: Fault) -> Answer:
    good = gzip.compress(answer.body, mtime=0)
    return _gzipped(answer, good[: len(good) // 2])


def _gzipped(answer: Answer, body: bytes) -> Answer:
    return answer.with_body(body).with_header(b"content-encoding", b"gzip")


def _bad_utf8(answer: Answer, fault: Fault) -> Answer:
    return answer.with_body(answer.body.replace(b'"name":"', b'"name":"\xff\xfe', 1))


def _big_header(answer: Answer, fault: Fault) -> Answer:
    return answer.with_header(b"x-padding", b"a" * (_HEADER_SIZE - len(b"x-padding: ")))


def _repeat_cursor(answer: Answer, fault: Fault) -> Answer:
    return _with_links(answer, lambda links: {**links, "next": links["self"]})


_SPOILED: Final[Mapping[str, Callable[[Answer, Fault], Answer]]] = {
    "bomb": _bomb,
    "bad-gzip": _bad_gzip,
    "cut-gzip": _cut_gzip,
    "bad-utf8": _bad_utf8,
    "big-header": _big_header,
    "repeat-cursor": _repeat_cursor,
}


def _with_links(answer: Answer, change: Callable[[dict[str, str]], dict[str, str]]) -> Answer:
    """The answer with other links in its `meta`; the payload stays as it is, byte for byte."""
    head, start, payload = answer.body.partition(b',"payload":')
    whole = json.loads(head + b"}")
    place = whole["meta"].get("page", whole["meta"])
    if "links" not in place:
        return answer
    place["links"] = change(place["links"])
    return answer.with_body(dump(whole)[:-1] + start + payload)


def _rows(answer: Answer) -> list[object]:
    payload = json.loads(answer.body).get("payload", {})
    rows: list[object] = payload.get("results", [])
    return rows
