"""`redox-tui simulate`: the simulator over HTTP, on this machine only."""

import argparse
import asyncio
import contextlib
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from redox_tui.cli.exits import CommandError, Exit
from redox_tui.cli.traffic import faults, messages, traffic
from redox_tui.domain.connection import is_loopback

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from redox_tui.simulator.tokens import Tokens

_BACKLOG = 128


def run(options: argparse.Namespace) -> int:
    """Serve until a signal ends it; the exit code."""
    if not is_loopback(options.host):
        raise CommandError(
            f"{options.host} is no loopback address; the simulator serves this machine only.", Exit.REFUSED
        )
    try:
        import uvicorn  # noqa: F401 - found missing before anything is started
    except ImportError:
        raise CommandError("Serving needs uvicorn; type: pip install 'redox-tui[serve]'") from None
    from redox_tui.simulator import network
    from redox_tui.simulator.tokens import Tokens

    tokens = Tokens()
    _teach(tokens, options)
    app = traffic(options, messages(options), tokens, faults(options, on_wire=True))
    with _listening(options.host, options.port) as listener, _listening(options.host, 0) as behind:
        host, port = listener.getsockname()[:2]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        ready = f"{url} token={tokens.session()} organization={network.OWN.id} environment={network.PRODUCTION.id}"
        return asyncio.run(_serve(app, listener, behind, ready))


async def _serve(app: "Starlette", listener: socket.socket, behind: socket.socket, ready: str) -> int:
    """Serve on the socket behind the wire, whose other end is the listener."""
    import uvicorn

    from redox_tui.simulator.wire import wire

    class Server(uvicorn.Server):
        """Says once that it is ready, and leaves signals to this program."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(ready, flush=True)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # From Python 3.12 on, a server waits for its connections, and these may wait for ever.
            for connection in [*self.server_state.connections]:
                if connection.transport:
                    connection.transport.abort()
            await super().shutdown(sockets)

        def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
            return contextlib.nullcontext()

    # The date is the simulator's, whose clock may be wrong on purpose.
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", date_header=False)
    server = Server(config)
    ended_by = 0

    def end(number: int) -> None:
        nonlocal ended_by
        ended_by, server.should_exit, server.force_exit = number, True, True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    async with wire(listener, behind.getsockname()[:2]):
        await server.serve(sockets=[behind])
    return 128 + ended_by if ended_by else Exit.OK


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off for sockets that name TCP only; with it an answer takes 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise CommandError(f"{host} port {port} cannot be opened: {error.strerror}.", Exit.NETWORK) from None
    return listener


def _teach(tokens: "Tokens", options: argparse.Namespace) -> None:
    given = (options.client_id, options.key_id, options.client_key)
    if not any(given):
        return
    if not all(given):
        raise CommandError("A public key needs --client-id, --key-id and --client-key together.")
    path = Path(options.client_key)
    try:
        tokens.register(options.client_id, options.key_id, path.read_bytes())
    except OSError as error:
        raise CommandError(f"The key file {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from None
