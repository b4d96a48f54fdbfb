"""The actions of `filters` with their options."""

import argparse
from collections.abc import Callable
from typing import Final

ACTIONS: Final = {
    "list": "list filters",
    "show": "print a filter as a file",
    "pull": "write each filter into a file of a folder",
    "test": "say which sample messages a filter file would deliver; needs no server",
    "plan": "say what applying a folder would do; exit code 10 where that is something",
    "apply": "do what a plan says",
    "versions": "list the versions of a filter with their differences",
    "restore": "bring back the content of an older version",
    "delete": "delete a filter, its link first",
}
CHANGING: Final = ("apply", "restore", "delete")
"""Actions that change filters, and are refused where all is read-only."""

_CONFIRM_HELP: Final = {
    "apply": "the name of the environment, which production wants",
    "restore": "the name of the filter, which production wants",
    "delete": "the name of the filter, which production wants",
}


def add_filters(parser: argparse.ArgumentParser, add_connection: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add them; all but `test` get the options of a connection."""
    parsers = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions = {
        name: parsers.add_parser(name, help=does, description=does.capitalize() + ".", allow_abbrev=False)
        for name, does in ACTIONS.items()
    }
    for name, action in actions.items():
        if name != "test":
            add_connection(action)
    for name in ("show", "versions", "restore", "delete"):
        actions[name].add_argument("id", metavar="ID", help="the id of the filter")
        actions[name].add_argument("--subscription", metavar="ID", help="where it is (v0), which spares a search")
    for name in ("pull", "plan", "apply"):
        actions[name].add_argument("folder", metavar="DIR", help="the folder with a file for each filter")
    for name in CHANGING:
        actions[name].add_argument("--confirm", metavar="NAME", help=_CONFIRM_HELP[name])
        actions[name].add_argument("--read-only", action="store_true", help="change nothing, whatever else is said")
    for name in ("restore", "delete"):
        actions[name].add_argument("--yes", action="store_true", help="do not ask; production wants --confirm still")
    for name in ("plan", "apply"):
        actions[name].add_argument("--prune", action="store_true", help="delete filters that have no file")
    _add_own(actions)


def _add_own(actions: dict[str, argparse.ArgumentParser]) -> None:
    listing = actions["list"]
    listing.add_argument("--name", metavar="TEXT", help="only filters with this in their name")
    listing.add_argument("--model", metavar="MODEL", help="only filters of this data model")
    listing.add_argument("--source", metavar="ID", help="only filters of this source")
    listing.add_argument("--dest", metavar="ID", help="only filters of this destination")
    listing.add_argument("--deleted", action="store_true", help="deleted ones too")
    listing.add_argument("--format", choices=("table", "ndjson"), default="table", help="how they are printed")

    test = actions["test"]
    test.add_argument("file", metavar="FILE", help="the filter, TOML or JSON")
    test.add_argument("--samples", nargs="+", required=True, metavar="PATH", help="messages: JSON, NDJSON, or folders")
    test.add_argument("--format", choices=("table", "ndjson"), default="table", help="how verdicts are printed")
    test.add_argument("--expect", metavar="FILE", help="verdicts to compare with, as --format ndjson prints them")
    test.add_argument("--values", action="store_true", help="print the values found: they may be patient data")

    actions["plan"].add_argument(
        "--samples", nargs="+", default=[], metavar="PATH", help="messages to show the impact on"
    )
    actions["apply"].add_argument("--plan", required=True, metavar="DIGEST", help="what `plan` printed")
    actions["restore"].add_argument("version", type=int, metavar="VERSION", help="the number of the version")
    actions["restore"].add_argument("--dry-run", action="store_true", help="only say what it would do")
