"""What can go wrong on purpose: the faults by name, and which of them are on.

A client is only as good as the bad answers it has survived; these are all that a bad line or a server in trouble gives.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_LONGEST_QUOTE = 20
_TEN_YEARS = 315_360_000


@dataclass(frozen=True, slots=True)
class Argument:
    """What may stand behind the colon of a fault: how help calls it, what it is in words, and whether a text is one."""

    name: str
    words: str
    fits: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the vocabulary.

    Attributes:
        name: how it is asked for.
        meaning: the line of `--help`.
        argument: what may stand behind the colon, None where nothing may.
        default: the argument where none is given, None where one must be.
        lasts: whether it stays on; else it is over after its answers.
        later_page: whether it waits for a page of logs that is not the first; else any API call will do.
        on_wire: whether it needs a socket to be played.
    """

    name: str
    meaning: str
    argument: Argument | None = None
    default: str | None = None
    lasts: bool = False
    later_page: bool = False
    on_wire: bool = False

    @property
    def usage(self) -> str:
        """How it is written: `429[:N]`, `504-wide:HOURS`, `evil-next`."""
        if self.argument is None:
            return self.name
        behind = f":{self.argument.name}"
        return self.name + (behind if self.default is None else f"[{behind}]")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it was asked for; the argument is one that its kind takes, empty where it takes none."""

    kind: Kind
    argument: str = ""

    @property
    def name(self) -> str:
        """The name of its kind."""
        return self.kind.name

    @property
    def number(self) -> float:
        """The argument as a number."""
        return float(self.argument)

    @property
    def rest(self) -> "Fault | None":
        """What is left of it after one more answer."""
        is_last = self.kind.argument is not _ANSWERS or self.argument == "1"
        return None if is_last else Fault(self.kind, str(int(self.argument) - 1))

    def __str__(self) -> str:
        return f"{self.name}:{self.argument}" if self.argument else self.name


class Faults:
    """The faults that are on, in the order given; each answer takes at most one of those that do not last."""

    def __init__(self, texts: Iterable[str] = (), *, on_wire: bool = False) -> None:
        """Switch faults on.

        Args:
            texts: the faults, each `NAME[:ARG]`.
            on_wire: whether there is a `wire` before the server; without one some faults cannot be played.

        Raises:
            ValueError: as `set` does.
        """
        self.on_wire = on_wire
        self._on: tuple[Fault, ...] = ()
        self.set(texts)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._on)

    def set(self, texts: Iterable[str]) -> None:
        """Switch these faults on, and all others off.

        Raises:
            ValueError: one is unknown, has a wrong argument or needs a socket; nothing is changed.
        """
        faults = tuple(parse(text) for text in texts)
        for fault in faults:
            if fault.kind.on_wire and not self.on_wire:
                raise ValueError(f"The fault {fault.name} needs a socket: use simulate.")
        self._on = faults

    def lasting(self, name: str) -> list[Fault]:
        """Those of this name that stay on."""
        return [fault for fault in self._on if fault.kind.lasts and fault.name == name]

    def take(self, fits: Callable[[Kind], bool]) -> Fault | None:
        """The first fault that does not last and fits the answer to come; one less of it is left."""
        for at, fault in enumerate(self._on):
            if not fault.kind.lasts and fits(fault.kind):
                rest = fault.rest
                self._on = (*self._on[:at], *([] if rest is None else [rest]), *self._on[at + 1 :])
                return fault
        return None


def parse(text: str) -> Fault:
    """The fault that `NAME[:ARG]` asks for.

    Raises:
        ValueError: there is no such fault, or its argument is wrong; the text says what would be right.
    """
    name, colon, argument = text.partition(":")
    kind = _BY_NAME.get(name)
    if kind is None:
        raise ValueError(f"“{_quoted(name)}” is no fault; there are {', '.join(_BY_NAME)}.")
    if kind.argument is None:
        if colon:
            raise ValueError(f"The fault {name} takes nothing behind a colon.")
        return Fault(kind)
    if not colon and kind.default is not None:
        argument = kind.default
    if not kind.argument.fits(argument):
        raise ValueError(f"The fault {kind.usage} takes {kind.argument.words}, not “{_quoted(argument)}”.")
    return Fault(kind, argument)


def table() -> str:
    """Every fault with its meaning, a line each, and what holds for all: for `--help`."""
    widest = max(len(kind.usage) for kind in KINDS)
    lines = [f"  {kind.usage:<{widest}}  {kind.meaning}" for kind in KINDS]
    return "\n".join(["faults:", *lines, _RULES])


def _whole(least: int, most: int) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(r"-?[0-9]{1,10}", text) is not None and least <= int(text) <= most


def _is_hours(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) is not None and float(text) > 0


def _is_header(text: str) -> bool:
    return re.fullmatch(r"[!-~]([ -~]{0,98}[!-~])?", text) is not None


def _quoted(text: str) -> str:
    """The beginning of a text that came from outside; half a surrogate pair could not be sent back."""
    return text[:_LONGEST_QUOTE].encode(errors="replace").decode()


_ANSWERS: Final = Argument("N", "a whole number from 1 to 1,000,000", _whole(1, 1_000_000))
_SECONDS: Final = Argument(
    "SECONDS", "whole seconds, at most ten years before or ahead", _whole(-_TEN_YEARS, _TEN_YEARS)
)
_HOURS: Final = Argument("HOURS", "hours as a number above 0, such as 6 or 0.5", _is_hours)
_MEGABYTES: Final = Argument("MB", "a whole number from 1 to 2,000", _whole(1, 2_000))
_HEADER: Final = Argument("TEXT", "1 to 100 printable ASCII characters", _is_header)


def _next(name: str, meaning: str, *, later_page: bool = False, on_wire: bool = False) -> Kind:
    return Kind(name, meaning, _ANSWERS, "1", later_page=later_page, on_wire=on_wire)


KINDS: Final = (
    _next("429", "too many requests, no Retry-After"),
    Kind("429-wait", "once: too many requests, this Retry-After (sense or not)", _HEADER, "1"),
    Kind("429-date", "once: the same with a date, so far ahead of the server", _SECONDS, "2"),
    _next("500", "an error inside the server"),
    _next("502", "a bad gateway"),
    _next("503", "the server is not available"),
    _next("504", "the server took too long"),
    Kind("504-wide", "stays: 504 for a page of logs from a longer time", _HOURS, lasts=True),
    Kind("504-hole", "stays: 504 if that touches a minute so far back", _HOURS, lasts=True),
    _next("drip", "the body comes byte by byte, one every 50 ms"),
    _next("stall", "nothing after the headers; the connection stays open"),
    _next("silent", "nothing at all; the connection stays open"),
    _next("reset", "the connection is reset in the middle of the body", on_wire=True),
    _next("close", "the connection is closed before the answer", on_wire=True),
    _next("short", "the connection is closed in the middle of the body", on_wire=True),
    _next("wrong-length", "Content-Length counts half of the body that comes", on_wire=True),
    _next("html", "200 with a login page in HTML"),
    _next("empty", "204 without a body"),
    Kind("bomb", "once: a small gzip that inflates to so many megabytes", _MEGABYTES, "200"),
    _next("bad-gzip", "a gzip that is broken in the middle"),
    _next("cut-gzip", "the first half of a gzip; its Content-Length fits"),
    _next("bad-utf8", "a name in the body has bytes that are no UTF-8"),
    _next("deep", "200 with JSON that is 100,000 levels deep"),
    _next("big-header", "a header of 80,000 bytes"),
    _next("repeat-cursor", "a later page of logs names itself as the next one", later_page=True),
    _next("double", "a later page of logs repeats the last one before it", later_page=True),
    Kind("evil-next", "stays: links lead to redoxengine.com@evil.example", lasts=True),
    _next("redirect", "302 to https://evil.example/"),
    _next("revoked", "tokens are revoked first, but not that of the session"),
    Kind("clock", "stays: the server's clock is so far ahead", _SECONDS, lasts=True),
)
"""Every fault that there is, in the order of `--help`."""

_RULES: Final = """\
N answers to API calls are bad, 1 unless told; each has one fault at most, in
the order given. Those that stay are off when the list no longer names them.
While simulate runs, GET /simulator/faults shows the list and PUT takes one,
such as ["429:3", "504-wide:6"], in place of it; [] is none.
reset, close, short and wrong-length need a socket, which demo does not have."""

_BY_NAME: Final = {kind.name: kind for kind in KINDS}
