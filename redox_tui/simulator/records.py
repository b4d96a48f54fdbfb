"""Log records as the Platform API writes them, in the shape of each generation (platform-api.md §3.3)."""

from redox_tui.simulator import network
from redox_tui.simulator.log import Log
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.network import Party

Json = dict[str, object]

_FIRST_STEPS = ("blobResolvers", "baseConfigs")
_STEP = 12
_STEP_TIME = 9


def record(log: Log, *, with_operations: bool = False) -> Json:
    """The metadata that every generation tells. An UNKNOWN log lacks the ends that are not known (§4.1)."""
    route = log.route
    ends = {"source": route.source, "destination": route.destination}
    return {
        "id": log.id,
        "createdAt": timestamp(log.created),
        "updatedAt": timestamp(log.updated),
        "dataModel": route.data_model,
        "eventType": route.event_type,
        "status": log.status,
        "type": route.type,
        **{name: _party(end) for name, end in ends.items() if end is not None},
        "attempts": {
            "total": log.attempts,
            "latest": {
                "id": log.attempt_id,
                "attemptAt": timestamp(log.created if log.attempts == 1 else log.updated),
                "status": log.status,
                **({"operations": _operations(log)} if with_operations else {}),
            },
        },
    }


def environment_record(log: Log, *, with_operations: bool = False) -> Json:
    """The metadata with what the environment searches also look at."""
    return {
        **record(log, with_operations=with_operations),
        "environment": {"id": network.PRODUCTION.id},
        "facilityCode": log.route.facility_code,
        "dataMode": log.mode,
    }


def _operations(log: Log) -> list[Json]:
    """What ran in the latest attempt, in order; a filtered log ends with the filter that decided."""
    steps = [*_FIRST_STEPS]
    if log.judge and log.status in ("filtered", "succeeded"):
        steps.append("filters")
    if log.status == "succeeded":
        steps += ("configModifiers", "translationSets")
    begun = log.created if log.attempts == 1 else log.updated
    return [
        {
            "type": step,
            **_operation(step, log),
            "order": order,
            "attemptStage": "request",
            "startTime": timestamp(begun + order * _STEP),
            "endTime": timestamp(begun + order * _STEP + _STEP_TIME),
        }
        for order, step in enumerate(steps, 1)
    ]


def _operation(step: str, log: Log) -> Json:
    if step == "filters" and log.judge:
        return {"operationId": log.judge[0], "version": log.judge[1]}
    return {"operationId": network.fixed_id(f"{step} {log.route.data_model}"), "version": 1}


def _party(party: Party) -> Json:
    organization = {"id": party.organization.id, "name": party.organization.name}
    return {"id": party.id, "name": party.name, "organization": organization}
