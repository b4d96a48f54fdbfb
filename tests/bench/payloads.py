"""A payload of 30 MB in the app: `s` has many small fields, `b` one document. Prints numbers by name, as JSON.

Milliseconds of `json.loads` on it, of the first lines on the screen, of the whole index, of folding and unfolding all
and of two searches; the longest moment for which the loop was not free (`… held`); and the most memory in MB.
"""

import asyncio
import base64
import gc
import json
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.payload_page import PayloadPage
from tests.tui.given import Person, a_world, opened
from tests.tui.server import simulated

SIZE: Final = 30_000_000
_BEAT: Final = 0.002
_RARE: Final = "Not to be found"
_FREQUENT: Final = "example"


async def main(kind: str) -> dict[str, float]:
    found: dict[str, float] = {}
    async with opened(simulated(a_world()), size=(140, 40)) as person:
        await person.press("enter", "p")
        view = person.find(JsonView)
        gc.collect()
        before = _memory("VmRSS")
        text = _made(kind)
        found["loads"] = min(_loads(text) for _ in range(3))
        found["size"] = len(text) / 1e6
        view.show(text)
        await person.look()
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        async with _watched(found, "index"):
            begun = time.perf_counter()
            view.action_reveal()
            drawn = asyncio.Event()
            view.call_after_refresh(drawn.set)
            await drawn.wait()
            assert '"Meta"' in person.text
            found["first"] = _since(begun)
            await _until(lambda: _page(view).outline.is_complete)
            found["index"] = _since(begun)
        await _timed(found, person, "fold", view.action_level_less, lambda: _is_still(view))
        await _timed(found, person, "fold all", lambda: _fold_all(view), lambda: _is_still(view))
        await _timed(found, person, "unfold all", view.action_unfold_all, lambda: _is_still(view))
        for name, wanted in (("search", _RARE), ("frequent", _FREQUENT)):
            await _timed(found, person, name, partial(view.look_for, wanted), lambda: _has_hits(view))
        await _timed(found, person, "next", view.action_next_hit, lambda: _is_still(view))
        if kind == "b":
            view.move_to(4)
            await _timed(found, person, "value", view.action_show_value, lambda: _is_shown(view))
        found["memory"] = _memory("VmHWM") - before
    return found


def _made(kind: str) -> str:
    if kind == "b":
        document = base64.b64encode(b"%PDF-1.7\n" + bytes(range(256)) * (SIZE * 3 // 4 // 256)).decode()
        return f'{{"Meta": {{"DataModel": "Media"}}, "File": "{document}", "Type": "application/pdf"}}'
    record = json.dumps(
        {
            "Identifiers": [{"ID": "00000000", "IDType": "MR"}],
            "Name": {"First": "Sample", "Last": "Example"},
            "Age": 40,
            "IsActive": True,
            "Notes": [],
            "Address": "12 Example Street, Exampleton",
        }
    )
    return f'{{"Meta": {{"DataModel": "Many"}}, "Patients": [{", ".join([record] * (SIZE // len(record)))}]}}'


def _fold_all(view: JsonView) -> None:
    """All levels but the outermost, one after the other."""
    for _ in range(_page(view).outline.deepest):
        view.action_level_less()


@asynccontextmanager
async def _watched(found: dict[str, float], name: str) -> AsyncGenerator[None, None]:
    """Note for how long at most nothing else could be done on the loop."""

    async def beat() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(_BEAT)
            found[f"{name} held"] = max(found.get(f"{name} held", 0), _since(begun) - 1000 * _BEAT)

    task = asyncio.create_task(beat())
    await asyncio.sleep(2 * _BEAT)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _timed(
    found: dict[str, float], person: Person, name: str, act: Callable[[], object], is_done: Callable[[], bool]
) -> None:
    async with _watched(found, name):
        begun = time.perf_counter()
        act()
        await _until(is_done)
        found[name] = _since(begun)
    await person.look()


async def _until(is_done: Callable[[], bool]) -> None:
    while not is_done():
        await asyncio.sleep(_BEAT)


def _page(view: JsonView) -> PayloadPage:
    assert view.page
    return view.page


def _is_still(view: JsonView) -> bool:
    return not _page(view).is_folding and not _page(view).changes


def _is_shown(view: JsonView) -> bool:
    return len(view.pages) == 2 and _page(view).outline.is_complete


def _has_hits(view: JsonView) -> bool:
    hits = _page(view).hits
    return hits is not None and hits.is_complete


def _loads(text: str) -> float:
    begun = time.perf_counter()
    json.loads(text)
    return _since(begun)


def _since(begun: float) -> float:
    return 1000 * (time.perf_counter() - begun)


def _memory(field: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(f"{field}:")).split()[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1]))))
