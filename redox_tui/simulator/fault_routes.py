"""How the faults of a simulator that runs are listed and changed; Redox has nothing like it."""

import json
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from redox_tui.simulator.answers import Refused, raw
from redox_tui.simulator.compact import dump
from redox_tui.simulator.faults import Faults

FAULTS_PATH: Final = "/simulator/faults"


def fault_routes(faults: Faults) -> list[Route]:
    """`GET` lists what is on and how much of it is left; `PUT` takes such a list instead, `[]` for none."""

    async def listed(request: Request) -> Response:
        return raw(dump([str(fault) for fault in faults]))

    async def replaced(request: Request) -> Response:
        try:
            texts = json.loads(await request.body())
        except (ValueError, RecursionError):
            texts = None
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise Refused(400, 'The body must be a JSON list of faults, such as ["429:3", "504-wide:6"].')
        try:
            faults.set(texts)
        except ValueError as error:
            raise Refused(400, str(error)) from None
        return await listed(request)

    return [
        Route(FAULTS_PATH, listed, methods=["GET"]),
        Route(FAULTS_PATH, replaced, methods=["PUT"]),
    ]
