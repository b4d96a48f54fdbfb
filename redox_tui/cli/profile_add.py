"""`redox-tui profiles add`: a new profile, or another key for one. Nothing is stored before it was tried out."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redox_tui.cli import adding
from redox_tui.cli.adding import Draft
from redox_tui.cli.asking import Secrets
from redox_tui.cli.connecting import store_paths
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.profile_test import first_failure, tried
from redox_tui.cli.unlocking import Keys
from redox_tui.domain.probe import flag_found
from redox_tui.store import backends

if TYPE_CHECKING:
    from redox_tui.store.profiles import Profile

_PLACE: Final = (
    "organization",
    "environment",
    "base_url",
    "generation",
    "backend",
    "ca_bundle",
    "proxy",
    "rate",
    "filters",
)
_CREDENTIAL: Final = {
    "vault": ("key_file",),
    "pem-file": ("client_id", "key_file"),
    "command": ("command",),
    "env": (),
}
"""What each backend needs beside what says where to connect."""


def run(options: argparse.Namespace) -> int:
    """Add a profile or a key; the exit code."""
    from redox_tui.store import profiles

    profiles.check_name(options.name)
    keys = Keys(store_paths())
    known = profiles.load(keys.paths)
    is_known = options.name in known.problems or options.name in known.named
    profile = _existing(known.get(options.name), options) if is_known else _new(options)
    try:
        code = _add(keys, profile, options)
    finally:
        keys.lock()
    if code:
        say("nothing was stored, since the test failed; --no-test stores it untested")
    elif not known.default:
        say(f"the profile {options.name} was stored and is the default")
    else:
        say(f"the profile {options.name} was stored")
    return code


def _add(keys: Keys, profile: "Profile", options: argparse.Namespace) -> int:
    secrets = Secrets(options.passphrase_fd)
    draft = _draft(keys, profile, options, secrets)
    found: dict[str, str] = {}
    if not options.no_test:
        if draft.key is None:
            draft.access.unlock(secrets)
        steps = tried(draft.access)
        if code := first_failure(steps):
            return code
        found = flag_found(steps)
    draft.store(found, secrets)
    return Exit.OK


def _draft(keys: Keys, profile: "Profile", options: argparse.Namespace, secrets: Secrets) -> Draft:
    if profile.backend == "vault":
        if not profile.keys and not options.client_id:
            raise CommandError(adding.NO_CLIENT)
        key = backends.from_file(Path(options.key_file), options.client_id or "", options.key_id)
        return adding.with_key(keys, options.name, profile, key, secrets)
    if profile.backend == "command":
        adding.allow_command(keys, profile)
    return adding.without_key(keys, options.name, profile)


def _new(options: argparse.Namespace) -> "Profile":
    """The profile that the options describe; CommandError where one is missing or belongs to another backend."""
    from redox_tui.store import profiles

    said = {name: getattr(options, name) for name in (*_PLACE, "client_id", "key_id") if getattr(options, name)}
    for choice in ("generation", "filters"):
        if said.get(choice) == "auto":
            del said[choice]
    if "ca_bundle" in said:
        said["ca_bundle"] = Path(options.ca_bundle).absolute()
    backend = options.backend or "vault"
    missing = [name for name in ("organization", *_CREDENTIAL[backend]) if not getattr(options, name)]
    if missing:
        raise CommandError(f"{_option(missing[0])} is missing; the backend {backend} needs it.")
    useless = [name for name in ("key_file", "command") if getattr(options, name) and name not in _CREDENTIAL[backend]]
    if useless:
        raise CommandError(f"{_option(useless[0])} does not go with the backend {backend}.")
    if backend == "vault":
        said.pop("client_id", None)  # it is sealed with the key
    if backend == "pem-file":
        said["key_file"] = Path(options.key_file).absolute()
    if backend == "command":
        said["command"] = _words(options.command)
    return profiles.described(said)


def _existing(profile: "Profile", options: argparse.Namespace) -> "Profile":
    """A profile that another key may be added to: its keys are sealed, and nothing else is to be changed."""
    differs = any(str(getattr(options, name) or "") not in ("", str(getattr(profile, name))) for name in _PLACE)
    if differs or profile.backend != "vault" or not options.key_file:
        raise CommandError(
            f"There is a profile {options.name} already; with --key-id and --key-file it is given another key. "
            f"To describe it anew, remove it first: redox-tui profiles remove {options.name}",
            Exit.REFUSED,
        )
    return profile


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        raise CommandError("--command: the quotes are not closed.") from None


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
