"""Records of filters as the API's documents show them, and a server that keeps one."""

import json
from collections.abc import Callable
from typing import Any, Final

from .server import Act, Request, answer, resetting

FILTER_ID: Final = "09a85196-2760-4296-b874-59d0cdbb7bc4"
V1_LIST: Final = "/platform/v1/environments/e-1/operations/filters"
V1: Final = "/platform/v1/operations/filters"
V0: Final = "/platform/v0/subscriptions/66426/filters"

RULE: Final = {"path": "$.Patient.Demographics.FirstName", "values": ["string"], "allowList": True}

V0_FILTER: Final[dict[str, Any]] = {
    "id": FILTER_ID,
    "filterVersion": 1,
    "createdAt": "2021-03-08T18:10:37.555Z",
    "updatedAt": "2021-03-08T18:17:16.719Z",
    "version": "1.0.0",
    "name": "Filter name",
    "organizationId": 122,
    "environmentId": "fd1d07e0",
    "action": "send",
    "creatingUserId": 3363,
    "lastUpdatingUserId": 3364,
    "deletedAt": "2021-03-09T00:00:00.000Z",
    "deletingUserId": 3365,
    "rules": [RULE],
    "filterLinks": [
        {
            "id": "b65f7210",
            "createdAt": "2021-03-08T18:10:37.555Z",
            "updatedAt": "2021-03-08T18:10:37.556Z",
            "version": "1.0.0",
            "organizationId": 123,
            "creatingUserId": 3363,
            "lastUpdatingUserId": 3364,
            "dataModel": "PatientAdmin",
            "eventType": "NewPatient",
            "deletedAt": None,
            "deletingUserId": None,
            "destinationId": "74827916",
            "sourceId": "98d3cc95",
            "filterSettingsId": FILTER_ID,
        },
        {"id": "second", "deletedAt": "2021-03-09T00:00:00.000Z", "deletingUserId": 1},
    ],
    "pathType": "jsonpath",
}

V1_FILTER: Final[dict[str, Any]] = {
    "id": FILTER_ID,
    "name": "string",
    "rules": [RULE],
    "action": "send",
    "pathType": "jsonpath",
    "version": "1.0.0",
    "filterVersion": 2,
    "createdAt": "2024-04-25T18:17:16.719Z",
    "createdBy": {"id": 0, "name": "A"},
    "updatedAt": "2024-04-25T18:17:16.719Z",
    "updatedBy": {"id": 1, "name": "B"},
    "deletedAt": None,
    "deletedBy": None,
    "organization": {"id": 12, "name": "Lakeside"},
    "environment": {"id": "e-1"},
    "links": [
        {
            "id": "l-1",
            "organization": {"id": 12, "name": None},
            "connectingOrganization": {"id": 13, "name": "Partner"},
            "source": {"id": "s-1", "name": "A source"},
            "destination": {"id": "d-1", "name": "A destination"},
            "dataModel": "PatientAdmin",
            "environment": {"id": "e-1"},
            "createdBy": {"id": 1, "name": "B"},
        }
    ],
}


class Shelf:
    """A server with one filter of v1, which others may change and whose answers may be lost."""

    def __init__(self, **fields: Any) -> None:
        self.record: dict[str, Any] = {**V1_FILTER, **fields}
        self.writes: list[Request] = []
        self.before_write: Callable[[], None] = lambda: None
        self.loses_answer = False
        self.ignores_write = False
        self.is_gone = False
        self.new: list[dict[str, Any]] = []

    def somebody_saves(self, **fields: Any) -> None:
        self.record = {**self.record, **fields, "filterVersion": self.record["filterVersion"] + 1}

    def __call__(self, request: Request) -> bytes | Act:
        if request.method == "GET":
            return self._read(request)
        self.writes.append(request)
        self.before_write()
        if not self.ignores_write:
            self._write(request)
        if self.loses_answer:
            return resetting()
        if request.path.endswith("/restore"):
            return answer({"previous": V1_FILTER, "current": self.record})
        if request.path.endswith("/links"):
            return answer({"payload": {"filterLink": {"id": "l-2"}}})
        return answer({"payload": {"filter": self.new[-1] if request.path == V1 else self.record}})

    def _read(self, request: Request) -> bytes:
        if request.path == V1_LIST:
            return answer({"meta": {}, "payload": {"filters": [self.record, *self.new]}})
        if self.is_gone or not request.path.endswith(FILTER_ID):
            return answer(b"", 404)
        return answer({"payload": {"filter": self.record}})

    def _write(self, request: Request) -> None:
        if request.method == "DELETE" and "/filterLinks/" in request.path:
            self.record = {**self.record, "links": []}
        elif request.method == "DELETE":
            self.is_gone = True
        elif request.path == V1:
            self.new.append({**json.loads(request.body), "id": f"new-{len(self.new)}", "filterVersion": 1})
        elif request.path.endswith("/restore"):
            self.somebody_saves(rules=[])
        elif request.path.endswith("/links"):
            self.record = {**self.record, "links": [{"id": "l-2", **request.json}]}
        else:
            self.somebody_saves(**request.json)
