"""The line at the top: whose logs these are, and whether that is production."""

import json

import pytest

from redox_tui.domain.connection import Generation
from redox_tui.simulator import network
from redox_tui.tui.widgets.place_line import PlaceLine
from tests.tui.given import PRODUCTION, a_world, opened, texts_in
from tests.tui.server import Call, Reply, Server, listing, simulated

STAGING = network.ENVIRONMENTS[1].id


def with_environments(*flags: str | None) -> Server:
    """A server whose organization has environments with these flags; None is an environment that tells none."""
    listed = [
        {"id": f"id-{number}", "name": f"Env {number}"} | ({"environmentFlag": flag} if flag is not None else {})
        for number, flag in enumerate(flags)
    ]
    body = json.dumps({"payload": {"environments": listed}}).encode()

    def answer(call: Call) -> Reply | None:
        return Reply(body=body) if call.path.endswith("/environments") else None

    server = simulated(a_world(100))
    server.instead = answer
    return server


async def test_production_is_said_in_a_word_and_stands_out() -> None:
    async with opened(simulated(a_world(), "environment"), environment=PRODUCTION) as person:
        assert person.place.startswith(" demo/12345/Lakeside Production/PROD ")
        assert "PROD" in texts_in("bold", person.segments(PlaceLine)[0])


async def test_another_flag_is_said_as_it_is() -> None:
    async with opened(simulated(a_world(), "environment"), environment=STAGING) as person:
        assert person.place.startswith(" demo/12345/Lakeside Staging/Staging ")
        assert "PROD" not in person.place


@pytest.mark.parametrize(
    ("flags", "place"),
    [
        (("Production",), "Env 0/PROD"),
        (("Development",), "Env 0/Development"),
        (("production",), "Env 0/PROD"),
        ((None,), "Env 0/PROD?"),
        (("",), "Env 0/PROD?"),
        (("Sandbox",), "Env 0/Sandbox PROD?"),
        (("x" * 300,), f"/{'x' * 23}… PROD?"),
        ((), "12345/PROD?"),
        (("Staging", "Development"), "all environments/Staging"),
        (("Staging", "Production"), "all environments/PROD"),
        (("Staging", None), "all environments/PROD?"),
    ],
)
async def test_what_is_not_known_counts_as_production(flags: tuple[str | None, ...], place: str) -> None:
    async with opened(with_environments(*flags)) as person:
        assert f"{place}  " in person.place


async def test_an_environment_that_the_server_does_not_list_counts_as_production() -> None:
    server = with_environments("Staging")
    environments = server.instead
    server.instead = lambda call: environments(call) or listing([{"id": "a"}])
    async with opened(server, environment="elsewhere") as person:
        assert person.status == "row 1 of 1"
        assert "12345/elsewhere/PROD?" in person.place


NOT_OF_THIS = "not of this environment: logs of the whole organization"


@pytest.mark.parametrize("generation", [None, "organization"])
async def test_logs_of_the_whole_organization_are_not_said_to_be_of_an_environment(
    generation: Generation | None,
) -> None:
    server = simulated(a_world())
    async with opened(server, environment=STAGING, generation=generation, size=(120, 24)) as person:
        for _ in range(3):
            assert person.place.startswith(" demo/12345/all environments/PROD "), "any of them may be production"
            assert NOT_OF_THIS in person.status
            await person.press("j", "r")
        await person.press("G")
        assert NOT_OF_THIS in person.status


async def test_logs_of_an_environment_are_not_said_to_be_of_the_organization() -> None:
    async with opened(simulated(a_world(), "environment"), environment=PRODUCTION) as person:
        assert "whole organization" not in person.status


async def test_an_environment_whose_logs_these_are_not_is_not_named_where_none_is_known() -> None:
    async with opened(with_environments(), environment="elsewhere") as person:
        assert person.place.startswith(" demo/12345/PROD? ")
        await person.press("enter")
        assert person.place.startswith(" demo/12345/PROD?   Logs › ")


async def test_before_anything_is_known_it_counts_as_production() -> None:
    server = simulated(a_world())
    server.hold()
    async with opened(server, wait=False) as person:
        assert "12345/PROD?" in person.place
        server.release()


async def test_one_log_stands_in_the_same_place() -> None:
    async with opened(simulated(a_world(), "environment"), environment=PRODUCTION) as person:
        await person.press("enter")
        assert person.place.startswith(" demo/12345/Lakeside Production/PROD   Logs › ")


async def test_a_long_name_is_cut_and_the_words_that_matter_stay() -> None:
    async with opened(with_environments("Production"), size=(60, 24), title="A very long name of a place") as person:
        assert "…" in person.place
        assert "/PROD " in person.place
        assert person.place.endswith("PHI hidden")
