"""Which commands may hand out a key: those that the user has allowed, as they were then (security.md CS-29).

A profile can come from a colleague or a script, and a program can change; the first run of either is asked about.
"""

import hashlib
import json
import os
import stat
from pathlib import Path

from redox_tui.store import secure_file
from redox_tui.store.errors import NoCredential, UnsafeFile
from redox_tui.store.lock import locked
from redox_tui.store.paths import Paths


def fingerprint(command: tuple[str, ...], base_url: str) -> str:
    """What stands for a command: its words, its program's content and the address that its credential is sent to.

    Raises UnsafeFile for a program that somebody else could replace, NoCredential for one that is not there.
    """
    program = Path(command[0])
    if not program.is_absolute():
        raise NoCredential(f"The command “{program}” has to begin with an absolute path.", hint=f"Try: which {program}")
    program = Path(os.path.realpath(program))
    secure_file.check_way(program)
    try:
        _check_program(program, os.stat(program))
        with program.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NoCredential(f"The command {program} cannot be run: {error.strerror}.") from None
    return hashlib.sha256(json.dumps([command, content, base_url]).encode()).hexdigest()


def is_allowed(paths: Paths, mark: str) -> bool:
    """Whether the user has allowed the command with this fingerprint to be run."""
    return mark.encode() in (secure_file.read(paths.commands) or b"").split()


def allow(paths: Paths, mark: str) -> None:
    """Note that the user allows the command with this fingerprint."""
    with locked(paths.lock):
        secure_file.make_private_folder(paths.commands.parent)
        known = (secure_file.read(paths.commands) or b"").split()
        secure_file.write(paths.commands, b"".join(one + b"\n" for one in dict.fromkeys((*known, mark.encode()))))


def _check_program(program: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or not os.access(program, os.X_OK):
        raise NoCredential(f"The command {program} is no program that can be run.")
    if found.st_uid not in (0, os.geteuid()):
        raise UnsafeFile(f"The command {program} belongs to another user (uid {found.st_uid}), who could replace it.")
    if found.st_mode & 0o022:
        raise UnsafeFile(
            f"Others can change the command {program} (mode {stat.S_IMODE(found.st_mode):04o}).",
            hint=f"Type: chmod go-w {program}",
        )
