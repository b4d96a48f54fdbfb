"""Secrets as canaries: looked for in everything that a process lets out while it uses them."""

import importlib
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from pydantic import BaseModel

from redox_tui.cli.process import harden
from redox_tui.store import profiles, vault
from redox_tui.store.contents import SealedCredential, SealedKey
from redox_tui.store.paths import Paths
from redox_tui.store.profiles import Profile
from tests.unit.api import keys
from tests.unit.api.server import Request, Server, answer
from tests.unit.store.given import as_normal_user, credential

from .given import WEEK, Run, descriptor, environment, logs_answer, program, scripted, to

PASSPHRASE = b"canary-passphrase horse battery"
TOKEN = "canary-token"


def sealed(paths: Paths, url: str) -> tuple[bytes, ...]:
    """Seal a key for this address in the vault; the canaries."""
    key = keys.pem(keys.ec())
    opened = vault.create(paths, PASSPHRASE)
    created = credential().keys[0].created
    opened.put(
        "lab",
        SealedCredential(
            client_id="canary-client",
            base_url=url,
            token_url=f"{url}/v2/auth/token",
            keys=(SealedKey(id="k-1", created=created, text=key.decode()),),
        ),
    )
    profiles.put(paths, "lab", Profile(organization="1", base_url=url, key_id="k-1"))
    profiles.set_default(paths, "lab")
    return PASSPHRASE, b"canary-client", key.splitlines()[1], TOKEN.encode()


@pytest.mark.usefixtures("costly")
def test_cs_10_and_cs_12_no_secret_is_in_what_a_process_lets_out(home: Path, tmp_path: Path) -> None:
    started = Event()
    seen: list[bytes] = []
    processes: list[subprocess.Popen[bytes]] = []
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def serve(request: Request) -> bytes:
        if request.path.endswith("/token"):
            return answer({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300})
        assert started.wait(20)
        for name in ("cmdline", "environ"):
            try:
                seen.append(Path(f"/proc/{processes[0].pid}/{name}").read_bytes())
            except PermissionError:
                assert os.geteuid() != 0  # it is the system's own, see CS-11
        return logs_answer({"id": "a"})

    with scripted(server=Server(by=serve)) as server, descriptor(PASSPHRASE + b"\n") as number:
        canaries = sealed(Paths(home, home), server.url)
        variables = environment(TMPDIR=str(temporary))
        del variables["REDOX_TUI_TOKEN"]
        command = program("logs", WEEK, "--format", "ndjson", "--passphrase-fd", number)
        process = subprocess.Popen(
            command, env=variables, pass_fds=[int(number)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        processes.append(process)
        started.set()
        out, err = process.communicate()
    assert (process.returncode, json.loads(out), err) == (0, {"id": "a"}, b"")
    assert list(temporary.iterdir()) == []
    seen += [path.read_bytes() for path in home.iterdir()]
    assert [canary for canary in canaries if any(canary in one for one in [out, err, *seen])] == []


def test_cs_12_a_crash_with_everything_unlocked_says_nothing_of_it(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    canaries = sealed(Paths(home, home), "http://127.0.0.1:9")

    def crash(*arguments: object, **more: object) -> None:
        raise RuntimeError(f"{canaries}")

    monkeypatch.setattr("redox_tui.api.auth.AssertionTokens.__init__", crash)
    with descriptor(PASSPHRASE + b"\n") as number:
        ran = run("logs", WEEK, "--passphrase-fd", number, token=None)
    assert (ran.code, ran.out) == (1, b"")
    assert "RuntimeError" in ran.err
    assert "canary" not in ran.err
    assert [canary for canary in canaries if canary in ran.err.encode()] == []


def test_cs_11_a_process_cannot_be_looked_into_and_leaves_no_core() -> None:
    def work() -> None:
        harden()
        assert os.stat("/proc/self/environ").st_uid == 0
        with pytest.raises(PermissionError), open("/proc/self/environ", "rb"):
            pass

    as_normal_user(work)
    code = (
        "import ctypes, resource; from redox_tui.__main__ import main; main(['where']);"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "0 (0, 0)"


def test_cs_13_every_model_hides_what_it_was_given() -> None:
    for name in ("command", "contents", "profiles", "sealing"):
        importlib.import_module(f"redox_tui.store.{name}")

    def below(model: type[BaseModel]) -> set[type[BaseModel]]:
        return {model}.union(*map(below, model.__subclasses__()))

    ours = {model for model in below(BaseModel) if model.__module__.startswith("redox_tui.")}
    assert {"Profile", "Header", "Body", "SealedCredential", "SealedKey", "_Answer"} <= {one.__name__ for one in ours}
    assert [model for model in ours if not model.model_config.get("hide_input_in_errors")] == []


def test_cs_15_what_httpx_would_log_is_not_logged(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    with scripted(logs_answer()) as server:
        assert run("logs", WEEK, *to(server.url)).code == 0
    assert [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))] == []
