"""Every fault that the simulator can play, over a real socket, against `logs --all`: no row lost, none doubled."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from redox_tui.api.policy import Patience
from redox_tui.simulator import network
from redox_tui.simulator.app import simulator
from redox_tui.simulator.faults import KINDS, Faults
from redox_tui.simulator.logs_routes import Generation
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.wire import wire
from redox_tui.simulator.world import World
from tests.unit.api import keys

from .given import NOW, Run, to

LOGS = 1_000
WEEK = ("--since", "2026-11-13T15:00", "--until", "2026-11-20T15:00")

SURVIVED = (
    "429",
    "429:2",
    "429-wait:0",
    "429-wait:-5",
    "429-wait:soon",
    "429-date:1",
    "500:2",
    "502:2",
    "503:2",
    "504",
    "504:3",
    "504-wide:6",
    "504-wide:1",
    "drip",
    "stall",
    "silent",
    "silent:2",
    "reset:2",
    "close:2",
    "short:2",
    "wrong-length",
    "html:2",
    "empty",
    "bomb:40",
    "bad-gzip",
    "cut-gzip",
    "bad-utf8:2",
    "deep",
    "big-header",
    "repeat-cursor",
    "double:3",
    "evil-next",
    "redirect",
    "revoked",
    "clock:3600",
    "clock:-3600",
)
"""Faults after which the list is whole."""

SAID = {
    "504-hole:20": "Logs of that time are missing.",
    "429-wait:86400": "The server wants 24 h of quiet",
    "503:3": "The server failed on logs (503)",
    "html:3": "The answer is a web page, not JSON.",
    "reset:3": "broke off before the answer was whole.",
    "redirect:3": "The answer is a redirect (302) to evil.example.",
    "repeat-cursor:99": "The server repeats itself",
}
"""Faults that are too much, and what is said of them: the rows that came are true, and the exit code is 6."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """A simulator whose faults can be switched."""

    options: list[str]
    token: str
    faults: Faults
    tokens: Tokens
    truth: list[str] = field(default_factory=list)


@contextmanager
def a_faulty_simulator(generation: Generation) -> Iterator[Faulty]:
    """A simulator behind its wire, in a thread, as `redox-tui simulate` serves it."""
    tokens, faults = Tokens(), Faults(on_wire=True)
    world = World(LOGS, now=NOW, clock=lambda: NOW)
    app = simulator(world, tokens=tokens, generation=generation, faults=faults)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", date_header=False))

    async def serve(listener: socket.socket, behind: socket.socket) -> None:
        async with wire(listener, behind.getsockname()[:2]):
            await server.serve([behind])

    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as behind:
        thread = Thread(target=lambda: asyncio.run(serve(listener, behind)))
        thread.start()
        environment = ["--environment", network.PRODUCTION.id] if generation == "environment" else []
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield Faulty(to(url, *environment), tokens.session(), faults, tokens)
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


@pytest.fixture(scope="module", params=["organization", "environment"])
def served(request: pytest.FixtureRequest) -> Iterator[Faulty]:
    with a_faulty_simulator(request.param) as one:
        yield one


@pytest.fixture
def faulty(served: Faulty) -> Faulty:
    """A simulator with all faults off."""
    served.faults.set(())
    return served


@pytest.fixture(autouse=True)
def patience(impatience: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's rules with shorter waits."""
    quick = Patience(read=0.4, call=5, crawl=0.3, pause=0.01)
    monkeypatch.setattr("redox_tui.api.policy.PATIENCE", quick)


def ids(out: bytes) -> list[str]:
    return [json.loads(line.decode(errors="replace"))["id"] for line in out.splitlines()]


@pytest.fixture
def truth(faulty: Faulty, run: Run) -> list[str]:
    """The list as it is without a fault; read once."""
    if not faulty.truth:
        printed = run("logs", "--all", *WEEK, "--format", "ndjson", *faulty.options, token=faulty.token).out
        faulty.truth.extend(ids(printed))
    return faulty.truth


@pytest.mark.parametrize("fault", SURVIVED)
def test_a_fault_costs_no_row_and_doubles_none(fault: str, faulty: Faulty, truth: list[str], run: Run) -> None:
    faulty.faults.set([fault])
    ran = run("logs", "--all", *WEEK, "--format", "ndjson", *faulty.options, token=faulty.token)
    assert (ran.code, len(truth)) == (0, LOGS), ran.err
    assert ids(ran.out) == truth
    assert not [left for left in faulty.faults if not left.kind.lasts], "the fault was met"


@pytest.mark.parametrize("fault", SAID)
def test_a_fault_that_is_too_much_is_said_and_what_was_printed_is_true(
    fault: str, faulty: Faulty, truth: list[str], run: Run
) -> None:
    faulty.faults.set([fault])
    ran = run("logs", "--all", *WEEK, "--format", "ndjson", *faulty.options, token=faulty.token)
    found = ids(ran.out)
    if fault.startswith("repeat") and ran.code == 0:
        assert found == truth, "pages with numbers are counted, whatever a link says"
        return
    assert ran.code == 6
    assert SAID[fault] in ran.err
    assert len(found) == len(set(found))
    assert found == [one for one in truth if one in set(found)]


def test_every_fault_that_there_is_is_tried() -> None:
    tried = {fault.partition(":")[0] for fault in (*SURVIVED, *SAID)}
    assert tried == {kind.name for kind in KINDS}


@pytest.mark.parametrize("fault", ["revoked", "clock:3600", "clock:-3600"])
def test_a_key_gets_a_new_token_whatever_happens_to_the_old_one_or_to_the_clock(
    fault: str, faulty: Faulty, truth: list[str], run: Run, tmp_path: Path
) -> None:
    key = keys.ec()
    file = tmp_path / "key.pem"
    file.write_bytes(keys.pem(key))
    file.chmod(0o600)
    faulty.tokens.register("client-1", "k-1", keys.public_pem(key))
    faulty.faults.set([fault])
    credential = ("--client-id", "client-1", "--key-id", "k-1", "--key-file", str(file))
    ran = run("logs", "--all", *WEEK, "--format", "ndjson", *faulty.options, *credential, token=None)
    assert (ran.code, ids(ran.out)) == (0, truth), ran.err
    if fault.startswith("clock"):
        assert "clocks differ:" in ran.err
