"""From the options of a command to a client: which connection, which credential."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.domain.connection import Connection, ConnectionProblem

if TYPE_CHECKING:
    from redox_tui.api.auth import SigningKey, TokenSource
    from redox_tui.api.client import PlatformClient

TOKEN_VARIABLE: Final = "REDOX_TUI_TOKEN"  # noqa: S105 - the name of a variable

HOW_TO_CONNECT: Final = """\
no connection is given. To connect, set the environment variable REDOX_TUI_TOKEN (or use a key, see --help) and type
  redox-tui open --base-url https://api.redoxengine.com --organization ID
To see the app on simulated traffic first: redox-tui demo"""

_MAX_KEY_BYTES = 65_536


def connection(options: argparse.Namespace) -> Connection:
    """The connection that the options name; CommandError where they name none."""
    if not options.base_url or not options.organization:
        if options.base_url or options.organization:
            missing = "--organization ID" if options.base_url else "--base-url URL"
            raise CommandError(f"{missing} is missing; a connection needs --base-url and --organization.")
        raise CommandError(HOW_TO_CONNECT)
    generation = None if options.generation == "auto" else options.generation
    try:
        return Connection(
            options.base_url, options.organization, options.environment, generation, options.ca_bundle, options.rate
        )
    except ConnectionProblem as problem:
        raise CommandError(str(problem)) from None


def connector(options: argparse.Namespace) -> tuple[Connection, Callable[[], "PlatformClient"]]:
    """The connection and a function that makes its client: what is wrong is found at once, the network loaded later.

    The token leaves the environment, so that no child process inherits it.
    """
    target = connection(options)
    token = os.environ.pop(TOKEN_VARIABLE, "").strip()
    if options.client_id or options.key_id or options.key_file:
        key = _key(options)
        key_id = options.key_id or key.key_id
        if not key_id:
            raise CommandError("--key-id ID is missing: neither an option nor the key file names it.")
        return target, lambda: _with_key(target, options.client_id, key_id, key)
    if not token:
        raise CommandError(
            f"There is no credential: set {TOKEN_VARIABLE}, or give --client-id, --key-id and --key-file.", Exit.AUTH
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise CommandError(f"{TOKEN_VARIABLE} holds something that is no token.", Exit.AUTH)
    return target, lambda: _with_token(target, token)


def _with_token(target: Connection, token: str) -> "PlatformClient":
    from redox_tui.api.auth import GivenToken
    from redox_tui.api.client import PlatformClient

    return PlatformClient(target, lambda client: GivenToken(token))


def _with_key(target: Connection, client_id: str, key_id: str, key: "SigningKey") -> "PlatformClient":
    from redox_tui.api.auth import AssertionTokens
    from redox_tui.api.client import PlatformClient

    def tokens(client: "PlatformClient") -> "TokenSource":
        return AssertionTokens(client_id, key_id, key, token_url=client.token_url, post=client.post_for_token)

    return PlatformClient(target, tokens)


def _key(options: argparse.Namespace) -> "SigningKey":
    if not options.client_id or not options.key_file:
        raise CommandError("A key needs --client-id ID and --key-file FILE.")
    from redox_tui.api.auth import KeyProblem, read_key

    path = Path(options.key_file)
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_KEY_BYTES + 1)
        mode = path.stat().st_mode & 0o777
    except OSError as error:
        raise CommandError(f"The key file {path} cannot be read: {error.strerror}.") from None
    if mode & 0o077:
        say(f"others on this machine can read the key file; type: chmod 600 {path}")
    try:
        return read_key(data)
    except KeyProblem as problem:
        raise CommandError(f"{path}: {problem}", Exit.AUTH) from None
