"""`redox-tui open`: the app on the logs of an organization."""

import argparse

from redox_tui.cli.connecting import connector
from redox_tui.cli.querying import read_query
from redox_tui.cli.terminal import require_terminal, run_app


def run(options: argparse.Namespace) -> int:
    """Open the app; the exit code."""
    query = read_query(options)
    connection, connect = connector(options)
    require_terminal()
    return run_app(connect, connection, query)
