"""Lists with page numbers in the newest shape of their `meta` (platform-api.md §2.2, generation C)."""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from redox_tui.simulator import parameters
from redox_tui.simulator.answers import wrapped
from redox_tui.simulator.compact import dump


def listed(request: Request, name: str, records: Sequence[object]) -> Response:
    """The page of records that a request asks for, in a list of this name."""
    page, count = parameters.page_of(request.query_params), parameters.count_of(request.query_params)
    pages = max(-(-len(records) // count), 1)
    kept = {key: text for key, text in request.query_params.items() if not key.startswith("_")}
    numbers = {"self": page, "first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    path = request.url.path.removeprefix("/platform/v1")
    links = {
        key: f"{path}?{urlencode({**kept, '_page': number, '_count': count})}"
        for key, number in numbers.items()
        if 1 <= number <= pages
    }
    meta = {
        "links": links,
        "totalRecords": len(records),
        "currentPage": page,
        "pageType": "offset",
        "pageSize": count,
    }
    return wrapped(dump({name: records[(page - 1) * count : page * count]}), meta)
