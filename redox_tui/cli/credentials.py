"""From a profile, or from options, to what makes tokens: here secrets are asked for, commands run, keys read."""

import argparse
import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from redox_tui.api.errors import NotAuthorized
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.store import backends
from redox_tui.store.asker import Asker, overwrite
from redox_tui.store.backends import TOKEN_VARIABLE
from redox_tui.store.credential import ApiKey, Token
from redox_tui.store.errors import BadProfile, Refused, UnusableKey

if TYPE_CHECKING:
    from redox_tui.api.auth import SigningKey, TokenSource
    from redox_tui.api.client import PlatformClient
    from redox_tui.cli.unlocking import Keys
    from redox_tui.store.paths import Paths
    from redox_tui.store.profiles import Profile

TokenMaker = Callable[["PlatformClient"], "TokenSource"]
"""What a client is given: it makes the source of its tokens."""

NO_KEY_ID = "The key id is missing (--key-id ID), and the key itself does not name one."


def of_options(options: argparse.Namespace) -> ApiKey | Token:
    """The credential that options name, or the token in the environment, which leaves it; CommandError without one."""
    if options.token_fd is not None:
        if options.client_id or options.key_id or options.key_file:
            raise CommandError("--token-fd and a key are two credentials: give one.")
        os.environ.pop(TOKEN_VARIABLE, None)
        return backends.from_descriptor(options.token_fd)
    if options.client_id or options.key_id or options.key_file:
        os.environ.pop(TOKEN_VARIABLE, None)
        if not options.client_id or not options.key_file:
            raise CommandError("A key needs --client-id ID and --key-file FILE.")
        return backends.from_file(Path(options.key_file), options.client_id, options.key_id)
    if not os.environ.get(TOKEN_VARIABLE, "").strip():
        raise CommandError(
            f"There is no credential: set {TOKEN_VARIABLE}, or give --client-id, --key-id and --key-file.", Exit.AUTH
        )
    return backends.from_environment(os.environ)


def of_profile(keys: "Keys", name: str, profile: "Profile", asker: Asker, key_id: str | None = None) -> ApiKey | Token:
    """The credential that a profile names, from there and nowhere else; raises StoreError.

    `key_id` names another of its keys than the one in use.
    """
    if profile.backend == "env":
        return keys.token()
    if os.environ.pop(TOKEN_VARIABLE, None):
        say(f"{TOKEN_VARIABLE} is not used: the credential of the profile {name} is of the kind {profile.backend}")
    match profile.backend:
        case "pem-file":
            assert profile.key_file  # noqa: S101 - a profile of this kind has one
            return backends.from_file(profile.key_file, profile.client_id or "", key_id or profile.key_id)
        case "command":
            return _from_command(keys.paths, name, profile, asker)
        case "vault":
            return backends.from_vault(keys.opened(asker), name, profile, key_id)


def token_maker(credential: ApiKey | Token, asker: Asker) -> TokenMaker:
    """What makes tokens of a credential; a key is read now, so that what is wrong with it is known at once."""
    if isinstance(credential, Token):
        value = credential.value
        return lambda client: _given(value)
    key = signing_key(credential, asker)
    key_id = credential.key_id or key.key_id
    if not key_id:
        raise BadProfile(NO_KEY_ID)
    without_text = replace(credential, text=b"")  # from here on the key is an object that can be dropped
    return lambda client: _signed(client, without_text, key_id, key)


def signing_key(credential: ApiKey, asker: Asker) -> "SigningKey":
    """The private key of a credential; its passphrase is asked for where it has one. NoCredential where unusable."""
    from redox_tui.api.auth import KeyIsEncrypted, KeyProblem, read_key

    passphrase = bytearray()
    try:
        try:
            return read_key(credential.text)
        except KeyIsEncrypted:
            passphrase = asker.ask("the key")
            return read_key(credential.text, passphrase)
    except KeyProblem as problem:
        raise UnusableKey(f"{credential.source}: {problem}") from None
    finally:
        overwrite(passphrase)


def _from_command(paths: "Paths", name: str, profile: "Profile", asker: Asker) -> ApiKey | Token:
    """What the command of a profile hands out. The person is asked before its first run (CS-29)."""
    from redox_tui.store import command, permission

    mark = permission.fingerprint(profile.command, profile.base_url)
    if not permission.is_allowed(paths, mark):
        what = f"the profile {name} runs a command that is new or has changed, and sends what it signs to"
        words = f"{what}\n{profile.base_url}: {shlex.join(profile.command)}\nMay it run?"
        if not asker.agrees(words, "yes"):
            raise Refused("The command was not run.")
        permission.allow(paths, mark)
    return command.credential(profile.command, profile.connection().base_url, os.environ, datetime.now(UTC))


def _given(value: str) -> "TokenSource":
    from redox_tui.api.auth import GivenToken

    return GivenToken(value)


def _signed(client: "PlatformClient", credential: ApiKey, key_id: str, key: "SigningKey") -> "TokenSource":
    from redox_tui.api.auth import AssertionTokens

    if credential.token_url not in (None, client.token_url):
        raise NotAuthorized(
            "The key was not used.",
            f"It may sign for {credential.token_url} only, not for {client.token_url}.",
            "Remove the profile and add it again.",
        )
    tokens = AssertionTokens(credential.client_id, key_id, key, token_url=client.token_url, post=client.post_for_token)
    return _NamedKey(tokens, key_id, credential.siblings)


@dataclass(frozen=True, slots=True)
class _NamedKey:
    """Tokens of a key that names itself when it is refused. No other key is tried instead (CS-26)."""

    tokens: "TokenSource"
    key_id: str
    others: tuple[str, ...]

    async def token(self) -> str:
        try:
            return await self.tokens.token()
        except NotAuthorized as error:
            detail = f"{error.detail} The key's id is {self.key_id}.".strip()
            hint = error.hint
            if self.others:
                hint += f" The profile has other keys too, for --key-id: {', '.join(self.others)}."
            raise type(error)(error.title, detail, hint) from None

    def reject(self, token: str) -> bool:
        return self.tokens.reject(token)

    async def close(self) -> None:
        await self.tokens.close()
