import logging
import subprocess
import sys

import pytest

from redox_tui.simulator import network
from redox_tui.simulator.app import simulator
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World

from .given import ENVIRONMENT, ORGANIZATION, a_world, calling, detail


async def test_the_environments_of_the_organization_are_listed() -> None:
    async with calling(a_world()) as client:
        payload = (await client.get(f"{ORGANIZATION}/environments")).json()["payload"]
    assert [environment["environmentFlag"] for environment in payload["environments"]] == [
        "Production",
        "Staging",
        "Development",
    ]
    assert payload["environments"][0] == {
        "id": World.production.id,
        "name": "Lakeside Production",
        "environmentFlag": "Production",
        "organization": {"id": 12345},
    }


async def test_an_environment_lists_the_parties_that_the_organization_owns() -> None:
    async with calling(a_world()) as client:
        sources = (await client.get(f"{ENVIRONMENT}/sources")).json()["payload"]["sources"]
        destinations = (await client.get(f"{ENVIRONMENT}/destinations")).json()["payload"]["destinations"]
        staging = f"/platform/v1/environments/{network.ENVIRONMENTS[1].id}"
        assert (await client.get(f"{staging}/sources")).json()["payload"]["sources"] == []
    assert {"name": "Lakeside EHR", "id": network.EHR.id}.items() <= sources[0].items()
    assert sources[0]["environment"] == {"id": World.production.id, "environmentFlag": "Production"}
    assert "Lakeside Data Warehouse" in [destination["name"] for destination in destinations]
    assert not any("Meadowlark" in party["name"] for party in (*sources, *destinations))


@pytest.mark.parametrize(
    "path", ["/platform/v1/organizations/999/logs", "/platform/v1/organizations/999/environments",
             "/platform/v1/organizations/999/logs/1", "/platform/v1/environments/nowhere/sources"]
)  # fmt: skip
async def test_what_is_not_ours_does_not_exist_for_us(path: str) -> None:
    async with calling(a_world()) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert "does not exist, or you are not a member of it" in detail(answer)


async def test_unknown_paths_and_methods_are_refused_in_the_usual_shape() -> None:
    async with calling(a_world()) as client:
        for path in ("/", "/platform/v1/nothing", f"{ORGANIZATION}/logs/"):
            answer = await client.get(path)
            assert (answer.status_code, detail(answer)) == (404, "There is no such call.")
        answer = await client.delete(f"{ORGANIZATION}/logs")
        assert (answer.status_code, detail(answer)) == (405, "This call does not take this method.")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic abc", "Bearer é"])
async def test_a_call_without_a_good_token_is_unauthorized(header: str | None) -> None:
    async with calling(a_world()) as client:
        del client.headers["Authorization"]
        headers = {} if header is None else {b"Authorization": header.encode()}
        answer = await client.get(f"{ORGANIZATION}/logs", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "access token" in detail(answer)


async def test_a_failure_inside_is_answered_without_details(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("Mira Solbakken")

    monkeypatch.setattr(World, "message", fail)
    with caplog.at_level(logging.DEBUG):
        async with calling(a_world()) as client:
            answer = await client.post(f"{ORGANIZATION}/logs", json={})
    assert (answer.status_code, detail(answer)) == (500, "The simulator failed to answer.")
    assert "RuntimeError" in caplog.text
    assert "Solbakken" not in caplog.text + "".join(capsys.readouterr())


async def test_latency_is_waited_before_each_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("redox_tui.simulator.app.sleep", pause)
    app = simulator(a_world(), tokens=Tokens(), latency=0.25)
    answered: list[object] = []

    async def send(message: object) -> None:
        answered.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    await app({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}, receive, send)
    assert waited == [0.25]
    assert answered


def test_importing_the_app_loads_no_client_no_screen_and_no_cryptography() -> None:
    program = (
        "import sys, redox_tui.simulator.app;"
        "print({'httpx', 'textual', 'pydantic', 'uvicorn', 'jwt', 'cryptography', 'redox_tui.api'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
