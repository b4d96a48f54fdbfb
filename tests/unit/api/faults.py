"""What can go wrong between a request and its answer, each by name, and the error that it is in the end."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from redox_tui.api.errors import BadAnswer, PlatformError, RateLimited, ServerTrouble, TimedOut, Unreachable
from redox_tui.api.policy import Patience

from .given import HASTY, QUICK, page_body
from .server import HANG, Act, answer, dripping, resetting, stalling
from .test_bodies import bomb

PAGE: Final = answer(page_body(["a"]))
HEAD: Final = PAGE[: PAGE.index(b"{")]

BROKEN_OFF = "{host} broke off before the answer was whole."
NOT_WHOLE = "The answer is not whole JSON:"
DAMAGED = "The answer is damaged: it cannot be decompressed."
TIMED_OUT = "Timed out after 0 s while asking for environments."

CRAWLING: Final = replace(QUICK, crawl=0.25, slowest=1e6)
"""For tests in which an answer comes byte by byte."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is said instead of an answer, and what that is to a client that gets nothing else."""

    kind: type[PlatformError]
    title: str
    say: Callable[[], bytes | Act]
    patience: Patience = QUICK


def _gzipped(content: bytes) -> bytes:
    return answer(content, content_encoding="gzip")


@cache
def _bomb() -> bytes:
    return _gzipped(bomb())


def deep(levels: int = 100_000) -> bytes:
    return b'{"payload":{"results":[{"id":"a","x":' + b"[" * levels + b"]" * levels + b"}]}}"


def _failing(status: int) -> Fault:
    return Fault(ServerTrouble, f"The server failed on environments ({status}).", lambda: answer(b"", status))


def _slow(status: int) -> Fault:
    return Fault(TimedOut, f"The server took too long for environments ({status}).", lambda: answer(b"", status))


FAULTS: Final[dict[str, Fault]] = {
    "429": Fault(RateLimited, "Too many requests (429).", lambda: answer(b"", 429)),
    "500": _failing(500),
    "502": _failing(502),
    "503": _failing(503),
    "504": _slow(504),
    "524": _slow(524),
    "204": Fault(BadAnswer, "The server answered 204 for environments.", lambda: answer(b"", 204)),
    "206": Fault(BadAnswer, "The server answered 206 for environments.", lambda: answer(page_body(), 206)),
    "redirect": Fault(
        BadAnswer,
        "The answer is a redirect (302) to login.example.",
        lambda: answer(b"", 302, location="https://login.example/?x=1"),
    ),
    "web page": Fault(
        BadAnswer, "The answer is a web page, not JSON.", lambda: answer(b"<!DOCTYPE html><h1>Sign in</h1>")
    ),
    "cut-off JSON": Fault(BadAnswer, NOT_WHOLE, lambda: answer(b'{"payload":{"results":[{"id":"a"},')),
    "empty body": Fault(BadAnswer, NOT_WHOLE, lambda: answer(b"")),
    "deep JSON": Fault(BadAnswer, NOT_WHOLE, lambda: answer(deep())),
    "no list": Fault(BadAnswer, "The answer holds no list of logs.", lambda: answer({"payload": {}})),
    "short body": Fault(Unreachable, BROKEN_OFF, lambda: answer(b"[]", content_length="500")),
    "length that is no number": Fault(Unreachable, BROKEN_OFF, lambda: answer(b"", content_length="x")),
    "short chunk": Fault(
        Unreachable, BROKEN_OFF, lambda: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"
    ),
    "half a head": Fault(Unreachable, BROKEN_OFF, lambda: b"HTTP/1.1 200 OK\r\n"),
    "another protocol": Fault(Unreachable, BROKEN_OFF, lambda: b"220 mail.example ESMTP\r\n"),
    "nothing": Fault(Unreachable, BROKEN_OFF, lambda: b""),
    "reset before the head": Fault(Unreachable, BROKEN_OFF, resetting),
    "reset in the head": Fault(Unreachable, BROKEN_OFF, lambda: resetting(HEAD[:20])),
    "reset in the body": Fault(Unreachable, BROKEN_OFF, lambda: resetting(PAGE[:-9])),
    "large head": Fault(
        BadAnswer, "The head of the answer is larger than 64 KiB.", lambda: answer(page_body(), x_fill="a" * 66_000)
    ),
    "many headers": Fault(
        BadAnswer,
        "The head of the answer is larger than 64 KiB.",
        lambda: (
            HEAD[:-2] + b"".join(b"x-%d: %b\r\n" % (number, b"a" * 999) for number in range(66)) + PAGE[len(HEAD) - 2 :]
        ),
    ),
    "huge head": Fault(Unreachable, BROKEN_OFF, lambda: answer(page_body(), x_fill="a" * 300_000)),
    "no gzip": Fault(BadAnswer, DAMAGED, lambda: _gzipped(b"no gzip")),
    "cut-off gzip": Fault(BadAnswer, DAMAGED, lambda: _gzipped(gzip.compress(page_body(map(str, range(500))))[:200])),
    "garbage after gzip": Fault(BadAnswer, DAMAGED, lambda: _gzipped(gzip.compress(page_body(["a"])) + b"garbage")),
    "bomb": Fault(BadAnswer, "The answer is larger than 32 MiB, so it was not read.", _bomb),
    "unknown coding": Fault(BadAnswer, DAMAGED, lambda: answer(page_body(), content_encoding="br")),
    "three codings": Fault(BadAnswer, DAMAGED, lambda: answer(page_body(), content_encoding="gzip, gzip, gzip")),
    "silence": Fault(TimedOut, TIMED_OUT, lambda: HANG, HASTY),
    "stall in the head": Fault(TimedOut, TIMED_OUT, lambda: stalling(HEAD[:20]), HASTY),
    "stall after the head": Fault(TimedOut, TIMED_OUT, lambda: stalling(HEAD), HASTY),
    "stall in the body": Fault(TimedOut, TIMED_OUT, lambda: stalling(PAGE[:-9]), HASTY),
    "drip": Fault(TimedOut, TIMED_OUT, lambda: dripping(answer(page_body(map(str, range(400)))), 100), CRAWLING),
}
"""For calls of an endpoint without a range; what the same is to one with a range stands in the tests."""
