"""The calls about logs, in both generations: lists, searches and one log by its id (platform-api.md §3.1 to §3.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from redox_tui.simulator import parameters
from redox_tui.simulator.answers import Refused, wrapped
from redox_tui.simulator.compact import dump
from redox_tui.simulator.directory_routes import check_environment, check_organization
from redox_tui.simulator.log import Log
from redox_tui.simulator.records import environment_record, record
from redox_tui.simulator.search import Matches, Search
from redox_tui.simulator.world import World

Generation = Literal["organization", "environment"]


def log_routes(world: World, generation: Generation) -> list[Route]:
    """The routes of a generation: `organization` is A (GET, pages, totals), `environment` C (POST, cursors)."""
    logs = _Logs(world)
    of_organization = "/platform/v1/organizations/{organization}/logs"
    of_environment = "/platform/v1/environments/{environment}/logs/search"
    if generation == "organization":
        return [
            Route(of_organization, logs.list, methods=["GET"]),
            Route(of_organization, logs.search, methods=["POST"]),
            Route(of_organization + "/{log}", logs.get_with_message, methods=["GET"]),
        ]
    return [
        Route(of_organization, logs.gone, methods=["GET", "POST"]),
        Route(of_organization + "/{log}", logs.get_metadata, methods=["GET"]),
        Route(of_environment + "/metadata", logs.search_metadata, methods=["POST"]),
        Route(of_environment + "/payloads", logs.search_payloads, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class _Logs:
    world: World

    async def list(self, request: Request) -> Response:
        check_organization(self.world, request)
        search = parameters.search_of(request.query_params, by_environment=False)
        return self._page(request, search, with_messages=False)

    async def search(self, request: Request) -> Response:
        check_organization(self.world, request)
        body = await parameters.body_of(request)
        search = parameters.search_of(body, patient=parameters.patient_of(body), by_environment=False)
        return self._page(request, search, with_messages=True)

    async def get_with_message(self, request: Request) -> Response:
        log = self._find(request)
        return wrapped(self._with_message(log, record(log, with_operations=True)))

    async def get_metadata(self, request: Request) -> Response:
        log = self._find(request)
        return wrapped(dump({"result": environment_record(log, with_operations=True)}))

    async def search_metadata(self, request: Request) -> Response:
        check_environment(self.world, request)
        body = await parameters.body_of(request)
        if body.get("searchTerms"):
            raise Refused(400, "searchTerms are taken by logs/search/payloads only.")
        return self._cursor_page(request, parameters.search_of(body, by_environment=True))

    async def search_payloads(self, request: Request) -> Response:
        check_environment(self.world, request)
        body = await parameters.body_of(request)
        patient = parameters.patient_of(body)
        return self._cursor_page(request, parameters.search_of(body, patient=patient, by_environment=True))

    async def gone(self, request: Request) -> Response:
        raise Refused(410, "This call is gone; search the logs of an environment with logs/search/metadata.")

    def _find(self, request: Request) -> Log:
        check_organization(self.world, request)
        mode = parameters.mode_of(request.query_params)
        log = self.world.find(request.path_params["log"], mode)
        if log is None:
            raise Refused(404, f"There is no {mode} log with this id.")
        return log

    def _with_message(self, log: Log, metadata: dict[str, object]) -> bytes:
        # Joined as bytes, since a user's message must arrive exactly as it stands in its file.
        return dump(metadata)[:-1] + b',"payload":' + self.world.message(log) + b"}"

    def _logs(self, indexes: Iterable[int], search: Search, matches: Matches) -> Iterable[Log]:
        return (self.world.log(index, search.mode, moment=matches.moment) for index in indexes)

    def _page(self, request: Request, search: Search, *, with_messages: bool) -> Response:
        page, count = parameters.page_of(request.query_params), parameters.count_of(request.query_params)
        matches = self.world.search(search)
        logs = self._logs(matches.page((page - 1) * count, count), search, matches)
        if with_messages:
            records = [self._with_message(log, record(log)) for log in logs]
        else:
            records = [dump(record(log)) for log in logs]
        return wrapped(_results(records), {"page": _page_meta(request, page, count, matches.total)})

    def _cursor_page(self, request: Request, search: Search) -> Response:
        count = parameters.count_of(request.query_params)
        is_production = request.path_params["environment"] == self.world.production.id
        cursor = request.query_params.get("_cursor")
        older_than = None if cursor is None else self.world.read_cursor(cursor)
        if cursor is not None and older_than is None:
            raise Refused(400, "_cursor is not one that this API gave.")
        matches = self.world.search(search)
        # One more than asked for tells whether another page follows.
        if not is_production:
            indexes = []
        elif older_than is None:
            indexes = matches.page(0, count + 1)
        else:
            indexes = matches.older_than(older_than, count + 1)
        path = _path(request)
        links = {"self": path if cursor is None else _link(path, {"_cursor": cursor, "_count": count})}
        if len(indexes) > count:
            next_cursor = self.world.cursor(indexes[count - 1])
            links["next"] = _link(path, {"_cursor": next_cursor, "_count": count})
        logs = self._logs(indexes[:count], search, matches)
        return wrapped(_results([dump(environment_record(log)) for log in logs]), {"links": links})


def _results(records: Iterable[bytes]) -> bytes:
    return b'{"results":[' + b",".join(records) + b"]}"


def _page_meta(request: Request, page: int, count: int, total: int) -> dict[str, object]:
    """The `meta.page` of generation A (platform-api.md §2.2); at the ends `prev` and `next` are missing."""
    pages = -(-total // count)
    kept = {name: text for name, text in request.query_params.items() if not name.startswith("_")}
    numbers = {"self": page, "first": 1, "prev": page - 1, "next": page + 1, "last": max(pages, 1)}
    if page == 1:
        del numbers["prev"]
    if page >= pages:
        del numbers["next"]
    path = _path(request)
    return {
        "currentPage": page,
        "pageType": "offset",
        "pageSize": count,
        "totalRecords": total,
        "totalPages": pages,
        "links": {name: _link(path, {**kept, "_page": number, "_count": count}) for name, number in numbers.items()},
    }


def _path(request: Request) -> str:
    """The path as links name it: without the prefix and the version (platform-api.md §2.2)."""
    return request.url.path.removeprefix("/platform/v1")


def _link(path: str, query: dict[str, object]) -> str:
    return f"{path}?{urlencode(query)}"
