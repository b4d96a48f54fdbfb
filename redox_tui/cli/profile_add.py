"""`redox-tui profiles add`: a new profile, or another key for one. Nothing is stored before it was tried out."""

import argparse
import shlex
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from redox_tui.cli import credentials
from redox_tui.cli.asking import Secrets, overwrite
from redox_tui.cli.connecting import client, store_paths
from redox_tui.cli.credentials import TokenMaker
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.profile_test import first_failure, tried
from redox_tui.cli.unlocking import new_vault, unlocked
from redox_tui.domain.connection import Connection
from redox_tui.store import backends
from redox_tui.store.credential import ApiKey, is_encrypted, without_passphrase

if TYPE_CHECKING:
    from redox_tui.store.contents import SealedCredential
    from redox_tui.store.paths import Paths
    from redox_tui.store.profiles import Profile

_PLACE: Final = ("organization", "environment", "base_url", "generation", "backend")
_CREDENTIAL: Final = {
    "vault": ("key_file",),
    "pem-file": ("client_id", "key_file"),
    "command": ("command",),
    "env": (),
}
"""What each backend needs beside what says where to connect."""

_NO_CLIENT: Final = "--client-id is missing; the backend vault needs it."


def run(options: argparse.Namespace) -> int:
    """Add a profile or a key; the exit code."""
    from redox_tui.store import profiles

    profiles.check_name(options.name)
    paths = store_paths()
    known = profiles.load(paths)
    if options.name in known.problems or options.name in known.named:
        profile = _existing(known.get(options.name), options)
    else:
        profile = _new(options)
    add = _add_sealed if profile.backend == "vault" else _add_unsealed
    code = add(paths, profile, options)
    if code:
        say("nothing was stored, since the test failed; --no-test stores it untested")
    elif not known.default:
        profiles.set_default(paths, options.name)
        say(f"the profile {options.name} was stored and is the default")
    else:
        say(f"the profile {options.name} was stored")
    return code


def _new(options: argparse.Namespace) -> "Profile":
    """The profile that the options describe; CommandError where one is missing or belongs to another backend."""
    from redox_tui.store import profiles

    said = {name: getattr(options, name) for name in (*_PLACE, "client_id", "key_id") if getattr(options, name)}
    if said.get("generation") == "auto":
        del said["generation"]
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
    differs = any(getattr(options, name) not in (None, getattr(profile, name)) for name in _PLACE)
    if differs or profile.backend != "vault" or not options.key_file:
        raise CommandError(
            f"There is a profile {options.name} already; with --key-id and --key-file it is given another key. "
            f"To describe it anew, remove it first: redox-tui profiles remove {options.name}",
            Exit.REFUSED,
        )
    return profile


def _add_sealed(paths: "Paths", profile: "Profile", options: argparse.Namespace) -> int:
    """Seal a key in the vault, which is opened before the key is tried out; a new one is made after that only."""
    from redox_tui.store import profiles
    from redox_tui.store.vault import exists

    if not profile.keys and not options.client_id:
        raise CommandError(_NO_CLIENT)
    secrets = Secrets(options.passphrase_fd)
    key = _key(options, secrets)
    vault = unlocked(paths, secrets) if exists(paths) else None
    try:
        before = vault.profiles.get(options.name) if vault and profile.keys else None
        key = _of_the_same_client(key, before)
        target, tokens = profile.connection(), credentials.token_maker(key, secrets)
        code, found = _tested(target, tokens, options)
        if code:
            return code
        sealed = _sealed(key, before, target, client(target, tokens).token_url)
        vault = vault or new_vault(paths, secrets)
        vault.put(options.name, sealed)
    finally:
        if vault:
            vault.lock()
    keys = {one.id: one.created for one in sealed.keys}
    profiles.put(paths, options.name, profile.model_copy(update={**found, "key_id": key.key_id, "keys": keys}))
    return Exit.OK


def _add_unsealed(paths: "Paths", profile: "Profile", options: argparse.Namespace) -> int:
    """Keep where the credential is. A command that somebody types is allowed by that; others are asked about."""
    from redox_tui.store import permission, profiles

    if profile.backend == "command":
        permission.allow(paths, permission.fingerprint(profile.command, profile.base_url))
    found: dict[str, Any] = {}
    if not options.no_test:
        secrets = Secrets(options.passphrase_fd)
        here = argparse.Namespace(token_fd=None, key_id=None, passphrase_fd=None)
        credential = credentials.of_profile(paths, options.name, profile, here)
        code, found = _tested(profile.connection(), credentials.token_maker(credential, secrets), options)
        if code:
            return code
    profiles.put(paths, options.name, profile.model_copy(update=found))
    return Exit.OK


def _key(options: argparse.Namespace, secrets: Secrets) -> ApiKey:
    """The key to be sealed, with its id; CommandError where it cannot be used."""
    key = _decrypted(backends.from_file(Path(options.key_file), options.client_id or "", options.key_id), secrets)
    key_id = credentials.signing_key(key, secrets).key_id
    if not (key.key_id or key_id):
        raise CommandError("--key-id ID is missing: neither an option nor the key file names it.")
    return replace(key, key_id=key.key_id or key_id)


def _of_the_same_client(key: ApiKey, before: "SealedCredential | None") -> ApiKey:
    """The key with the client id that the profile's other keys have; CommandError where it is not one of those."""
    if before is None and not key.client_id:
        raise CommandError(_NO_CLIENT)
    if before is None:
        return key
    if key.client_id not in ("", before.client_id):
        raise CommandError("That is not the client id of this profile. Add another profile for it.", Exit.REFUSED)
    if any(one.id == key.key_id for one in before.keys):
        raise CommandError(f"The profile has a key {key.key_id} already.", Exit.REFUSED)
    return replace(key, client_id=before.client_id)


def _decrypted(key: ApiKey, secrets: Secrets) -> ApiKey:
    """A key without a passphrase of its own: the vault's is the better one."""
    if not is_encrypted(key.text):
        return key
    passphrase = secrets.ask("the key")
    try:
        return replace(key, text=without_passphrase(key.text, passphrase))
    finally:
        overwrite(passphrase)


def _sealed(key: ApiKey, before: "SealedCredential | None", target: Connection, token_url: str) -> "SealedCredential":
    from redox_tui.store.contents import SealedCredential, SealedKey

    new = SealedKey(id=key.key_id or "", created=datetime.now(UTC).date(), text=key.text.decode())
    if before:
        return before.with_key(new)
    return SealedCredential(client_id=key.client_id, base_url=target.base_url, token_url=token_url, keys=(new,))


def _tested(target: Connection, tokens: TokenMaker, options: argparse.Namespace) -> tuple[int, dict[str, Any]]:
    """The exit code of a test, and what it has found out for the profile."""
    if options.no_test:
        return Exit.OK, {}
    steps = tried(target, tokens)
    flag = next((step.flag for step in steps if step.flag), None)
    return first_failure(steps), {"environment_flag": flag} if flag else {}


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        raise CommandError("--command: the quotes are not closed.") from None


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
