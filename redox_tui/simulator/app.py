"""The simulated Platform API as an ASGI app: `demo` mounts it in process, `simulate` serves it on loopback."""

import logging
from asyncio import sleep

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from redox_tui.simulator.answers import Refused, refusal
from redox_tui.simulator.directory_routes import directory_routes
from redox_tui.simulator.dry_run_routes import dry_run_routes
from redox_tui.simulator.fault_middleware import FaultyAnswers
from redox_tui.simulator.fault_routes import FAULTS_PATH, fault_routes
from redox_tui.simulator.faults import Faults
from redox_tui.simulator.filter_routes import filter_routes
from redox_tui.simulator.logs_routes import Generation, log_routes
from redox_tui.simulator.subscription_routes import subscription_routes
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World

_TOKEN_PATH = "/v2/auth/token"  # noqa: S105 - a path, no secret
_logger = logging.getLogger(__name__)


def simulator(
    world: World,
    *,
    tokens: Tokens,
    generation: Generation = "organization",
    latency: float = 0.0,
    faults: Faults | None = None,
) -> Starlette:
    """A Platform API over a world.

    Args:
        world: where the logs come from.
        tokens: who may call; calls need a token that it accepts.
        generation: which generation of the log calls is spoken (platform-api.md §6.1).
        latency: seconds to wait before each answer.
        faults: what goes wrong on purpose; it may be changed while the simulator runs.
    """
    faults = Faults() if faults is None else faults
    routes = [
        Route(_TOKEN_PATH, tokens.answer, methods=["POST"]),
        *log_routes(world, generation),
        *directory_routes(world),
        *filter_routes(world),
        *subscription_routes(world),
        *dry_run_routes(world),
        *fault_routes(faults),
    ]
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(_Pause, seconds=latency),
            Middleware(FaultyAnswers, faults=faults, world=world, tokens=tokens),
            Middleware(_Gate, tokens=tokens),
        ],
        exception_handlers={Refused: _refused, HTTPException: _refused},
    )
    app.router.redirect_slashes = False
    return app


class _Pause:
    """The time that an answer takes, good or bad."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._seconds:
            await sleep(self._seconds)
        await self._app(scope, receive, send)


class _Gate:
    """What every call passes: the token, and the net that keeps details of a failure inside."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            if self._may_pass(Request(scope)):
                await self._app(scope, receive, watched)
            else:
                challenge = {"www-authenticate": "Bearer"}
                denied = Refused(401, "The access token is missing, unknown or expired.", challenge)
                await refusal(denied)(scope, receive, watched)
        except Exception as error:
            # The type only: the text or the traceback may quote a message.
            _logger.error("The simulator failed to answer: %s", type(error).__name__)
            if has_begun:
                raise
            await refusal(Refused(500, "The simulator failed to answer."))(scope, receive, send)

    def _may_pass(self, request: Request) -> bool:
        if request.url.path in (_TOKEN_PATH, FAULTS_PATH):
            return True
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._tokens.accepts(token.strip())


async def _refused(request: Request, error: Exception) -> Response:
    match error:
        case Refused():
            return refusal(error)
        case HTTPException():
            sentences = {404: "There is no such call.", 405: "This call does not take this method."}
            detail = sentences.get(error.status_code, error.detail)
            return refusal(Refused(error.status_code, detail, error.headers))
        case _:
            raise error
