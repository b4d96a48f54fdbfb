"""What the tests of the store start from: a cheap vault, processes that can be killed, system calls that fail."""

import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from redox_tui.store.contents import SealedCredential, SealedKey
from redox_tui.store.paths import Paths
from redox_tui.store.sealing import Cost

# Loaded before anybody ceases to be root: a normal user may not be able to read the libraries of the interpreter.
for _library in ("cryptography.hazmat.primitives.kdf.scrypt", "cryptography.hazmat.primitives.ciphers.aead", "ctypes"):
    import_module(_library)

CHEAP: Final = Cost(logn=1)
PASSPHRASE: Final = b"correct horse battery staple"
NOBODY: Final = 65_534


def store(folder: Path) -> Paths:
    """A store in a folder of its own, which is not made yet."""
    return Paths(folder / "config", folder / "state")


def credential(secret: str = "canary", key_id: str = "k-1") -> SealedCredential:
    """A credential with one key, whose text is the secret."""
    key = SealedKey(id=key_id, created=date(2026, 11, 20), text=secret)
    return SealedCredential(
        client_id="client-1", base_url="https://a.example", token_url="https://a.example/v2/auth/token", keys=(key,)
    )


def begun_in_a_child(work: Callable[[], None]) -> int:
    """Begin this in another process; its id. What it raises is printed, and its wait status is not 0 then."""
    with warnings.catch_warnings():
        # The threads of a test runner take no part in what the child does.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(1)
    return pid


def in_a_child(work: Callable[[], None]) -> int:
    """Do this in another process; its wait status."""
    return os.waitpid(begun_in_a_child(work), 0)[1]


def as_normal_user(work: Callable[[], None]) -> None:
    """Do this as somebody who is not root; a test that cannot do so fails."""

    def dropped() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        assert os.geteuid() != 0
        work()

    assert in_a_child(dropped) == 0


WRITING: Final = ("open", "fchmod", "write", "fsync", "link", "replace")
"""The calls of the system that saving a file makes; `open` counts where it creates."""


@contextmanager
def interrupted(at: int, by: Callable[[], None]) -> Iterator[list[str]]:
    """Do something instead of the `at`-th writing call of the system; the calls by their names."""
    calls: list[str] = []
    real = {name: getattr(os, name) for name in WRITING}

    def wrapped(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            if name != "open" or arguments[1] & os.O_EXCL:
                calls.append(name)
                if len(calls) - 1 == at:
                    by()
            return real[name](*arguments, **more)

        return call

    for name in WRITING:
        setattr(os, name, wrapped(name))
    try:
        yield calls
    finally:
        for name, function in real.items():
            setattr(os, name, function)


def fail(number: int) -> Callable[[], None]:
    """Fail as the system does."""

    def failing() -> None:
        raise OSError(number, os.strerror(number))

    return failing


def die() -> None:
    """End at once, as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def count_calls(work: Callable[[], None]) -> int:
    """How many writing calls this makes."""
    with interrupted(-1, die) as calls:
        work()
    return len(calls)


def temporaries(folder: Path) -> list[str]:
    """The temporary files that lie in a folder."""
    return [path.name for path in folder.iterdir() if path.name.endswith(".tmp")]
