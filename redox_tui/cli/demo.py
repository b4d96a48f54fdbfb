"""`redox-tui demo`: the app on the simulator, in this process; no port, nothing written to disk."""

import argparse
from typing import TYPE_CHECKING

from redox_tui.cli.terminal import require_terminal, run_app
from redox_tui.cli.traffic import faults, messages, traffic
from redox_tui.domain.connection import Connection
from redox_tui.domain.query import LogQuery

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient


def run(options: argparse.Namespace) -> int:
    """Open the app; the exit code."""
    wrong = faults(options, on_wire=False)
    require_terminal()
    from redox_tui.simulator import network

    files = messages(options)
    environment = network.PRODUCTION.id if options.generation == "environment" else None
    connection = Connection("http://127.0.0.1", str(network.OWN.id), environment, options.generation)

    def connect() -> "PlatformClient":
        from redox_tui.api.auth import GivenToken
        from redox_tui.api.client import PlatformClient
        from redox_tui.api.http import httpx
        from redox_tui.simulator.tokens import Tokens

        tokens = Tokens()
        transport = httpx.ASGITransport(traffic(options, files, tokens, wrong), raise_app_exceptions=False)
        return PlatformClient(connection, lambda client: GivenToken(tokens.session()), transport=transport)

    return run_app(connect, connection, LogQuery(), "demo")
