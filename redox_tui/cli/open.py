"""`redox-tui open`: the app on the logs of an organization."""

import argparse

from redox_tui.cli.connecting import connector
from redox_tui.cli.querying import read_query
from redox_tui.cli.terminal import require_terminal, run_app


def run(options: argparse.Namespace) -> int:
    """Open the app; the exit code."""
    query = read_query(options)
    require_terminal()
    connection, connect = connector(options)
    return run_app(connect, connection, query)
