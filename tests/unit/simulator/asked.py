"""What the tests of faults ask for, and how the answer looks while nothing is wrong."""

from typing import Final, get_args
from urllib.parse import parse_qsl, urlencode

from redox_tui.simulator.logs_routes import Generation

from .given import ENVIRONMENT, ORGANIZATION
from .line import Reply, Served

LOGS: Final = f"{ORGANIZATION}/logs"
SEARCH: Final = f"{ENVIRONMENT}/logs/search/metadata"
ENVIRONMENTS: Final = f"{ORGANIZATION}/environments"
FAULTS: Final = "/simulator/faults"
GENERATIONS: Final = get_args(Generation)


async def a_page(served: Served, generation: str, query: str = "", **fields: str) -> Reply:
    """A page of logs in the way of a generation."""
    if generation == "environment":
        return await served.call(f"{SEARCH}?{query}", "POST", fields)
    return await served.call(f"{LOGS}?{urlencode([*fields.items(), *parse_qsl(query)])}")


def links_of(page: Reply) -> dict[str, str]:
    meta = page.json["meta"]
    links: dict[str, str] = meta.get("page", meta)["links"]
    return links


def ids_of(page: Reply) -> list[str]:
    return [record["id"] for record in page.json["payload"]["results"]]


async def the_truth(served: Served) -> bytes:
    """The answer to a call while nothing is wrong."""
    on = [str(fault) for fault in served.faults]
    served.faults.set([])
    answer = await served.call(ENVIRONMENTS)
    served.faults.set(on)
    assert answer.status == 200
    return answer.body
