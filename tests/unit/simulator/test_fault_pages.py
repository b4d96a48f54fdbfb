"""Pages with wrong links and rows, over a real socket."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from redox_tui.simulator.logs_routes import Generation

from .asked import ENVIRONMENTS, GENERATIONS, LOGS, a_page, ids_of, links_of
from .given import a_world
from .line import Served, serving


def _query(link: str) -> str:
    return urlsplit(link).query


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_a_later_page_may_name_itself_as_the_next_one(generation: Generation) -> None:
    async with serving("repeat-cursor", generation=generation) as served:
        first = await a_page(served, generation, "_count=7")
        query = _query(links_of(first)["next"])
        repeated, right = [await a_page(served, generation, query) for _ in range(2)]
    assert parse_qsl(_query(links_of(repeated)["next"])) == parse_qsl(query)
    assert parse_qsl(_query(links_of(right)["next"])) != parse_qsl(query)
    assert ids_of(repeated) == ids_of(right)


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_a_last_page_that_names_itself_as_the_next_one_would_never_end(generation: Generation) -> None:
    async with serving("repeat-cursor", generation=generation, world=a_world(10)) as served:
        first = await a_page(served, generation, "_count=7")
        query = _query(links_of(first)["next"])
        repeated, right = [await a_page(served, generation, query) for _ in range(2)]
    assert parse_qsl(_query(links_of(repeated)["next"])) == parse_qsl(query)
    assert "next" not in links_of(right)


async def _walk(served: Served, generation: str) -> list[list[str]]:
    pages, query = [], "_count=7"
    while query:
        page = await a_page(served, generation, query)
        pages.append(ids_of(page))
        query = _query(links_of(page).get("next", ""))
    return pages


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_a_later_page_may_repeat_the_last_log_of_the_page_before_and_none_is_lost(
    generation: Generation,
) -> None:
    async with serving(generation=generation, world=a_world(30)) as served:
        truth = await _walk(served, generation)
        served.faults.set(["double:2"])
        doubled = await _walk(served, generation)
    assert len(truth) == len(doubled) == 5
    assert doubled[1] == [truth[0][-1], *truth[1]]
    assert doubled[2] == [truth[1][-1], *truth[2]]
    assert [doubled[0], *doubled[3:]] == [truth[0], *truth[3:]]


async def test_a_doubled_log_is_as_it_stands_on_its_own_page_with_its_message() -> None:
    async with serving("double") as served:
        first, later = [await served.call(f"{LOGS}?_page={n}&_count=3", "POST", {}) for n in (1, 2)]
    assert later.json["payload"]["results"][0] == first.json["payload"]["results"][-1]
    assert "payload" in later.json["payload"]["results"][0]
    assert len(ids_of(later)) == 4


@pytest.mark.parametrize("name", ["double", "repeat-cursor"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{ENVIRONMENTS}?_page=2", 200),
        (LOGS, 200),
        (f"{LOGS}?_page=1", 200),
        (f"{LOGS}?_page=x", 400),
        (f"{LOGS}?_page=", 400),
    ],
)
async def test_a_fault_of_later_pages_waits_for_one(path: str, status: int, name: str) -> None:
    async with serving(name) as served:
        assert (await served.call(path)).status == status
        assert [str(fault) for fault in served.faults] == [f"{name}:1"]


@pytest.mark.parametrize("query", ["_cursor=nonsense", "_cursor=", "_page=9999"])
@pytest.mark.parametrize("name", ["double", "repeat-cursor", "evil-next", "bad-utf8", "bad-gzip"])
@pytest.mark.parametrize("generation", GENERATIONS)
async def test_a_page_that_is_not_there_is_answered_all_the_same(generation: Generation, name: str, query: str) -> None:
    async with serving(generation=generation) as served:
        truth = await a_page(served, generation, query)
        served.faults.set([name])
        answer = await a_page(served, generation, query)
    assert answer.status == truth.status


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_links_may_lead_to_another_host_with_the_right_query(generation: Generation) -> None:
    async with serving(generation=generation) as served:
        query = "_count=7&_page=2" if generation == "organization" else "_count=7"
        truth = await a_page(served, generation, query)
        served.faults.set(["evil-next"])
        answers = [await a_page(served, generation, query) for _ in range(2)]
    for answer in answers:
        assert answer.json["payload"] == truth.json["payload"]
        assert set(links_of(answer)) == set(links_of(truth)) >= {"next", "self"}
        for name, link in links_of(answer).items():
            assert link.startswith("https://api.redoxengine.com@evil.example/platform/v1/")
            assert urlsplit(link).hostname == "evil.example"
            assert _query(link) == _query(links_of(truth)[name])


async def test_faults_that_stay_and_faults_that_pass_go_together() -> None:
    async with serving("evil-next", "repeat-cursor", "bad-gzip", "bad-utf8") as served:
        pages = [await a_page(served, "organization", "_page=2") for _ in range(3)]
    assert "@evil.example" in links_of(pages[0])["next"]
    assert links_of(pages[0])["next"] == links_of(pages[0])["self"]
    assert pages[1]["content-encoding"] == "gzip"
    assert b"@evil.example" in pages[2].body
    with pytest.raises(UnicodeDecodeError):
        pages[2].body.decode()
