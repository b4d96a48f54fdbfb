"""`redox-tui open`: the app on the logs of an organization, or on nothing yet where no profile says which."""

import argparse

from redox_tui.cli.asking import Secrets
from redox_tui.cli.connecting import is_described, of_options, of_profile, profile_name
from redox_tui.cli.demo import simulated
from redox_tui.cli.parser import parse
from redox_tui.cli.querying import read_query
from redox_tui.cli.terminal import now, require_terminal, run_app
from redox_tui.cli.wiring import UserCredentials
from redox_tui.domain.query import LogQuery


def run(options: argparse.Namespace) -> int:
    """Open the app; the exit code."""
    query = read_query(options)
    require_terminal()
    credentials = UserCredentials(lambda: simulated(parse(["demo"])))
    name = profile_name(options)
    way = None
    if name is not None:
        way = of_profile(credentials.keys, name, options)
    elif is_described(options):
        way = of_options(options)
    if way:
        way.unlock(Secrets(options.passphrase_fd))
        if not query.terms:
            query = LogQuery.kept(way.remembered.get("query"), now())
    return run_app(
        way, credentials, query, lock_after=options.lock_after, poll=options.poll, read_only=options.read_only
    )
