"""The options of `profiles` and `vault`. None takes a secret: every user of a machine can read a command line."""

import argparse
from collections.abc import Mapping
from typing import Final

from redox_tui.cli import numbers
from redox_tui.domain.connection import PRODUCTION_URL, REQUESTS

GENERATIONS: Final = ("auto", "organization", "environment")
_BACKENDS = ("vault", "pem-file", "command", "env")

_PROFILES: Final = {
    "list": "list the profiles",
    "show": "show a profile and where its credential is",
    "add": "add a profile, or another key to one",
    "test": "try a profile out and say what its key may do",
    "default": "use a profile where none is named",
    "remove": "remove a profile with its keys, or one of its keys",
}
_VAULT: Final = {
    "passwd": "change the passphrase",
    "reset": "remove all keys, for who has forgotten the passphrase; profiles stay",
    "check": "say whether the vault and its copy are in order",
}
_HELP_OF_ADD = """\
backends: vault seals the key in a file with a passphrase; pem-file leaves it in its file; command runs a program that
prints it as JSON; env takes a token from the environment variable REDOX_TUI_TOKEN
the JSON of a command: {"version": 1, "client_id": …, "key_id": …, "key": PEM text or JWK}, or {"version": 1,
"token": …}, with expires_at and base_url where the program knows them
"""


def add_profiles(parser: argparse.ArgumentParser) -> None:
    """The actions of `profiles` with their options."""
    actions = _add_actions(parser, _PROFILES)
    for name in ("show", "test"):
        actions[name].add_argument("name", nargs="?", metavar="NAME", help="the profile; else the one in use")
    for name in ("add", "default", "remove"):
        actions[name].add_argument("name", metavar="NAME", help="the name of the profile")
    for name in ("add", "test", "remove"):
        add_passphrase(actions[name])

    add = actions["add"]
    add.formatter_class = argparse.RawDescriptionHelpFormatter
    add.epilog = _HELP_OF_ADD
    add.add_argument("--organization", metavar="ID", help="the organization's id, a number")
    add.add_argument("--environment", metavar="ID", help="the environment's id")
    add.add_argument("--base-url", metavar="URL", help=f"what stands before /platform (default: {PRODUCTION_URL})")
    add.add_argument("--generation", choices=GENERATIONS, help="which list of logs the server has (default: auto)")
    add.add_argument("--backend", choices=_BACKENDS, help="where the credential is kept (default: vault)")
    add.add_argument("--client-id", metavar="ID", help="the client id of a user-level API key")
    add.add_argument("--key-id", metavar="KID", help="the key's id; a JWK may hold it")
    add.add_argument("--key-file", metavar="FILE", help="the private key, PEM or JWK, readable by you alone")
    add.add_argument("--command", metavar="WORDS", help="a program's absolute path and its words, in one argument")
    add.add_argument("--filters", choices=("auto", "v0", "v1"), help="which calls the server has for filters")
    add_ways(add)
    add.add_argument("--no-test", action="store_true", help="store it without trying it out")

    actions["test"].add_argument("--key-id", metavar="KID", help="another key of the profile")
    actions["remove"].add_argument("--key-id", metavar="KID", help="remove this key only")


def add_vault(parser: argparse.ArgumentParser) -> None:
    """The actions of `vault` with their options."""
    actions = _add_actions(parser, _VAULT)
    for name in ("passwd", "check"):
        add_passphrase(actions[name])
    actions["check"].add_argument(
        "--restore", action="store_true", help="put the copy in the place of a damaged vault, which is kept"
    )


def add_ways(parser: "argparse._ActionsContainer") -> None:
    """The options that say how a server is reached."""
    parser.add_argument("--ca-bundle", metavar="FILE", help="believe these certificates (PEM), not the system's")
    proxy_help = "go through this proxy, http://HOST:PORT; none for none (default: as HTTPS_PROXY and NO_PROXY say)"
    parser.add_argument("--proxy", metavar="URL", help=proxy_help)
    rate_help = f"at most N requests in 5 minutes (default: {REQUESTS})"
    parser.add_argument("--rate", type=numbers.rate, metavar="N", help=rate_help)


def add_passphrase(parser: "argparse._ActionsContainer") -> None:
    """The option that says where passphrases come from, for a script."""
    parser.add_argument(
        "--passphrase-fd",
        type=numbers.descriptor,
        metavar="N",
        help="read passphrases from this open file descriptor, a line each, instead of asking",
    )


def _add_actions(parser: argparse.ArgumentParser, actions: Mapping[str, str]) -> dict[str, argparse.ArgumentParser]:
    parsers = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    return {
        name: parsers.add_parser(name, help=does, description=does.capitalize() + ".", allow_abbrev=False)
        for name, does in actions.items()
    }
