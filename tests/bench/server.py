"""The simulator in a process of its own, as `redox-tui simulate` serves it, with a count of the requests for rows.

Its clock stands still: no traffic comes while something is measured, so a list has exactly the logs that it began with.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.request import urlopen

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from redox_tui.simulator import network
from redox_tui.simulator.app import simulator
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World
from tests.bench.terminal import ROOT

_COUNT = "/count"


class Server:
    """Starts the process, and ends it with the `with` block."""

    def __init__(self, logs: int, variables: Mapping[str, str], latency: float = 0.0) -> None:
        command = (sys.executable, "-m", "tests.bench.server", str(logs), str(latency))
        self._process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url, self.token, self.organization = self._process.stdout.readline().split()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()

    def requests(self) -> int:
        """How many pages of rows have been asked for."""
        with urlopen(self.url + _COUNT) as answer:
            return int(answer.read())


class _Counted:
    """The simulator behind a counter, which is read over a path that the API does not have."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == _COUNT:
            await PlainTextResponse(str(self._requests))(scope, receive, send)
            return
        self._requests += scope["path"].endswith("/logs")
        await self._app(scope, receive, send)


def _serve(logs: int, latency: float) -> None:
    moment = datetime.now(UTC)
    tokens = Tokens()
    app = _Counted(simulator(World(logs, clock=lambda: moment), tokens=tokens, latency=latency))
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]} {tokens.session()} {network.OWN.id}", flush=True)
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", date_header=False)
    server = uvicorn.Server(config)
    asyncio.run(server.serve(sockets=[listener]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("logs", type=int)
    parser.add_argument("latency", type=float)
    options = parser.parse_args()
    _serve(options.logs, options.latency)
