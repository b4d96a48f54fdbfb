"""Answers that are slow or break off, byte by byte over a real socket."""

import asyncio
import time
from contextlib import suppress

import pytest

from redox_tui.simulator import fault_middleware

from .asked import ENVIRONMENTS, FAULTS, LOGS, the_truth
from .line import HEADERS_END, PATIENCE, Line, serving


async def test_a_body_that_drips_comes_byte_by_byte_and_ends_when_the_caller_leaves() -> None:
    async with serving("drip") as served:
        truth = await the_truth(served)
        async with served.line() as line:
            await line.send(served.request(ENVIRONMENTS))
            head = await line.head()
            begun = time.monotonic()
            came = [await line.receive() for _ in range(3)]
            took = time.monotonic() - begun
    assert (head.status, int(head["content-length"])) == (200, len(truth))
    assert came == [truth[:1], truth[1:2], truth[2:3]]
    assert took > 1.5 * fault_middleware.PACE


async def test_a_body_that_drips_comes_whole_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_middleware, "PACE", 0)
    async with serving() as served, served.line() as line:
        await line.send(served.request(ENVIRONMENTS))
        truth = (await line.reply()).body
        await asyncio.gather(*served.tasks)
        idle = asyncio.all_tasks()
        served.faults.set(["drip"])
        await line.send(served.request(ENVIRONMENTS))
        assert (await line.reply()).body == truth
        async with asyncio.timeout(PATIENCE):
            while others := asyncio.all_tasks() - idle:
                await asyncio.wait(others)


async def _nothing_comes(line: Line) -> bool:
    try:
        async with asyncio.timeout(0.05):
            await line.receive()
    except TimeoutError:
        return True
    return False


async def test_after_the_headers_an_answer_may_stall_until_the_caller_leaves() -> None:
    async with serving("stall") as served, served.line() as line:
        truth = await the_truth(served)
        await line.send(served.request(ENVIRONMENTS))
        head = await line.head()
        assert (head.status, int(head["content-length"])) == (200, len(truth))
        assert await _nothing_comes(line)
        assert (await served.call(ENVIRONMENTS)).body == truth


async def test_a_call_may_get_no_answer_until_the_caller_leaves() -> None:
    async with serving("silent") as served, served.line() as line:
        await line.send(served.request(LOGS, "POST", {}))
        assert await _nothing_comes(line)
        assert (await served.call(ENVIRONMENTS)).status == 200


@pytest.mark.parametrize("name", ["drip", "stall", "silent"])
async def test_a_caller_that_leaves_lets_no_task_of_the_server_go_on(name: str) -> None:
    async with serving(name) as served:
        async with served.line() as line:
            await line.send(served.request(ENVIRONMENTS))
            while (await served.call(FAULTS)).json:
                pass  # until the fault is played
            assert served.tasks
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*served.tasks)


async def test_a_connection_may_be_reset_in_the_middle_of_the_body() -> None:
    async with serving("reset") as served, served.line() as line:
        truth = await the_truth(served)
        await line.send(served.request(ENVIRONMENTS))
        came = await line.rest_until_reset()
        head, _, body = came.partition(HEADERS_END)
        assert f"content-length: {len(truth)}".encode() in head
        assert body == truth[: len(truth) // 2]
        assert (await served.call(ENVIRONMENTS)).body == truth


async def test_a_connection_may_be_closed_before_any_byte_of_the_answer() -> None:
    async with serving("close") as served, served.line() as line:
        await line.send(served.request(ENVIRONMENTS))
        assert await line.rest() == b""
        assert (await served.call(ENVIRONMENTS)).status == 200


async def test_a_body_may_be_shorter_than_its_length_says() -> None:
    async with serving("short") as served, served.line() as line:
        truth = await the_truth(served)
        await line.send(served.request(ENVIRONMENTS))
        head = await line.head()
        assert int(head["content-length"]) == len(truth)
        assert await line.rest() == truth[: len(truth) // 2]


async def test_a_body_may_be_longer_than_its_length_says_on_a_connection_that_goes_on() -> None:
    async with serving("wrong-length") as served, served.line() as line:
        truth = await the_truth(served)
        await line.send(served.request(ENVIRONMENTS))
        answer = await line.reply()
        assert int(answer["content-length"]) == len(truth) // 2
        assert answer.body + await line.exactly(len(truth) - len(truth) // 2) == truth
        await line.send(served.request(ENVIRONMENTS))
        assert (await line.reply()).body == truth


@pytest.mark.parametrize("name", ["reset", "close", "short"])
async def test_a_fault_of_the_wire_is_over_after_its_answers(name: str) -> None:
    async with serving(f"{name}:2") as served:
        truth = await the_truth(served)
        for _ in range(2):
            async with served.line() as line:
                await line.send(served.request(ENVIRONMENTS))
                with suppress(ConnectionResetError):
                    assert truth not in await line.rest()
        assert (await served.call(ENVIRONMENTS)).body == truth
