"""The backend `command`: a program of the user's choice hands out the credential (pass, op, age, secret-tool, …).

It is run by its absolute path without a shell, in a process group of its own, with little of the environment, and what
it says on stderr goes nowhere, since that may be part of a secret (security.md CS-29).
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from redox_tui.store.credential import ApiKey, Token
from redox_tui.store.errors import NoCredential

TIMEOUT: Final = 15.0
MAX_OUTPUT: Final = 65_536

_PASSED_ON: Final = (
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "GNUPGHOME",
    "GPG_TTY",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LOGNAME",
    "PASSWORD_STORE_DIR",
    "PATH",
    "SSH_AUTH_SOCK",
    "TERM",
    "TMPDIR",
    "USER",
    "WAYLAND_DISPLAY",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
)
"""What password managers need to find their files and agents. More is given by a command that begins /usr/bin/env."""


_running: set[int] = set()
"""The process groups that are at work."""


class _Answer(BaseModel):
    """What the program prints: `{"version": 1, …}` with a token, or with a key as PEM text or JWK."""

    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)

    version: Literal[1]
    token: str | None = None
    client_id: str | None = None
    key_id: str | None = None
    key: str | dict[str, Any] | None = None
    base_url: str | None = None
    expires_at: AwareDatetime | None = None

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        return []


def credential(
    command: tuple[str, ...], base_url: str, environ: Mapping[str, str], now: datetime, timeout: float = TIMEOUT
) -> ApiKey | Token:
    """Run the command and read the credential that it prints; NoCredential where it gives none within `timeout` s."""
    answer = _read(_output(command, environ, timeout))
    if answer.expires_at and answer.expires_at <= now:
        ended = answer.expires_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        raise NoCredential(f"What the command hands out has ended at {ended} UTC.")
    if answer.base_url and answer.base_url.rstrip("/") != base_url:
        raise NoCredential(
            f"What the command hands out is for {answer.base_url}, not for {base_url}.", "Nothing was sent."
        )
    if answer.token:
        return Token(answer.token)
    if not answer.client_id or not answer.key:
        raise NoCredential("The command answered without a token, and without client_id and key.")
    key = answer.key if isinstance(answer.key, str) else json.dumps(answer.key)
    return ApiKey(answer.client_id, answer.key_id, key.encode(), "The command")


def end_running() -> None:
    """End the commands that are still being waited for: whoever waited has gone, or the app is locked."""
    for pid in tuple(_running):
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def _output(command: tuple[str, ...], environ: Mapping[str, str], timeout: float) -> bytes:
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command, confirmed
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: environ[name] for name in _PASSED_ON if name in environ},
            start_new_session=True,
        )
    except OSError as error:
        raise NoCredential(f"The command {command[0]} cannot be run: {error.strerror}.") from None
    _running.add(process.pid)
    try:
        output = _output_of(process, time.monotonic() + timeout)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if isinstance(error, TimeoutError | subprocess.TimeoutExpired):
            raise NoCredential(f"The command {command[0]} was ended: it took longer than {timeout:.0f} s.") from None
        raise
    finally:
        _running.discard(process.pid)
    if process.returncode:
        raise NoCredential(
            f"The command {command[0]} failed ({process.returncode}).", hint="Run it by hand to see why."
        )
    return output


def _output_of(process: subprocess.Popen[bytes], until: float) -> bytes:
    """What a process prints until it ends; it must have ended at the monotonic time `until`."""
    assert process.stdout  # noqa: S101 - it was opened as a pipe
    output = bytearray()
    with process.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while selector.select(max(until - time.monotonic(), 0)):
            data = os.read(pipe.fileno(), MAX_OUTPUT)
            output += data
            if len(output) > MAX_OUTPUT:
                raise NoCredential(f"The command was ended: it printed more than {MAX_OUTPUT:,} bytes.")
            if not data:
                process.wait(max(until - time.monotonic(), 0))
                return bytes(output)
    raise TimeoutError


def _read(output: bytes) -> _Answer:
    try:
        return _Answer.model_validate_json(output)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        fields = ", ".join(dict.fromkeys(str(one["loc"][0]) for one in found if one["loc"]))
        detail = f"Wrong or missing: {fields}." if fields else ""
        raise NoCredential("The command printed no JSON of the expected form.", detail) from None
