"""From the options of a command to a way to a server: which profile or which connection, which credential."""

import argparse
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from redox_tui.cli import access, credentials
from redox_tui.cli.access import Access
from redox_tui.cli.asking import Secrets
from redox_tui.cli.credentials import TokenMaker
from redox_tui.cli.exits import CommandError
from redox_tui.cli.unlocking import Keys
from redox_tui.domain.connection import REQUESTS, Connection, ConnectionProblem
from redox_tui.store.asker import Asker
from redox_tui.store.queries import StoredQueries

if TYPE_CHECKING:
    from redox_tui.store.paths import Paths
    from redox_tui.store.profiles import Profile

PROFILE_VARIABLE: Final = "REDOX_TUI_PROFILE"

REFINING: Final = ("organization", "environment", "generation", "ca_bundle", "rate", "filters", "proxy")
"""Options that say something else than the profile does."""

HOW_TO_CONNECT: Final = """\
no connection is given. To keep one as a profile, type
  redox-tui profiles add NAME --organization ID --client-id ID --key-id KID --key-file FILE
To connect once, set the environment variable REDOX_TUI_TOKEN (or use a key, see --help) and type
  redox-tui open --base-url https://api.redoxengine.com --organization ID
To see the app on simulated traffic first: redox-tui demo"""


def opened(options: argparse.Namespace) -> Access:
    """The way to the server that options name, with its credential; raises CommandError, StoreError."""
    way = described(options)
    way.unlock(Secrets(options.passphrase_fd))
    return way


def described(options: argparse.Namespace) -> Access:
    """The way to the server that options name, without its credential; raises CommandError, StoreError."""
    name = profile_name(options)
    return of_options(options) if name is None else of_profile(Keys(store_paths()), name, options)


def profile_name(options: argparse.Namespace) -> str | None:
    """The profile to use, None where the options say all themselves or there is none."""
    found = None if _says_all(options) else chosen_profile(options.profile)
    return found[0] if found else None


def is_described(options: argparse.Namespace) -> bool:
    """Whether the options describe a connection, whole or in part."""
    return any(getattr(options, name) for name in (*REFINING, "base_url", "client_id", "key_id", "key_file"))


def of_options(options: argparse.Namespace) -> Access:
    """The way to a connection that the options describe whole."""
    is_bare = options.token_fd is not None or not options.key_file

    def read(asker: Asker) -> TokenMaker:
        return credentials.token_maker(credentials.of_options(options), asker)

    queries = StoredQueries(store_paths)
    return Access(connection(options), access.once(read) if is_bare else read, queries=queries)


def of_profile(keys: Keys, name: str, options: argparse.Namespace) -> Access:
    """The way that a profile describes; options go before what it says."""
    profile = load_profile(keys.paths, name)
    place = _refined(profile, options)
    return access.of_profile(keys, name, profile, connection=place, key_id=options.key_id, token_fd=options.token_fd)


def connection(options: argparse.Namespace) -> Connection:
    """The connection that the options say; CommandError where they do not say all of it."""
    if not options.base_url or not options.organization:
        if not options.base_url and not options.organization:
            raise CommandError(HOW_TO_CONNECT)
        missing = "--organization ID" if options.base_url else "--base-url URL"
        raise CommandError(f"{missing} is missing; a connection needs --base-url and --organization.")
    generation = None if options.generation == "auto" else options.generation
    try:
        return Connection(
            options.base_url,
            options.organization,
            options.environment,
            generation,
            options.ca_bundle,
            options.rate or REQUESTS,
            None if options.filters == "auto" else options.filters,
            options.proxy,
        )
    except ConnectionProblem as problem:
        raise CommandError(str(problem)) from None


def store_paths() -> "Paths":
    """Where the files of this user are, found to be safe; UnsafeFile where they are not."""
    from redox_tui.store import paths

    found = paths.locate(os.environ)
    found.prepare()
    return found


def chosen_profile(named: str | None) -> tuple[str, str] | None:
    """The profile to use and why: it was named, the environment variable names it, it is the default; or None."""
    if named:
        return named, "it was named"
    if name := os.environ.get(PROFILE_VARIABLE):
        return name, f"{PROFILE_VARIABLE} names it"
    paths = store_paths()
    if not os.path.lexists(paths.profiles):
        return None
    from redox_tui.store import profiles

    default = profiles.load(paths).default
    return (default, "it is the default") if default else None


def load_profile(paths: "Paths", name: str) -> "Profile":
    """A profile by its name; StoreError where there is none."""
    from redox_tui.store import profiles

    return profiles.load(paths).get(name)


def _says_all(options: argparse.Namespace) -> bool:
    """Whether the options are a connection of their own, without any profile."""
    own = [f"--{name.replace('_', '-')}" for name in ("base_url", "client_id", "key_file") if getattr(options, name)]
    if own and options.profile:
        raise CommandError(f"A profile says what {' and '.join(own)} would: give one or the other.")
    return bool(own)


def _refined(profile: "Profile", options: argparse.Namespace) -> Connection:
    """The connection of a profile, with what options say instead."""
    said = profile.connection()
    given = {name: value for name in REFINING if (value := getattr(options, name)) is not None}
    given = {name: None if value == "auto" else value for name, value in given.items()}
    try:
        return replace(said, **given)
    except ConnectionProblem as problem:
        raise CommandError(str(problem)) from None
