"""`redox-tui demo`: the app on the simulator, in this process; no port, nothing written to disk."""

import argparse
from functools import cache
from typing import TYPE_CHECKING

from redox_tui.cli.access import Access
from redox_tui.cli.asking import Secrets
from redox_tui.cli.credentials import TokenMaker
from redox_tui.cli.numbers import LOCK_AFTER, POLL
from redox_tui.cli.terminal import require_terminal, run_app
from redox_tui.cli.traffic import faults, messages, traffic
from redox_tui.cli.wiring import UserCredentials
from redox_tui.domain.connection import Connection
from redox_tui.domain.query import LogQuery
from redox_tui.store.asker import Asker

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from redox_tui.api.client import PlatformClient
    from redox_tui.simulator.tokens import Tokens


def run(options: argparse.Namespace) -> int:
    """Open the app; the exit code."""
    way = simulated(options)
    require_terminal()
    way.unlock(Secrets(None))
    return run_app(
        way,
        UserCredentials(lambda: simulated(options)),
        LogQuery(),
        lock_after=LOCK_AFTER,
        poll=POLL,
        read_only=options.read_only,
    )


def simulated(options: argparse.Namespace) -> Access:
    """The way to a simulator in this process, which is made when it is first asked for something."""
    from redox_tui.simulator import network

    wrong = faults(options, on_wire=False)
    files = messages(options)
    environment = network.PRODUCTION.id if options.generation == "environment" else None
    connection = Connection("http://127.0.0.1", str(network.OWN.id), environment, options.generation)

    @cache
    def tokens() -> "Tokens":
        from redox_tui.simulator.tokens import Tokens

        return Tokens()

    @cache
    def server() -> "Starlette":
        return traffic(options, files, tokens(), wrong)

    def read(asker: Asker) -> TokenMaker:
        from redox_tui.api.auth import GivenToken

        return lambda client: GivenToken(tokens().session())

    def client(target: Connection, maker: TokenMaker) -> "PlatformClient":
        from redox_tui.api.client import PlatformClient
        from redox_tui.api.http import httpx

        return PlatformClient(target, maker, transport=httpx.ASGITransport(server(), raise_app_exceptions=False))

    return Access(connection, read, title="demo", client=client, is_secret=False)
