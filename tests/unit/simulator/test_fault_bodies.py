"""Answers with bad statuses, bodies and headers, over a real socket."""

import json
import tracemalloc
import zlib
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from redox_tui.simulator.fault_answers import Answer, spoiled
from redox_tui.simulator.faults import parse
from redox_tui.simulator.logs_routes import Generation

from .asked import ENVIRONMENTS, GENERATIONS, a_page, the_truth
from .given import NOW
from .line import serving

_WHOLE = Answer(200, ((b"content-type", b"application/json"),), b'{"payload":[1,2,3]}')


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_as_many_answers_as_asked_for_have_the_status(status: int) -> None:
    async with serving(f"{status}:2") as served:
        answers = [await served.call(ENVIRONMENTS) for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert answers[0].json["payload"]["errors"][0]["detail"]
    assert "retry-after" not in answers[0]


@pytest.mark.parametrize("said", ["7", "-5", "soon", "99999999999999999999", "Fri, 31 Feb 2026 99:00:00 GMT"])
async def test_a_429_may_say_how_long_to_wait_in_sense_or_nonsense(said: str) -> None:
    async with serving(f"429-wait:{said}") as served:
        first, second = [await served.call(ENVIRONMENTS) for _ in range(2)]
    assert (first.status, first["retry-after"], first["x-ratelimit-limit"]) == (429, said, "10000")
    assert second.status == 200


@pytest.mark.parametrize("ahead", [0, 3600])
async def test_a_429_may_say_until_when_to_wait_by_the_servers_own_clock(ahead: int) -> None:
    async with serving("429-date:90", f"clock:{ahead}") as served:
        first, second = [await served.call(ENVIRONMENTS) for _ in range(2)]
    assert (first.status, first["x-ratelimit-limit"]) == (429, "10000")
    assert parsedate_to_datetime(first["retry-after"]) == NOW.replace(microsecond=0) + timedelta(seconds=ahead + 90)
    assert second.status == 200


async def test_every_429_says_the_limit() -> None:
    async with serving("429:2") as served:
        assert (await served.call(ENVIRONMENTS))["x-ratelimit-limit"] == "10000"


async def test_a_redirect_leads_to_another_host() -> None:
    async with serving("redirect") as served:
        answer = await served.call(ENVIRONMENTS)
    assert (answer.status, answer["location"]) == (302, "https://evil.example/")


async def test_an_answer_may_be_a_login_page() -> None:
    async with serving("html") as served:
        answer = await served.call(ENVIRONMENTS)
    assert (answer.status, answer["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")


async def test_an_answer_may_be_empty_on_a_connection_that_goes_on() -> None:
    async with serving("empty") as served, served.line() as line:
        for status in (204, 200):
            await line.send(served.request(ENVIRONMENTS))
            answer = await line.reply()
            assert (answer.status, bool(answer.body)) == (status, status == 200)


async def test_a_bomb_inflates_to_its_megabytes_and_the_true_answer() -> None:
    async with serving("bomb:3") as served:
        truth = await the_truth(served)
        answer = await served.call(ENVIRONMENTS)
        assert (await served.call(ENVIRONMENTS)).body == truth
    assert (answer.status, answer["content-encoding"]) == (200, "gzip")
    assert len(answer.body) < 10_000
    assert zlib.decompress(answer.body, wbits=31) == b" " * (3 << 20) + truth


def test_a_bomb_of_200_megabytes_is_made_without_them() -> None:
    tracemalloc.start()
    bomb = spoiled(_WHOLE, parse("bomb"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 << 20
    size, inflater, rest = 0, zlib.decompressobj(wbits=31), bomb.body
    while not inflater.eof:
        size += len(inflater.decompress(rest, 1 << 20))
        rest = inflater.unconsumed_tail
    assert size == (200 << 20) + len(_WHOLE.body)


async def test_a_gzip_may_be_broken() -> None:
    async with serving("bad-gzip") as served:
        answer = await served.call(ENVIRONMENTS)
    assert answer["content-encoding"] == "gzip"
    inflater = zlib.decompressobj(wbits=31)
    with pytest.raises(zlib.error):
        inflater.decompress(answer.body)


async def test_a_gzip_may_end_too_early_though_its_length_is_right() -> None:
    async with serving("cut-gzip") as served, served.line() as line:
        truth = await the_truth(served)
        await line.send(served.request(ENVIRONMENTS))
        answer = await line.reply()
        await line.send(served.request(ENVIRONMENTS))
        assert (await line.reply()).body == truth
    inflater = zlib.decompressobj(wbits=31)
    part = inflater.decompress(answer.body)
    assert answer["content-encoding"] == "gzip"
    assert 0 < len(part) < len(truth)
    assert truth.startswith(part)
    assert not inflater.eof


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_a_name_may_have_bytes_that_are_no_utf8_while_the_ids_are_right(generation: Generation) -> None:
    async with serving("bad-utf8", generation=generation) as served:
        bad = await a_page(served, generation)
        good = await a_page(served, generation)
    with pytest.raises(UnicodeDecodeError):
        bad.body.decode()
    assert json.loads(bad.body.decode(errors="ignore")) == good.json


async def test_json_may_be_100000_levels_deep() -> None:
    async with serving("deep") as served:
        answer = await served.call(ENVIRONMENTS)
    assert (answer.status, answer["content-type"]) == (200, "application/json")
    assert answer.body.count(b"[") == answer.body.count(b"]") == 100_000
    with pytest.raises(RecursionError):
        json.loads(answer.body)


async def test_a_header_may_be_80000_bytes_long() -> None:
    async with serving("big-header") as served:
        truth = await the_truth(served)
        answer = await served.call(ENVIRONMENTS)
    assert max(len(f"{name}: {value}") for name, value in answer.headers) == 80_000
    assert answer.body == truth
