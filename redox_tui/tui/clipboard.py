"""The clipboard of whoever sits in front of the terminal, which may be far away (ux.md §7, tui.md C1).

Nothing but this module copies. Nobody answers an escape sequence, so what is said is what was sent, never that it
arrived. What it depends on is passed in: environment, settings, where programs are, and what writes to the terminal.
"""

import asyncio
import base64
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

ENCODED_CAP: Final = 74_994
"""Bytes of base64 that terminals take in one sequence; more is cut off or harms them."""

_NATIVE: Final = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard", "-in")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("", ("pbcopy",)),
)
"""Programs that copy here, with the variable without which they cannot."""

_SECONDS: Final = 5.0
_OURS: Final = "REDOX_TUI_"
_TMUX_HINT: Final = "tmux: set -s set-clipboard on"


class CannotCopy(Exception):
    """Why nothing was copied, and what helps."""


class TooLong(CannotCopy):
    """More than a terminal takes, or a setting asks for files: a file is another way."""


@dataclass(frozen=True, slots=True)
class Way:
    """How texts are copied: by which program, by an escape sequence in which forms, into a file, or not at all."""

    kind: Literal["native", "osc52", "file", "off"]
    command: tuple[str, ...] = ()
    forms: tuple[Literal["bare", "wrapped"], ...] = ()
    why: str = ""


def way(mode: str, tmux: str, environ: Mapping[str, str], find: Callable[[str], str | None] = shutil.which) -> Way:
    """The way that settings and environment lead to; `find` gives the path of a program by its name."""
    if mode == "off":
        return Way("off", why="The clipboard is off; clipboard in settings.toml turns it on. V shows text to select.")
    if mode == "file":
        return Way("file")
    is_remote = bool(environ.get("SSH_CONNECTION"))
    command = None if mode == "osc52" or (mode == "auto" and is_remote) else _program(environ, find)
    if command:
        return Way("native", command)
    if mode == "native":
        return Way(
            "off", why="No program that copies was found (wl-copy, xclip, xsel, pbcopy). V shows text to select."
        )
    if environ.get("TERM", "") in ("", "dumb"):
        return Way("off", why="This terminal has no clipboard that can be reached. V shows text to select.")
    is_tmux = bool(environ.get("TMUX"))
    return Way("osc52", forms=("bare", "wrapped") if is_tmux and tmux != "bare" else ("bare",))


def sequences(text: str, way: Way) -> list[str]:
    """The escape sequences that hand a text to a terminal; TooLong where no terminal would take it."""
    encoded = base64.b64encode(_bytes(text)).decode()
    if len(encoded) > ENCODED_CAP:
        raise TooLong(f"{len(_bytes(text)):,} bytes are more than a terminal's clipboard takes.")
    bare = f"\x1b]52;c;{encoded}\x07"
    wrapped = "\x1bPtmux;" + bare.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return [{"bare": bare, "wrapped": wrapped}[form] for form in way.forms]


@dataclass(slots=True)
class Clipboard:
    """Copies texts in one way, for the life of the program; where that is a program that fails, in another one."""

    way: Way
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    instead: Way | None = None
    _has_hinted: bool = field(default=False, init=False)

    async def put(self, text: str, write: Callable[[str], None]) -> str:
        """Copy a text; what was done, in words. `write` sends to the terminal. Raises CannotCopy."""
        if self.way.kind != "native":
            return self._send(text, self.way, write)
        problem = await asyncio.to_thread(_run, self.way.command, _bytes(text), self.environ)
        if not problem:
            return f"{_size(text)} given to {self.way.command[0]}"
        if not self.instead:
            raise CannotCopy(problem)
        return f"{problem} {self._send(text, self.instead, write).capitalize()}"

    def _send(self, text: str, way: Way, write: Callable[[str], None]) -> str:
        if way.kind == "off":
            raise CannotCopy(way.why)
        if way.kind == "file":
            raise TooLong(f"{_size(text)}: settings.toml asks for a file.")
        for sequence in sequences(text, way):
            write(sequence)
        words = f"sent {_size(text)} to the terminal's clipboard"
        if self.environ.get("TMUX") and not self._has_hinted:
            self._has_hinted = True
            return f"{words} · {_TMUX_HINT}"
        return words


def clipboard(
    mode: str, tmux: str, environ: Mapping[str, str], find: Callable[[str], str | None] = shutil.which
) -> Clipboard:
    """The clipboard that settings and environment lead to."""
    instead = way("osc52", tmux, environ, find) if mode == "auto" else None
    return Clipboard(way(mode, tmux, environ, find), dict(environ), instead)


def _program(environ: Mapping[str, str], find: Callable[[str], str | None]) -> tuple[str, ...] | None:
    usable = (command for needed, command in _NATIVE if not needed or environ.get(needed))
    return next((command for command in usable if find(command[0])), None)


def _run(command: tuple[str, ...], data: bytes, environ: Mapping[str, str]) -> str:
    """Hand data to a program that copies; what went wrong, in words."""
    program = shutil.which(command[0], path=environ.get("PATH")) or command[0]
    try:
        done = subprocess.run(  # noqa: S603 - one of a few known programs, without a shell
            [program, *command[1:]],
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in environ.items() if not name.startswith(_OURS)},
            timeout=_SECONDS,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not end within {_SECONDS:g} s."
    except OSError as error:
        return f"{command[0]} could not be run: {error.strerror}."
    return f"{command[0]} failed (exit code {done.returncode})." if done.returncode else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _size(text: str) -> str:
    count = len(_bytes(text))
    return f"{count:,} byte{'s' if count != 1 else ''}"
