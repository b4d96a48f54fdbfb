"""The call of the log inspector: a dry run of one log (platform-api.md §3.6)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from redox_tui.simulator.answers import Refused, wrapped
from redox_tui.simulator.compact import dump
from redox_tui.simulator.dry_run import operations
from redox_tui.simulator.log import Log
from redox_tui.simulator.parameters import body_of
from redox_tui.simulator.records import environment_record
from redox_tui.simulator.world import World


def dry_run_routes(world: World) -> list[Route]:
    """The route of the inspector, the same in every generation."""
    return [Route("/platform/v1/dry-run/logs/{log}", _Inspector(world).run, methods=["POST"])]


@dataclass(frozen=True, slots=True)
class _Inspector:
    world: World

    async def run(self, request: Request) -> Response:
        match await body_of(request):
            case {"environment": {"id": str(environment)}}:
                self._check(environment)
            case _:
                raise Refused(400, "environment.id is required.")
        log = self._find(request.path_params["log"])
        if log.route.data_model is None:
            raise Refused(422, "This log has no message that could be inspected.")
        steps = list(operations(self.world, log, moment=self.world.moment))
        return wrapped(dump({"log": environment_record(log), "operations": steps}))

    def _check(self, environment: str) -> None:
        if environment not in [one.id for one in self.world.environments]:
            raise Refused(404, "This environment does not exist, or you are not a member of it.")
        if environment != self.world.production.id:
            raise Refused(404, "There is no log with this id in this environment.")

    def _find(self, log_id: str) -> Log:
        found = self.world.find(log_id) or self.world.find(log_id, "backfill")
        if found is None:
            raise Refused(404, "There is no log with this id in this environment.")
        return found
