"""Terminals below 60×15: one sentence instead of a heap of fragments."""

import pytest

from tests.tui.given import a_world, opened
from tests.tui.server import simulated

SENTENCE = "redox-tui needs 60×15 cells; make the terminal larger. ctrl+q quits."


@pytest.mark.parametrize("size", [(59, 24), (80, 14), (20, 5), (10, 3), (1, 1)])
async def test_a_terminal_that_is_too_small_gets_one_sentence(size: tuple[int, int]) -> None:
    async with opened(simulated(a_world()), size=size) as person:
        shown = " ".join(person.text.split())
        assert SENTENCE.startswith(shown) if size[0] >= 20 else "redox-tui".startswith(shown.split(" ")[0])
        assert shown == SENTENCE or size[0] < 20
        await person.press("q")
    assert person.app.return_code == 0


@pytest.mark.parametrize("size", [(60, 15), (80, 15), (60, 24)])
async def test_the_smallest_terminal_shows_everything(size: tuple[int, int]) -> None:
    async with opened(simulated(a_world()), size=size) as person:
        assert SENTENCE not in person.text
        assert len(person.rows) == size[1] - (6 if size[1] >= 20 else 5), (
            "the histogram has a line where there are twenty"
        )
        assert person.status.startswith("row 1 of ")
        assert person.hints.endswith("? keys")
        await person.press("enter", "p", "enter", "?")
        assert "Hide the payload" in person.text


async def test_one_log_too_says_that_the_terminal_is_too_small() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("enter")
        await person.pilot.resize_terminal(40, 10)
        await person.wait()
        assert " ".join(person.text.split()) == SENTENCE
        await person.pilot.resize_terminal(80, 24)
        await person.wait()
        assert "Log id" in person.text


async def test_keys_go_on_where_they_were_when_a_terminal_is_large_again() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("j", "j")
        for size in [(30, 8), (1, 1), (80, 24)]:
            await person.pilot.resize_terminal(*size)
            await person.wait()
        await person.press("j")
        assert person.status.startswith("row 4 of ")


async def test_a_field_that_is_typed_in_keeps_the_focus_while_a_terminal_is_too_small() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("/")
        await person.write("status:fai")
        for size in [(30, 8), (80, 24)]:
            await person.pilot.resize_terminal(*size)
            await person.wait()
        await person.write("led")
        assert person.query[0] == "/ status:failed"


@pytest.mark.parametrize("key", ["c", "i", "y", "X", "T", "#"])
@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
async def test_what_asks_over_the_list_has_a_frame_within_the_screen(size: tuple[int, int], key: str) -> None:
    async with opened(simulated(a_world()), size=size) as person:
        await person.tap(key)
        await person.until("esc leave")
        assert person.text.count("╭") >= 1
        assert len({person.text.count(corner) for corner in "╭╮╰╯"}) == 1
